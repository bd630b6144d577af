"""A folded sentence in; whether somebody in it praises or blames in so many words, or was harmed, out.

The trained model weighs the wording of a whole sentence; these are words that leave it no choice.
"""

from __future__ import annotations

import re

_PRAISE = re.compile(
    r"省心|靠谱|爽快|干脆|利索|没得说|没话说|没的说|挑不出|好评(?!率|返)|(?<!不)(?<!不太)(?<!不够)满意(?!度|率)|没掉链子"
    r"|从[没未不]拖|没拖过|[无未没](?:有过?)?逾期|(?<!不)认可|夸|点赞|称赞|(?<!不)给力|人实在|(?<!不)省事"
    r"|\b(?:happy with|pleased|reliabl[ey]|impress\w*|never (?:been )?late|flawless|praise[sd]?)\b"
)
_BLAME = re.compile(
    r"不满|不太满意|不够满意|抱怨|怨气|吐槽|吐苦水|差劲|太差|离谱|坑(?:人|爹|死)|气死|头疼|叫苦|受不了|忍无可忍|意见很大"
    r"|糟心|闹心|差评(?!少|降|减|率下|下降)|没人管|不理人|推诿|踢皮球"
    r"|\b(?:unhappy|dissatisf\w+|complain\w*|fed up|furious|frustrat\w+|poorly|dreadful|awful|nightmare)\b"
)
_HARM = re.compile(
    r"冻坏|压坏|摔坏|泡烂|烂掉|烂了|碎了|扔[到在给]|乱扔|丢[了件到在]|弄丢|拖[了欠]|卡在|滞留"
    r"|\b(?:smashed|mislaid|lost|went missing)\b"
)


def tone(folded: str) -> str:
    """Satisfied or dissatisfied; "" where the sentence says neither in so many words, or both."""
    praise, blame = _PRAISE.search(folded), _BLAME.search(folded)
    if bool(praise) == bool(blame):
        return ""
    return "satisfied" if praise else "dissatisfied"


def harmed(folded: str) -> bool:
    """Whether goods were lost, broken or held by what the sentence tells."""
    return bool(_HARM.search(folded))
