"""Two versions of a page's lines in, a readable account of what changed out.

Order, spacing, repetition and what pipelines.noise leaves out are no change; nor is the same text cut into
other lines. A line that became a similar one is altered rather than removed and added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from intel.model import Article
from pipelines.noise import key
from pipelines.text import language

ADDED, REMOVED, ALTERED = "新增：", "删除：", "改为："
ARROW = " → "
# More than this is a new page; the rest is counted, not listed.
MOST = 200
# How alike two lines are that count as one line altered.
_ALIKE = 0.5
# All pairs of lines are compared up to so many; in a longer list only those that differ in figures.
_PAIRS = 2500
# Shorter texts are found inside any page by chance.
_PASSAGE = 16
FIGURES = re.compile(r"\d[\d,]{0,20}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Alteration:
    """A line that now reads otherwise; both as the page had them."""

    before: str
    after: str

    @property
    def figures_only(self) -> bool:
        """Whether nothing but numbers changed: 首重12元 → 首重10元."""
        return _skeleton(key(self.before)) == _skeleton(key(self.after))

    @property
    def readable(self) -> tuple[str, ...]:
        """Labelled lines. Other words get a line of their own, so that what was is not read as what is."""
        if self.figures_only:
            return (f"{ALTERED}{self.before}{ARROW}{self.after}",)
        return (f"{ALTERED}{self.after}", f"{REMOVED}{self.before}")


@dataclass(frozen=True, slots=True)
class Change:
    """What differs, every line verbatim: new ones and altered ones in page order, then what is gone."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[Alteration, ...] = ()

    @property
    def text(self) -> str:
        """The account for a reader, a line each: label and what the page says or said."""
        lines = [
            *(line for one in self.altered for line in one.readable),
            *(ADDED + line for line in self.added),
            *(REMOVED + line for line in self.removed),
        ]
        more = [f"（另有 {len(lines) - MOST} 处变化未列出）"] if len(lines) > MOST else []
        return "\n".join(lines[:MOST] + more)


_Lines = dict[str, str]  # by key, verbatim


def sides(line: str) -> Alteration | None:
    """What a line of an account says that only its numbers changed; None for any other line."""
    if not line.startswith(ALTERED):
        return None
    parts = line[len(ALTERED) :].split(ARROW)
    for cut in range(1, len(parts)):
        one = Alteration(ARROW.join(parts[:cut]), ARROW.join(parts[cut:]))
        if one.figures_only:
            return one
    return None


def visible(text: str) -> tuple[str, ...]:
    """The lines of a text that say something, each once, verbatim and in order."""
    return tuple(_by_key(text.split("\n")).values())


def difference(before: Sequence[str], after: Sequence[str]) -> Change | None:
    """How the lines of a page changed; None if all that differs is noise, order or line breaks."""
    old, new = _by_key(before), _by_key(after)
    gone = {name: line for name, line in old.items() if name not in new}
    come = {name: line for name, line in new.items() if name not in old}
    gone, come = _without_recut(gone, come)
    pairs = _pairs(list(gone), list(come))
    change = Change(
        added=tuple(line for one, line in come.items() if one not in pairs.values()),
        removed=tuple(line for one, line in gone.items() if one not in pairs),
        altered=tuple(Alteration(gone[one], come[other]) for one, other in pairs.items()),
    )
    return change if change.added or change.removed or change.altered else None


def changed_article(after: Article, before: Article) -> Article | None:
    """The new version with the account of the change for its text; None if nothing but noise changed."""
    change = difference(before.text.split("\n"), after.text.split("\n"))
    return replace(after, text=change.text, lang=language(after.content)) if change else None


def _by_key(lines: Iterable[str]) -> _Lines:
    """The first line of every key; lines that are noise have none."""
    found: _Lines = {}
    for line in lines:
        if name := key(line):
            found.setdefault(name, line.strip())
    return found


def _without_recut(gone: _Lines, come: _Lines) -> tuple[_Lines, _Lines]:
    """What differs without passages that both versions have, cut into other lines."""
    recut = [_run(name) for name in gone if _is_passage(name, come)]
    recut += [_run(name) for name in come if _is_passage(name, gone)]
    left = [
        {name: line for name, line in lines.items() if not any(_run(name) in passage for passage in recut)}
        for lines in (gone, come)
    ]
    return left[0], left[1]


def _is_passage(name: str, lines: Iterable[str]) -> bool:
    return len(name) >= _PASSAGE and _run(name) in "".join(map(_run, lines))


def _run(name: str) -> str:
    return name.replace("|", "")


def _pairs(gone: Sequence[str], come: Sequence[str]) -> dict[str, str]:
    """Which gone line became which new one: the most alike first, given in the order of the gone ones."""
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, one, other in sorted(_rated(gone, come), reverse=True):
        if one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return {one: pairs[one] for one in gone if one in pairs}


def _rated(gone: Sequence[str], come: Sequence[str]) -> Iterator[tuple[float, int, str, str]]:
    """Lines that may have become one another: how alike, how near, and the two."""
    if len(gone) * len(come) > _PAIRS:
        skeletons = {_skeleton(other): other for other in come}
        for one in gone:
            if (other := skeletons.get(_skeleton(one))) is not None:
                yield 1.0, 0, one, other
        return
    for i, one in enumerate(gone):
        for j, other in enumerate(come):
            if (likeness := _likeness(one, other)) >= _ALIKE:
                yield likeness, -abs(i - j), one, other


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; rows of a table can only be alike if their first cells name the same thing."""
    if "|" in one and "|" in other and one.partition("|")[0] != other.partition("|")[0]:
        return 0.0
    if _skeleton(one) == _skeleton(other):
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _skeleton(name: str) -> str:
    """What is said without how much."""
    return FIGURES.sub("#", name)
