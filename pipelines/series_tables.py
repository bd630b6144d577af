"""Tables of statistics to points: what the heading, the row's label and the caption say of each number.

In: a block of rows. Out: `Told` values whose span is
the row. A row whose cells cannot be laid under the heading is left out: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from intel.model import Mention
from pipelines.series_periods import Period, month_of, periods, value, year_to
from pipelines.series_rows import FIGURE, Block, Row, split
from pipelines.series_rules import (
    ACCOUNT,
    SCALE,
    SCALES,
    Number,
    Rules,
    Series,
    Subject,
    number,
)
from pipelines.series_text import Told
from pipelines.series_tokens import Context, subjects

_GROWTH = re.compile(
    r"(?:比|较)(?:上年|去年|20[0-9]{2}年)|同比|增长|增速|增幅|增减|变动|变化|涨跌|幅度|[±%]\)?$"
)
_OVER_MONTH = re.compile(r"环比|比上月|较上月|占|比重|排名|名次|序号|位次|贡献")
_MONTHLY, _SO_FAR = re.compile("当月|本月|单月|当期"), re.compile("累计|年初至今|本年")
# A column of the year before, which says no period of its own.
_YEAR_BEFORE = re.compile(r"^(?!.*[比较]).{0,10}(?:上年|去年)(?:同期|同月)")
# Of other parts of a table than these the trade's words mean less.
_OF_THE_TRADE = re.compile(r"快递|速运|寄递|指标|情况|数据|经营")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[0-9]{1,2}[.、]|其中[:：]?|[(][一二三四五六七八九十0-9]{1,2}[)]|[-·•]|\s){1,4}"
)
_IN_BRACKETS = re.compile(r"\(([^()]{0,30})\)")
_NO_NAME = re.compile(r"累计|当月|本月|单月|合计|完成|数据|指标|情况|[\s:：,，(（)）]")


@dataclass(frozen=True, slots=True)
class _Column:
    """What a heading says of the numbers under it. `kind`: value, growth or other."""

    kind: str
    heading: str
    period: Period | None
    series: tuple[Series, ...]
    unit: str
    so_far: bool = False
    monthly: bool = False


def read(
    block: Block, table: Rules, context: Context, subject: Subject | None, mentions: Sequence[Mention]
) -> Iterator[Told]:
    """The values of a table; `subject` is whose they are where the table does not say."""
    heading, body = split(block.rows)
    if not heading:
        return
    reader = _Table(table, context, block.text, subject, mentions)
    columns = [reader.column(text) for text in heading]
    for row in body:
        if len(row.cells) == len(columns) and (not row.section or _OF_THE_TRADE.search(row.section)):
            yield from reader.row(row, columns)


@dataclass(frozen=True, slots=True)
class _Table:
    rules: Rules
    context: Context
    caption: str
    subject: Subject | None
    mentions: Sequence[Mention]

    def column(self, heading: str) -> _Column:
        """What a heading says."""
        kind = (
            "other"
            if _OVER_MONTH.search(heading) or _UNIT_COLUMN.fullmatch(heading) or _YEAR_BEFORE.search(heading)
            else "growth"
            if _GROWTH.search(heading)
            else "value"
        )
        return _Column(
            kind,
            heading,
            self._only_period(heading),
            self._named(heading),
            self._unit(heading),
            bool(_SO_FAR.search(heading)),
            bool(_MONTHLY.search(heading)),
        )

    def row(self, row: Row, columns: Sequence[_Column]) -> Iterator[Told]:
        """The values of a row, each with the growth column that belongs to it."""
        label, at = self._label(row, columns)
        named = (
            self._named(row.section + label) if row.section and _plain(label, None) else ()
        ) or self._named(label)
        period = self._only_period(label)
        # A row whose label is no series, no period and no total is of somebody not known.
        ours = named or period is not None or _is_total(label)
        subject = self._whose(row) or (self.subject if ours else None)
        unit = self._unit(label) or self._unit_cell(row, columns)
        for place, column in enumerate(columns):
            match = FIGURE.fullmatch(row.cells[place])
            if place <= at or column.kind != "value" or match is None or match["sign"]:
                continue
            when = self._when(column, period)
            written = match["unit"] or column.unit or unit
            for series in self._fitting(column, named, subject, written, match["percent"]):
                assert subject is not None  # _fitting finds none for nobody
                told = self._number(match, series, written)
                if told is not None and when:
                    yoy = self._yoy(row, columns, place, series, subject)
                    yield Told(series, subject, when, told, yoy, row.start, row.end)

    # ---- what a cell says

    def _only_period(self, text: str) -> Period | None:
        found = [one for one in periods(text, self.context.published) if one.first]
        return found[0] if len(found) == 1 else None

    def _named(self, text: str) -> tuple[Series, ...]:
        """The series that a label or heading is the name of."""
        for plain in dict.fromkeys((_plain(text, self._only_period(text)), _NUMBERING.sub("", text))):
            # 其中：快递业务 stands for what the row above counts; its unit says which of the two that is.
            whole = (f"{plain}收入", f"{plain}量") if plain.endswith("业务") else (plain,)
            found = tuple(one for one in self.rules.series.values() if any(map(one.labels.fullmatch, whole)))
            if found:
                return found
        return ()

    def _unit(self, text: str) -> str:
        """The unit in a label's brackets, with its scale (亿件)."""
        written = re.compile(rf"(?:单位[:：]?)?\s?(?P<unit>(?:{SCALE})?(?:{self.rules.written_unit}))")
        for inside in _IN_BRACKETS.findall(text):
            if match := written.fullmatch(inside.strip()):
                return match["unit"]
        return ""

    def _unit_cell(self, row: Row, columns: Sequence[_Column]) -> str:
        for cell, column in zip(row.cells, columns, strict=True):
            if _UNIT_COLUMN.fullmatch(column.heading):
                return cell
        return ""

    def _label(self, row: Row, columns: Sequence[_Column]) -> tuple[str, int]:
        """The first cell of words, and its place."""
        for place, cell in enumerate(row.cells):
            if not FIGURE.fullmatch(cell) and columns[place].kind == "value":
                return cell, place
        return "", -1

    def _whose(self, row: Row) -> Subject | None:
        """The account, region or nation that the row's first cells name."""
        accounts = [one for one in self.mentions if row.start <= one.start and one.end <= row.end]
        if accounts:
            return Subject(ACCOUNT, accounts[0].account)
        for cell in row.cells[:2]:
            for one in subjects(cell, self.rules, self.context.region):
                if one.start == 0 and one.end == len(cell):
                    return one.subject
        return None

    def _when(self, column: _Column, of_row: Period | None) -> str:
        period = column.period or of_row or self._only_period(self.caption.rpartition("\n")[2])
        period = period or self.context.titled
        if period is None:
            return ""
        if column.so_far and period.is_month:
            period = year_to(period)
        elif column.monthly and not period.is_month:
            period = month_of(period)
        return value(period, self.context.year, self.context.published)

    def _fitting(
        self,
        column: _Column,
        of_row: tuple[Series, ...],
        subject: Subject | None,
        unit: str,
        percent: str,
    ) -> list[Series]:
        """The one series of a cell, or none."""
        named = column.series or of_row or self._named(_IN_BRACKETS.sub("", self._caption_name()))
        if subject is None:
            return []
        base = percent or unit.lstrip("".join(SCALES)) if unit or percent else None
        fitting = [
            one
            for one in named
            if subject.kind in one.kinds and (base is None or base in self.rules.units[one.unit])
        ]
        if len(fitting) > 1:  # 业务量 is the express one unless the text says postal
            fitting = [
                one for one in fitting if one.names.fullmatch(_plain(column.heading, column.period))
            ] or fitting
            fitting = [one for one in fitting if one.family != "postal"] or fitting
        return fitting if len(fitting) == 1 else []

    def _caption_name(self) -> str:
        found = [match.group() for match in self.rules.any_name.finditer(self.caption)]
        return found[-1] if found else ""

    def _number(self, match: re.Match[str], series: Series, unit: str) -> Number | None:
        """The number in the base unit; None where nothing tells the unit."""
        words = self.rules.units[series.unit]
        if not unit and not match["percent"] and "" not in words:
            unit = self._caption_unit(words)
            if not unit:
                return None
        scale = next((name for name in sorted(SCALES, key=len, reverse=True) if unit.startswith(name)), "")
        return number(match["number"], scale)

    def _caption_unit(self, words: Sequence[str]) -> str:
        """The unit above the table (单位：万件、万元) that fits a series."""
        either = "|".join(re.escape(word) for word in words if word)
        match = re.search(rf"单位\s?[:：]?[^\n]{{0,20}}?(?P<unit>(?:{SCALE})?(?:{either}))", self.caption)
        return match["unit"] if match else ""

    def _yoy(
        self, row: Row, columns: Sequence[_Column], place: int, series: Series, subject: Subject
    ) -> Decimal | None:
        """The growth that belongs to a value: of the same period if headings say, else the next column."""
        own = columns[place]
        if any(self._base(column, own) for column in columns[:place]):
            return None
        growths = [index for index, column in enumerate(columns) if column.kind == "growth"]
        telling = [index for index in growths if _same_time(own, columns[index]) and _times(columns[index])]
        after = [index for index in growths if index > place]
        values = [index for index, column in enumerate(columns) if column.kind == "value" and index > place]
        if telling and _times(own):
            chosen = telling[0]
        elif after and not (values and values[0] < after[0] and not self._base(own, columns[values[0]])):
            chosen = after[0]
        else:
            return None
        match = FIGURE.fullmatch(row.cells[chosen])
        if match is None or not (match["percent"] or "%" in columns[chosen].heading):
            return None
        percent = Decimal(match["number"].replace(",", ""))
        return -percent if match["sign"] == "-" else percent

    def _base(self, own: _Column, following: _Column) -> bool:
        """Whether the column after a value is the same months a year earlier."""
        now, then = own.period, following.period
        return bool(
            now
            and then
            and now.year
            and then.year == now.year - 1
            and (now.first, now.last) == (then.first, then.last)
        )


def _is_total(label: str) -> bool:
    return label in ("", "合计", "总计", "全部")


def _times(column: _Column) -> tuple[object, ...] | None:
    """What a heading says of time; None where nothing."""
    period = column.period
    told = (period and (period.first, period.last), column.so_far, column.monthly)
    return told if any(told) else None


def _same_time(one: _Column, other: _Column) -> bool:
    if one.so_far or one.monthly:
        return (one.so_far, one.monthly) == (other.so_far, other.monthly)
    return _times(one) == _times(other)


def _plain(text: str, period: Period | None) -> str:
    """A label without numbering, period, unit and words that name no measure."""
    if period is not None:
        text = text[: period.start] + text[period.end :]
    return _NO_NAME.sub("", _IN_BRACKETS.sub("", _NUMBERING.sub("", text)))
