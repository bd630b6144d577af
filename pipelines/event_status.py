"""What the words of a sentence make of an event that the models heard in it: its status, or that it is none.

In: the type, the status of the model, the folded sentence and the folded names of the subjects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from intel.model import COUNTED, Status
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


def settled(kind: str, status: Status, sentence: str, subjects: Sequence[str]) -> Status | None:
    """The status of an event of that type; None where the sentence tells no such event."""
    check = _CHECKS.get(kind)
    return check(status, sentence, subjects) if check else status


def _trouble(status: Status, sentence: str, _: Sequence[str]) -> Status:
    """无爆仓 denies what went wrong, and 爆仓，没有人解释 does not."""
    if none_happened(sentence):
        return Status.DENIED if status in COUNTED else status
    return Status.ASSERTED if status is Status.DENIED and surely_happened(sentence) else status


def _policy(status: Status, sentence: str, subjects: Sequence[str]) -> Status | None:
    """An authority that consults the public has announced its rules; a company's for its staff are none."""
    ruled = any(standing(one) == "authority" for one in subjects)
    if not ruled and _INTERNAL.search(sentence):
        return None
    consults = _CONSULTS.search(sentence) and not _NOT_YET.search(sentence)
    if status is Status.HYPOTHETICAL and consults and (ruled or (not subjects and _DRAFT in sentence)):
        return Status.ANNOUNCED
    return status


def _tender(status: Status, sentence: str, _: Sequence[str]) -> Status | None:
    return None if _CONSULTS.search(sentence) and not _BUYS.search(sentence) else status


def _launch(status: Status, sentence: str, _: Sequence[str]) -> Status | None:
    return None if _INTERNAL.search(sentence) else status


def _change(status: Status, sentence: str, _: Sequence[str]) -> Status:
    rule = _RULES.search(sentence)
    if status in COUNTED and rule and _OBLIGES.search(sentence, rule.end()):
        return Status.HYPOTHETICAL
    return status


_CHECKS: Mapping[str, Callable[[Status, str, Sequence[str]], Status | None]] = {
    "service_disruption": _trouble,
    "service_quality": _trouble,
    "policy": _policy,
    "tender": _tender,
    "product_launch": _launch,
    "carrier_change": _change,
}
