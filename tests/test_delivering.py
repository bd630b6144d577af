"""The outbox: kept with what caused it, delivered in order, at least once, until it is given up."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intel.acts import By
from intel.claims import Claims
from intel.crm.connector import Connector, Message, Receipt, Refused, TryLater
from intel.db import read_only
from intel.delivering import FIRST, LEASE, LONGEST, MOST_ATTEMPTS, Delivering, wait
from intel.outbox import LinkRow, Outbox, OutboxRow, State, enqueue
from intel.refusal import WrongState
from tests.conftest import Kept
from tests.delivering import Clock, message, put
from tests.making import NOON, root


class Far:
    """A destination that notes what it is given; `says` are raised first, for accounts that are named."""

    def __init__(self, **says: Sequence[Exception]) -> None:
        self.says = {account: list(errors) for account, errors in says.items()}
        self.given: list[Message] = []

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Note it."""
        if errors := self.says.get(message.account):
            raise errors.pop(0)
        self.given.append(message)
        return Receipt("ok", {"party": f"p-{message.account}"})


def delivering(kept: Kept, far: Connector, clock: Clock, most: bool = True) -> Delivering:
    """Waits are the longest that chance allows, or none."""
    return Delivering(kept.engine, {"folder": far}, clock, lambda low, high: high if most else low)


def briefings(count: int, account: str = "taobao") -> list[Message]:
    """Messages in order."""
    return [message(account=account, moment=NOON - timedelta(minutes=count - n)) for n in range(count)]


def test_what_is_enqueued_goes_with_the_transaction_that_caused_it(kept: Kept) -> None:
    with Session(kept.engine) as session:
        enqueue(session, message())
        session.rollback()
    assert Outbox(kept.engine).listed() == []


def test_a_key_is_taken_once_for_each_destination(kept: Kept) -> None:
    put(kept.engine, message(), message(), message("webhook"))
    assert sorted(one.destination for one in Outbox(kept.engine).listed()) == ["folder", "webhook"]


def test_messages_of_an_account_arrive_in_order(kept: Kept) -> None:
    far, told = Far(), briefings(3)
    put(kept.engine, *told)
    outcomes = list(delivering(kept, far, Clock()).due())
    assert [one.state for one in outcomes] == [State.DELIVERED] * 3
    assert [one.key for one in far.given] == [one.key for one in told]


def test_an_account_that_is_stuck_holds_back_its_own_messages_and_no_others(kept: Kept) -> None:
    far, clock = Far(taobao=[TryLater("busy")]), Clock()
    put(kept.engine, *briefings(2), *briefings(2, "pinduoduo"))
    list(delivering(kept, far, clock).due())
    assert [one.account for one in far.given] == ["pinduoduo"] * 2
    clock.on(FIRST)
    list(delivering(kept, far, clock).due())
    assert [one.account for one in far.given[2:]] == ["taobao"] * 2


def test_a_destination_that_says_when_is_not_asked_before(kept: Kept) -> None:
    far, clock = Far(taobao=[TryLater("HTTP 429", after=900)]), Clock()
    put(kept.engine, message())
    list(delivering(kept, far, clock, most=False).due())
    clock.on(899)
    assert list(delivering(kept, far, clock).due()) == []
    clock.on(1)
    assert [one.state for one in delivering(kept, far, clock).due()] == [State.DELIVERED]


def test_waits_double_up_to_a_limit_and_are_never_nothing() -> None:
    longest = [wait(attempt, lambda low, high: high) for attempt in range(1, MOST_ATTEMPTS + 1)]
    assert longest[:3] == [FIRST, 2 * FIRST, 4 * FIRST] and longest[-1] == LONGEST
    assert wait(1, lambda low, high: low) == 1.0


def test_what_is_refused_is_dead_with_the_reason_and_lets_the_next_one_go(kept: Kept) -> None:
    far, told = Far(taobao=[Refused("no such field")]), briefings(2)
    put(kept.engine, *told)
    list(delivering(kept, far, Clock()).due())
    [dead] = Outbox(kept.engine).listed(State.DEAD)
    assert (dead.error, [one.key for one in far.given]) == ("no such field", [told[1].key])


def test_after_so_many_attempts_a_message_is_dead_and_can_be_replayed(kept: Kept) -> None:
    far, clock = Far(taobao=[TryLater("HTTP 500")] * MOST_ATTEMPTS), Clock()
    put(kept.engine, message())
    for _ in range(MOST_ATTEMPTS):
        assert len(list(delivering(kept, far, clock).due())) == 1
        clock.on(LONGEST)
    [dead] = Outbox(kept.engine).listed(State.DEAD)
    assert dead.attempts == MOST_ATTEMPTS and "HTTP 500" in dead.error
    assert list(delivering(kept, far, clock).due()) == []
    Outbox(kept.engine).replay(dead.id, root(clock()))
    assert [one.state for one in delivering(kept, far, clock).due()] == [State.DELIVERED]


def test_a_fault_in_a_connector_holds_up_no_other_and_its_words_are_not_kept(kept: Kept) -> None:
    far = Far(taobao=[ZeroDivisionError("secret words")])
    put(kept.engine, message(), message(account="pinduoduo"))
    list(delivering(kept, far, Clock()).due())
    [waiting] = Outbox(kept.engine).listed(State.PENDING)
    assert waiting.error == "fault in the connector: ZeroDivisionError"
    assert [one.account for one in far.given] == ["pinduoduo"]


def test_a_claim_holds_until_its_lease_ends_and_what_came_too_late_is_not_written(kept: Kept) -> None:
    claims, told = Claims(kept.engine), briefings(2)
    put(kept.engine, *told)
    [entry] = claims.due(["folder"], NOON)
    first = claims.claim(entry.id, NOON, LEASE)
    assert first and claims.claim(entry.id, NOON, LEASE) is None
    assert claims.due(["folder"], NOON) == []  # the next of the account waits too
    second = claims.claim(entry.id, NOON + LEASE, LEASE)
    assert second and second.attempt == 2
    claims.buried(first, "too late", NOON)
    assert not Outbox(kept.engine).listed(State.DEAD)
    claims.delivered(second, Receipt("ok"), NOON)
    assert [one.id for one in Outbox(kept.engine).listed(State.DELIVERED)] == [entry.id]


def test_a_message_that_kills_its_process_is_given_up_too(kept: Kept) -> None:
    claims, clock = Claims(kept.engine), Clock()
    put(kept.engine, message())
    for _ in range(MOST_ATTEMPTS):
        assert claims.claim(1, clock(), LEASE)
        clock.on(LEASE.total_seconds())
    far = Far()
    [outcome] = delivering(kept, far, clock).due()
    assert outcome.state is State.DEAD and "cut off" in outcome.note and not far.given


def test_two_that_deliver_at_once_send_each_message_once_and_in_order(kept: Kept) -> None:
    far = Far()
    told = {account: briefings(8, account) for account in ("taobao", "pinduoduo", "douyin")}
    put(kept.engine, *(one for messages in told.values() for one in messages))
    clock = Clock()
    threads = [threading.Thread(target=lambda: list(delivering(kept, far, clock).due())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    list(delivering(kept, far, clock).due())
    for account, messages in told.items():
        assert [one.key for one in far.given if one.account == account] == [one.key for one in messages]


def test_a_delivery_that_outlasts_its_lease_is_not_begun_by_another(kept: Kept) -> None:
    clock, other = Clock(), Far()
    begun: list[int] = []

    class Slow:
        """A destination that takes three leases."""

        def deliver(self, message: Message, now: datetime) -> Receipt:
            """While it works, another process looks for work."""
            for _ in range(4):
                clock.on(LEASE.total_seconds() * 0.8)
                deadline = time.monotonic() + 20
                while not _claimed_beyond(kept, clock()) and time.monotonic() < deadline:
                    time.sleep(0.01)
                begun.append(len(list(delivering(kept, other, clock).due())))
            return Receipt("ok")

    put(kept.engine, message())
    at_work = replace(delivering(kept, Slow(), clock), renewed=0.01)
    assert [one.state for one in at_work.due()] == [State.DELIVERED]
    assert begun == [0, 0, 0, 0]
    assert other.given == []


def _claimed_beyond(kept: Kept, now: datetime) -> bool:
    """Whether the claim of the one message was renewed since the clock was turned."""
    with Session(read_only(kept.engine)) as session:
        until = session.scalar(select(OutboxRow.claimed_until))
    return until is not None and until >= now + LEASE * 0.9


def test_what_a_destination_calls_things_is_told_it_with_the_next_message(kept: Kept) -> None:
    far = Far()
    put(kept.engine, *briefings(2))
    list(delivering(kept, far, Clock()).due())
    assert [dict(one.links) for one in far.given] == [{}, {"party": "p-taobao"}]
    with Session(kept.engine) as session:
        assert session.get_one(LinkRow, ("folder", "taobao", "party")).external == "p-taobao"


def test_what_is_dropped_is_emptied_and_never_goes_out(kept: Kept) -> None:
    outbox, far = Outbox(kept.engine), Far()
    put(kept.engine, message())
    outbox.drop(1, By("root", "wrong account", NOON))
    assert list(delivering(kept, far, Clock()).due()) == [] and not far.given
    entry, content = outbox.shown(1)
    assert (entry.state, entry.error, content) == (State.DROPPED, "wrong account", {})
    with pytest.raises(WrongState, match="is dropped"):
        outbox.replay(1, root(NOON))


def test_a_destination_that_is_no_longer_set_up_keeps_its_messages(kept: Kept) -> None:
    put(kept.engine, message("webhook"))
    assert list(delivering(kept, Far(), Clock()).due()) == []
    assert len(Outbox(kept.engine).listed(State.PENDING)) == 1
