"""Points of a series drawn: bars for a terminal, a PNG, a CSV that Excel opens.

Only values of one kind of period are drawn together: a month's beside January's to August's would
mislead. Of a period that several sources tell, the most reliable one's value is drawn.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from intel.fonts import NoChineseFont as NoChineseFont
from intel.fonts import chinese_font
from intel.refusal import Refusal
from intel.series import PointView, period_order

BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉█"
CSV_COLUMNS = (
    "series", "subject", "period", "value", "unit", "yoy", "contradicted", "source_label", "reliability",
    "dated_at", "title", "url", "quote",
)  # fmt: skip


class NothingToDraw(Refusal, LookupError):
    """There are no points to draw; the message says of what."""


def span(period: str) -> str:
    """The kind of a period: month, quarter, half, year, or "so far" for January to a month."""
    _, last, first = period_order(period)
    return (
        {1: "month", 3: "quarter", 6: "half", 12: "year"}.get(last - first + 1, "so far")
        if ("/" not in period)
        else "so far"
    )


def comparable(points: Sequence[PointView], wanted: str | None = None) -> Sequence[PointView]:
    """The best point of each subject and period, of the wanted kind of period or the one told most."""
    kinds = Counter(span(point.period) for point in points)
    chosen = wanted or (kinds.most_common(1)[0][0] if kinds else "")
    best: dict[tuple[str, str], PointView] = {}
    for point in points:
        if span(point.period) == chosen:
            best.setdefault((point.subject, point.period), point)
    return list(best.values())


def bar(share: float, width: int = BAR) -> str:
    """A bar of eighths of characters for a share of the longest."""
    full, part = divmod(round(max(share, 0.0) * width * 8), 8)
    return "█" * full + (_EIGHTHS[part] if part else "")


def write_csv(file: Path, points: Sequence[PointView]) -> None:
    """One row a point; UTF-8 with the mark by which Excel knows it."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(CSV_COLUMNS)
        for point in points:
            writer.writerow([_cell(getattr(point, column)) for column in CSV_COLUMNS])


def _cell(value: object) -> object:
    """A cell that a spreadsheet does not take for a formula."""
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return f"'{value}"
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write_png(file: Path, title: str, points: Sequence[PointView], names: Mapping[str, str]) -> None:
    """A line for each subject (`names` for display). Raises NoChineseFont, NothingToDraw."""
    if not points:
        raise NothingToDraw(f"no points of {title} to draw")
    from matplotlib.figure import Figure  # a second to import, and only this command needs it
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=chinese_font())

    figure = Figure(figsize=(10, 5), layout="constrained")
    axes = figure.subplots()
    periods = sorted({point.period for point in points}, key=period_order)
    size, unit = _scale(points)
    for subject, told in _by_subject(points):
        places = [periods.index(point.period) for point in told]
        axes.plot(
            places, [point.value / size for point in told], marker="o", label=names.get(subject, subject)
        )
    axes.set_xticks(range(len(periods)), periods, rotation=45, ha="right")
    axes.set_title(title, fontproperties=font)
    axes.set_ylabel(unit, fontproperties=font)
    axes.axhline(0, color="gray", linewidth=0.5)  # the whole scale from zero, growth below it included
    axes.grid(axis="y", alpha=0.3)
    axes.legend(prop=font)
    figure.savefig(file, format="png", dpi=120)


def _scale(points: Sequence[PointView]) -> tuple[float, str]:
    largest = max(point.value for point in points)
    size, scale = (1e8, "亿") if largest >= 1e8 else (1e4, "万") if largest >= 1e5 else (1.0, "")
    return size, f"{scale}{points[0].unit}"


def _by_subject(points: Sequence[PointView]) -> Iterator[tuple[str, list[PointView]]]:
    for subject in dict.fromkeys(point.subject for point in points):
        told = [point for point in points if point.subject == subject]
        yield subject, sorted(told, key=lambda point: period_order(point.period))
