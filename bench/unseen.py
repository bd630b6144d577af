"""How well texts of writers are read who knew the taxonomy and the documents, and no rule, guideline or gold.

    python -m bench.unseen

Reads tests/unseen/*.jsonl and prints a line a file. Accounts, types and topics are counted once a
text: only events that are done or announced, only topics of clients. What its writer called optional counts
neither way; a subject is right where any of the expected is told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from intel.model import Role, Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Analysis, Watchlist, analyse, dated

UNSEEN = Path("tests/unseen")
COUNT = (Status.ASSERTED, Status.ANNOUNCED)
HEAD = (
    "texts",
    "types P",
    "types R",
    "types F1",
    "subject right",
    "kept out",
    "topics P",
    "topics R",
    "topics F1",
    "accounts P",
    "accounts R",
)


def main() -> None:
    """Read and print."""
    print(f"| | {' | '.join(HEAD)} |\n|{'---|' * (len(HEAD) + 1)}")
    whole = Counter[str]()
    for name, seen in measured():
        print(f"| {name} | {' | '.join(_cells(seen))} |")
        whole += seen
    print(f"| all | {' | '.join(_cells(whole))} |")


def measured() -> Iterator[tuple[str, Counter[str]]]:
    """What was found, missed and found wrongly in the texts of each file."""
    watchlist = Watchlist.of(load_accounts(ACCOUNTS_CSV))
    clients = {one for one, role in watchlist.roles.items() if role is Role.CLIENT}
    for file in sorted(UNSEEN.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        seen = Counter[str](texts=len(rows))
        for row in rows:
            read = analyse(f"{row['title']}\n{row['text']}", watchlist)
            seen += judged(row, dated(read, date.fromisoformat(row["published"])), clients)
        yield file.stem, seen


def f1(seen: Counter[str], name: str) -> float:
    """F1 of the types or the topics."""
    hits = seen[f"{name} found"]
    return 2 * hits / (2 * hits + seen[f"{name} wrong"] + seen[f"{name} missed"])


def judged(row: Mapping[str, Any], read: Analysis, clients: set[str]) -> Counter[str]:
    """What was found, missed and found wrongly in one text."""
    told = [one for one in read.events if one.status in COUNT]
    events = [one for one in row["events"] if Status(one["status"]) in COUNT]
    wanted = {one["type"] for one in events if not one.get("optional")}
    allowed = {one["type"] for one in events}
    seen = Counter(_kinds("type", wanted, allowed, {one.type for one in told}))
    for one in row["events"]:
        if Status(one["status"]) not in COUNT and one["type"] not in allowed:
            seen["others"] += 1
            seen["kept out"] += one["type"] not in {each.type for each in told}
    for kind in sorted(wanted & {one.type for one in told}):
        expected = {name for one in events if one["type"] == kind for name in one["subject"]}
        if expected:
            found = {
                part.account or part.text
                for one in told
                if one.type == kind
                for part in one.filling("subject")
            }
            seen["subjects"] += 1
            seen["subject right"] += any(a in b or b in a for a in expected for b in found)
    named = {one.account for one in read.mentions}
    seen += Counter(_kinds("account", set(row["accounts"]), set(row["accounts"]), named))
    evidence = [
        (one["topic"], one["account"], one.get("optional"))
        for one in row["topics"]
        if one["account"] in clients
    ]
    seen += Counter(
        _kinds(
            "topic",
            {one[:2] for one in evidence if not one[2]},
            {one[:2] for one in evidence},
            {(one.topic, one.account) for one in read.findings if one.account in clients},
        )
    )
    return seen


def _kinds(name: str, wanted: set[Any], allowed: set[Any], found: set[Any]) -> Iterator[str]:
    yield from [f"{name} found"] * len(wanted & found)
    yield from [f"{name} missed"] * len(wanted - found)
    yield from [f"{name} wrong"] * len(found - allowed)


def rates(seen: Counter[str], name: str) -> tuple[float, float]:
    """Precision and recall of the types, the topics or the accounts."""
    hits = seen[f"{name} found"]
    return hits / (hits + seen[f"{name} wrong"]), hits / (hits + seen[f"{name} missed"])


def _cells(seen: Counter[str]) -> Iterator[str]:
    yield str(seen["texts"])
    for name in ("type", "topic", "account"):
        yield from (f"{rate:.3f}" for rate in rates(seen, name))
        if name == "account":
            return
        yield f"{f1(seen, name):.3f}"
        if name == "type":
            yield f"{seen['subject right']} of {seen['subjects']}"
            yield f"{seen['kept out']} of {seen['others']}"


if __name__ == "__main__":
    main()
