"""Text, entities and mentions in; the organisations nobody watches that stand beside a watched account out.

They are what an analyst is asked about: another name of the account, one more to watch, or neither. Lists of
names.toml are not asked about, nor authorities and courts, nor what the tagger is not sure of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from intel.model import Entity, Mention, Stranger
from pipelines.event_parties import AUTHORITY, COURT
from pipelines.names import names
from pipelines.text import fold, sentences


def find(content: str, entities: Sequence[Entity], mentions: Sequence[Mention]) -> tuple[Stranger, ...]:
    """Each stranger once for each sentence and account it stands beside, in text order. Linear time."""
    if not mentions:
        return ()
    strangers = [one for one in entities if _is_stranger(one) and not _holds(one, mentions)]
    return tuple(_beside(content, strangers, mentions))


def _is_stranger(entity: Entity) -> bool:
    if entity.kind != "org" or entity.accounts or not entity.is_sure:
        return False
    folded = fold(entity.text)
    return folded not in _listed() and not AUTHORITY.search(folded) and not COURT.search(folded)


@cache
def _listed() -> frozenset[str]:
    groups = (*names().organisations.values(), *names().traps.values())
    return frozenset(fold(name) for group in groups for name in group)


def _holds(entity: Entity, mentions: Sequence[Mention]) -> bool:
    """Whether the entity is a mention, or overlaps one."""
    at = bisect_left(mentions, entity.start + 1, key=lambda mention: mention.end)
    return at < len(mentions) and mentions[at].start < entity.end


def _beside(content: str, strangers: Sequence[Entity], mentions: Sequence[Mention]) -> Iterator[Stranger]:
    if not strangers:
        return
    starts, named = [one.start for one in strangers], [one.start for one in mentions]
    for start, end in sentences(content):
        here = strangers[bisect_left(starts, start) : bisect_left(starts, end)]
        if here:
            accounts = {one.account for one in mentions[bisect_left(named, start) : bisect_left(named, end)]}
            for name in dict.fromkeys(one.text for one in here):
                yield from (Stranger(name, account, start, end) for account in sorted(accounts))
