"""Folded text in; how a person is written to and where a person lives out: e-mail, messengers, homes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.personal_words import Found, in_address, nearest, said_before, words

_EMAIL = re.compile(
    r"(?<![a-z0-9._%+-])(?P<local>[a-z0-9][a-z0-9._%+-]{0,63})\s?(?:@|[(\[{]at[)\]}])\s?"
    r"(?P<domain>(?:[a-z0-9-]{1,63}\.){1,5}(?P<top>[a-z]{2,10}))(?![a-z0-9-])"
)
_MESSENGER = re.compile(
    r"(?:微信号?|wechat|weixin|vx|qq号?码?)(?:id)?\s?(?:同号)?\s?[:：]\s?"
    r"(?P<bare>[a-z][a-z0-9_-]{5,19}|\d{5,11})(?![a-z0-9_@.-])"
)


def emails(folded: str) -> Iterator[Found]:
    """E-mail addresses but those that an organisation publishes."""
    for match in _EMAIL.finditer(folded):
        if match["top"] in words().not_domains or in_address(folded, match.start()):
            continue
        if not _is_organisations(folded, match):
            yield Found("email", *match.span())


def _is_organisations(folded: str, match: re.Match[str]) -> bool:
    """It stays if its local part names a role or the domain, or a role's label introduces it."""
    table = words()
    local, domain = match["local"], match["domain"]
    parts = [part.strip("0123456789") for part in re.split(r"[._+-]", local)]
    if any(part in table.email_roles for part in (local, *parts)):
        return True
    if domain in table.free:
        return False
    if any(len(label) > 1 and local.startswith(label) for label in domain.split(".")[:-1]):
        return True
    said = nearest(said_before(folded, match.start()), "person", "role")
    two_names = sum(len(part) > 1 for part in parts) > 1
    return said == "role" and not two_names


def messengers(folded: str) -> Iterator[Found]:
    """Accounts of WeChat and QQ behind these words; public accounts and groups stay."""
    for match in _MESSENGER.finditer(folded):
        yield Found("messenger", *match.span("bare"))


# ---- homes

_COUNT = r"(?:[0-9a-z]{1,5}|[一二三四五六七八九十百]{1,4})"
_DOOR = rf"{_COUNT}(?:-{_COUNT}){{0,3}}(?:号楼|号院|号|弄|幢|栋|座|单元|楼|层|室|组|队|#)"
# Up to 60 characters of an address that end with a door: 文三路123号4幢2单元501室, 12-3-501.
_PLACE = (
    rf"[\u3400-\u9fffa-z0-9#()\-—·、 ]{{0,40}}?{_DOOR}"
    rf"(?:[ ,、-]?[\u3400-\u9fff]{{0,6}}?{_DOOR}){{0,4}}(?:-?\d{{2,4}})?"
)
# A flat in a block of flats needs no label: 3幢2单元501室.
_FLAT = re.compile(
    rf"{_COUNT}(?:号楼|幢|栋|号|座|楼)[ ,]?(?:{_COUNT}(?:号楼|幢|栋|座|楼)[ ,]?)?"
    rf"{_COUNT}单元[ ,]?(?:{_COUNT}[楼层])?[ ,]?\d{{2,4}}(?:室|户|号|房)?"
)
# As English has it: Room 1203, No. 88 Century Avenue, Shanghai.
_ROOM = r"(?:room|rm\.?|unit|suite|house)"
_STREET = (
    r"(?:no\.? ?)?\d{1,5}[a-z]?(?:-\d{1,5})?,? (?:[a-z][a-z.'-]{0,20} ){1,5}?"
    r"(?:road|rd|street|st|avenue|ave|lane|drive|boulevard|blvd|close|square|terrace|court|estate|gardens?|mansions?)\b"
    r"(?:, ?[a-z]{2,15}(?: [a-z]{2,15}){0,2}(?=[,.;:)]|$)){0,3}"
)
_ENGLISH_PLACE = rf"(?:(?:{_ROOM}|flat|apt\.?|apartment) ?[0-9a-z-]{{1,6}},? ?)?{_STREET}"
_ENGLISH_FLAT = re.compile(rf"\b(?:flat|apt\.?|apartment) ?[0-9][0-9a-z-]{{0,5}},? ?{_STREET}")
_ENGLISH = re.compile(_ENGLISH_PLACE)
_NAMED_PLACE = re.compile(r"[\u3400-\u9fff]{2}")
_ADDRESS_STOPS = frozenset("在到于至往住为是址的了把将从向给，。,:;!?\n\t 「」“”\"'、")
_REACH = 30


@cache
def _labelled() -> re.Pattern[str]:
    """An address behind a word that says that somebody lives there."""
    return re.compile(
        rf"(?:{words().homes})(?:地址)?(?: is)?[是为在于:\s]{{0,3}}(?P<place>{_ENGLISH_PLACE}|{_PLACE})"
    )


def homes(folded: str) -> Iterator[Found]:
    """Addresses down to the door where somebody lives: behind a word that says so, or of a flat."""
    for match in _labelled().finditer(folded):
        # Else it is a number alone: 我家住在618号.
        if _NAMED_PLACE.search(match["place"]) or _ENGLISH.fullmatch(match["place"]):
            yield Found("home_address", *match.span("place"))
    for match in _FLAT.finditer(folded):
        if nearest(said_before(folded, match.start()), "office", "home", "person", "role") not in (
            "office",
            "role",
        ):
            yield Found("home_address", _address_start(folded, match.start()), match.end())
    for match in _ENGLISH_FLAT.finditer(folded):
        yield Found("home_address", *match.span())


def _address_start(folded: str, start: int) -> int:
    """Where the address that leads to a flat begins: after the last stop, at most 30 characters before."""
    first = max(0, start - _REACH)
    while start > first and folded[start - 1] not in _ADDRESS_STOPS:
        start -= 1
    return start
