"""A client's finding in; which couriers it tells of, what goes wrong, when, and who says it, out.

Together with the client they are the fact client × courier × problem × period that a courier's sales
wants. Nothing is guessed: each is named in the finding's sentence, or for the couriers just before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intel.model import Entity, Role
from pipelines.event_tellings import within
from pipelines.text import fold
from pipelines.topic_rules import topic_table
from pipelines.viewpoints import Line, Seen

# Topics that are about the couriers a client uses.
OF_COURIERS = frozenset(
    {"incumbent_carriers", "carrier_problems", "switching_intent", "delivery_performance", "quality_handling"}
)
_NEAR = 2  # sentences back that a courier may be named
_SAYS = re.compile(
    r"(?:表示|说|称|透露|指出|坦言|反映|抱怨|认为|告诉|回应|介绍|提到|投诉|吐槽|强调)(?:[,:，：]|$|[^，。；]{0,12})"
)
_SPEAKERS = re.compile(
    r"商家|卖家|店主|买家|消费者|用户|客户|网友|负责人|经理|主管|总监|客服|采购|分析师|员工|代表|人士|老板|掌柜"
)
_CLAUSE = re.compile(r"[，。；！？：“”,;:!?\n]")
_SAID = re.compile(r"(?P<who>[^,.;]{3,60}?) (?:said|says|told|added|complained)\b")
_LONGEST = 40
# What stands around the name of who speaks: when, where, to whom, and words that join sentences.
_BEFORE = re.compile(r"^(?:但是?|不过|然而|而|按照|根据|据|对此|会上|其中|有(?=商家|卖家|买家))")
_AFTER = re.compile(
    r"(?:(?:[0-9]{4}年)?(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:[上下]午|晚间?)?|[0-9]{1,2}月[上中下底初]旬?"
    r"|近日|日前|今[天日]|昨[天日]|当[天日]|随后|此前|事后|(?:本|上)?周[一二三四五六日]"
    r"|[对向](?:本[报報刊社]|[^，。对向]{0,4}(?:记者|記者|媒体))|答复|答覆|回复|通报"
    r"|则|則|也|亦|(?<![成首])都|均|还|又|曾|再次|再度|公开|进一步|一致|的)$"
)
_PLACE = re.compile(r"在(?P<where>[^在，。]{1,30})$")
_SILENT = re.compile(r"(?:没有|沒有|[并仍尚暂]未|拒绝|拒絕|不愿|因[^，。]{1,6})$")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a finding tells of a client's couriers; "" where it does not."""

    couriers: tuple[str, ...] = ()
    problem: str = ""
    period: str = ""
    speaker: str = ""


def facts(seen: Seen, line: Line, topic: str, entities: Sequence[Entity], roles: Mapping[str, Role]) -> Facts:
    """Read the facts of a client's finding on `topic` in a sentence."""
    if topic not in OF_COURIERS:
        said = within(entities, line.start, line.end)
        return Facts(speaker=_speaker(seen.content[line.start : line.end], line.start, said))
    quote = seen.content[line.start : line.end]
    inside = within(entities, line.start, line.end)
    times = [one.text for one in inside if one.kind in ("period", "date")]
    return Facts(
        couriers=_couriers(seen, line, roles),
        problem=_problem(fold(quote)),
        period=times[0] if times else "",
        speaker=_speaker(quote, line.start, inside),
    )


def _couriers(seen: Seen, line: Line, roles: Mapping[str, Role]) -> tuple[str, ...]:
    found = [
        one.name.account
        for one in seen.candidates(line)
        if one.name.account and one.distance <= _NEAR and roles.get(one.name.account) is Role.COMPETITOR
    ]
    return tuple(dict.fromkeys(found))


def _problem(folded: str) -> str:
    problems = topic_table().problems.items()
    return next((name for name, one in problems if any(word in folded for word in one.words)), "")


def _speaker(quote: str, start: int, entities: Iterable[Entity]) -> str:
    """Who says it, as written: the clause before a verb of saying, if it names or describes somebody."""
    if match := _SAID.search(quote):
        return match["who"].strip()
    match = _SAYS.search(quote)
    if match is None:
        return ""
    lead = quote[: match.start()]
    said_by = _without_surroundings(_CLAUSE.split(lead)[-1].strip())
    first = start + lead.rindex(said_by)
    named = any(
        one.kind in ("person", "position", "org") and first <= one.start < first + len(said_by)
        for one in entities
    )
    if len(said_by) > _LONGEST or _SILENT.search(said_by) or not (named or _SPEAKERS.search(said_by)):
        return ""
    return said_by


def _without_surroundings(said_by: str) -> str:
    """沈若川 of 据沈若川11月18日在沟通会上的; who is known by a place keeps it: 一名在嘉兴做家纺的商家."""
    while True:
        shorter = _AFTER.sub("", _BEFORE.sub("", said_by)).strip()
        place = _PLACE.search(shorter)
        if place and place.start() and not _SPEAKERS.search(place["where"]):
            shorter = shorter[: place.start()]
        if shorter == said_by:
            return said_by
        said_by = shorter
