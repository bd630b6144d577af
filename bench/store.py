"""What writes and reads cost among a million articles, on both databases, and how that grows.

    python -m bench.store --articles 10000 100000 1000000 --keep FOLDER --plot docs/examples/growth.png

Makes a database of each size and kind (`bench.many`; one that the folder holds is used again), serves it as
`intel serve` does, in one process a core, and asks over HTTP: one client, then sixteen at once, each with a
key and an address of its own, without a pause; the web pages by one client. Accounts are drawn as often as
there is something to tell of them, so the largest is asked for most. Prints rows of Markdown tables.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench import asking, filling
from bench.many import accounts, weighted
from intel import db
from intel.model import Role

CLIENTS = (1, 16)
AIMS = {"postgresql": 100, "sqlite": 250}  # milliseconds
PORTS = (8771, 8772)
SEARCHES = ("顺丰", "淘宝", "韵达", "退货", "中通", "京东")
LARGEST, SMALL = "taobao", "client-150"
DRAWN = 24


@dataclass(frozen=True, slots=True)
class Read:
    """One kind of read on one database: p50 and p95 in milliseconds, and answers a second."""

    kind: str
    articles: int
    what: str
    clients: int
    p50: float
    p95: float
    rate: float


def main() -> None:
    """Measure and print."""
    told = argparse.ArgumentParser(prog="python -m bench.store")
    told.add_argument("--articles", type=int, nargs="+", default=[10_000])
    told.add_argument("--keep", type=Path, required=True, help="folder of the databases")
    told.add_argument("--databases", nargs="+", choices=filling.KINDS, default=list(filling.KINDS))
    told.add_argument("--seconds", type=float, default=15.0, help="of each measurement")
    told.add_argument("--fill-only", action="store_true")
    told.add_argument("--plot", type=Path, help="PNG of how the reads grow")
    told.add_argument("--only", nargs="+", help="these reads")
    chosen = told.parse_args()
    reads: list[Read] = []
    print("| database | articles | read | clients | p50 ms | p95 ms | a second |")
    print("|---|---|---|---|---|---|---|")
    for kind in chosen.databases:
        with filling.databases(chosen.keep, kind) as url:
            for articles in chosen.articles:
                made, rates = filling.filled(url, chosen.keep, articles)
                _row(kind, articles, "rows in bulk", 1, f" | | {rates.rows:.0f}")
                _row(kind, articles, "search index", 1, f" | | {rates.index:.0f}")
                if not chosen.fill_only:
                    reads += _measured(made, kind, articles, chosen)
    if chosen.plot:
        _draw(reads, chosen.plot)


def _measured(url: str, kind: str, articles: int, chosen: argparse.Namespace) -> Sequence[Read]:
    """Every read of a database: the first time, then again and again."""
    keys, found = asking.keys(url, max(CLIENTS)), list[Read]()

    def note(what: str, clients: int, taken: Sequence[float], rate: float) -> None:
        p50, p95 = statistics.median(taken), sorted(taken)[round(0.95 * (len(taken) - 1))]
        found.append(Read(kind, articles, what, clients, p50, p95, rate))
        _row(kind, articles, what, clients, f"{p50:.0f} | {p95:.0f} | {rate:.1f}")

    with asking.served(url, PORTS):
        asking.each(PORTS, keys[0], ["/series"])  # what a process loads once is no part of a read
        for what, (paths, clients_of_it) in _asked(articles).items():
            if chosen.only and what not in chosen.only:
                continue
            first = asking.each(PORTS, keys[0], dict.fromkeys(paths))
            note(f"{what}, first time", 1, first, 1000 / statistics.mean(first))
            for clients in clients_of_it:
                taken = asking.asked(PORTS, keys[:clients], paths, chosen.seconds)
                note(what, clients, taken, len(taken) / chosen.seconds)
    engine = db.open_engine(url)
    _row(kind, articles, "readings kept", 1, f" | | {filling.keeping(engine):.1f}")
    engine.dispose()
    return found


def _row(kind: str, articles: int, what: str, clients: int, figures: str) -> None:
    print(f"| {kind} | {articles:,} | {what} | {clients} | {figures} |", flush=True)


def _draw(reads: Sequence[Read], file: Path) -> None:
    """How the slowest twentieth of the answers to sixteen clients grows."""
    from matplotlib import pyplot

    figure, places = pyplot.subplots(1, len(filling.KINDS), figsize=(9, 3.6), sharey=True)
    for place, kind in zip(places, filling.KINDS, strict=True):
        mine = [one for one in reads if one.kind == kind and one.clients == max(CLIENTS)]
        for what in dict.fromkeys(one.what for one in mine):
            points = [(one.articles, one.p95) for one in mine if one.what == what]
            place.loglog(*zip(*points, strict=True), marker="o", label=what)
        place.axhline(AIMS[kind], color="grey", linestyle="dashed", linewidth=1)
        place.set(title=kind, xlabel="articles")
        place.grid(visible=True, alpha=0.3)
    places[0].set_ylabel("p95 at 16 clients, ms")
    places[0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=120, metadata={"Software": None})


def _asked(articles: int) -> Mapping[str, tuple[Sequence[str], Sequence[int]]]:
    """What is asked for, and by how many clients after the first time."""
    looks = {f"account page of {one}": [f"/accounts/{one}"] for one in (LARGEST, SMALL)}
    pages = _pages(articles)
    return (
        {what: (paths, ()) for what, paths in looks.items()}
        | {what: (paths, CLIENTS) for what, paths in _reads().items()}
        | {what: (paths, CLIENTS[:1]) for what, paths in pages.items()}
    )


def _reads() -> Mapping[str, Sequence[str]]:
    drawn = weighted(random.Random(11), DRAWN)
    return {
        "account page": [f"/accounts/{one.id}" for one in drawn],
        "findings by company": [f"/api/v1/accounts/{one.id}/findings" for one in drawn],
        "search": [f"/api/v1/search?q={quote(word)}" for word in SEARCHES],
        "coverage": [f"/api/v1/accounts/{one.id}/coverage" for one in drawn],
    }


def _pages(articles: int) -> Mapping[str, Sequence[str]]:
    chance = random.Random(13)
    couriers = [one.id for one in accounts() if one.role is Role.COMPETITOR][:3]
    return {
        "overview": ["/"],
        "list of accounts": ["/accounts"],
        "search page": [f"/search?q={quote(word)}" for word in SEARCHES],
        "list of findings": [f"/accounts/{LARGEST}/findings", f"/accounts/{SMALL}/findings"],
        "courier page": [f"/couriers/{one}" for one in couriers],
        "series": ["/series"],
        "story": [f"/stories/{chance.randrange(1, min(articles, filling.MADE) // 2)}" for _ in range(DRAWN)],
        "review queue": [f"/review?account={one}" for one in (LARGEST, SMALL)],
    }


if __name__ == "__main__":
    main()
