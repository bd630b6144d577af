"""How a sentence asserts what its trigger says: folded sentence and trigger span in, Status out.

The cues are ordered; the first that applies decides. They read the text around the trigger at four
widths, because 并未裁员 denies a layoff while 裁员后并未涨薪 does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from intel.model import Status


class Reach(StrEnum):
    """Which part of the sentence a cue reads."""

    CLOSE = "close"  # the clause up to the trigger
    LEAD = "lead"  # the sentence up to the trigger
    REST = "rest"  # the trigger's own clause after it, and the next one
    WHOLE = "whole"  # the sentence


@dataclass(frozen=True, slots=True)
class Cue:
    """`pattern` found within `reach` gives the trigger this status."""

    status: Status
    reach: Reach
    pattern: re.Pattern[str]


def _cue(status: Status, reach: Reach, pattern: str) -> Cue:
    return Cue(status, reach, re.compile(pattern))


# "$" in a CLOSE or LEAD cue is the place where the trigger starts.
CUES = (
    # A confirmed rumour is an event: 网传…，公司证实消息属实.
    _cue(Status.ASSERTED, Reach.WHOLE, r"(?<!不)(?<!否)属实|予以证实|证实了|(?:公司|官方|方面)(?:已)?证实|得到证实"),
    _cue(Status.DENIED, Reach.LEAD, r"(?:否认|辟谣|驳斥|澄清).{0,24}$"),
    _cue(
        Status.DENIED,
        Reach.REST,
        r"不属实|不实|否认|辟谣|谣言|假消息|虚假消息|子虚乌有|无中生有|并非事实|不是事实|纯属|没有的事|(?:传闻|计划|一事)(?:被)?澄清",
    ),
    _cue(Status.DENIED, Reach.REST, r"^.{0,24}(?:失败|告吹|搁浅|流产|未果|未能达成|被叫停|被否决)"),
    _cue(Status.DENIED, Reach.WHOLE, r"\b(?:den(?:y|ies|ied)|refut(?:es?|ed)|dismiss(?:es|ed) (?:rumou?rs|reports)|untrue|false rumou?r)\b"),
    _cue(
        Status.DENIED,
        Reach.CLOSE,
        r"(?:并未|没有|未曾|尚未|暂未|从未|未有|未出现|未发生|未见|不会|不存在|无意|不考虑|不打算|不涉及|并非|并不|不是"
        r"|无计划|暂无|从无|绝无|取消|放弃|终止(?!上市|挂牌)|中止(?!上市)|叫停|搁置|暂停|拒绝|(?<!前所)未(?!来|能|按|及时|经|达|足额))(?!.{0,6}(?:之后|以来|但)).{0,8}$",
    ),
    _cue(Status.DENIED, Reach.CLOSE, r"(?<!再)(?<!会)(?:不|无|零|非|免)$"),
    _cue(Status.DENIED, Reach.CLOSE, r"(?:\b(?:not|never|no|without|nor)\b|n['’]t\b)(?: \w+){0,4} ?$"),
    _cue(
        Status.RUMOURED,
        Reach.LEAD,
        r"有(?:外媒|媒体|市场)(?:称|报道称|爆料)|传闻|传言|网传|据传|盛传|疯传|传出|疑似|疑遭|疑被|坊间|爆料|小道消息|知情人士|消息人士|据说|流传|市场消息|有消息(?:称|指|说)"
        r"|\b(?:reportedly|rumou?r\w*|said to be|people familiar|sources say|allegedly|speculation)\b",
    ),
    _cue(Status.RUMOURED, Reach.CLOSE, r"(?:^|[,:\ue000\ue006 \"“])[被]?(?:传|疑)(?!统|媒|递|真|化|送|输)(?:将|要|已|再|拟|被|遭|出)?.{0,4}$"),
    _cue(Status.RUMOURED, Reach.REST, r"^.{0,14}(?:传闻|传言|疑云|网传|谣传)|^.{0,6}(?:一说|的消息(?:流|不胫|传))"),
    _cue(
        Status.HYPOTHETICAL,
        Reach.LEAD,
        r"如果|假如|倘若|假设|(?:^|[,\"“ ])[如若](?!期|何|下|此|今|约|同|干|是观|数|愿|火)|一旦|只要|万一|即便|即使|除非|违者|逾期不|拒不(?:改正|执行|整改)的"
        r"|情节严重|有下列|是否|会不会|能否|要不要|何时|不排除|(?:^|[ ,])if |\bwhether\b|\bunless\b|\bin case\b",
    ),
    # An analyst's view is not news of the company.
    _cue(
        Status.HYPOTHETICAL,
        Reach.LEAD,
        r"(?:分析师|分析人士|专家|业内人士|业内|券商|投行|研究员|观察人士|观察者|评论员|机构|投资者|证券|市场人士).{0,16}(?:认为|预计|预测|测算|估计|判断|分析|感叹|担心|猜测|看来)"
        r"|(?:距离|距).{2,30}$|\banalysts? (?:said|say|expects?|believes?|estimates?)",
    ),
    _cue(
        Status.HYPOTHETICAL,
        Reach.CLOSE,
        r"(?:可能|或许|也许|恐将|恐怕|有望|有可能|或面临|或将|或会|面临被|有待|(?<!供)应当|应该|必须|应予|应依法|不得|严禁|禁止|可以|可向|可通过|可处|可望"
        r"|建议|呼吁|希望|期待|力争|争取|旨在|考虑|酝酿|洽谈|商谈|磋商|谈判|探讨|寻求|接触|评估|担心|担忧|警惕|预防|防止|防范|避免|以免|谨防|杜绝|应对|如何|怎么|怎样"
        r"|风险|预期|猜测|寻找).{0,12}$",
    ),
    _cue(Status.HYPOTHETICAL, Reach.CLOSE, r"(?:^|[\ue000\ue006,: ])或(?:被|遭|于)?.{0,4}$"),
    _cue(
        Status.HYPOTHETICAL,
        Reach.CLOSE,
        r"\b(?:could|may|might|would|should|must|consider(?:s|ing)?|mull(?:s|ing)?|weigh(?:s|ing)?|in talks|explor(?:es|ing)|seek(?:s|ing)?|hopes? to|likely to|expected to be|avoid(?:ing)?|risk of)\b.{0,40}$",
    ),
    _cue(Status.HYPOTHETICAL, Reach.REST, r"^.{0,16}(?:[吗呢么]|了没)?\?|^[^,]{0,4}(?:应(?=当|该|提前|依法|予以|由|在|按|于)|须|需要|不得|必须)|^.{0,4}(?:的)?(?:可能性|风险|预案|隐患|担忧|怎么办)"),
    _cue(
        Status.BACKGROUND,
        Reach.LEAD,
        r"(?:^|[,\ue000\ue006 于在年月日就也还其并])曾(?!国|氏|先生|女士|总|某).{0,20}$|早在|当年|往年|历年|回顾|过去(?:几|数|多|两|三|十)|以往|彼时|时隔|多年前|[一二两三四五六七八九十几数]年前|上一次|此前任|此前(?!一[日天]).{0,24}$"
        r"|(?:^|[,。 ])(?:此前|之前|去年(?!同)|前年|上世纪)(?!.{0,24}(?:以来|至今)).{0,24}$|成立于|创立于|创办于|始建于",
    ),
    _cue(Status.BACKGROUND, Reach.CLOSE, r"(?:往往|通常|常常|时常|每逢|每到|每当|一般(?:会|都|为)|容易|总是|经常).{0,12}$"),
    _cue(Status.BACKGROUND, Reach.CLOSE, r"\b(?:previously|formerly|once|back in|used to|years ago|had earlier|typically|usually|often|founded in)\b.{0,40}$"),
    _cue(Status.BACKGROUND, Reach.REST, r"^(?:之?后的|以来的|前的)"),
    _cue(
        Status.ANNOUNCED,
        Reach.CLOSE,
        r"(?:将(?!近)|拟|计划|即将|预计|打算|准备|筹备|定于|有意|决定|确定|规划|启动|正在|着手|料)(?!.{0,6}已).{0,24}$"
        r"|\b(?:will|to|plans?|set to|intends?|aims?|expects?|agreed to|about to)\b.{0,40}$",
    ),
)
_CLAUSE = re.compile(r"[,:;。!?\n]")


def status(sentence: str, start: int, end: int) -> Status:
    """How folded `sentence` asserts its trigger `sentence[start:end]`."""
    lead, rest = sentence[:start], sentence[end:]
    stops = [stop.start() for stop in _CLAUSE.finditer(rest)]
    parts = {
        Reach.LEAD: lead,
        Reach.CLOSE: _CLAUSE.split(lead)[-1],
        # A "?" ends the clause and is part of what a question mark cue reads.
        Reach.REST: rest[: stops[1] + 1] if len(stops) > 1 else rest,
        Reach.WHOLE: sentence,
    }
    for cue in CUES:
        if cue.pattern.search(parts[cue.reach]):
            return cue.status
    return Status.ASSERTED
