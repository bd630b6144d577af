"""A briefing as one HTML page: printable, no script, nothing loaded from elsewhere, pictures within."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from intel import charts
from intel.brief.blocks import Chart, Document
from intel.brief.drawings import drawing
from intel.brief.plain import is_web, plain
from intel.fonts import NoChineseFont


def page(document: Document) -> bytes:
    """The whole briefing, UTF-8."""
    template = _environment().get_template("brief.html.jinja")
    return template.render(document=document, picture=_picture).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every text that is shown goes this way, markup of the template excepted.
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    environment.tests["web"] = is_web
    return environment


def _picture(chart: Chart) -> Markup | None:
    """The chart as SVG, None where no font can show it."""
    try:
        return Markup(charts.svg(drawing(chart)))  # matplotlib escapes every text
    except NoChineseFont:
        return None
