"""Text as any reader takes it, and the one way in which templates write it.

Characters that XML refuses or that would turn a line around are shown as U+FFFD, and HTML is escaped.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
# Controls, lone surrogates and non-characters (XML 1.0, 2.2), and the marks that reorder text.
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def plain(text: str) -> str:
    """The text with each such character shown as U+FFFD."""
    return _REFUSED.sub("\ufffd", text)


def line(text: str) -> str:
    """The text on one line."""
    return " ".join(plain(text).split())


def is_web(url: str) -> bool:
    """Whether an address may become a link."""
    return url.startswith(("http://", "https://"))


@cache
def environment(folder: Path = TEMPLATES) -> Environment:
    """The HTML templates of a folder. Every text shown goes through `plain`, markup excepted."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    made.tests["web"] = is_web
    return made
