"""What goes wrong by a sentence, and what it says does not: a folded sentence in, its troubles out.

从不丢件, 没有出现爆仓、积压 and 投诉为零 name a trouble to say that there was none; 没有一天不丢件 and
没少丢件 say that there was. The words are those of topics.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import ahocorasick

from pipelines.topic_rules import topic_table

_LOOKED_BACK = 40  # characters before a trouble that may say that it did not happen
_LOOKED_ON = 24
_CLAUSE = re.compile(r"[,;:。!?\n]")

# What may stand between the word that denies and the trouble: 未发生一起因天气造成的大面积延误.
_BETWEEN = (
    r"(?:出现|出过|发生|收到|接到|遇到|碰到|遭遇|发现|产生|存在|造成|引发|有|再|过|了|任何|什么|哪怕|因为?|由于"
    r"|大面积|大规模|大范围|大量|严重|明显|重大|区域性?|全网|网点|包裹|快件|货物|货品|货|商品|客户|用户|消费者|商家|买家"
    r"|的|类似|此类|这类|所谓|(?:关于|涉及|针对|对)[^,。;]{1,10}的|因[^,。;]{1,8}(?:造成|引起|引发|导致)的|[一1半]?[起例件票单宗次条家个位名天])"
)
_DENIES = (
    r"(?:从来?都?(?:不|没有?|未)|再也?(?:不|没有?|未)|几乎(?:不|没有?|无|未)|基本上?(?:不|没有?|无|未)"
    r"|(?<!有)没有?|没再|(?:从|尚|暂|并)?未曾?|[毫暂]?无|(?<!一百)(?<!千)(?<!万)零|(?<![\d.,])0|(?<!会)不会?"
    r"|不存在|不曾|没有?人再?|无人再?|很少|极少|鲜少|甚少|少有|难得|杜绝|避免|免于)"
)
_DENIED = re.compile(rf"(?P<word>{_DENIES}){_BETWEEN}{{0,7}}$")
# 没有一天不丢件: what denies is itself denied, or not vouched for.
_ONCE_MORE = re.compile(
    r"(?:没有?(?:一|哪)[^,。;]{0,8}|无一[^,。;]{0,4}|不可能|怎么可能|怎么会|哪能|哪有|哪会|难免|很难|并非|不是|未必"
    r"|不见得|谁敢说|不敢说|(?:[不没]能?|无法)(?:保证|担保|确保)|难保|[不未没]能|难以|没法|无法|不得|岂|何曾|动)$"
)
_NONE_AFTER = re.compile(
    r"(?:[量率数]|的?(?:现象|情况|事件|问题|记录))?(?:(?:为|是|仍是|仍为|保持|保持在|降至|降到|降为|控制在|同样为)(?:零|0(?![\d.]))"
    r"|(?:[也都均]|一直|从来)?(?:从未|未|没有?|不曾|不再)再?(?:出现|发生|有过|存在)"
    r"|(?:很少|极少|几乎没有|基本没有|全无|清零|归零|绝迹|不存在|不多)(?=[,;。!]|$))"
)
_ENGLISH_BETWEEN = (
    r"(?:a|an|any|the|single|one|of|its|our|their|was|were|is|are|been|being|be|have|has|had|ever|yet|to|see|seen|suffered"
    r"|suffer|experienced|reported|recorded|received|major|serious|significant|service|customer|further|more|new|large"
    r"|parcels?|packages?|shipments?|items?|orders?|deliver(?:y|ies)|merchants?|sellers?|got|gets?|went|go|about)"
)
_ENGLISH_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|zero|neither|nor|hardly|rarely|seldom|free of|free from|none of)\b|n't\b)"
    rf"(?:[ -]{_ENGLISH_BETWEEN}\b){{0,6}}[ -]$"
)
_ENGLISH_NONE_AFTER = re.compile(
    r"(?:[a-z]{0,3} )?(?:rate )?(?:was|were|is|are|stood at|stayed at|remained(?: at)?|fell to|came to)"
    r" (?:zero|nil|none|non-existent|0(?![\d.]))"
)
# 没有投诉渠道 lacks a way to complain, not complaints.
_OF_SOMETHING = re.compile(
    r"的?(?:赔|理赔|补偿|处理|责任|险|保障|规则|条款|预案|渠道|电话|入口|处罚|compensation|claims|hotline)"
)
# Any of these leaves it to the reader whether the trouble beside it is denied.
_DOUBT = re.compile(r"[不没未无否非零]|取消|\b(?:no|not|never|without|zero|nor)\b|n't\b")
_NEVERTHELESS = re.compile(
    r"不是[^,。;]{1,8}就是|[没不](?:少|断|停|时|光|仅|只|止|但)|(?:没有?(?:一|哪)|无一)[^,。;]{0,8}不"
)
_REFUTED = re.compile(
    r"否认|不实|不属实|流传|传言|传闻|网传|辟谣|谣言|谣传|澄清|驳斥|假消息|子虚乌有|纯属|误传|并非事实|\b(?:den(?:y|ies|ied)|refut|untrue|false|rumou?r)"
)
# 爆仓、积压或延误; lost, damaged or delayed.
_LISTED = re.compile(rf"(?:[、/]|以?及|[和与或跟]者?|还是|,? (?:or|and|nor) |(?<=[a-z]), ){_BETWEEN}{{0,3}}")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A trouble that folded[start:end] names; `problem` is its id, "" where it has none.

    `absent`: the sentence says that it did not, or does not, happen.
    """

    start: int
    end: int
    problem: str
    absent: bool


@lru_cache(maxsize=1000)
def troubles(folded: str) -> tuple[Trouble, ...]:
    """The troubles of a folded sentence, in text order; of those that overlap the longest."""
    found: list[Trouble] = []
    for start, end, problem in _named(folded):
        absent = _is_absent(folded, start, end)
        if found and _LISTED.fullmatch(folded, found[-1].end, start):
            absent = absent or found[-1].absent
        found.append(Trouble(start, end, problem, absent))
    return tuple(found)


def none_happened(folded: str) -> bool:
    """Whether a folded sentence names troubles, and all to say that they did not happen."""
    found = troubles(folded)
    return bool(found) and all(one.absent for one in found)


def surely_happened(folded: str) -> bool:
    """Whether nothing in the clause of some trouble, and nothing of a rumour's end beside it, can deny it."""
    return not _REFUTED.search(folded) and any(
        not one.absent and not _DOUBT.search(_NEVERTHELESS.sub("", _clause(folded, one)))
        for one in troubles(folded)
    )


def _clause(folded: str, trouble: Trouble) -> str:
    """The clause that a trouble stands in, without its own words."""
    lead = _CLAUSE.split(folded[: trouble.start])[-1]
    return f"{lead} {_CLAUSE.split(folded[trouble.end :])[0]}"


def problem(folded: str) -> str:
    """The id of the problem that a folded sentence tells; of several the first of the table; else ""."""
    told = {one.problem for one in troubles(folded) if not one.absent}
    return next((name for name in topic_table().problems if name in told), "")


def _named(folded: str) -> list[tuple[int, int, str]]:
    """Where troubles are named, and the id of each; of those that overlap the longest that starts first."""
    found = [
        (last + 1 - len(word), last + 1, problem)
        for last, (word, problem) in _words().iter(folded)
        if not _is_inside_latin(folded, last + 1 - len(word))
    ]
    for problem, pattern in _patterns():
        found += [(*match.span(), problem) for match in pattern.finditer(folded)]
    kept: list[tuple[int, int, str]] = []
    for start, end, problem in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, problem))
    return kept


def _is_inside_latin(folded: str, start: int) -> bool:
    pair = folded[max(0, start - 1) : start + 1]
    return len(pair) == 2 and pair.isascii() and pair.isalpha()


@cache
def _words() -> ahocorasick.Automaton:
    table = topic_table()
    automaton = ahocorasick.Automaton()
    named = [(word, name) for name, one in table.problems.items() for word in one.words]
    for word in {*table.groups["trouble"], *(word for word, _ in named)}:
        # Of several problems the first of the table counts: delays are a delay.
        automaton.add_word(word, (word, next((name for known, name in named if known in word), "")))
    automaton.make_automaton()
    return automaton


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, one.pattern) for name, one in topic_table().problems.items() if one.pattern)


def _is_absent(folded: str, start: int, end: int) -> bool:
    lead = _CLAUSE.split(folded[max(0, start - _LOOKED_BACK) : start])[-1]
    rest = folded[end : end + _LOOKED_ON]
    if _NONE_AFTER.match(rest) or _ENGLISH_NONE_AFTER.match(rest) or _ENGLISH_DENIED.search(lead):
        return True
    denied = None if _OF_SOMETHING.match(rest) else _DENIED.search(lead)
    return denied is not None and not _ONCE_MORE.search(lead[: denied.start()])
