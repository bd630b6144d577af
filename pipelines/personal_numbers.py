"""Folded text in; numbers that are a person's out: telephones, residents' numbers, passports, bank cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipelines.personal_words import Found, named_after, nearest, said_before, stands_alone, words

_GAP = r"[ \-–—·.\u00a0]"
_CHINA = rf"\(?\+?(?:00)?86\)?{_GAP}?"
_OPERATORS = r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
# 13812345678, and grouped 3-4-4, 4-3-4, 3-3-5, 5-6, 3-8.
_REST = (
    rf"(?:\d{{8}}|{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}}"
    rf"|\d\d{_GAP}\d{{6}}|{_GAP}\d{{8}})"
)
_MOBILE = re.compile(rf"(?<!\d)(?:{_CHINA})?(?P<bare>{_OPERATORS}{_REST})(?!\d)")
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_LANDLINE = re.compile(
    rf"(?<![\d-])(?:\(?\+?(?:00)?86\)?{_GAP}?\(?0?\)?{_AREA}\)?|\(?0{_AREA}\)?)"
    rf"{_GAP}{{0,2}}[2-8]\d{{2,3}}{_GAP}?\d{{4}}(?:(?:-|转|#|ext\.?){_GAP}?\d{{1,6}})?(?!\d)"
)
_ID18 = re.compile(
    rf"(?<!\d)[1-8]\d{{5}}{_GAP}?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_GAP}?"
    r"\d{3}[\dx](?![\da-z])"
)
_ID15 = re.compile(r"(?<!\d)[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_PASSPORT = re.compile(r"护照(?:号码?)?[为是:\s]{0,2}(?P<bare>[a-z]{1,2}\d{7,8})(?![\da-z])")
_CARD = re.compile(
    r"(?<!\d)(?:(?:62|4\d|5[1-5]|2[2-7]|35|95)"
    r"(?:\d{2}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?:(?P=gap)\d{1,3})?|\d{14})"
    r"|(?:62|95)\d{15,17}|3[47]\d{13})(?!\d)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10x98765432"


def numbers(folded: str) -> Iterator[Found]:
    """Telephone numbers, residents' numbers, passports and bank cards of persons."""
    for match in _ID18.finditer(folded):
        if _is_id(folded, match):
            yield Found("id_number", *match.span())
    for match in _ID15.finditer(folded):
        said = said_before(folded, match.start())
        if nearest(said, "id_number", "identifier") == "id_number" and _born(f"19{match[0][6:12]}"):
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
    if number[:2] not in words().provinces or not _born(number[6:14]):
        return False
    if not stands_alone(folded, *match.span()):
        return False
    said = nearest(said_before(folded, match.start()), "id_number", "identifier")
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
    if not _luhn(number) or not stands_alone(folded, *match.span()):
        return False
    said = nearest(said_before(folded, match.start()), "bank_card", "identifier")
    likely = match["gap"] is not None or (number.startswith("62") and len(number) in (16, 19))
    return said == "bank_card" or (likely and said != "identifier")


def _luhn(number: str) -> bool:
    doubled = (int(n) * (1 + place % 2) for place, n in enumerate(reversed(number)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_mobile(folded: str, match: re.Match[str]) -> bool:
    """A mobile number is a person's, whoever publishes it; round ones and those with a unit are amounts."""
    start, end = match.span()
    if not stands_alone(folded, start, end):
        return False
    said = nearest(said_before(folded, start), "contact", "person", "role", "identifier")
    if said in ("contact", "person"):
        return True
    if said == "identifier" or words().units.match(folded, end):
        return False
    return not _digits(match["bare"]).endswith("000000")


def _is_persons_landline(folded: str, match: re.Match[str]) -> bool:
    """A landline number goes if a person stands beside it, or a bare 电话 and no organisation's role."""
    start, end = match.span()
    if not stands_alone(folded, start, end):
        return False
    said = said_before(folded, start)
    if nearest(said, "contact", "person", "role", "identifier") == "identifier":
        return False
    whose = nearest(said, "person", "role")
    if whose == "role":
        return False
    return bool(whose) or nearest(said, "contact") != "" or named_after(folded, end)
