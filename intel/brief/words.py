"""The closed vocabulary of a briefing: what it says that is not a quote.

A `Label` is an entry of a table (the headings table, the taxonomy, the watchlist); a `Phrase` is one
whose holes are filled with counts, figures, days and labels. Neither takes text, so that no sentence can
be made up. The headings table is `intel/templates/words.toml`, in Chinese and English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter

from intel.brief.evidence import Evidence, Unproved
from intel.brief.figures import proven
from intel.config import CHINA
from intel.quantities import in_english

WORDS_TOML = Path(__file__).parent.parent / "templates" / "words.toml"
_PERIOD = re.compile(r"\d{4}(?:-(?:\d\d|Q[1-4]|H[12]))?(?:/\d{4}-\d\d)?")

_CHINESE_PERIOD = re.compile(r"(\d{4})(?:-(\d\d|Q[1-4]|H[12]))?(?:/(\d{4}-\d\d))?")
_PARTS = {"H1": "上半年", "H2": "下半年"} | {f"Q{n}": f"第{name}季度" for n, name in enumerate("一二三四", 1)}


class Lang(StrEnum):
    """The language of headings; quotes stay as they were written."""

    ZH = "zh"
    EN = "en"


class UnknownWord(Unproved, LookupError):
    """A label that no table has, or a phrase whose holes were not filled."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tables of labels by identifier, in one language."""

    lang: Lang
    tables: Mapping[str, Mapping[str, str]]

    def label(self, table: str, key: str) -> Label:
        """A label. Raises UnknownWord."""
        return Label(self, table, key)

    def has(self, table: str, key: str) -> bool:
        """Whether a table has a label."""
        return key in self.tables.get(table, {})

    def word(self, key: str) -> Label:
        """A label of the headings table. Raises UnknownWord."""
        return Label(self, "words", key)

    def say(self, key: str, **holes: Said) -> Phrase:
        """A phrase of the headings table. Raises UnknownWord."""
        return Phrase(self.word(key), tuple(holes.items()))


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(WORDS_TOML.read_text(encoding="utf-8"))


def vocabulary(lang: Lang, labels: Mapping[str, Mapping[str, str]]) -> Vocabulary:
    """The headings table in a language, and the taxonomy, watchlist and what else labels may come from.

    `labels` are Chinese; those of which the headings table has an English form are given it in English.
    """
    tables = {
        name: {key: forms[lang] for key, forms in table.items() if lang in forms}
        for name, table in _table().items()
    }
    for name, table in labels.items():
        shipped = tables.get(name, {}) if lang is not Lang.ZH else {}
        tables[name] = {key: shipped.get(key, text) for key, text in table.items()}
    return Vocabulary(lang, tables)


@dataclass(frozen=True, slots=True)
class Label:
    """An entry of a table. Raises UnknownWord where the table does not have it."""

    vocabulary: Vocabulary = field(repr=False, compare=False)
    table: str
    key: str

    def __post_init__(self) -> None:
        if not isinstance(self.vocabulary, Vocabulary) or not self.vocabulary.has(self.table, self.key):
            raise UnknownWord(f"no word {self.key!r} in {self.table!r}")

    @property
    def text(self) -> str:
        """The label as the table has it."""
        return self.vocabulary.tables[self.table][self.key]

    @property
    def short(self) -> str:
        """The label up to its explanation."""
        return re.split("[：:]", self.text)[0]


@dataclass(frozen=True, slots=True)
class Short:
    """A label up to its explanation: 潜在需求."""

    label: Label

    def __post_init__(self) -> None:
        if not isinstance(self.label, Label):
            raise Unproved(f"no label: {self.label!r}")

    @property
    def text(self) -> str:
        """The short form."""
        return self.label.short


class Measure(StrEnum):
    """What a count counts."""

    QUOTES = "quotes"
    REPORTS = "reports"
    SOURCES = "sources"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Count:
    """How many quotes, independent reports or sources there are in the evidence, or how many labels."""

    measure: Measure
    of: tuple[Evidence | Label, ...]

    def __post_init__(self) -> None:
        wanted = Label if self.measure is Measure.LABELS else Evidence
        if not isinstance(self.measure, Measure) or not all(isinstance(one, wanted) for one in self.of):
            raise Unproved("a count of something else than evidence")

    @property
    def number(self) -> int:
        """The count."""
        return len({_counted(self.measure, one) for one in self.of})

    @property
    def text(self) -> str:
        """The count in digits."""
        return str(self.number)


def _counted(measure: Measure, one: Evidence | Label) -> object:
    if isinstance(one, Label):
        return one.table, one.key
    if measure is Measure.REPORTS:
        return one.story
    return one.source if measure is Measure.SOURCES else (one.url, one.quote)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value that a quote tells. Raises Unproved where the quote does not hold the value's number.

    `unit`: its unit where that stands in the heading of a table and not in the quote.
    """

    shown: str
    number: float
    evidence: Evidence
    unit: Label | None = None
    lang: Lang = Lang.ZH

    def __post_init__(self) -> None:
        if not isinstance(self.evidence, Evidence):
            raise Unproved(f"a figure without evidence: {self.shown!r}")
        if not isinstance(self.unit, Label | None) or not isinstance(self.lang, Lang):
            raise Unproved(f"a unit or a language out of no table: {self.unit!r}, {self.lang!r}")
        if not isinstance(self.shown, str) or not proven(self.shown, self.evidence.quote):
            raise Unproved(f"{self.shown!r} is not in the quote {self.evidence.quote!r}")

    @property
    def text(self) -> str:
        """The value with its unit, as the language writes it."""
        told = self.shown + (self.unit.text if self.unit else "")
        return told if self.lang is Lang.ZH else in_english(told)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    day: date

    def __post_init__(self) -> None:
        if not isinstance(self.day, date):
            raise Unproved(f"no day: {self.day!r}")

    @property
    def text(self) -> str:
        """2026-11-26."""
        return self.day.isoformat()[:10]


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, shown in China's time."""

    moment: datetime

    def __post_init__(self) -> None:
        if not isinstance(self.moment, datetime) or self.moment.tzinfo is None:
            raise Unproved(f"no moment: {self.moment!r}")

    @property
    def text(self) -> str:
        """2026-11-26 22:20."""
        return self.moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter, half or year: 2026-08, 2026-Q3, 2026-H1, 2026, 2026-01/2026-08.

    With `lang` zh it is said as Chinese says it: 2026年1—8月.
    """

    period: str
    lang: Lang = Lang.EN

    def __post_init__(self) -> None:
        if not isinstance(self.lang, Lang):
            raise Unproved(f"no language: {self.lang!r}")
        if not isinstance(self.period, str) or not _PERIOD.fullmatch(self.period):
            raise Unproved(f"no period: {self.period!r}")

    @property
    def text(self) -> str:
        """The period as it is kept, or in Chinese."""
        if self.lang is not Lang.ZH:
            return self.period
        year, part, last = _CHINESE_PERIOD.fullmatch(self.period).groups()  # type: ignore[union-attr]
        if last:
            return f"{year}年{int(part)}—{'' if last[:4] == year else f'{last[:4]}年'}{int(last[5:])}月"
        return f"{year}年{_part(part) if part else ''}"


def _part(part: str) -> str:
    return _PARTS[part] if part in _PARTS else f"{int(part)}月"


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of days out of the briefing rules."""

    number: int

    def __post_init__(self) -> None:
        if type(self.number) is not int:
            raise Unproved(f"no number: {self.number!r}")

    @property
    def text(self) -> str:
        """The number in digits."""
        return str(self.number)


class Aspect(StrEnum):
    """What of an evidence is named: its source, how reliable that is, why it is rated as it is."""

    SOURCE = "source"
    RELIABILITY = "reliability"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class Told:
    """A source's name or reliability, or the reason of a rating, as the evidence has it."""

    evidence: Evidence
    aspect: Aspect

    def __post_init__(self) -> None:
        if not isinstance(self.evidence, Evidence) or not isinstance(self.aspect, Aspect):
            raise Unproved("a source without evidence")

    @property
    def text(self) -> str:
        """The name, the letter, or the reason."""
        return str(getattr(self.evidence, self.aspect.value))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A label whose holes are filled. Raises UnknownWord where a hole is left open or too much is said."""

    label: Label
    holes: tuple[tuple[str, Said], ...] = ()

    def __post_init__(self) -> None:
        filled = isinstance(self.holes, tuple) and all(
            isinstance(hole, tuple) and isinstance(hole[-1], SAID) for hole in self.holes
        )
        if not isinstance(self.label, Label) or not filled:
            raise Unproved("a phrase of something else than labels, counts, figures and days")
        wanted = {name for _, name, _, _ in Formatter().parse(self.label.text) if name is not None}
        if wanted != {name for name, _ in self.holes}:
            raise UnknownWord(f"{self.label.key!r} wants {sorted(wanted)}")

    @property
    def text(self) -> str:
        """The phrase with its holes filled."""
        return self.label.text.format(**{name: said.text for name, said in self.holes})


Said = Label | Short | Phrase | Count | Figure | Day | Moment | Period | Setting | Told
SAID = (Label, Short, Phrase, Count, Figure, Day, Moment, Period, Setting, Told)
