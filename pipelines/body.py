"""The lines of a page to the part that is the article, by weighing prose against links.

In: a `Layout`. Out: `Body`: the article's lines and where they stood, so that the lines around them
(byline, date, credits) can be read by others. Weights and thresholds were chosen on 39 real Chinese
pages (`bench/extraction.py`); no rule knows a site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipelines.layout import Layout, Line

# Lines that belong to the page, not to the article, wherever they stand.
_FURNITURE = re.compile(
    r"copyright|all rights reserved|版权所有|版权声明|免责声明|ICP备|公网安备|许可证号?[:：]|违法和不良信息|"
    r"分享到|扫一扫|扫码|微信公众号.{0,8}关注|打印本[页文]|关闭窗口|返回(?:页首|顶部|首页|列表)|加入收藏|"
    r"发表评论|我要评论|我来说两句|查看评论|网友评论|点击(?:查看|阅读)更多|字体[:：]|字号[:：]|【\s?字体|大\s?中\s?小|"
    r"^(?:上一[篇页条]|下一[篇页条]|<<|>>)|相关(?:新闻|阅读|报道|链接|文章|推荐|专题|搜索)|推荐阅读|延伸阅读|"
    r"^\W{0,3}(?:责任?编辑|责编|编辑\s?[:：])|举报|"
    r"^(?:点赞|收藏|转发|评论|打印|关闭|分享|阅读全文|更多|展开全文)\W*$|[+＋]\s?关注$|"
    r"^(?:您?(?:的|现在的|当前的?)?位置|当前位置|首页\s?[>›»＞]|论坛\s?[>›»＞])|只看该作者|^回复\s{1,3}支持|"
    r"^\W{0,6}签名[:：]|^(?:下载|打开|点击下载).{0,12}(?:app|客户端)|"
    r"^share (?:this|on)|sign up|subscribe|read more|"
    r"related (?:articles|stories)|cookies?\b.{0,40}(?:accept|policy)",
    re.I,
)
_LINE_LIMIT = 80
# The heading of a list of other pages; what follows it is not the story until prose resumes.
_RELATED = re.compile(
    r"^\W{0,3}(?:相关|推荐|延伸|热门|更多|猜你|大家都在|related|more (?:from|on)|you may)", re.I
)
_SENTENCE_END = re.compile(r"[。！？!?；;.：:][”’」』\"')）\]]{0,3}$")
_STAMP = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\s{0,3}\d{1,2}:\d\d")
_CREDIT = re.compile(
    r"^\W{0,3}(?:文章|信息|稿件|新闻|内容|原文)?(?:来\s{0,4}源|作\s{0,4}者|原标题|发布时间|发布日期|发表时间|"
    r"发表于|发布于|时间|日期|编辑|文)\s{0,3}[:：]|^\W{0,3}(?:发表于|发布于|posted (?:on|at)|trackback)|"
    r"(?:阅读|浏览|点击|评论)(?:次数|量|数)?\s{0,2}[:：(（]\s{0,2}\d",
    re.I,
)
# Above a story also a bare date and the English forms; below it a bare date is a notice's own.
_BYLINE = re.compile(
    r"^[\d\s:/.年月日-]{8,25}$|^by [A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,4}$|"
    r"^(?:published|updated|posted)\b.{0,50}\d{4}.{0,20}$",
    re.I,
)
# The fields that notices print in a table above their headline, and who put them on the page.
_FIELD = re.compile(
    r"^\W{0,2}(?:索\s{0,2}引\s{0,2}号|主题分类|发布机构|发文机关|发文日期|成文日期|名\s{0,2}称|文\s{0,2}号|发文字号|公开方式|"
    r"有\s{0,2}效\s{0,2}性|信息来源|信息分类|体裁分类|服务对象|主题词|公告编号|公告类型|发布人|发布单位)\s{0,2}[:：]"
)
# What pages say below every story: warnings, how to quote it, whose opinion it is.
_TAIL = re.compile(
    r"^\W{0,3}(?:风险提示|温馨提示|友情提示|重要提示|免责声明|特别声明|特别提示|郑重声明|声明|版权声明|引用本文|引用格式|原文链接|原文地址|"
    r"disclaimer)\s{0,2}[:：]|"
    r"^.{0,24}(?:依据公开|仅供参考|不构成.{0,12}(?:投资|任何)|不代表本|版权归|转载请|未经.{0,10}(?:授权|许可|允许)|侵权)|"
    r"^(?:关注|扫描|长按|识别).{0,20}(?:公众号|二维码)",
    re.I,
)
_TAIL_LIMIT = 160
_APART = -1.0  # of what surrounds the article: nothing for it, and not kept
_TOP = 14
# Shares and counts measured with bench/extraction.py.
_MUCH = 0.4
_NEARLY_ALL = 0.9
_THREAD = 3
_BESIDE = 1.5
_EDGE = 4


@dataclass(frozen=True, slots=True)
class Body:
    """The article's lines, and its place: `places` are their positions among the layout's lines."""

    lines: tuple[str, ...] = ()
    places: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.lines)


def find(page: Layout, title: str = "") -> Body:
    """The article of a page; without lines if the page has no prose.

    `title` is what the page calls itself; the line that repeats it is the headline, not the story.
    """
    if not page.blocks:
        return Body()
    weights = _weights(page)
    container = _first_post(page, _container(page, weights), weights)
    kept = _trimmed(page, _kept(page, container, weights), title)
    return Body(tuple(page.lines[place].text for place in kept), tuple(kept))


def furniture(text: str) -> bool:
    """Whether a line is the page's rather than the article's: share bars, editors, copyright, teasers."""
    return len(text) <= _LINE_LIMIT and bool(_FURNITURE.search(text))


def weight(line: Line) -> float:
    """How much a line speaks for an article around it: its prose, minus its links."""
    plain = line.size - line.linked
    if furniture(line.text):
        return -20.0
    if teaser(line):
        return -float(min(line.size, 30))
    if prose(line):
        return plain + 3.0 * line.marks
    return 0.3 * plain


def teaser(line: Line) -> bool:
    """Whether a line is mostly a link, or a link with a date or a count and no sentence."""
    if line.row:
        return line.linked * 2 > line.size
    if _SENTENCE_END.search(line.text) and line.size - line.linked >= 20:
        return False
    return line.linked * 4 > line.size


def prose(line: Line) -> bool:
    """Whether a line reads like a sentence or a paragraph outside links."""
    plain = line.size - line.linked
    return (line.marks > 0 and plain >= 12) or plain >= 40


def _weights(page: Layout) -> list[float]:
    """The weight of every line; what surrounds the article cannot speak for it.

    A block whose name says "sidebar" but that holds much of the page's prose is no sidebar: templates
    put such words on the whole page.
    """
    plain = [weight(line) for line in page.lines]
    sums = _sums([max(value, 0.0) for value in plain])
    apart: list[bool] = []
    for block in page.blocks:
        limit = _NEARLY_ALL if block.answers else _MUCH
        named = (block.apart or block.answers) and sums[block.end] - sums[block.start] < limit * sums[-1]
        apart.append(named or (block.parent >= 0 and apart[block.parent]))
    return [
        min(value, _APART) if apart[line.block] else value
        for value, line in zip(plain, page.lines, strict=True)
    ]


def _sums(values: list[float]) -> list[float]:
    """Prefix sums: the total of values[a:b] is sums[b] - sums[a]."""
    return [0.0, *accumulate(values)]


def _container(page: Layout, weights: list[float]) -> int:
    """The block with most prose over links; the one inside it that holds nearly all its prose."""
    sums = _sums(weights)
    pairs = zip(weights, page.lines, strict=True)
    solid = [value if prose(line) and not line.heading else 0.0 for value, line in pairs]
    best = max(
        range(len(page.blocks)),
        key=lambda index: (sums[page.blocks[index].end] - sums[page.blocks[index].start], index),
    )
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


def _first_post(page: Layout, container: int, weights: list[float]) -> int:
    """Of a thread of posts, each with its own time, the first; the answers are not its author's text."""
    posts: dict[tuple[str, str], list[int]] = {}
    for index in range(container + 1, len(page.blocks)):
        block = page.blocks[index]
        if block.start >= page.blocks[container].end:
            break
        if block.parent == container and _is_post(page.lines[block.start : block.end]):
            posts.setdefault((block.tag, block.label), []).append(index)
    thread = max(posts.values(), key=len, default=[])
    if len(thread) < _THREAD:
        return container
    first = page.blocks[thread[0]]
    return thread[0] if sum(weights[first.start : first.end]) > 0 else container


def _is_post(lines: list[Line]) -> bool:
    """Whether the lines hold a sentence and a time of day with its date."""
    return any(prose(line) and not line.row for line in lines) and any(
        _STAMP.search(line.text) for line in lines
    )


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
        if not related and position not in dropped and weights[position] >= 0:
            kept.append(position)
    return kept


def _trimmed(page: Layout, kept: list[int], title: str) -> list[int]:
    """Without the headline and byline above the story and the credits below it."""
    titles = [
        number
        for number, position in enumerate(kept[: _top(page, kept)])
        if _headline(page.lines[position], title, number)
    ]
    if titles and titles[-1] + 1 < len(kept):
        kept = kept[titles[-1] + 1 :]
    while len(kept) > 1 and _FIELD.search(page.lines[kept[0]].text):
        kept = kept[1:]
    while len(kept) > 1 and _is_tail(page.lines[kept[-1]]):
        kept = kept[:-1]
    outer = {position for position in (*kept[:_EDGE], *kept[-_EDGE:]) if _credit(page.lines[position])}
    outer |= {position for position in kept[:_EDGE] if _BYLINE.search(page.lines[position].text)}
    return [position for position in kept if position not in outer]


def _top(page: Layout, kept: Sequence[int]) -> int:
    """How many lines may stand above the headline: a notice's table of fields, else a few."""
    fields = [
        number for number, position in enumerate(kept[:_TOP]) if _FIELD.search(page.lines[position].text)
    ]
    return fields[-1] + 1 + _EDGE if fields else _EDGE


def _is_tail(line: Line) -> bool:
    return line.size <= _TAIL_LIMIT and bool(_TAIL.search(line.text))


def _headline(line: Line, title: str, number: int) -> bool:
    return line.size >= 6 and (line.text in title or (line.heading and number == 0))


def _credit(line: Line) -> bool:
    return line.size <= 60 and bool(_CREDIT.search(line.text))
