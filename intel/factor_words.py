"""What a sentence says of the factors a client decides by: which it names, in which order, with what points.

In: the text of a finding. Out: `Spoken`. The words and patterns are those of factors.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from intel.evidence import one_of
from pipelines.text import fold

TABLE = Path(__file__).with_name("factors.toml")
_TENTHS = {character: number * 10.0 for number, character in enumerate("一二三四五六七八九", 1)} | {
    "两": 20.0
}
# Where what is told of a factor ends.
_END = re.compile("[，。；,;、|]")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a sentence says. `named` factors in their order; `order`: that this is an order of importance.

    `points` are told for a factor; `pairs` are (above, below) told in words; `against` are factors
    that it says do not decide.
    """

    named: tuple[str, ...]
    order: bool
    points: Mapping[str, float]
    pairs: frozenset[Pair]
    against: frozenset[str]

    @property
    def above(self) -> frozenset[Pair]:
        """Every pair (above, below) that it tells: in words, by its order, or by points."""
        listed = self.named if self.order else ()
        ordered = {(one, other) for at, one in enumerate(listed) for other in listed[at + 1 :]}
        return self.pairs | ordered | above(self.points)


def above(points: Mapping[str, float]) -> frozenset[Pair]:
    """The pairs of factors of which the first has more points."""
    return frozenset((one, other) for one in points for other in points if points[one] > points[other])


@dataclass(frozen=True, slots=True)
class FactorWords:
    """The table as patterns for folded text; `factors` are ids to (label, English label)."""

    factors: Mapping[str, tuple[str, str]]
    whose: Mapping[str, str]
    any: re.Pattern[str]
    against: Mapping[str, re.Pattern[str]]
    first: re.Pattern[str]
    next: re.Pattern[str]
    above: tuple[re.Pattern[str], ...]
    pointed: re.Pattern[str]
    number: re.Pattern[str]
    before: re.Pattern[str]


@cache
def factor_words() -> FactorWords:
    """The table as shipped."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    whose = {fold(word): row["id"] for row in table["factors"] for word in row["words"]}
    any_word = one_of(whose).pattern
    # A longer word that is none of them takes the place of the shorter one in it.
    decoys = {fold(word) for word in table["decoys"]["words"]}
    order = table["order"]
    return FactorWords(
        factors={row["id"]: (row["label"], row["en"]) for row in table["factors"]},
        whose=whose,
        any=one_of(whose.keys() | decoys),
        against={row["id"]: one_of(row["against"]) for row in table["factors"]},
        first=one_of(order["first"]),
        next=one_of(order["next"]),
        above=tuple(re.compile(_with_factors(pattern, any_word)) for pattern in order["above"]),
        pointed=re.compile(order["pointed"]),
        number=re.compile(order["number"]),
        before=re.compile(order["before"].replace("F", f"(?:{any_word})")),
    )


@lru_cache(maxsize=20_000)  # asked of each sentence of an account, and of those that speak once more
def spoken(text: str) -> Spoken:
    """What a sentence says of the factors."""
    words, folded = factor_words(), fold(text)
    against = frozenset(name for name, pattern in words.against.items() if pattern.search(folded))
    if words.any.search(folded) is None:
        # Neither points nor an order without a factor; most sentences name none.
        return Spoken((), False, {}, frozenset(), against)
    found = [match for match in words.any.finditer(folded) if match[0] in words.whose]
    named = tuple(dict.fromkeys(words.whose[match[0]] for match in found))
    return Spoken(
        named=named,
        order=len(named) > 1 and bool(words.first.search(folded) and words.next.search(folded)),
        points=_points(words, folded, found),
        pairs=frozenset(_pairs(words, folded)),
        against=against,
    )


def _with_factors(pattern: str, any_word: str) -> str:
    return pattern.replace("A", f"(?P<above>{any_word})").replace("B", f"(?P<below>{any_word})")


def _pairs(words: FactorWords, folded: str) -> Iterable[Pair]:
    for pattern in words.above:
        for match in pattern.finditer(folded):
            above, below = words.whose[match["above"]], words.whose[match["below"]]
            if above != below:
                yield above, below


def _points(words: FactorWords, folded: str, found: list[re.Match[str]]) -> dict[str, float]:
    """The points of each factor; of one that is told several in a sentence, none."""
    if not found or not words.pointed.search(folded):
        return {}
    told: dict[str, set[float]] = {}
    ahead = {match.end(): float(match["n"]) for match in words.before.finditer(folded)}
    stops = [match.start() for match in found[1:]] + [len(folded)]
    for match, stop in zip(found, stops, strict=True):
        points = ahead.get(match.start()) if ahead else _behind(words, folded[match.end() : stop])
        if points is not None:
            told.setdefault(words.whose[match[0]], set()).add(points)
    return {factor: points.pop() for factor, points in told.items() if len(points) == 1}


def _behind(words: FactorWords, told: str) -> float | None:
    """The points told behind a factor: the last with a unit (由40分增加到45分), else the first."""
    end = _END.search(told)
    numbers = list(words.number.finditer(told[: end.start()] if end else told))
    with_unit = [match for match in numbers if match["unit"] or match["tenths"]]
    match = with_unit[-1] if with_unit else next(iter(numbers), None)
    if match is None:
        return None
    return _TENTHS[match["tenths"]] if match["tenths"] else float(match["n"])
