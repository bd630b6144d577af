"""The lines of a page to the part that is the article, by weighing prose against links.

In: a `Layout`. Out: `Body`: the article's lines and where they stood, so that the lines around them
(byline, date, credits) can be read by others. Weights and thresholds were chosen on 39 real Chinese
pages (`bench/extraction.py`); no rule knows a site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from pipelines.layout import Block, Layout, Line

# Lines that belong to the page, not to the article, wherever they stand.
_FURNITURE = re.compile(
    r"copyright|all rights reserved|版权所有|版权声明|免责声明|ICP备|公网安备|许可证号?[:：]|违法和不良信息|"
    r"分享到|扫一扫|扫码|微信公众号.{0,8}关注|打印本[页文]|关闭窗口|返回(?:页首|顶部|首页|列表)|加入收藏|"
    r"发表评论|我要评论|我来说两句|查看评论|网友评论|点击(?:查看|阅读)更多|字体[:：]|字号[:：]|【\s?字体|大\s?中\s?小|"
    r"^(?:上一[篇页条]|下一[篇页条]|<<|>>)|相关(?:新闻|阅读|报道|链接|文章|推荐|专题|搜索)|推荐阅读|延伸阅读|"
    r"^责任?编辑|^\W?责编|^编辑\s?[:：]|举报|^(?:点赞|收藏|转发|评论|打印|关闭|分享|阅读全文|更多|展开全文)\W*$|"
    r"^share (?:this|on)|sign up|subscribe|related (?:articles|stories)|read more|cookies?\b.{0,40}(?:accept|policy)",
    re.I,
)
_LINE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Body:
    """The article's lines, and its place: lines[start:end] of the layout held them."""

    lines: tuple[str, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.lines)


def find(page: Layout) -> Body:
    """The article of a page; without lines if the page has no prose."""
    if not page.blocks:
        return Body((), 0, 0)
    weights = _weights(page)
    sums = [0.0, *accumulate(weights)]
    block = _container(page, sums)
    kept = _kept(page, block, weights, sums)
    return Body(tuple(page.lines[index].text for index in kept), kept[0] if kept else 0, kept[-1] + 1 if kept else 0)


def furniture(text: str) -> bool:
    """Whether a line is the page's rather than the article's: share bars, editors, copyright, teasers."""
    return len(text) <= _LINE_LIMIT and bool(_FURNITURE.search(text))


def weight(line: Line) -> float:
    """How much a line speaks for an article around it: its prose, minus its links."""
    plain = line.size - line.linked
    if furniture(line.text):
        return -20.0
    if line.linked * 2 > line.size:
        return -float(min(line.size, 30))
    if (line.marks and plain >= 12) or plain >= 40:
        return plain + 3.0 * line.marks
    return 0.3 * plain


def _weights(page: Layout) -> list[float]:
    apart = [False] * len(page.blocks)
    for index, block in enumerate(page.blocks):
        apart[index] = block.apart or (block.parent >= 0 and apart[block.parent])
    return [min(weight(line), 0.0) if apart[line.block] else weight(line) for line in page.lines]


def _container(page: Layout, sums: list[float]) -> Block:
    """The block with most prose over links, or the one inside it that holds nearly all of that."""
    def score(block: Block) -> float:
        return sums[block.end] - sums[block.start]

    best = max(range(len(page.blocks)), key=lambda index: (score(page.blocks[index]), index))
    for index in range(best + 1, len(page.blocks)):
        block = page.blocks[index]
        if block.start >= page.blocks[best].end:
            break
        if block.parent == best and score(block) >= 0.9 * score(page.blocks[best]):
            best = index
    return page.blocks[best]


def _kept(page: Layout, container: Block, weights: list[float], sums: list[float]) -> list[int]:
    """The lines of the container without its link lists and furniture."""
    dropped = set()
    for block in page.blocks:
        inside = container.start <= block.start and block.end <= container.end and block is not container
        if inside and block.end > block.start and sums[block.end] - sums[block.start] < 0:
            dropped.update(range(block.start, block.end))
    return [
        index
        for index in range(container.start, container.end)
        if index not in dropped and weights[index] >= 0
    ]
