"""Who wrote an article and whom it credits, read from the lines around and at the ends of its body.

In: the lines before, at the edges of and after the body, and what the page declares. Out: `Byline`.
A label (作者：) beats a signature at the end （记者 某某）, which beats a declared name; template residue
such as the content system's name is not believed unless readers can see it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.dates import MONTH_NAME
from pipelines.metadata import Declared

# The 200-odd surnames that nearly all Chinese people bear, so that （完） is not taken for a signature.
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭"
    "梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程嵇邢"
    "滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴"
    "甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印宿白怀蒲从鄂索咸赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳姬申扶"
    "堵冉宰雍桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终居衡步都耿满弘匡国"
    "文寇广东欧利师巩聂晁勾敖融冷辛阚那简饶曾沙养鞠须丰关查后荆红游权盖益桓公肖闫覃麦佟苟仝冼鄢钮"
    "趙錢孫鄭馮陳衛蔣韓楊許張嚴華謝鄒竇雲蘇範魯韋馬鳳費賀倪湯羅畢鄔樂時齊伍餘顧黃蕭談龐熊紀項閔賈婁顏劉葉"
    "鍾駱虞萬盧莫經繆應鄧單龔陸榮車寧龍趙賴喬陰聞黨譚貢勞連習魚慶歐師鞏聶簡饒關遊權蓋"
)
_DOUBLE = "欧阳|司马|上官|诸葛|东方|尉迟|皇甫|令狐|慕容|司徒"
# 通 is a surname, 通讯员 is none.
_NAME = rf"(?!通[讯訊]|记者|编辑|文字|摄影)(?:[{_SURNAMES}]|{_DOUBLE})[\u4e00-\u9fff]{{1,2}}"
_NAMES = rf"{_NAME}(?:[\s、,，/]{{1,3}}{_NAME}){{0,5}}"
_NOT_NAMES = re.compile(r"记者|编辑|报道|通讯员|来源|作者|时间|日期|摄影|本报|本刊|综合|整理|完|图片")

_LABEL = re.compile(
    r"(?<![的位名])(?:作\s{0,4}者|撰\s?文|撰\s?稿人?|文字|署名|编译)\s{0,3}[:：]\s{0,3}(?P<who>[^|｜:：【\[\]】()（）\d]{0,40})"
)
# What stands before a name where that is all a field holds.
_LEAD = re.compile(
    r"^\W{0,3}(?:(?:written |posted )?by\b|由|撰文|记者|文(?=\W))\s{0,3}[:：/／|｜]?\s{0,3}", re.I
)
_FIELD = re.compile(r"\s{1,3}[|｜·•]\s{1,3}|　")
_WROTE = re.compile(r"^(?:文\s?[/／|｜丨:：]\s?|[Bb]y\s+)(?P<who>[^|｜:：\d]{2,40})$")
# 文/某某 图/某某, 作者 | 某某: a name behind a stroke, at the start of a line.
_STROKE = re.compile(
    r"^\W{0,3}(?:作者|撰文|图文|文图|文|编译|署名)\s?[/／|｜丨]\s?"
    r"(?P<who>[\w·]{2,12}(?:[、，,]\s?[\w·]{2,12}){0,4})(?=$|[\s|｜（(])"
)
_LATIN = (
    r"[A-Z][\w'’-]{0,20}\.?(?: (?:(?:de|da|van|von|der|den|la|le|al|bin|el) ){0,2}[A-Z][\w'’-]{0,20}\.?){1,3}"
)
# By and a name in capitals, at the start of a line or behind the date: Posted on November 3, 2026 by Ann Lee.
_BYLINE = re.compile(
    rf"(?:^\W{{0,3}}(?:(?i:written|reported|story|words|posted|submitted|published) )?|\d\W{{1,3}}|[|·•]\s?)"
    rf"[Bb][Yy]:?\s{{1,3}}(?P<who>{_LATIN}(?:(?:, | and | & |, and ){_LATIN}){{0,3}})"
    r"(?=$|\s{0,2}[|·•,(—–-]|\s(?:on|for|in|at)\s|\s[^A-Z\s])",
)
_WRITTEN = re.compile(r"\W{0,3}(?:posted|written|reported) by\b", re.I)
_NEXT = 3  # lines behind a text that can name who wrote it; comments follow
_TOGETHER = 60  # characters of a line that names reporters and tells nothing
_ROLE = re.compile(
    r",?\s(?:and\s)?(?:staff|senior|chief|special|contributing|business|political|economics|technology|transport|retail|"
    r"reporter|correspondent|editor|writer|contributor|columnist)\b.{0,60}$",
    re.I,
)
# A name that a date follows, as where both stand in one field.
_DATED = re.compile(
    rf"[\s,，|·–-]{{1,4}}(?:on\s)?(?:\d{{1,2}}\s{MONTH_NAME}\b|{MONTH_NAME}\.?\s\d|\d{{1,4}}[-/.年]\d{{1,2}}[-/.月])"
    r".{0,40}$",
    re.I,
)
# Who wrote for a public account, and its name: 原创 某某 某号. One that readers may follow: 某某 +关注.
_ORIGINAL = re.compile(r"^原创\s(?P<who>[\w·]{2,12})(?:\s(?P<account>[\w·]{2,20}))?(?=\s|$)")
_FOLLOWED = re.compile(r"^(?P<who>[\w·-]{2,20})\s?[+＋]\s?关注")
_EDITOR = re.compile(
    rf"(?:[责責]任?[编編][辑輯]|[责責][编編]|[编編][辑輯])\s{{0,3}}[:：]\s{{0,3}}(?P<who>{_NAME})"
)
_REPORTER = re.compile(
    rf"(?:[记記]\s{{0,4}}者|通讯员)\s{{0,3}}[:：]?\s{{0,3}}(?P<who>{_NAMES})(?=\s?[/／]|(?![\u4e00-\u9fff]{{3}}))"
)
_SIGNATURE = re.compile(
    rf"[（(](?:[^（）()]{{0,15}}(?:记者|通讯员|作者|文)\s{{0,2}}[:：/]?\s{{0,2}})?(?P<who>{_NAMES})"
    rf"(?:\s[\u4e00-\u9fff]{{2,6}}(?:报道|电|讯))?[）)]\W{{0,3}}$"
)
_POSTED = re.compile(r"^(?P<who>[\w.·-]{2,20})\s{1,4}(?:发表于|发布于|posted (?:on|at))", re.I)
_BY = re.compile(r"\d\s{0,2}[Bb]y\s{1,3}(?P<who>[\w.·-]{2,20})(?=\W|$)")
_SOURCE = re.compile(
    r"(?<![片图据料频])(?:(?:稿件|信息|文章|新闻|原文|内容)?[来來]\s{0,4}源|来自|转载?自)\s{0,3}[:：]\s{0,3}(?P<who>[^|｜:：\s【\[\]】()（）]{0,30})"
)
# Who issued a notice, as authorities put it into a table above.
_ISSUER = re.compile(
    r"(?:发布|发文|公开|印发|發[布佈]|發文)(?:机构|单位|机关|單位|機關)\s{0,3}[:：]\s{0,3}(?:\|\s)?(?P<who>[^|｜:：\s]{2,30})"
)
# The newspaper whose issue follows, 《某报》（2026年11月23日 第02版）, and whose report a text repeats.
_PAPER = re.compile(r"《(?P<who>[^》]{2,20})》\s{0,2}[（(]?\s{0,2}(?:19|20)\d\d\s?[-/.年]")
_REPEATED = re.compile(
    r"^据(?:《(?P<paper>[^》]{2,20})》|(?P<outlet>[\u4e00-\u9fff]{2,10}(?:[社报網网台]|周刊|新闻)))"
    r"(?:客户端|微信公众号)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:报道|消息|电|讯|發佈|发布)"
)
# By Ann Lee, Upland News Service.
_NEWSROOM = (
    r"(?:[A-Z][\w.&'’-]{0,20} ){0,4}(?:News|Press|Service|Times|Post|Journal|Agency|Wire|Daily|Herald|"
    r"Tribune|Reuters|Gazette|Ledger|Review|Magazine|Weekly|Chronicle|Observer|Telegraph|Standard|Bulletin)\b"
)
_OF_WRITER = re.compile(rf"\b[Bb][Yy]:?\s{{1,3}}{_LATIN}(?:, | \| | for )(?P<who>{_NEWSROOM})")
_NEWSROOM_AFTER = re.compile(rf"(?:, | \| | for ){_NEWSROOM}$")
# The outlet that old pages print after the date: 2026年11月20日09:30 《某某周刊》.
_OUTLET = re.compile(
    r"\d{1,2}(?::\d\d|日)[\s|｜·-]{0,9}(?P<who>《[^》]{2,20}》|[\u4e00-\u9fff\w]{1,14}"
    r"(?:[报网社台]|周刊|杂志|频道|在线))\s{0,3}$"
)
_SIGNED_ABOVE = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[\s、，,]{1,2}[\u4e00-\u9fff]{2,4}){1,4}")
_STOP = re.compile(
    r"\s{1,4}(?:出自|选自|摘自|时间|日期|发布|发表|来源|编辑|责编|点击|阅读|浏览|字体|字号|单位|作者|更新|人气|更多|评论|关注|分享|摄影|攝影|图片?[:：/]|摄$).*$"
)
_CREDIT_END = re.compile(r"(?:原标题|作者|编辑|责编|记者|时间|日期|发布|字体|字号|阅读|浏览|点击|发表).*$")
_NO_SOURCE = re.compile(
    r"[=<>\"]|https?:|^(?:转载|转载文章|互联网|网络|网友|本站|本网站?|原创|本[站网](?:原创|整理|转载)|网络(?:转载|整理)|未知|不详|其他|综合|整理|admin)$"
)
_TRIM = " \t,，、;；.。-—_·《》\"'“”"
_ORGANISATION = re.compile(
    r"[网社报台]$|编辑部|网站|公司|中心$|\.(?:com|cn|net)|^(?:佚名|未知|不详|无|null|none|admin|转载|互联网|原创)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Byline:
    """The author as written (several names as one string) and the credited source."""

    author: str | None
    publisher: str | None


@dataclass(frozen=True, slots=True)
class Edges:
    """The lines that can credit somebody: before the body, its first and last ones, after it.

    `under` are those between the headline and the body.
    """

    above: Sequence[str]
    first: Sequence[str]
    last: Sequence[str]
    below: Sequence[str]
    under: Sequence[str] = ()

    @property
    def outside(self) -> tuple[str, ...]:
        """The lines around the body, nearest above first."""
        return (*reversed(self.above), *self.below)


def byline(edges: Edges, declared: Declared, poster: str | None = None, known: str | None = None) -> Byline:
    """Read author and credit; None where the page names nobody.

    `poster` opened the thread, if it is one; `known` is the author where that is told already.
    """
    publisher = _publisher(edges, declared)
    author = known or next(_authors(edges, declared, publisher), None) or (poster and person(poster))
    return Byline(author, None if publisher == author else publisher)


def _authors(edges: Edges, declared: Declared, publisher: str | None) -> Iterator[str]:
    """Every plausible author, best first."""
    around = [*edges.outside, *edges.first, *reversed(edges.last)]
    yield from filter(None, map(person, _labelled(_LABEL, edges)))
    for form, lines in (
        (_BYLINE, [*reversed(edges.above), *edges.first, *edges.last]),
        (_WROTE, [*edges.first, *reversed(edges.last), *reversed(edges.above)]),
        (_STROKE, [*edges.first, *reversed(edges.last), *reversed(edges.above)]),
        (_SIGNATURE, list(reversed(edges.last))),
        (_REPORTER, [*edges.first[:1], *reversed(edges.last), *reversed(edges.above), *edges.below]),
        (_BYLINE, [line for line in edges.below[:_NEXT] if _WRITTEN.match(line)]),
        (_POSTED, around),
        (_ORIGINAL, edges.above),
        (_FOLLOWED, list(reversed(edges.above))),
        (_BY, around),
    ):
        for line in lines:
            shown = line[-200:] if form is _SIGNATURE else line[:200]
            names = [name for match in form.finditer(shown) if (name := person(match["who"]))]
            # Reporters and local correspondents are named apart, and wrote it together.
            together = form is _REPORTER and len(shown) <= _TOGETHER and names
            yield from ["、".join(names)] if together else names
    for said in declared.authors:
        if (name := person(said.value)) and (
            said.origin == "json-ld" or any(name in line for line in around)
        ):
            yield name
    yield from (line for line in edges.first[:1] if _SIGNED_ABOVE.fullmatch(line) and re.search(_NAME, line))
    # Sites that reprint name only who answers for the page; readers take that for the byline.
    yield from (match["who"] for line in around for match in _EDITOR.finditer(line[:200]))
    if publisher and re.fullmatch(_NAME, publisher):
        yield publisher


def _publisher(edges: Edges, declared: Declared) -> str | None:
    labelled = [_CREDIT_END.sub("", value).strip(_TRIM + "《》") for value in _labelled(_SOURCE, edges)]
    outlets = [
        match["who"].strip("《》")
        for form, most in ((_OUTLET, 60), (_PAPER, 120))
        for line in edges.above
        for match in form.finditer(line[-most:])
    ]
    said = [each.value for each in declared.publishers]
    heads = (*reversed(edges.above), *edges.first)
    issuers = (match["who"] for line in heads for match in _ISSUER.finditer(line[:300]))
    writers = (match["who"] for line in heads for match in _OF_WRITER.finditer(line[:200]))
    repeated = (one["paper"] or one["outlet"] for one in map(_REPEATED.match, edges.first[:1]) if one)
    accounts = (one["account"] or "" for one in map(_ORIGINAL.match, edges.above) if one)
    sites = (each.value for each in declared.sites)
    found = (*labelled, *said, *issuers, *outlets, *writers, *accounts, *repeated, *sites)
    return next((value for value in found if _credits(value)), None)


def _credits(value: str) -> bool:
    return 2 <= len(value) <= 30 and not _NO_SOURCE.search(value)


def _labelled(form: re.Pattern[str], edges: Edges) -> Iterable[str]:
    """The values of a label: after its colon, or on the next line where nothing follows it."""
    for lines in (edges.above, edges.below, edges.first, edges.last):
        for position, line in enumerate(lines):
            if match := form.search(line[:200]):
                value = match["who"].strip()
                if not value and match.end() >= len(line.rstrip()) and position + 1 < len(lines):
                    value = lines[position + 1][:40].strip()
                if value:
                    yield value


def named(text: str) -> str | None:
    """The author in a text that names one and little else: 文/林一帆, By Ann Lee, 作者：林一帆."""
    labelled = _LABEL.search(text[:200]) or _BYLINE.search(text[:200])
    return person(labelled["who"] if labelled else _LEAD.sub("", _FIELD.split(text)[0]))


def person(value: str) -> str | None:
    """The value as an author's name, or None if it is an organisation, a template's word or a sentence."""
    name = _STOP.sub("", _DATED.sub("", value)).strip(_TRIM)
    name = _ROLE.sub("", _NEWSROOM_AFTER.sub("", name))
    name = re.sub(r"^(?:本[报報刊网網]|特[约約])?(?:[记記]者|通[讯訊][员員]|作者)\s{0,3}", "", name).strip(
        _TRIM
    )
    if not 2 <= len(name) <= 30 or _ORGANISATION.search(name) or _NOT_NAMES.search(name) or "=" in name:
        return None
    return None if re.search(r"[。！？!?，<>@/]|https?:", name) else name
