"""A briefing as one HTML page: printable, no script, nothing loaded from elsewhere, pictures within."""

from __future__ import annotations

from markupsafe import Markup

from intel import charts
from intel.brief.blocks import Chart, Document
from intel.brief.drawings import drawing
from intel.rendering import environment


def page(document: Document) -> bytes:
    """The whole briefing, UTF-8."""
    template = environment().get_template("brief.html.jinja")
    return template.render(document=document, picture=_picture).encode()


def _picture(chart: Chart) -> Markup:
    """The chart as SVG, whose texts are escaped."""
    return Markup(charts.svg(drawing(chart)))
