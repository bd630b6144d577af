"""Answers that are slow to work out are renewed once what they show has changed, and nothing else is."""

from __future__ import annotations

import threading

from intel.api.kept import Kept, renewing


class Asked:
    """An answer whose version is set by hand, and which counts how often it was worked out."""

    def __init__(self, kept: Kept, name: str = "file") -> None:
        self.kept, self.name, self.version, self.worked = kept, name, 1, 0
        self.done = threading.Event()

    def answer(self) -> bytes:
        return self.kept.answer(self.name, lambda: self.version, self._work)

    def _work(self) -> bytes:
        self.worked += 1
        self.done.set()
        return f"{self.name} {self.version}".encode()


def test_what_changed_is_worked_out_before_it_is_asked_for() -> None:
    kept = Kept(slow=0)
    file = Asked(kept)
    assert file.answer() == b"file 1"
    assert not kept.renew()
    file.version = 2
    assert not kept.renew(), "it may change again"
    assert kept.renew() and not kept.renew()
    assert (file.answer(), file.worked) == (b"file 2", 2)


def test_what_still_changes_waits() -> None:
    kept = Kept(slow=0)
    file = Asked(kept)
    file.answer()
    for version in range(2, 6):
        file.version = version
        assert not kept.renew()
    assert kept.renew() and file.worked == 2


def test_what_is_worked_out_at_once_waits_until_it_is_asked_for() -> None:
    kept = Kept(slow=60)
    file = Asked(kept)
    file.answer()
    file.version = 2
    assert not kept.renew() and not kept.renew()
    assert (file.answer(), file.worked) == (b"file 2", 2)


def test_the_latest_asked_for_is_renewed_first() -> None:
    kept = Kept(slow=0)
    first, last = Asked(kept, "first"), Asked(kept, "last")
    first.answer(), last.answer()
    first.version = last.version = 2
    assert not kept.renew()
    assert kept.renew() and (first.worked, last.worked) == (1, 2)
    assert kept.renew() and (first.worked, last.worked) == (2, 2)


def test_a_server_renews_by_itself_and_goes_on_after_one_that_fails() -> None:
    kept = Kept(slow=0)
    file = Asked(kept)
    file.answer()
    versions = iter([1])
    kept.answer("broken", lambda: next(versions), lambda: b"", seen=0)  # and then no more
    file.done.clear()
    file.version = 2
    with renewing(kept, every=0.01):
        assert file.done.wait(30)
    assert not [one for one in threading.enumerate() if one.name == "renewing"]
