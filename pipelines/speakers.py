"""Who says a sentence: a text, one of its sentences and its entities in; the speaker as written out, or "".

Somebody speaks by a verb of saying, in a quotation that a sentence before opened, under the label that a post
begins with (楼主：), or as an author who tells who they are (我是做淘宝女装的). Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from intel.model import Entity
from pipelines.event_tellings import within
from pipelines.text import fold
from pipelines.viewpoints import Line, Seen

# 投诉, 吐槽 and 抱怨 are what is counted as often as what somebody does.
_SAYS = re.compile(
    r"(?:表示|透露|指出|坦言|反映|认为|告诉|介绍|强调|吐槽|抱怨|直言|反馈|诉苦|补充"
    r"|(?<![的零无起次被类遭少条件单名低高效])投诉(?![量率件渠处中多少增下上为占的类热数均集减趋])"
    r"|(?<![小据传听再])说(?!明|法|服|辞|不定|不清|起来|白了)"
    r"|(?<![名简号职堪对统人俗全])称(?!重|为|号|呼|作|之|职)|(?<!没有)(?<!不)(?<!未)回应(?!慢|率|时))(?:[,:]|$|[^,。;]{0,12})"
)
_SPEAKERS = re.compile(
    r"商家|卖家|店主|买家|消费者|用户|客户|网友|负责人|经理|主管|总监|客服|采购|分析师|员工|代表|人士|老板|掌柜"
    r"|楼主|博主|发帖人|层主|站长|快递员|业务员|老板娘|店长|仓管|运营|同行"
)
_CLAUSE = re.compile(r"[,。;!?:\"“”\n]")
_SAID = re.compile(
    r"(?P<who>[^,.;:“”\"\n]{3,60}?)(?:, [^,.;\n]{3,80},)? (?:said|says|told|added|complained|noted|wrote)\b"
)
_LONGEST = 40
# Around a name: when, where, to whom and how it was said.
_WHEN = (
    r"近日|日前|近期|最近|随后|此前|事后|同时|后来|当场"
    r"|[今昨前当次]?[天日](?:[上下]午|晚上?|早上)?|[上下中]午|[本上这]?周[一二三四五六日天]"
)
_AFTER_NAME = re.compile(
    rf"(?:{_WHEN}|[向对跟和](?:[^,。;]{{0,6}})(?:记者|我们|笔者|媒体|小编|大家|我)|[也还又都则均再曾就]|再次|对此|就此|私下|公开|直接"
    r"|明确|一致|忍不住|多次|反复|一直|(?<!存)(?<!现)[在于](?P<where>[^,。;对向]{1,16})"
    r"|\b(?:on|in|at|also|later|this|last)(?: \w{2,12}){0,3})\s?$"
)
_BEFORE_NAME = re.compile(
    rf"\s?(?:{_WHEN}|另?据(?!点)|而且?|但是?|不过|其中|此外|对此|比如|例如"
    r"|(?:on|in|at) (?=\d|\w+day)|but |and )"
)
# The label a line begins with: 楼主：, 2楼 阿强：, @小鱼：, Seller in Yiwu:.
_LABEL = re.compile(r"[-*·#>\s]{0,4}(?P<who>[^,。;:!?\n\"“”]{1,24}):(?!//|[“\"])")
_NICKNAME = re.compile(
    r"^@|\d{1,4}[楼l#]|(?:^|[^一-鿿]|[一-鿿])[小老阿][一-鿿]$|[一-鿿](?:先生|女士|小姐|姐|哥|总|师傅|老师|同学)$"
    r"|\b(?:seller|merchant|buyer|user|customer|owner|manager|op|poster|shopper|driver)\b"
)
_I_AM = re.compile(
    r"(?:^|[,。;:!?\s])(?P<who>(?:我|本人|俺|咱|楼主)(?!们)(?:家|店|这边)?(?:[^,。;!?\n“”\"]{0,6})"
    r"(?:是|做|开|卖|经营)[^,。;!?\n“”\"]{0,16}(?:的|店|铺|商家|卖家|店主|生意|电商|品|装|货|果|食|玩具|家居|用品))(?=[,。;!?\s]|$)"
    r"|\b(?P<en>i (?:sell|run|own) [^,.;\n]{3,40}|i(?: a|')m an? [^,.;\n]{0,40}(?:seller|merchant|owner))\b"
)
_INTRODUCED = 3  # sentences from the start in which an author tells who they are


def speaker(seen: Seen, line: Line, entities: Sequence[Entity]) -> str:
    """Who says a sentence of the text; what they say stays out."""
    return (
        _saying(seen, line, entities)
        or _quoted(seen, line, entities)
        or _labelled(seen, line, entities)
        or _author(seen)
    )


def _saying(seen: Seen, line: Line, entities: Sequence[Entity]) -> str:
    """The clause before a verb of saying, if it names or describes somebody."""
    quote = seen.content[line.start : line.end]
    folded = fold(quote)
    if match := _SAID.search(folded):
        start, end = _trimmed(folded, match.span("who"), line.start, entities)
        return quote[start:end]
    for match in _SAYS.finditer(folded):
        first = max((stop.end() for stop in _CLAUSE.finditer(folded, 0, match.start())), default=0)
        start, end = _trimmed(folded, (first, match.start()), line.start, entities)
        if end - start <= _LONGEST and _is_somebody(folded, (start, end), line.start, entities):
            return quote[start:end]
    return ""


def _is_somebody(folded: str, span: tuple[int, int], first: int, entities: Iterable[Entity]) -> bool:
    start, end = span
    named = any(
        one.kind in ("person", "position", "org") and start <= one.start - first < end for one in entities
    )
    return start < end and (named or bool(_SPEAKERS.search(folded, start, end)))


def _trimmed(folded: str, span: tuple[int, int], first: int, entities: Sequence[Entity]) -> tuple[int, int]:
    """A span of a sentence that starts at `first`, without days, places and listeners around the speaker."""
    start, end = span
    times = [one for one in within(entities, first, first + len(folded)) if one.kind in ("date", "period")]
    while start < end:
        before = start, end
        for one in times:
            end = one.start - first if one.start - first >= start and one.end - first == end else end
            start = one.end - first if one.start - first == start and one.end - first <= end else start
        start += len(folded[start:end]) - len(folded[start:end].lstrip())
        if match := _BEFORE_NAME.match(folded, start, end):
            start = match.end()
        end = start + len(folded[start:end].rstrip())
        if (match := _AFTER_NAME.search(folded, start, end)) and match.start() > start:
            where = match["where"]
            if not where or not _is_somebody(folded, match.span("where"), first, entities):
                end = match.start()
        if (start, end) == before:
            break
    return start, end


def _quoted(seen: Seen, line: Line, entities: Sequence[Entity]) -> str:
    """Who opened the quotation that a sentence stands in, in the same paragraph."""
    paragraph = seen.content.rfind("\n", 0, line.start) + 1
    opening = seen.content.rfind("“", paragraph, line.start)
    if opening < 0 or seen.content.find("”", opening, line.start) >= 0:
        return ""
    before = seen.line_at(opening)
    return _saying(seen, before, entities) if before.number != line.number else ""


def _labelled(seen: Seen, line: Line, entities: Sequence[Entity]) -> str:
    """The label that the paragraph of a sentence begins with, if somebody is called so."""
    paragraph = seen.content.rfind("\n", 0, line.start) + 1
    match = _LABEL.match(fold(seen.content[paragraph : line.end]))
    if match is None:
        return ""
    who = match["who"].strip()
    named = any(
        one.kind in ("person", "position")
        for one in within(entities, paragraph + match.start("who"), paragraph + match.end("who"))
    )
    if _SAYS.search(who) or not (named or _NICKNAME.search(who) or _SPEAKERS.search(who)):
        return ""
    return seen.content[paragraph + match.start("who") : paragraph + match.end("who")].strip()


def _author(seen: Seen) -> str:
    """How the author of a text introduces themselves in its first sentences."""
    end = seen.lines[min(_INTRODUCED, len(seen.lines) - 1)].end if seen.lines else 0
    match = _I_AM.search(fold(seen.content[:end]))
    if match is None or seen.content.count("“", 0, match.start()) > seen.content.count("”", 0, match.start()):
        return ""
    return seen.content[slice(*match.span("who" if match["who"] else "en"))]
