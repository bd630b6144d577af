"""When a rule may speak: quiet hours, digests, and how many messages a day. Pure: the clock is passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from intel.alerts.hit import Hit
from intel.alerts.rule import Digest, Rule

_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What to send now: messages of their own, and what is gathered in one; the rest waits."""

    single: tuple[Hit, ...] = ()
    gathered: tuple[Hit, ...] = ()


def quiet(rule: Rule, now: datetime) -> bool:
    """Whether it is the rule's quiet hours."""
    hours = rule.quiet_hours
    if hours is None:
        return False
    start, end = hours
    moment = now.astimezone(ZoneInfo(rule.zone)).time()
    return start <= moment < end if start <= end else moment >= start or moment < end


def digest_due(rule: Rule, last: datetime, now: datetime) -> bool:
    """Whether a moment at which the rule's digest is sent has passed since the last one."""
    if rule.digest is Digest.NONE:
        return False
    here = now.astimezone(ZoneInfo(rule.zone))
    due = here.replace(hour=rule.sent_at.hour, minute=rule.sent_at.minute, second=0, microsecond=0)
    if due > here:
        due -= timedelta(days=1)
    if rule.digest is Digest.WEEKLY:
        due -= timedelta(days=(due.weekday() - _MONDAY) % 7)
    return last < due


def day_start(rule: Rule, now: datetime) -> datetime:
    """When the rule's day began, from which its messages are counted."""
    return now.astimezone(ZoneInfo(rule.zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def window(rule: Rule) -> timedelta:
    """How long ago what is told may have been published: a digest reaches back to the one before."""
    least = {Digest.NONE: 1, Digest.DAILY: 2, Digest.WEEKLY: 8}[rule.digest]
    return timedelta(days=max(rule.days, least))


def choose(rule: Rule, hits: Sequence[Hit], now: datetime, *, sent: int, digest: bool) -> Told:
    """Which of the hits are sent now, where `sent` messages went out today. `digest`: one is due.

    What does not fit under the cap is gathered in the last message of the day: a flood becomes a digest.
    A digest that is due is sent whatever the cap.
    """
    ordered = sorted(hits, key=lambda hit: -hit.urgency)
    if digest:
        return Told(gathered=tuple(ordered))
    left = rule.cap - sent
    if left <= 0:
        return Told()
    urgent = [hit for hit in ordered if rule.urgent and hit.urgency >= rule.urgent]
    waits = rule.digest is not Digest.NONE or quiet(rule, now)
    now_told = urgent if waits else ordered
    if len(now_told) <= left:
        return Told(single=tuple(now_told))
    return Told(single=tuple(now_told[: left - 1]), gathered=tuple(now_told[left - 1 :]))
