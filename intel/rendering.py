"""Templates of written documents: one environment with the filters that keep quotes from being markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(finalize: Callable[[object], object] | None = None) -> Environment:
    """The templates of `intel/templates`; HTML is escaped, Markdown by the filter `md`.

    `finalize` is what every value that is shown goes through.
    """
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    made.filters["md"] = markdown
    made.tests["web"] = lambda url: url.startswith(("http://", "https://"))
    return made


def markdown(text: str) -> str:
    """The text on one line, with what Markdown would take for marks escaped."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(text.split()))
