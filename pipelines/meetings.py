"""A folded sentence in, whether it only tells that somebody was met out.

“周三见了采购部贺经理，谈了一小时” names a person and an office; who decides, and what that role says, it
does not tell.
"""

from __future__ import annotations

import re

_MET = re.compile(
    r"见了|见到|会见|面谈|会面|拜访|走访|约见|碰面|来电|去电|致电|通话|吃饭|座谈|谈了|聊了|与.{2,20}谈|见.{2,20}谈"
    r"|\b(?:met|visited|called on|sat down with|spoke (?:to|with)|call with|meeting with|lunch with)\b"
)
_SAYS_MORE = re.compile(
    r"拍板|决定|定夺|说了算|签字|审批|分管|负责(?!人)|话事|点头|决策|做主|汇报|直属|兼任|接任|升任|任命|上任|到任|调任"
    r"|原任|原在|新来|说|称|表示|认为|透露|强调|指出|坦言|答复"
    r"|\b(?:decid|approv|sign|last word|in charge|report(?:s|ing) to|appoint|promot|said|says|told|add)"
)


def only_met(folded: str) -> bool:
    """Whether a sentence tells of a meeting, and nothing of what who was met decides, does or says."""
    return bool(_MET.search(folded)) and not _SAYS_MORE.search(folded)
