"""Folded text and named organisations in; persons and the positions they hold out (public roles only)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from intel.model import Entity
from pipelines.names import names
from pipelines.personal_words import words

_SAYS = (
    "表示|说|称|认为|介绍|指出|透露|坦言|强调|告诉|回应|宣布|直言|补充|解释|分析|提到|谈到|谈及|预计|出席|接任|出任|担任"
    "|就任|升任|任|辞|卸任|离任|离职|当选|被|分享|致辞|发表|在|将|对|也|则|及|和|与|等|先生|女士|以|于|曾|已|就|到"
    "|的|为|因|是|向|从|还|并|又|由|今|昨|于|此前|近日|持|拟|主持|带队|率|一行|签|牵头|兼|不再|接受|不|会|正|时"
)
_BEFORE = "出任|担任|接任|升任|就任|卸任|辞去|当选|兼任|不再担任"


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _titles() -> re.Pattern[str]:
    """A title with what narrows it; Latin titles stand alone."""
    rank = r"(?:前任?|原|时任|现任|新任|代理?|常务|执行|联席|高级|资深|首席|轮值|集团|兼|副){0,4}"
    titles = names().people.titles
    han = _any(title for title in titles if not title.isascii())
    latin = _any(title.lower() for title in titles if title.isascii())
    return re.compile(rf"{rank}(?:(?:{han})|(?:{latin})(?![a-z]))")


@cache
def _name() -> re.Pattern[str]:
    """A Chinese name, given name shortest that is followed by a stop or a verb of saying or holding."""
    people = names().people
    family = rf"(?:{_any(people.compound)}|[{people.surnames}{people.guarded}])"
    follow = rf"(?=$|[^\u3400-\u9fff]|{_SAYS})"
    return re.compile(
        rf"{family}(?:某某?|(?:(?!{_SAYS})[\u3400-\u9fff]){{1,2}}?{follow}|[\u3400-\u9fff]{{1,2}}?{follow})"
    )


@cache
def _speaker() -> re.Pattern[str]:
    """A name that opens a clause and says or takes up something."""
    people = names().people
    return re.compile(
        rf"(?:(?<=^)|(?<=[\s,。;:、“”!?]))(?P<name>(?:{_any(people.compound)}|[{people.surnames}])"
        rf"[\u3400-\u9fff]{{1,2}}?)(?=表示|说[,:“]|称[,:“]|认为|介绍说?|指出|透露|坦言|强调|{_BEFORE})"
    )


@cache
def _english() -> re.Pattern[str]:
    titles = _any(title.lower() for title in names().people.english_titles)
    return re.compile(rf"(?<![a-z])(?P<title>(?:{titles}))(?![a-z])")


def people(folded: str, named: Sequence[Entity]) -> list[Entity]:
    """Persons and positions, sorted, none overlapping another."""
    found: list[Entity] = []
    for entity in sorted(
        [*_holders(folded, named), *_speakers(folded), *left_out(folded)],
        key=lambda one: (one.start, -one.end),
    ):
        if not found or entity.start >= found[-1].end:
            found.append(entity)
    return found


def left_out(folded: str) -> Iterator[Entity]:
    """Persons whose names were left out: a text reads alike before and after somebody is forgotten."""
    mark = words().marks["name"]
    for found in re.finditer(re.escape(mark), folded):
        yield Entity("person", found.start(), found.end(), "")


def _holders(folded: str, named: Sequence[Entity]) -> Iterator[Entity]:
    """Titles, and the name that follows one: 物流业务负责人陆知远, 董事长王某."""
    starts = [entity.start for entity in named]
    for title in _titles().finditer(folded):
        yield Entity("position", _department(folded, title.start(), named, starts), title.end(), "")
        name = _name().match(folded, title.end())
        if name:
            yield Entity("person", name.start(), name.end(), "")
    for title in _english().finditer(folded):
        yield Entity("position", title.start(), title.end(), "")


def _department(folded: str, start: int, named: Sequence[Entity], starts: Sequence[int]) -> int:
    """Where a position begins: right after the organisation, if only a department stands between."""
    before = bisect_right(starts, start) - 1
    if before < 0 or named[before].kind != "org" or not 0 <= start - named[before].end <= 10:
        return start
    between = folded[named[before].end : start]
    return named[before].end if re.fullmatch(r"[^\W0-9_的与和及是在由向对将为、]{0,10}", between) else start


def _speakers(folded: str) -> Iterator[Entity]:
    for match in _speaker().finditer(folded):
        yield Entity("person", match.start("name"), match.end("name"), "")
