"""Gold notices against what is found in them: hits, misses and wrong values of every field."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

from intel.config import CHINA
from intel.notice import Notice
from pipelines.tenders import find

GOLD = Path(__file__).parent / "gold" / "notices.toml"
FIELDS = (
    "kind", "buyer", "project", "number", "budgets", "deadline", "opening", "start", "end", "months",
    "recurring", "current_end", "winners", "amounts",
)  # fmt: skip


@dataclass
class Score:
    """Counts by field: right, found but wrong, expected but missed; `faults` says which."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def precision(self, name: str) -> float:
        return self.right[name] / max(1, self.right[name] + self.wrong[name])

    def recall(self, name: str) -> float:
        return self.right[name] / max(1, self.right[name] + self.missed[name])


def gold() -> list[dict[str, Any]]:
    """The gold notices as written."""
    rows: list[dict[str, Any]] = tomllib.loads(GOLD.read_text(encoding="utf-8"))["notice"]
    return rows


def read(row: Mapping[str, Any]) -> Notice | None:
    """What is found in a gold notice."""
    published = datetime.combine(row["published"], time(9), CHINA)
    return find(f"{row['title']}\n{row['text'].strip()}", published, ())


def expected(row: Mapping[str, Any]) -> dict[str, set[str]]:
    """The gold values of a row, comparable with `told`."""
    values = {name: {str(row[name])} if row.get(name) not in (None, "") else set() for name in FIELDS}
    values["recurring"] = {"True"} if row.get("recurring") else set()
    values["budgets"] = set(row.get("budgets", ()))
    values["winners"] = {one.split(" = ")[0] for one in row.get("winners", ())}
    values["amounts"] = {one for one in row.get("winners", ()) if " = " in one}
    return values


def told(notice: Notice | None) -> dict[str, set[str]]:
    """The values of a found notice as sets of texts."""
    if notice is None:
        return {name: set() for name in FIELDS}
    term = notice.term
    lines = {
        f"{winner.party.name} = {winner.amount.value}" + (f" @ {winner.lot}" if winner.lot else "")
        for winner in notice.winners
        if winner.amount
    }
    values: dict[str, object] = {
        "kind": notice.kind.value,
        "buyer": notice.buyer and notice.buyer.name,
        "project": notice.project and notice.project.text,
        "number": notice.number and notice.number.text,
        "deadline": notice.deadline and notice.deadline.at.isoformat()[:16],
        "opening": notice.opening and notice.opening.at.isoformat()[:16],
        "start": term and term.start,
        "end": term and term.end,
        "months": term and term.months,
        "recurring": term and (term.recurring or None),
        "current_end": notice.current_end and notice.current_end.end,
    }
    sets = {name: {str(value)} if value else set() for name, value in values.items()}
    budgets = {one.value + (f" @ {one.lot}" if one.lot else "") for one in notice.budgets}
    return sets | {"budgets": budgets, "winners": {w.party.name for w in notice.winners}, "amounts": lines}


def score(rows: Iterator[Mapping[str, Any]] | list[dict[str, Any]]) -> Score:
    """The score over rows."""
    total = Score()
    for row in rows:
        want, got = expected(row), told(read(row))
        for name in FIELDS:
            total.right[name] += len(want[name] & got[name])
            total.wrong[name] += len(got[name] - want[name])
            total.missed[name] += len(want[name] - got[name])
            if want[name] != got[name]:
                total.faults.append(f"{row['title'][:24]} {name}: want {want[name]} got {got[name]}")
    return total
