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
from pipelines.troubles import problem
from pipelines.viewpoints import Line, Seen

# Topics that are about the couriers a client uses.
OF_COURIERS = frozenset(
    {"incumbent_carriers", "carrier_problems", "switching_intent", "delivery_performance", "quality_handling"}
)
_NEAR = 2  # sentences back that a courier may be named
_SAYS = re.compile(
    r"(?:表示|说|称|透露|指出|坦言|反映|抱怨|认为|告诉|回应|介绍|投诉|吐槽|强调)(?:[,:，：]|$|[^，。；]{0,12})"
)
_SPEAKERS = re.compile(
    r"商家|卖家|店主|买家|消费者|用户|客户|网友|负责人|经理|主管|总监|客服|采购|分析师|员工|代表|人士|老板|掌柜"
)
_CLAUSE = re.compile(r"[，。；！？：“”,;:!?\n]")
_SAID = re.compile(r"(?P<who>[^,.;]{3,60}?) (?:said|says|told|added|complained)\b")
_LONGEST = 40


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
        problem=problem(fold(quote)),
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


def _speaker(quote: str, start: int, entities: Iterable[Entity]) -> str:
    """Who says it, as written: the clause before a verb of saying, if it names or describes somebody."""
    if match := _SAID.search(quote):
        return match["who"].strip()
    match = _SAYS.search(quote)
    if match is None:
        return ""
    lead = quote[: match.start()]
    said_by = _CLAUSE.split(lead)[-1].strip()
    first = start + match.start() - len(said_by)
    named = any(
        one.kind in ("person", "position", "org") and first <= one.start < start + match.start()
        for one in entities
    )
    if len(said_by) > _LONGEST or not (named or _SPEAKERS.search(said_by)):
        return ""
    return said_by
