"""What the words of a sentence make of an event that the models heard in it: its status, or that it is none.

In: what is told, and the status that the model gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from intel.model import COUNTED, Status
from pipelines.assertion import is_hearsay
from pipelines.event_parties import standing
from pipelines.troubles import none_happened, surely_happened

# Authorities ask what the public thinks of rules that they have drafted.
_CONSULTS = re.compile(
    r"征(?:求|集|询)[^,。;]{0,12}意见(?!稿)|听取[^,。;]{0,8}意见|公开征求"
    r"|(?:发布|公布|起草|印发|形成|公示|出台)[^,。;]{0,40}征求意见稿"
    r"|\b(?:public consultation|consult(?:s|ed|ing|ation) on|consultation draft"
    r"|(?:seek|invit|solicit)(?:s|ed|ing)? (?:public |written )?(?:comments?|feedback|views|opinions)"
    r"|open for comments?)\b"
)
_NOT_YET = re.compile(
    r"(?:未(?!来)|没有|不会|建议|呼吁|应当?|如果|假如|可能|是否|能否)[^,。;]{0,24}(?:征|听取|公开)|[?]"
    r"|\b(?:may|might|could|should|if|urged?)\b"
)
_BUYS = re.compile(
    r"采购|招标|投标|竞标|供应商|服务商|承运商|遴选|比选|询价|标书|tender|procure|\bbid|supplier|vendor"
)
_DRAFT = "征求意见稿"
# What a company decides of its own staff and offices is no policy.
_INTERNAL = re.compile(
    r"(?:员工|考勤|打卡|报销|差旅|加班|晋升|薪酬|薪资|绩效|着装|请假|休假|值班|人事|廉洁|保密|用车|会议|档案|财务"
    r"|采购)[^,。;]{0,8}(?:制度|办法|规定|规范|细则|守则|手册|流程)"
    r"|(?:公司|内部|企业)(?:管理)?(?:制度|规章|守则|规定)|内部(?:下发|通知|发文)"
    r"|\binternal (?:polic(?:y|ies)|rules?|guidelines?)"
    r"|\b(?:overtime|expenses?|travel|dress|attendance|leave) (?:polic(?:y|ies)|rules?)"
)
# A rule for merchants on changing couriers changes none.
_RULES = re.compile(r"(?:规则|规定|制度|条款|细则|办法|协议|rules?|terms|polic(?:y|ies))")
_OBLIGES = re.compile(
    r"须|不得|必须|应当|需要?(?:提前|经|向|在)|方可|才能|允许|可(?:以|自行|自主|随时)|\b(?:must|may|shall|allows?|require[sd]?)\b"
)

# What is owed no more, or never was.
_PAID = re.compile(
    r"(?:全部|已经?|均已?|悉数|如数|一次性)[^,。;]{0,4}(?:付清|结清|还清|付讫)|[从没未]有?拖[过欠]|一次也没拖|不拖不欠"
    r"|\b(?:paid|settled) in full\b"
)
# What was only told somebody has confirmed or answered.
_ANSWERED = re.compile(
    r"属实|证实|确认|回应|核实|否认|辟谣|不实|澄清|获悉|经查|\b(?:confirm\w*|respond\w*|den(?:y|ies|ied)|dismiss\w*)\b"
)
_NO_CHANGE = re.compile(
    r"[未没无否]|不(?!再|仅|但|光|只|同|断|少|久|满|及|够|力|稳|佳|到)|谣|失实|取消|叫停|搁置|放弃|暂缓|撤回|收回|推翻|作罢|澄清"
    r"|\b(?:not|no|never|without|den(?:y|ies|ied)|untrue|false|cancel\w*|scrap\w*|shelv\w*)\b|n't\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a type that a folded sentence tells.

    `subjects` are folded names; `moves`: by it a courier leaves or joins a client.
    """

    kind: str
    sentence: str
    subjects: Sequence[str] = ()
    moves: bool = False


def settled(told: Told, status: Status) -> Status | None:
    """The status of what is told; None where the sentence tells no such event."""
    if status in COUNTED and is_hearsay(told.sentence) and not _ANSWERED.search(told.sentence):
        status = Status.RUMOURED
    check = _CHECKS.get(told.kind)
    return check(told, status) if check else status


def _trouble(told: Told, status: Status) -> Status:
    """无爆仓 denies what went wrong, and 爆仓，没有人解释 does not."""
    if none_happened(told.sentence):
        return Status.DENIED if status in COUNTED else status
    return Status.ASSERTED if status is Status.DENIED and surely_happened(told.sentence) else status


def _debt(told: Told, status: Status) -> Status:
    return Status.DENIED if status in COUNTED and _PAID.search(told.sentence) else status


def _policy(told: Told, status: Status) -> Status | None:
    """An authority that consults the public has announced its rules; a company's for its staff are none."""
    ruled = any(standing(one) == "authority" for one in told.subjects)
    if not ruled and _INTERNAL.search(told.sentence):
        return None
    consults = _CONSULTS.search(told.sentence) and not _NOT_YET.search(told.sentence)
    if (
        status is Status.HYPOTHETICAL
        and consults
        and (ruled or (not told.subjects and _DRAFT in told.sentence))
    ):
        return Status.ANNOUNCED
    return status


def _tender(told: Told, status: Status) -> Status | None:
    return None if _CONSULTS.search(told.sentence) and not _BUYS.search(told.sentence) else status


def _launch(told: Told, status: Status) -> Status | None:
    return None if _INTERNAL.search(told.sentence) else status


def _change(told: Told, status: Status) -> Status:
    """A change is denied by words that deny, and 不再 is none; a rule on changing is no change."""
    if status is Status.DENIED and told.moves and not _NO_CHANGE.search(told.sentence):
        return Status.ASSERTED
    rule = _RULES.search(told.sentence)
    if status in COUNTED and rule and _OBLIGES.search(told.sentence, rule.end()):
        return Status.HYPOTHETICAL
    return status


_CHECKS: Mapping[str, Callable[[Told, Status], Status | None]] = {
    "service_disruption": _trouble,
    "service_quality": _trouble,
    "payment_risk": _debt,
    "policy": _policy,
    "tender": _tender,
    "product_launch": _launch,
    "carrier_change": _change,
}
