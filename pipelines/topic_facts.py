"""A client's finding in; which couriers it tells of, what goes wrong, when, and who says it, out.

Together with the client they are the fact client × courier × problem × period that a courier's sales
wants. Nothing is guessed: each is named in the finding's sentence, or for the couriers just before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intel.model import Entity, Role
from pipelines.event_tellings import within
from pipelines.speakers import speaker
from pipelines.text import fold
from pipelines.troubles import problem
from pipelines.viewpoints import Line, Seen

# Topics that are about the couriers a client uses.
OF_COURIERS = frozenset(
    {"incumbent_carriers", "carrier_problems", "switching_intent", "delivery_performance", "quality_handling"}
)
_NEAR = 2  # sentences back that a courier may be named


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
        return Facts(speaker=speaker(seen, line, entities))
    quote = seen.content[line.start : line.end]
    inside = within(entities, line.start, line.end)
    times = [one.text for one in inside if one.kind in ("period", "date")]
    return Facts(
        couriers=_couriers(seen, line, roles),
        problem=problem(fold(quote)),
        period=times[0] if times else "",
        speaker=speaker(seen, line, entities),
    )


def _couriers(seen: Seen, line: Line, roles: Mapping[str, Role]) -> tuple[str, ...]:
    found = [
        one.name.account
        for one in seen.candidates(line)
        if one.name.account and one.distance <= _NEAR and roles.get(one.name.account) is Role.COMPETITOR
    ]
    return tuple(dict.fromkeys(found))
