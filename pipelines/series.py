"""Statistics in an article to points of series: a value of a measure, of whom, for which period.

In: an article's content, its day of publication and the accounts it names. Out: `Point`s with the span
of the text that tells them. Which series there are is `series.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from intel.model import Mention, Point
from pipelines import series_rows, series_tables, series_text
from pipelines.series_periods import periods
from pipelines.series_rules import ACCOUNT, WHOLE, Rules, Subject, rules
from pipelines.series_text import Told
from pipelines.series_tokens import Context, account_token, subjects
from pipelines.text import fold


def find(content: str, published: date | None, mentions: Sequence[Mention]) -> tuple[Point, ...]:
    """The points told in a text (title + "\\n" + body), in its order, each once.

    Months without a year are those before `published`; without it only what names its year is taken.
    """
    folded, table = fold(content), rules()
    if not table.any_name.search(folded):
        return ()
    mentions = _actors(folded, mentions, table)
    found: dict[tuple[str, str, str, Decimal], Point] = {}
    for told in _told(folded, table, _about(folded, published, mentions, table), mentions):
        point = _point(told)
        key = (point.series, point.subject, point.period, point.value)
        if key not in found or (found[key].yoy is None and point.yoy is not None):
            found[key] = point
    return tuple(sorted(found.values(), key=lambda point: (point.start, point.end)))


def _actors(folded: str, mentions: Sequence[Mention], table: Rules) -> Sequence[Mention]:
    """The mentions without those of who tells for the nation: 国家邮政局's numbers are the nation's."""
    return [one for one in mentions if not table.nation.fullmatch(folded, one.start, one.end)]


def _told(folded: str, table: Rules, context: Context, mentions: Sequence[Mention]) -> Iterator[Told]:
    default = context.subject
    for block in series_rows.blocks(folded):
        if block.rows:
            yield from series_tables.read(block, table, context, default, mentions)
            continue
        if default is not None:
            context.subject = default
        context.family = ""
        named = [
            account_token(one.start - block.start, one.end - block.start, one.account)
            for one in mentions
            if block.start <= one.start and one.end <= block.end
        ]
        for told in series_text.read(block.text, table, context, named):
            yield _shifted(told, block.start)


def _shifted(told: Told, by: int) -> Told:
    return Told(told.series, told.subject, told.period, told.number, told.yoy, told.start + by, told.end + by)


def _about(folded: str, published: date | None, mentions: Sequence[Mention], table: Rules) -> Context:
    """What the title says the text is about; without a subject there, the nation."""
    title = folded.partition("\n")[0]
    told = [period for period in periods(title, published) if period.first]
    places = [one.subject for one in subjects(title, table, None) if one.subject]
    regions = [one for one in places if one != WHOLE]
    accounts = {one.account for one in mentions if one.end <= len(title)}
    context = Context(published, region=regions[0] if regions else None)
    context.titled = told[-1] if told else None
    context.year = told[-1].year if told else None
    if len(accounts) == 1 and WHOLE not in places:
        context.subject = Subject(ACCOUNT, accounts.pop())
    elif not accounts or WHOLE in places:
        context.subject = regions[0] if regions else WHOLE
    return context


def _point(told: Told) -> Point:
    return Point(
        series=told.series.id,
        subject=told.subject.name,
        period=told.period,
        value=told.number.value,
        step=told.number.step,
        unit=told.series.unit,
        yoy=told.yoy,
        start=told.start,
        end=told.end,
    )
