"""What reading a text costs on one core, beside spaCy's EntityRuler with the same aliases.

    python -m bench.reading [TEXTS] [--memory TEXTS]

Two streams of texts of 800 characters. *Watched*: put together from the passages of tests/gold, so that
every text is about watched accounts and full of events. *Ordinary news*: one text in five like that, the
others put together from the lines of bench/ordinary.txt, written for this; one of its 30 speaks of parcels,
so that about as many texts are read in full as of 39 real pages on other things (10). Prints for both, as
texts per second of CPU time: a blank spaCy pipeline whose EntityRuler has the watchlist's names and no other,
and what a page costs after extraction; for the first also the steps. With `--memory`, reads so many of the
second stream and prints how memory goes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path

import psutil
import spacy
from spacy.language import Language

from intel.gold import load
from intel.model import Account
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import aliases, concern, entities, spacy_zh
from pipelines.flow import Watchlist, analyse, skim
from pipelines.text import fold

LENGTH = 800
TEXTS = 300
_ROUNDS = 3  # the best counts: other programs only make it slower
_WATCHED = 5  # of so many texts of the second stream one is about watched accounts
_LOOKS = 10  # at memory

Read = Callable[[str], object]


def main() -> None:
    """Measure and print, as rows of a Markdown table."""
    asked = argparse.ArgumentParser(prog="python -m bench.reading")
    asked.add_argument("texts", nargs="?", type=int, default=TEXTS)
    asked.add_argument("--memory", type=int, default=0, metavar="TEXTS")
    told = asked.parse_args()
    accounts = load_accounts(ACCOUNTS_CSV)
    watchlist = Watchlist.of(accounts)
    if told.memory:
        _memory(told.memory, watchlist)
        return
    ruler, ours = with_ruler(accounts), spacy.load(spacy_zh.SHIPPED)
    steps: dict[str, Read] = {
        "names in lists": lambda text: aliases.find(fold(text), watchlist.lexicon),
        "all names and measures": lambda text: entities.find(text, watchlist.lexicon),
        "the same as a spaCy pipeline": ours,
    }
    _table("watched", list(islice(watched(), told.texts)), ruler, steps | {"reading": _reading(watchlist)})
    some = list(islice(ordinary(), told.texts))
    in_full: dict[str, Read] = {"every text in full": lambda text: analyse(f"\n{text}", watchlist)}
    _table("ordinary news", some, ruler, in_full | {"reading": _reading(watchlist)})
    parts = [concern.concerning(f"\n{text}", watchlist.lexicon) for text in some]
    whole = sum(part == f"\n{text}" for part, text in zip(parts, some, strict=True))
    in_part = sum(map(bool, parts)) - whole
    print(f"\nof the {len(some)} texts of ordinary news {whole} were read in full, {in_part} in part")


def watched() -> Iterator[str]:
    """The first stream without end, the same one each time."""
    return _texts([one.content for one in load(Path("tests/gold"))])


def ordinary() -> Iterator[str]:
    """The second stream without end, the same one each time."""
    others = _texts(Path("bench/ordinary.txt").read_text(encoding="utf-8").splitlines())
    ours = watched()
    for number in count():
        yield next(others if number % _WATCHED else ours)


def _texts(passages: Sequence[str]) -> Iterator[str]:
    chance = random.Random(2026)
    while True:
        text = ""
        while len(text) < LENGTH:
            text += chance.choice(passages) + "\n"
        yield text[:LENGTH]


def _reading(watchlist: Watchlist) -> Read:
    return lambda text: skim(f"\n{text}", watchlist)


def with_ruler(accounts: Sequence[Account]) -> Language:
    """A blank pipeline that knows the watchlist's names."""
    nlp = spacy.blank("zh")
    ruler = nlp.add_pipe("entity_ruler")
    names = [(account.id, name) for account in accounts for name in account.names]
    patterns = [{"label": "org", "pattern": name, "id": account} for account, name in names]
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    return nlp


def _table(stream: str, some: Sequence[str], ruler: Language, steps: dict[str, Read]) -> None:
    bare = _rate(some, ruler)
    print(f"\n| {stream}: {len(some)} texts of {LENGTH} characters | texts/s | beside the EntityRuler |")
    print("|---|---|---|")
    print(f"| spaCy blank zh with EntityRuler | {bare:.0f} | 1.00 |")
    for label, read in steps.items():
        rate = _rate(some, read)
        print(f"| {label} | {rate:.0f} | {rate / bare:.2f} |")


def _rate(some: Sequence[str], read: Read) -> float:
    """Texts per second of CPU time, the best of some rounds."""
    best = 0.0
    for _ in range(_ROUNDS):
        began = time.process_time()
        for text in some:
            read(text)
        best = max(best, len(some) / (time.process_time() - began))
    return best


def _memory(size: int, watchlist: Watchlist) -> None:
    """Read so many texts, and look at memory from time to time."""
    read, process = _reading(watchlist), psutil.Process()
    print("| texts read | memory in MB |")
    print("|---|---|")
    for number, text in enumerate(islice(ordinary(), size), 1):
        read(text)
        if number % max(1, size // _LOOKS) == 0:
            print(f"| {number} | {process.memory_info().rss / 1e6:.0f} |", flush=True)


if __name__ == "__main__":
    main()
