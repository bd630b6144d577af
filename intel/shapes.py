"""What a picture is made of, and how each is written: as SVG for a page, or painted for a PNG.

Units are points, from the upper left corner. Texts in the SVG stay text in the colour and typeface of the
page around it, so it can be searched and read in the dark. Nothing is interpreted in a text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#4b5563"  # of texts, on paper
NOTHING = "none"  # the colour of what is not filled
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}
_DPI = 200


class Shape(Protocol):
    """A part of a picture."""

    def svg(self) -> str:
        """The part as an element."""

    def paint(self, axes: Axes, order: int) -> None:
        """The part onto axes whose units are points; a higher order lies above a lower."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float

    def svg(self) -> str:
        """The part as an element."""
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in self.points)
        return f'<path d="M{path}" fill="none" stroke="{self.colour}" stroke-width="{self.width}"/>'

    def paint(self, axes: Axes, order: int) -> None:
        """The part onto axes whose units are points; a higher order lies above a lower."""
        across, down = zip(*self.points, strict=True)
        axes.plot(across, down, color=self.colour, linewidth=self.width, zorder=order)


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str

    def svg(self) -> str:
        """The part as an element."""
        size = f'width="{self.width:.1f}" height="{self.height:.1f}"'
        return f'<rect x="{self.x:.1f}" y="{self.y:.1f}" {size} fill="{self.colour}"/>'

    def paint(self, axes: Axes, order: int) -> None:
        """The part onto axes whose units are points; a higher order lies above a lower."""
        from matplotlib.patches import Rectangle

        corner = (self.x, self.y)
        axes.add_patch(
            Rectangle(corner, self.width, self.height, color=self.colour, linewidth=0, zorder=order)
        )


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc, or a ring where it is not filled."""

    x: float
    y: float
    radius: float
    colour: str
    filled: bool = True

    def svg(self) -> str:
        """The part as an element."""
        look = f'fill="{self.colour if self.filled else NOTHING}" stroke="{self.colour}" stroke-width="1.5"'
        return f'<circle cx="{self.x:.1f}" cy="{self.y:.1f}" r="{self.radius:.1f}" {look}/>'

    def paint(self, axes: Axes, order: int) -> None:
        """The part onto axes whose units are points; a higher order lies above a lower."""
        from matplotlib.patches import Circle

        face = self.colour if self.filled else NOTHING
        look: dict[str, Any] = {
            "facecolor": face,
            "edgecolor": self.colour,
            "linewidth": 1.5,
            "zorder": order,
        }
        axes.add_patch(Circle((self.x, self.y), self.radius, **look))


@dataclass(frozen=True, slots=True)
class Writing:
    """A line of text. `y` is its middle; `anchor` is where `x` is in it: start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"
    colour: str = INK

    @property
    def _base(self) -> float:
        """Half the height of a figure or a Chinese character below the middle."""
        return self.y + 0.36 * self.size

    def svg(self) -> str:
        """The part as an element."""
        fill = "currentColor" if self.colour == INK else self.colour
        look = f'font-size="{self.size}" text-anchor="{self.anchor}" fill="{fill}"'
        return f'<text x="{self.x:.1f}" y="{self._base:.1f}" {look}>{escape(self.text)}</text>'

    def paint(self, axes: Axes, order: int) -> None:
        """The part onto axes whose units are points; a higher order lies above a lower."""
        look: dict[str, Any] = {"size": self.size, "color": self.colour, "parse_math": False}
        place = _ANCHORS[self.anchor]
        axes.text(self.x, self._base, self.text, ha=place, va="baseline", zorder=order, **look)


def wide(text: str, size: float) -> float:
    """About how wide a text is: what Chinese fonts draw in a square is as wide as high, others half that."""
    return size * sum(1.0 if ord(character) >= 0x2010 else 0.56 for character in text)


def svg(shapes: Sequence[Shape], size: tuple[float, float]) -> str:
    """The picture as an SVG element, scaled by the page it stands in."""
    drawn = "".join(shape.svg() for shape in shapes)
    box = " ".join(f"{side:.0f}" for side in size)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box}">{drawn}</svg>'


def png(shapes: Sequence[Shape], size: tuple[float, float], font: str) -> bytes:
    """The picture as a PNG, its texts in an installed font."""
    import matplotlib as mpl  # a second to import, and only Word files need it
    from matplotlib.figure import Figure

    out = io.BytesIO()
    # The context copies all settings, deprecated ones too, which warns on some versions: only ours is set.
    with mpl.rc_context({"font.family": [font]}):
        figure = Figure(figsize=(size[0] / 72, size[1] / 72))
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(size[1], 0))
        axes.set_axis_off()
        for order, shape in enumerate(shapes):
            shape.paint(axes, order)
        figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
    return out.getvalue()
