"""An article that matches to a Hit: the passage of its text that holds most of what was searched for."""

from __future__ import annotations

from collections.abc import Sequence

from intel.db import ArticleRow, SourceRow
from intel.search import SearchQuery
from intel.views import Hit, Spans
from pipelines.text import fold

WIDTH = 120  # code points of a passage
_LEAD = 30  # of them before the first match
_MOST = 200  # matches of a phrase that are looked at


def hit(article: ArticleRow, source: SourceRow, query: SearchQuery) -> Hit:
    """What is shown of a match."""
    found = _matches(query, article.text)
    start, end = _passage(found, len(article.text))
    before = len(article.title) + 1
    return Hit(
        article=article.id,
        story=article.story_id,
        title=article.title,
        title_marks=_joined([(left, right) for left, right, _ in _matches(query, article.title)]),
        snippet=article.text[start:end].replace("\n", " "),
        marks=_joined(
            [(max(a, start) - start, min(b, end) - start) for a, b, _ in found if a < end and b > start]
        ),
        start=before + start,
        end=before + end,
        more=end < len(article.text),
        url=article.url,
        source=source.name,
        source_label=source.label,
        channel=source.channel,
        dated_at=article.dated_at,
    )


def _matches(query: SearchQuery, text: str) -> list[tuple[int, int, int]]:
    """Where phrases stand in a text, each with the number of its phrase, in order of the text."""
    folded = fold(text)
    found = [
        (*span, number)
        for number, phrase in enumerate(query.phrases)
        for span, _ in zip(phrase.spans(folded), range(_MOST), strict=False)
    ]
    return sorted(found)


def _passage(found: Sequence[tuple[int, int, int]], length: int) -> tuple[int, int]:
    """The first stretch of a text with the most different phrases; its beginning where there is none."""
    best, most = 0, 0
    for number, (at, _, _) in enumerate(found):
        within = {phrase for left, _, phrase in found[number : number + _MOST] if left < at + WIDTH - _LEAD}
        if len(within) > most:
            best, most = number, len(within)
    if not found:
        return 0, min(WIDTH, length)
    start = max(0, min(found[best][0] - _LEAD, length - WIDTH))
    return start, min(max(start + WIDTH, found[best][1]), length)


def _joined(spans: Sequence[tuple[int, int]]) -> Spans:
    """Spans in order, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
