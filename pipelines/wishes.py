"""Whether a client wants another courier, where the sentence says so in plain words.

In: a folded sentence on a client's couriers. Out: `raises`, `lowers`, or "" where it is not put so plainly
(or put both ways); then the trained model has to tell. 不排除 is a wish, 没有更换的打算 is none.
"""

from __future__ import annotations

import re

RAISES, LOWERS = "raises", "lowers"
_CLAUSE = re.compile(r"[,;。!\n]")
_WISH = (
    r"(?:考虑|打算|准备|计划|有意|想要?|希望|拟|不排除|(?:正在?|着手|开始)(?:评估|物色|寻找|洽谈|接触|测试)"
    r"|consider(?:s|ed|ing)?|plan(?:s|ned|ning)? to|intends? to|wants? to|looking to|weigh(?:s|ing)?)"
)
_CHANGE = (
    r"(?:更换|换掉|换一?家|换成|换快递|替换|撤换|取代|引入|引进|另找|再找|新找|新增|增加|增选|改用|改由|改选|重新选|弃用"
    r"|停用|减少对|降低对|终止与|不再用|不再使用"
    r"|replac\w{1,4}|switch\w{0,4}|drop(?:ping)?|chang(?:e|ing)|bring(?:ing)? in|add(?:ing)?)"
)
_DENIED = r"(?:不(?!排除|仅|但|只|止|满|想再)|没有?|无(?!论|疑)|未(?!来)|否认|\b(?:no|not|never)\b|n't\b)"
_WANTED = re.compile(rf"{_WISH}[^,;。!?]{{0,16}}{_CHANGE}")
_UNWANTED = re.compile(
    rf"{_DENIED}[^,;。!?]{{0,8}}{_WISH}[^,;。!?]{{0,16}}{_CHANGE}|{_DENIED}[^,;。!?]{{0,6}}{_CHANGE}[^,;。!?]{{0,16}}"
    r"(?:打算|计划|意愿|想法|意向|安排)"
)
_OBJECT = re.compile(
    r"快递|快遞|承运|物流商|服务商|供应商|供货商|合作方|合作伙伴|第[二三四]家|[一另]家|courier|carrier|express"
)


def wish(sentence: str, couriers: bool) -> str:
    """Which way a folded sentence points; `couriers`: whether it names any."""
    if sentence.rstrip("”\"'").endswith("?") or not (couriers or _OBJECT.search(sentence)):
        return ""
    told = {_told(clause) for clause in _CLAUSE.split(sentence)} - {""}
    return told.pop() if len(told) == 1 else ""


def _told(clause: str) -> str:
    if _UNWANTED.search(clause):
        return LOWERS
    return RAISES if _WANTED.search(clause) else ""
