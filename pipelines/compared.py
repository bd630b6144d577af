"""Couriers that a text sets beside each other in, the comparison as evidence about its client out.

Who is better at what is told of each courier (competitor_landscape); where the text is about one client, it
is also how that client's couriers compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from intel.model import Finding, Role
from pipelines.text import fold
from pipelines.viewpoints import Line, Seen

_LANDSCAPE = "competitor_landscape"
# Names that are only listed (中通、圆通和韵达) are not set beside each other.
_LISTED = re.compile(r"(?:[\s、,/&]|和|与|及|以及|或|and|or){0,4}")


def compared(seen: Seen, found: Sequence[Finding], roles: Mapping[str, Role]) -> Iterator[Finding]:
    """The sentences that compare couriers, as findings of the one client that `found` tells of."""
    clients = {one.account for one in found if roles.get(one.account) is Role.CLIENT}
    if len(clients) != 1:
        return
    told: dict[int, list[Finding]] = {}
    for one in found:
        if one.topic == _LANDSCAPE and roles.get(one.account) is Role.COMPETITOR:
            told.setdefault(one.start, []).append(one)
    lines = {line.start: line for line in seen.lines}
    for start, some in told.items():
        couriers = tuple(one.account for one in some)
        if len(couriers) > 1 and _apart(seen, lines[start], couriers):
            certainty = min(one.certainty for one in some)
            yield replace(
                some[0],
                account=next(iter(clients)),
                rule=f"{_LANDSCAPE}.compared",
                couriers=couriers,
                certainty=certainty,
            )


def _apart(seen: Seen, line: Line, couriers: Iterable[str]) -> bool:
    """Whether something is said between the names of the couriers, so that they are not only listed."""
    among = set(couriers)
    spans = sorted((name.start, name.end) for name in line.names if name.account in among)
    return any(not _LISTED.fullmatch(fold(seen.content[one[1] : other[0]])) for one, other in pairwise(spans))
