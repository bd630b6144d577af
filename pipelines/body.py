"""The lines of a page to the part that is the article, by weighing prose against links.

In: a `Layout`. Out: `Body`: the article's lines and where they stood, so that the lines around them
(byline, date, credits) can be read by others. Weights and thresholds were chosen on 39 real Chinese
pages (`bench/extraction.py`); no rule knows a site.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from pipelines.furniture import appendix, byline, caption, credit
from pipelines.layout import Layout, Line
from pipelines.thread import opening
from pipelines.weighing import prose, weight

# The heading of a list of other pages; what follows it is not the story until prose resumes.
_RELATED = re.compile(
    r"^\W{0,3}(?:相关|推荐|延伸|热门|更多|猜你|大家都在|related|more (?:from|on)|you may|"
    r"recent (?:stories|news|posts)|(?:top|latest) (?:stories|news)|most (?:read|popular))",
    re.I,
)
# Shares and counts measured with bench/extraction.py.
_MUCH = 0.4
_NEARLY_ALL = 0.9
_BESIDE = 1.5
_EDGE = 4
_HEAD = 6
_TELLS = 40
# Below nothing, so that a line is dropped; hardly below, so that many comments do not outweigh a story.
_NOT_OURS = -0.001
_TITLED = 12
_LEAST = 6
_PARAGRAPH = 45
_SENTENCE = 24
_NAMED = 45
_WORDS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Body:
    """The article's lines, and its place: `places` are their positions among the layout's lines.

    `poster`: who opened the thread, where the page is one.
    """

    lines: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    poster: str | None = None

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.lines)

    @property
    def tells(self) -> bool:
        """Whether there is more than a label in it."""
        return sum(map(len, self.lines)) >= _TELLS


def find(page: Layout, title: str = "", names: Collection[str] = ()) -> Body:
    """The article of a page; without lines if the page has no prose.

    `title` is what the page calls itself; the line that repeats it is the headline, not the story.
    `names`: the authors it declares; a short line above the story that holds one is no part of it.
    """
    if not page.blocks:
        return Body()
    plain = [weight(line) for line in page.lines]
    apart = _apart(page, plain)
    # What surrounds the article cannot speak for it.
    weights = [
        min(value, _NOT_OURS) if page.blocks[line.block].beside else min(value, 0.0) if aside else value
        for value, aside, line in zip(plain, apart, page.lines, strict=True)
    ]
    if thread := opening(page, weights):
        weights = [
            min(value, _NOT_OURS) if place in thread.others else value for place, value in enumerate(weights)
        ]
    container = _container(page, weights)
    inside = [*_kept(page, container, weights), *_continued(page, container, weights)]
    kept = _trimmed(page, _between(inside, apart), title, names)
    poster = thread.poster if thread else None
    return Body(tuple(page.lines[place].text for place in kept), tuple(kept), poster)


def _apart(page: Layout, weights: list[float]) -> list[bool]:
    """Of every line, whether it stands in a block whose name says that it surrounds the article.

    A block whose name says "sidebar" but that holds much of the page's prose is no sidebar: templates
    put such words on the whole page.
    """
    sums = _sums([max(value, 0.0) for value in weights])
    apart: list[bool] = []
    for block in page.blocks:
        limit = _NEARLY_ALL if block.answers else _MUCH
        named = (block.apart or block.answers) and sums[block.end] - sums[block.start] < limit * sums[-1]
        apart.append(named or (block.parent >= 0 and apart[block.parent]))
    return [apart[line.block] for line in page.lines]


def _between(kept: list[int], apart: list[bool]) -> list[int]:
    """The lines without those around them that stand apart; what stands apart among them may be theirs."""
    own = [number for number, place in enumerate(kept) if not apart[place]]
    return kept[own[0] : own[-1] + 1] if own else kept


def _sums(values: list[float]) -> list[float]:
    """Prefix sums: the total of values[a:b] is sums[b] - sums[a]."""
    return [0.0, *accumulate(values)]


def _container(page: Layout, weights: list[float]) -> int:
    """The block with most prose over links; the one inside it that holds nearly all its prose."""
    sums = _sums(weights)
    pairs = zip(weights, page.lines, strict=True)
    solid = [value if prose(line) and not line.heading else 0.0 for value, line in pairs]
    best, most = 0, -inf
    for index, block in enumerate(page.blocks):
        if (value := sums[block.end] - sums[block.start]) >= most:
            best, most = index, value
    return _narrowed(page, _beside(page, best, solid), _sums(solid))


def _beside(page: Layout, best: int, solid: list[float]) -> int:
    """The block around `best` if paragraphs beside it say about as much.

    Else one paragraph of a short story would beat the story with its list of related pages.
    """
    direct = [0.0] * len(page.blocks)
    for line, value in zip(page.lines, solid, strict=True):
        direct[line.block] += value
        if (parent := page.blocks[line.block].parent) >= 0:
            direct[parent] += value
    while (parent := page.blocks[best].parent) >= 0 and direct[parent] >= _BESIDE * direct[best] > 0:
        best = parent
    return best


def _narrowed(page: Layout, best: int, solid: list[float]) -> int:
    for index in range(best + 1, len(page.blocks)):
        block, outer = page.blocks[index], page.blocks[best]
        if block.start >= outer.end:
            break
        inside, whole = solid[block.end] - solid[block.start], solid[outer.end] - solid[outer.start]
        if block.end - block.start > 1 and inside >= _NEARLY_ALL * whole:
            best = index
    return best


def _kept(page: Layout, index: int, weights: list[float]) -> list[int]:
    """The lines of the container without its link lists, furniture and lists of related pages."""
    container, sums = page.blocks[index], _sums(weights)
    dropped: set[int] = set()
    for inner in range(index + 1, len(page.blocks)):
        block = page.blocks[inner]
        if block.start >= container.end:
            break
        if block.start not in dropped and sums[block.end] - sums[block.start] < 0:
            dropped.update(range(block.start, block.end))
    kept = []
    related = False
    for position in range(container.start, container.end):
        line = page.lines[position]
        if _RELATED.match(line.text) and line.size <= 16:
            related = True
        elif related and prose(line) and line.size >= 60 and line.linked * 3 < line.size:
            related = False
        if not related and position not in dropped and weights[position] >= 0 and not caption(line.text):
            kept.append(position)
    return kept


def _continued(page: Layout, index: int, weights: list[float]) -> Iterator[int]:
    """The lines with which the story goes on beside its container.

    That is in paragraphs right behind it, where a tag too many closed it, and in blocks of the same kind,
    where links or pictures part the text. One with a headline of its own is another story.
    """
    container, end = page.blocks[index], page.blocks[index].end
    for number in range(index + 1, len(page.blocks)):
        block = page.blocks[number]
        if block.parent != container.parent or block.start < container.end or block.start == block.end:
            continue
        lines = page.lines[block.start : block.end]
        alike = (block.tag, block.label) == (container.tag, container.label)
        if not (alike or (block.tag == "p" and block.start == end)):
            continue
        if all(weights[place] > 0 for place in range(block.start, block.end)) and all(map(_paragraph, lines)):
            yield from range(block.start, block.end)
            end = block.end


def _paragraph(line: Line) -> bool:
    """Whether a line is a whole sentence outside links, under no headline of its own."""
    return not line.heading and not line.linked and line.size >= _SENTENCE and prose(line)


def _trimmed(page: Layout, kept: list[int], title: str, names: Collection[str]) -> list[int]:
    """Without the headline and byline above the story, and what is appended below it."""
    titles = [number for number in range(len(kept[:_TITLED])) if _headline(page, kept, number, title)]
    if titles and titles[-1] + 1 < len(kept):
        kept = kept[titles[-1] + 1 :]
    heads = [
        number for number, position in enumerate(kept[:_HEAD]) if _told(page.lines[position].text, names)
    ]
    # What stands between headline and time is a subtitle, a counter, a name; a long line is the story.
    if (
        heads
        and heads[-1] + 1 < len(kept)
        and not any(prose(page.lines[place]) for place in kept[: heads[-1]])
    ):
        kept = kept[heads[-1] + 1 :]
    outer = {position for position in (*kept[:_EDGE], *kept[-_EDGE:]) if credit(page.lines[position].text)}
    outer |= {position for position in kept[:_EDGE] if _told(page.lines[position].text, names)}
    kept = [position for position in kept if position not in outer]
    return kept[: len(kept) - appendix([page.lines[position].text for position in kept])]


def _told(text: str, names: Collection[str]) -> bool:
    """Whether a line above the story is its time and credit."""
    if byline(text) or not _WORDS.search(text):
        return True
    return len(text) <= _NAMED and any(name in text for name in names)


def _headline(page: Layout, kept: list[int], number: int, title: str) -> bool:
    """Whether a line is the headline: the page's title, with nothing of a story before it."""
    line = page.lines[kept[number]]
    if line.size < _LEAST or not (line.text in title or (line.heading and number == 0)):
        return False
    return number < _EDGE or not any(
        prose(page.lines[place]) and not page.lines[place].row and page.lines[place].size >= _PARAGRAPH
        for place in kept[:number]
    )
