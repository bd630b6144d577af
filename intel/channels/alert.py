"""What a channel is given to send: a title and lines with what proves them, and how it is kept."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from intel.crm.connector import Message

# What draws text in another order, or nothing at all: a quote with these is not what it looks like.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]+"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is told. `heading` is ours; `quote`, `source` and `url` are as published.

    `quote` is "" where the news is of a source and not in it; then `note` says what its runs showed.
    """

    heading: str
    quote: str
    source: str
    day: str
    rating: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A message to a recipient: `more` are reports beside the lines. A test says that it is one."""

    title: str
    lines: tuple[Line, ...]
    rule: str
    more: int = 0
    test: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is kept until it is sent."""
        return asdict(self)

    @classmethod
    def of(cls, message: Message) -> Alert:
        """The alert in a message."""
        kept = message.content
        return cls(**{**kept, "lines": tuple(Line(**line) for line in kept["lines"])})


def one_line(text: str, most: int | None = None) -> str:
    """A text of others on one line, without what cannot be seen; cut with … after `most` characters."""
    flat = " ".join(_UNSEEN.sub(" ", text).split())
    return flat if most is None or len(flat) <= most else flat[: most - 1].rstrip() + "…"


def web_address(url: str) -> str:
    """An address that can stand in a link, with whatever could end the link encoded; "" for no web page."""
    if not url.startswith(("http://", "https://")):
        return ""
    return re.sub(r"[\s()<>\[\]\"'`\\|*_~]|[^\x21-\x7e]", _encoded, url)


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))
