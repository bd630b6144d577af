"""What a row may say whatever its kind: options in, BadOption for those that make no sense.

`javascript`: the pages are written by scripts (spiders/rendering.py). Kinds that list entries also take
`days`, after which an entry is no longer fetched, and `article`, where its pages show an article's fields.
"""

from __future__ import annotations

from collections.abc import Mapping

from intel.model import ARTICLE_OPTION
from pipelines.selected import FIELDS, BadSelector, expression

COMMON_OPTIONS: Mapping[str, type] = {"javascript": bool}
LISTED_OPTIONS: Mapping[str, type] = {"days": int, ARTICLE_OPTION: dict}
_BODY = "body"
_MOST_DAYS = 36500  # a century; further back dates end


class BadOption(ValueError):
    """An option of a source's row that its kind cannot take."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def check_common(options: Mapping[str, object]) -> None:
    """Raise BadOption for an age that is none, and for selectors that name no field or do not compile."""
    if not 1 <= int(str(options.get("days", 1))) <= _MOST_DAYS:
        raise BadOption("days", f"is not from 1 to {_MOST_DAYS}")
    selectors = options.get(ARTICLE_OPTION)
    if not isinstance(selectors, Mapping):
        return
    if not selectors:
        raise BadOption(ARTICLE_OPTION, f"names no field; the fields are {', '.join(FIELDS)}")
    for field, selector in selectors.items():
        _check_selector(str(field), selector)


def _check_selector(field: str, selector: object) -> None:
    name = f"{ARTICLE_OPTION}.{field}"
    if field not in FIELDS:
        raise BadOption(name, f"is no field of an article; the fields are {', '.join(FIELDS)}")
    if not isinstance(selector, str) or not selector.strip():
        raise BadOption(name, f"{selector!r} is no selector: it must be a text in CSS")
    if field == _BODY and "::" in selector:
        raise BadOption(name, f"{selector!r} selects a text; the body is an element or several")
    try:
        expression(selector)
    except BadSelector as error:
        raise BadOption(name, f"{selector!r} is no selector: {error}") from error
