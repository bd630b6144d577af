"""What a feed, sitemap or list says of a page: its address, and perhaps a title and a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intel.config import CHINA

_DATE = re.compile(
    r"(?<!\d)(20\d\d|19\d\d)\s{0,2}[-/.年]\s{0,2}(\d{1,2})\s{0,2}[-/.月]\s{0,2}(\d{1,2})(?!\d)"
    r"(?:\s{0,2}日)?(?:[T\s]{1,4}(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?)?"
)
# RFC 822 gives CST to Chicago; a Chinese feed means China.
_CHINA_NAMES = re.compile(r"\b(?:CST|BJT|Asia/Shanghai)\s*$")
_MILLISECONDS_FROM = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a feed, sitemap or list. `url` is absolute, as listed.

    `changed` is when the page last changed, where the source claims to know; `snippet` is what a search
    shows of its text.
    """

    url: str
    title: str | None = None
    at: datetime | None = None
    changed: datetime | None = None
    snippet: str = ""


def clean_title(text: str | None) -> str | None:
    """A title with its white space tidied; None if empty or visibly decoded wrongly."""
    title = " ".join((text or "").split())
    return title if title and "\ufffd" not in title else None


def listed_date(text: str | None) -> datetime | None:
    """A date as feeds, sitemaps and lists write it, aware; without a zone it means +08:00.

    Knows RFC 822, ISO 8601, epoch seconds or milliseconds, and the date forms of Chinese pages
    with a year. None for anything else.
    """
    text = _CHINA_NAMES.sub("+0800", (text or "").strip())
    for read in (_epoch, _iso, _mail, _written):
        when = read(text)
        if when is not None:
            return when if when.tzinfo else when.replace(tzinfo=CHINA)
    return None


def _epoch(text: str) -> datetime | None:
    if not (text.isascii() and text.isdigit() and 9 <= len(text) <= 13):
        return None
    number = int(text)
    return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS_FROM else number, UTC)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    if not any(letter.isalpha() for letter in text[:4]) and " " not in text:
        return None
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None


def _written(text: str) -> datetime | None:
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return datetime(*(int(number or 0) for number in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
