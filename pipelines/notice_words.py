"""`tenders.toml` read once: how notices call themselves, and which label leads to which field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intel.notice import NoticeKind
from pipelines.notice_values import ORG

TABLE = Path(__file__).with_name("tenders.toml")
_DAY = (
    r"(?P<day>(?:20\d\d\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日|20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|"
    r"\d{1,2} [a-z]{3,9} 20\d\d)"
)

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Field:
    """The labels of one field: forms in order of preference, and what such a label must not hold."""

    forms: tuple[Pattern, ...]
    excluded: tuple[Pattern, ...]

    def rank(self, label: str) -> int | None:
        """How well a bare label names the field, 0 best; None if it does not."""
        if any(form.search(label) for form in self.excluded):
            return None
        return next((rank for rank, form in enumerate(self.forms) if form.fullmatch(label)), None)


@dataclass(frozen=True, slots=True)
class Words:
    """The table as patterns over folded text."""

    titles: tuple[tuple[NoticeKind, Pattern], ...]
    fields: Mapping[str, Field]
    sentences: Mapping[str, tuple[Pattern, ...]]
    loose: Mapping[str, tuple[Pattern, ...]]
    follows: Mapping[str, Pattern]
    doubtful: frozenset[NoticeKind]
    procurement: Pattern

    def known(self, label: str) -> bool:
        """Whether a bare label names any field."""
        return bool(label) and any(field.rank(label) is not None for field in self.fields.values())


@cache
def words() -> Words:
    """The shipped table."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return Words(
        titles=tuple(
            (NoticeKind(row["id"]), re.compile("|".join(f"(?:{form})" for form in row["titles"])))
            for row in table["kinds"]
        ),
        fields={name: _field(row) for name, row in table["fields"].items()},
        sentences={row["field"]: tuple(map(_sentence, row["forms"])) for row in table["sentences"]},
        loose={name: tuple(map(re.compile, forms)) for name, forms in table["loose"].items()},
        follows={name: re.compile(form) for name, form in table["follows"].items()},
        doubtful=frozenset(map(NoticeKind, table["of_procurement"]["kinds"])),
        procurement=re.compile(table["of_procurement"]["form"]),
    )


def _field(row: Mapping[str, Any]) -> Field:
    return Field(
        tuple(re.compile(form) for form in row["forms"]),
        tuple(re.compile(form) for form in row.get("not", ())),
    )


def _sentence(form: str) -> Pattern:
    return re.compile(form.replace("{org}", ORG).replace("{day}", _DAY))
