"""What reading a text costs on one core, beside spaCy's EntityRuler with the same aliases.

    python -m bench.reading [TEXTS]

Texts of 800 characters, put together from the passages of tests/gold. Prints texts per second of CPU time
of the whole flow after extraction (names, accounts, events, topics), of the names in it, of the same names
as a spaCy pipeline, and of a blank spaCy pipeline whose EntityRuler has the watchlist's names and no other;
then by how much memory grows.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import spacy
from spacy.language import Language

from intel.gold import load
from intel.model import Account
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import aliases, entities, spacy_zh
from pipelines.flow import Watchlist, analyse
from pipelines.text import fold

LENGTH = 800
TEXTS = 300
_ROUNDS = 3  # the best counts: other programs only make it slower


def main() -> None:
    """Measure and print, as rows of a Markdown table."""
    accounts = load_accounts(ACCOUNTS_CSV)
    watchlist = Watchlist.of(accounts)
    some = list(texts(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS))
    ruler, ours = with_ruler(accounts), spacy.load(spacy_zh.SHIPPED)
    bare = _rate(some, ruler)
    print(f"{len(some)} texts of {LENGTH} characters\n")
    print("| what | texts/s | beside the EntityRuler |")
    print("|---|---|---|")
    _row("spaCy blank zh with EntityRuler", bare, bare)
    _row("names in lists", _rate(some, lambda text: aliases.find(fold(text), watchlist.lexicon)), bare)
    _row("all names and measures", _rate(some, lambda text: entities.find(text, watchlist.lexicon)), bare)
    _row("the same as a spaCy pipeline", _rate(some, ours), bare)
    _row("the whole flow", _rate(some, lambda text: analyse(f"\n{text}", watchlist)), bare)
    before = psutil.Process().memory_info().rss
    _rate(some, lambda text: analyse(f"\n{text}", watchlist))
    grown = psutil.Process().memory_info().rss - before
    print(f"\nmemory: {before / 1e6:.0f} MB, after {_ROUNDS * len(some)} more texts {grown / 1e6:+.1f} MB")


def texts(count: int) -> Iterator[str]:
    """So many texts of one length, each of passages in another order; the same ones each time."""
    passages = [one.content for one in load(Path("tests/gold"))]
    chance = random.Random(2026)
    for _ in range(count):
        text = ""
        while len(text) < LENGTH:
            text += chance.choice(passages) + "\n"
        yield text[:LENGTH]


def with_ruler(accounts: Sequence[Account]) -> Language:
    """A blank pipeline that knows the watchlist's names."""
    nlp = spacy.blank("zh")
    ruler = nlp.add_pipe("entity_ruler")
    names = [(account.id, name) for account in accounts for name in account.names]
    patterns = [{"label": "org", "pattern": name, "id": account} for account, name in names]
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    return nlp


def _rate(some: Sequence[str], read: Callable[[str], object]) -> float:
    """Texts per second of CPU time, the best of some rounds."""
    best = 0.0
    for _ in range(_ROUNDS):
        began = time.process_time()
        for text in some:
            read(text)
        best = max(best, len(some) / (time.process_time() - began))
    return best


def _row(label: str, rate: float, bare: float) -> None:
    print(f"| {label} | {rate:.0f} | {rate / bare:.2f} |")


if __name__ == "__main__":
    main()
