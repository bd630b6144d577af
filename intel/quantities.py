"""Values as Chinese writes them in; as English does out: 20.3亿件 is 2.03 billion parcels.

Only the writing changes, never the value: as many digits are told as were. A text without such a value
stays as it is.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.series_rules import SCALE, SCALES

# As they stand in shown values: the base units of pipelines/series.toml.
ENGLISH = {
    "件": " parcels",
    "件/日": " parcels a day",
    "元": " yuan",
    "元/件": " yuan a parcel",
    "件/百万件": " per million parcels",
    "点": " points",
    "%": "%",
}
_LARGE = ((12, "trillion"), (9, "billion"), (6, "million"))
_AXIS = {True: ((1e8, "亿"), (1e4, "万")), False: ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))}
_VALUE = re.compile(
    r"(?P<sign>[-+]?)(?P<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)"
    rf"(?P<scale>{SCALE})?"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, ENGLISH), key=len, reverse=True))})"
)


def in_english(text: str) -> str:
    """The text with every value and its unit as English writes them."""
    return _VALUE.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    value = Decimal(match["number"]).scaleb(SCALES[match["scale"] or ""])
    name = ""
    for places, large in _LARGE:
        if value >= Decimal(10) ** places:
            value, name = value.scaleb(-places), f" {large}"
            break
    return f"{match['sign']}{value:,f}{name}{ENGLISH[match['unit']]}"


def axis(value: float, *, chinese: bool) -> str:
    """A number as short as an axis wants it: 20亿, or 2B."""
    for size, name in _AXIS[chinese]:
        if abs(value) >= size:
            return f"{value / size:g}{name}"
    return f"{value:g}"
