"""The lines of a page to its repeated blocks: the posts of a thread, the entries of a list.

In: a `Layout` and the weight of each line. Out: where the opening post stands among the posts, or which
blocks are one entry each. Posts are told by a time or a floor in every one of several like blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from pipelines.layout import Block, Layout, Line
from pipelines.weighing import prose, teaser

_STAMP = re.compile(
    r"(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d|"
    r"\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.? (?:19|20)\d\d|\d{1,2}-\d{1,2}|昨天|前天|今天)"
    r".{0,6}\d{1,2}:\d\d|"
    r"\d{1,3}\s?(?:分钟|小时|天|个月)[之以]?前|\d{1,3} (?:minutes?|hours?|days?|months?|years?) ago"
)
_FLOOR = re.compile(
    r"^\W{0,3}(?:楼主|沙发|板凳|地板|\d{1,4}\s?(?:楼|#)|#\s?\d{1,4})(?:\W|$)|只看(?:该作者|楼主)"
)
# Without one of these a line tells neither; most lines do not.
_HINT = re.compile(r"[:前楼板沙作#]|ago")
_SHORT, _ROW = 80, 400
# What holds one line of text, never a post.
_TEXT = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tbody", "hr"})
_POSTS = 3
_ENTRIES = 5
_NAME = 20
# Bytes, as a Han character says three times what a letter does; a user's name is shorter.
_LINK = 20
_TITLED = 3
_REPLY = re.compile(r"^(?:re|回复|答复)\s?[:：]\s?", re.I)


@dataclass(frozen=True, slots=True)
class Thread:
    """Which lines of a page are not its author's: `others`. `poster`: who opened the thread, if it is one."""

    others: frozenset[int]
    poster: str | None = None


def opening(page: Layout, weights: list[float]) -> Thread | None:
    """What is not the opening post of a thread, or the comments under an article; None without either."""
    marked = _sums([float(_marked(line)) for line in page.lines])
    said = _sums(
        [max(value, 0.0) if prose(line) else 0.0 for value, line in zip(weights, page.lines, strict=True)]
    )
    best: list[Block] = []
    for like in _alike(page, _POSTS):
        posts = [block for block in like if marked[block.end] > marked[block.start]]
        if len(posts) < _POSTS or 2 * len(posts) < len(like) or 2 * len(_entries(page, posts)) > len(posts):
            continue
        if _total(posts, said) > _total(best, said):
            best = posts
    if not best or _total(best, said) <= 0:
        return None
    first = best[0]
    own, before = said[first.end] - said[first.start], said[first.start]
    if own and before < own:
        outside = (*range(first.start), *range(first.end, len(page.lines)))
        return Thread(frozenset(outside), _poster(page, first))
    return Thread(frozenset(place for block in best for place in range(block.start, block.end)))


def entries(page: Layout) -> list[Block]:
    """The blocks of the page's greatest list whose entries are a linked title with a text under it."""
    lists = (_entries(page, like) for like in _alike(page, _ENTRIES))
    return max((found for found in lists if len(found) >= _ENTRIES), key=len, default=[])


def _entries(page: Layout, like: list[Block]) -> list[Block]:
    """Those of the blocks that are entries of a list; none if they all have the title of one thread."""
    titles = {block.start: title for block in like if (title := _title(page, block))}
    distinct = {_REPLY.sub("", title) for title in titles.values()}
    return [block for block in like if block.start in titles] if 2 * len(distinct) > len(titles) else []


def _alike(page: Layout, least: int) -> Iterator[list[Block]]:
    """Blocks side by side that are built alike, each with something in it."""
    groups: dict[tuple[int, str, str], list[Block]] = {}
    for block in page.blocks:
        if block.end > block.start and block.tag not in _TEXT:
            name = block.label.split(" ", 1)[0].rstrip("0123456789") if block.label else ""
            groups.setdefault((block.parent, block.tag, name), []).append(block)
    return (group for group in groups.values() if len(group) >= least)


def _title(page: Layout, block: Block) -> str | None:
    """The title of a list's entry: a link, with text under it that is none."""
    lines = page.lines[block.start : block.end]
    for at, line in enumerate(lines[:_TITLED]):
        if teaser(line) and len(line.text.encode()) >= _LINK:
            told = any(prose(each) and not teaser(each) for each in lines[at + 1 : at + 6])
            return line.text if told else None
    return None


def _marked(line: Line) -> bool:
    """Whether a line tells time or floor of a post; a row may hold the whole post beside them."""
    limit = _ROW if line.row else _SHORT
    if len(line.text) > limit or not _HINT.search(line.text):
        return False
    return bool(_STAMP.search(line.text) or _FLOOR.search(line.text))


def _poster(page: Layout, post: Block) -> str | None:
    """The name at the head of a post: its first short line that is a link, else its first line."""
    lines = []
    for line in page.lines[post.start : post.end]:
        if prose(line):
            break
        if 2 <= len(line.text) <= _NAME and not _marked(line):
            lines.append(line)
    linked = (line for line in lines if line.linked == line.size)
    name = next(linked, lines[0] if lines else None)
    return name.text if name else None


def _total(blocks: list[Block], said: list[float]) -> float:
    return sum(said[block.end] - said[block.start] for block in blocks)


def _sums(values: list[float]) -> list[float]:
    return [0.0, *accumulate(values)]
