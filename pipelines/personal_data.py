"""Text in; the same text without private details of persons out, with how many of which kind were left out.

Kinds: phone, id_number, bank_card, email, home_address, messenger. What organisations publish to be reached
by, and numbers that only look alike (parcels, orders, tenders, amounts), stay. The words that decide are in
personal_data.toml. Time is linear in the text: bounded patterns, and for each match a bounded look around.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from pipelines.text import fold

_TABLE = Path(__file__).parent / "personal_data.toml"
_BEFORE, _AFTER, _TOKEN = 40, 12, 80


class Edit(NamedTuple):
    """A span of a text (code points) and what stands in its place. `kind` is what it was."""

    start: int
    end: int
    kind: str
    mark: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with marks in place of what was left out. `edits` are in the old text, sorted, apart."""

    text: str
    edits: tuple[Edit, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """How many of each kind were left out."""
        return Counter(edit.kind for edit in self.edits)

    def moved(self, offset: int) -> int:
        """Where an offset of the old text is in the new one; inside of what was left out: its mark's start."""
        ends = [edit.end for edit in self.edits]
        done = bisect_right(ends, offset)
        grown = [0, *accumulate(len(edit.mark) - (edit.end - edit.start) for edit in self.edits)]
        if done < len(self.edits) and self.edits[done].start < offset:
            offset = self.edits[done].start
        return offset + grown[done]


class Found(NamedTuple):
    """A span that looks like personal data of a kind."""

    kind: str
    start: int
    end: int


def redacted(text: str) -> Redacted:
    """The text without private details. A text without any, or already redacted, comes back as it is."""
    return replaced(text, find(text))


def replaced(text: str, edits: Iterable[Edit]) -> Redacted:
    """The text with edits carried out; of overlapping ones the first, the longer of two that start together."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    if not kept:
        return Redacted(text)
    pieces, last = [], 0
    for edit in kept:
        pieces += (text[last : edit.start], edit.mark)
        last = edit.end
    return Redacted("".join((*pieces, text[last:])), tuple(kept))


def find(text: str) -> Iterator[Edit]:
    """What would be left out of a text, in no order; spans may overlap."""
    folded = fold(text)
    marks = _table().marks
    for finder in (_emails, _numbers, _messengers, _homes):
        for found in finder(folded):
            yield Edit(found.start, found.end, found.kind, marks[found.kind])


# ---- the table


@dataclass(frozen=True, slots=True)
class _Table:
    """personal_data.toml as the rules need it. `classes`: label to what it says."""

    marks: Mapping[str, str]
    classes: Mapping[str, str]
    labels: re.Pattern[str]
    units: re.Pattern[str]
    email_roles: frozenset[str]
    free: frozenset[str]
    not_domains: frozenset[str]
    provinces: frozenset[str]
    homes: re.Pattern[str]


@cache
def _table() -> _Table:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    classes = {fold(word): kind for kind, words in table["labels"].items() for word in words}
    homes = [word for word, kind in classes.items() if kind == "home"]
    return _Table(
        marks=table["marks"],
        classes=classes,
        labels=re.compile(_any(classes)),
        units=re.compile(rf"[ +]{{0,2}}(?:余|多)?(?:{_any(table['units']['words'])})"),
        email_roles=frozenset(table["email"]["roles"]),
        free=frozenset(table["email"]["free"]),
        not_domains=frozenset(table["email"]["not_domains"]),
        provinces=frozenset(table["id"]["provinces"]),
        homes=re.compile(rf"(?:{_any(homes)})(?:地址)?[是为在于:\s]{{0,3}}(?P<place>{_PLACE})"),
    )


def _any(words: Iterable[str]) -> str:
    """An alternation of words, the longest first; Latin ones only as whole words."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() and word[0].isalpha() else re.escape(word)
        for word in ordered
    )


# ---- what stands around a span

def _said_before(folded: str, start: int) -> Sequence[str]:
    """What the labels before a place say, the nearest first: up to 40 characters in its sentence and two lines."""
    window = folded[max(0, start - _BEFORE) : start]
    stop = max(window.rfind(sign) for sign in "。;!?") + 1
    window = window[stop:]
    if window.count("\n") > 1:
        window = "\n".join(window.split("\n")[-2:])
    table = _table()
    return [table.classes[match[0]] for match in table.labels.finditer(window)][::-1]


def _nearest(said: Sequence[str], *kinds: str) -> str:
    return next((kind for kind in said if kind in kinds), "")


def _named_after(folded: str, end: int) -> bool:
    """Whether a person follows: 0571-88881234（王女士）."""
    window = folded[end : end + _AFTER].partition("\n")[0]
    found = _table().labels.search(window)
    return found is not None and _table().classes[found[0]] == "person"


def _in_address(folded: str, start: int) -> bool:
    """Whether a place is inside of a web address."""
    token = re.split(r"[^\x21-\x7e]|[\"'<>]", folded[max(0, start - _TOKEN) : start])[-1]
    return (
        "://" in token
        or (len(token) > 1 and token.startswith(("/", "www.", "./")))
        or re.search(r"\.[a-z]{2,6}/", token) is not None
    )


_JOINS_BEFORE = re.compile(r"[a-z0-9_][-_./=&?%#+~]?$|[_%#&~\\@]$")
_JOINS_AFTER = re.compile(r"[a-z0-9_@%]|[-.][a-z0-9_]|/(?!\d{7})[a-z0-9_]")
_ASKED_FOR = re.compile(r"(?:tel|phone|mobile|mob|cell)[\w-]{0,8}[\"']?[:=]\s?[\"']?$")
_KEYED = re.compile(
    r"[\w-]{0,20}(?:id|no|sn|code|ts|time|stamp|count|size|total|num|views?|hash|key|version)[\"']?[:=]\s?[\"']?$"
)


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether a number is no part of a longer number, a name, a file's name or an address."""
    before = folded[max(0, start - 40) : start]
    if _JOINS_AFTER.match(folded, end):
        return False
    if _ASKED_FOR.search(before):
        return True
    if _KEYED.search(before) or _in_address(folded, start):
        return False
    joined = _JOINS_BEFORE.search(before)
    # Two numbers of one person: 0571-88881234/13800138000.
    return joined is None or re.search(r"\d{7}/$", before) is not None


# ---- numbers

_GAP = r"[ \-–—·.\u00a0]"
_MOBILE = re.compile(
    rf"(?<!\d)(?:\(?\+?(?:00)?86\)?{_GAP}?)?(?P<bare>1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
    rf"(?:\d{{8}}|{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}}|\d\d{_GAP}\d{{6}}"
    rf"|{_GAP}\d{{8}}))(?!\d)"
)
_LANDLINE = re.compile(
    rf"(?<![\d-])(?:\(?\+?(?:00)?86\)?{_GAP}?\(?0?\)?(?:10|2\d|[3-9]\d{{2}})\)?|\(?0(?:10|2\d|[3-9]\d{{2}})\)?)"
    rf"{_GAP}{{0,2}}[2-8]\d{{2,3}}{_GAP}?\d{{4}}(?:(?:-|转|#|ext\.?){_GAP}?\d{{1,6}})?(?!\d)"
)
_ID18 = re.compile(
    rf"(?<!\d)[1-8]\d{{5}}{_GAP}?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_GAP}?\d{{3}}[\dx](?![\da-z])"
)
_ID15 = re.compile(r"(?<!\d)[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_PASSPORT = re.compile(r"护照(?:号码?)?[为是:\s]{0,2}(?P<bare>[a-z]{1,2}\d{7,8})(?![\da-z])")
_CARD = re.compile(
    r"(?<!\d)(?:(?:62|4\d|5[1-5]|2[2-7]|35|95)\d{2}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?:(?P=gap)\d{1,3})?"
    r"|(?:62|4\d|5[1-5]|2[2-7]|35|95)\d{14}|(?:62|95)\d{15,17}|3[47]\d{13})(?!\d)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10x98765432"


def _numbers(folded: str) -> Iterator[Found]:
    for match in _ID18.finditer(folded):
        if _is_id(folded, match):
            yield Found("id_number", *match.span())
    for match in _ID15.finditer(folded):
        said = _said_before(folded, match.start())
        if _nearest(said, "id_number", "identifier") == "id_number" and _born(f"19{match[0][6:12]}"):
            yield Found("id_number", *match.span())
    for match in _PASSPORT.finditer(folded):
        yield Found("id_number", *match.span("bare"))
    for match in _CARD.finditer(folded):
        if _is_card(folded, match):
            yield Found("bank_card", *match.span())
    for match in _MOBILE.finditer(folded):
        if _is_mobile(folded, match):
            yield Found("phone", *match.span())
    for match in _LANDLINE.finditer(folded):
        if _is_persons_landline(folded, match):
            yield Found("phone", *match.span())


def _digits(text: str) -> str:
    return re.sub(r"[^\dx]", "", text)


def _is_id(folded: str, match: re.Match[str]) -> bool:
    """A resident's number by its checksum, or, misspelt, by what stands before it."""
    number = _digits(match[0])
    if number[:2] not in _table().provinces or not _born(number[6:14]):
        return False
    if not _stands_alone(folded, *match.span()):
        return False
    said = _nearest(_said_before(folded, match.start()), "id_number", "identifier")
    right = _CHECK[sum(int(n) * w for n, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]
    return said == "id_number" or (right and said != "identifier")


def _born(day: str) -> bool:
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])) >= date(1880, 1, 1)
    except ValueError:
        return False


def _is_card(folded: str, match: re.Match[str]) -> bool:
    """A bank card by Luhn's check and its length; without a label only where it is grouped or of UnionPay."""
    number = _digits(match[0])
    if not _luhn(number) or not _stands_alone(folded, *match.span()):
        return False
    said = _nearest(_said_before(folded, match.start()), "bank_card", "identifier")
    likely = match["gap"] is not None or (number.startswith("62") and len(number) in (16, 19))
    return said == "bank_card" or (likely and said != "identifier")


def _luhn(number: str) -> bool:
    doubled = (int(n) * (1 + place % 2) for place, n in enumerate(reversed(number)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_mobile(folded: str, match: re.Match[str]) -> bool:
    """A mobile number is a person's, whoever publishes it; round ones and those with a unit are amounts."""
    start, end = match.span()
    if not _stands_alone(folded, start, end):
        return False
    said = _nearest(_said_before(folded, start), "contact", "person", "role", "identifier")
    if said in ("contact", "person"):
        return True
    if said == "identifier" or _table().units.match(folded, end):
        return False
    return not _digits(match["bare"]).endswith("000000")


def _is_persons_landline(folded: str, match: re.Match[str]) -> bool:
    """A landline number goes if a person stands beside it, or a bare 电话 and no organisation's role."""
    start, end = match.span()
    if not _stands_alone(folded, start, end):
        return False
    said = _said_before(folded, start)
    if _nearest(said, "contact", "person", "role", "identifier") == "identifier":
        return False
    whose = _nearest(said, "person", "role")
    if whose == "role":
        return False
    return bool(whose) or _nearest(said, "contact") != "" or _named_after(folded, end)


# ---- e-mail and messengers

_EMAIL = re.compile(
    r"(?<![a-z0-9._%+-])(?P<local>[a-z0-9][a-z0-9._%+-]{0,63})\s?(?:@|[(\[{]at[)\]}])\s?"
    r"(?P<domain>(?:[a-z0-9-]{1,63}\.){1,5}(?P<top>[a-z]{2,10}))(?![a-z0-9-])"
)
_MESSENGER = re.compile(
    r"(?:微信号?|wechat|weixin|vx|qq号?码?)(?:id)?\s?(?:同号)?\s?[:：]\s?(?P<bare>[a-z][a-z0-9_-]{5,19}|\d{5,11})(?![a-z0-9_@.-])"
)


def _emails(folded: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(folded):
        if match["top"] in _table().not_domains or _in_address(folded, match.start()):
            continue
        if not _is_organisations(folded, match):
            yield Found("email", *match.span())


def _is_organisations(folded: str, match: re.Match[str]) -> bool:
    """An address stays if its local part names a role or the domain itself, or a role's label introduces it."""
    table = _table()
    local, domain = match["local"], match["domain"]
    parts = [part.strip("0123456789") for part in re.split(r"[._+-]", local)]
    if any(part in table.email_roles for part in (local, *parts)):
        return True
    if domain in table.free:
        return False
    if any(len(label) > 1 and local.startswith(label) for label in domain.split(".")[:-1]):
        return True
    said = _nearest(_said_before(folded, match.start()), "person", "role")
    two_names = sum(len(part) > 1 for part in parts) > 1
    return said == "role" and not two_names


def _messengers(folded: str) -> Iterator[Found]:
    for match in _MESSENGER.finditer(folded):
        yield Found("messenger", *match.span("bare"))


# ---- homes

_COUNT = r"(?:[0-9a-z]{1,5}|[一二三四五六七八九十百]{1,4})"
_DOOR = rf"{_COUNT}(?:-{_COUNT}){{0,3}}(?:号楼|号院|号|弄|幢|栋|座|单元|楼|层|室|组|队|#)"
# Up to 60 characters of an address that end with a door: 文三路123号4幢2单元501室, 12-3-501.
_PLACE = rf"[\u3400-\u9fffa-z0-9#()\-—·、 ]{{0,40}}?{_DOOR}(?:[ ,、-]?[\u3400-\u9fff]{{0,6}}?{_DOOR}){{0,4}}(?:-?\d{{2,4}})?"
# A flat in a block of flats needs no label: 3幢2单元501室.
_FLAT = re.compile(
    rf"{_COUNT}(?:号楼|幢|栋|号|座|楼)[ ,]?(?:{_COUNT}(?:号楼|幢|栋|座|楼)[ ,]?)?{_COUNT}单元[ ,]?(?:{_COUNT}[楼层])?[ ,]?\d{{2,4}}(?:室|户|号|房)?"
)
_NAMED_PLACE = re.compile(r"[\u3400-\u9fff]{2}")
_ADDRESS_STOPS = frozenset("在到于至往住为是址的了把将从向给，。,:;!?\n\t 「」“”\"'、")
_REACH = 30


def _homes(folded: str) -> Iterator[Found]:
    for match in _table().homes.finditer(folded):
        if _NAMED_PLACE.search(match["place"]):  # else a number alone: 我家住在618号
            yield Found("home_address", *match.span("place"))
    for match in _FLAT.finditer(folded):
        if _nearest(_said_before(folded, match.start()), "office", "home", "person", "role") not in (
            "office",
            "role",
        ):
            yield Found("home_address", _address_start(folded, match.start()), match.end())


def _address_start(folded: str, start: int) -> int:
    """Where the address that leads to a flat begins: after the last stop, at most 30 characters before."""
    first = max(0, start - _REACH)
    while start > first and folded[start - 1] not in _ADDRESS_STOPS:
        start -= 1
    return start
