"""Alerts: the rules in force in words, whom they tell, what was told, and the feeds of the accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from intel.alerts import pace
from intel.alerts.book import RuleBook, Sent
from intel.alerts.rule import Digest, Kind, Rule
from intel.api.access import Reader
from intel.channels.recipients import BadRecipient, load_recipients
from intel.model import Account
from intel.web.edge import PageRoute
from intel.web.language import Words
from intel.web.site import Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
# What the states of a rule are called, by its kind.
_STATES: Mapping[Kind, str] = {Kind.STATE: "states", Kind.SOURCE: "health"}


class Choice(BaseModel):
    """Which messages that were sent: of a rule, so many."""

    rule: str = ""
    most: Annotated[int, Field(ge=1, le=1000)] = 50


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in words: what it looks at, when it speaks, whom it tells, and who of them is not set up."""

    name: str
    looks_at: Sequence[str]
    speaks: Sequence[str]
    recipients: Sequence[str]
    unknown: frozenset[str]
    resting: bool


@dataclass(frozen=True, slots=True)
class AlertsView:
    """The rules, what was sent, None where it may not be seen, and the accounts that have a feed."""

    chosen: Choice
    rules: Sequence[RuleLine]
    sent: Sequence[Sent] | None
    more: bool
    wrong: str
    accounts: Sequence[Account]


@router.get("/alerts")
def alerts(asked: Asked, who: Reader, chosen: Annotated[Choice, Query()]) -> Response:
    """Rules and what they told. What was told is of any account, so it is for who sees all."""
    reading = asked.desk.reading
    book = RuleBook(reading.engine)
    wrong = ""
    try:
        known = frozenset(load_recipients(reading.settings.recipients))
    except BadRecipient as error:
        known, wrong = frozenset(), str(error)
    sight = asked.sight(who)
    seen = {one.id: one.name for one in sight.accounts()}
    sent = book.log(chosen.most + 1, chosen.rule or None) if who.accounts is None else None
    view = AlertsView(
        chosen=chosen,
        rules=[_line(asked, one, seen, known) for one in sight.rules()],
        sent=sent[: chosen.most] if sent is not None else None,
        more=sent is not None and len(sent) > chosen.most,
        wrong=wrong,
        accounts=sight.accounts(),
    )
    return asked.show("alerts.html.jinja", view, who)


def _line(asked: Visit, rule: Rule, seen: Mapping[str, str], known: frozenset[str]) -> RuleLine:
    words = asked.words
    return RuleLine(
        name=rule.name,
        looks_at=[one for one in _looks_at(words, rule, seen) if one],
        speaks=[one for one in _speaks(words, rule) if one],
        recipients=rule.recipients,
        unknown=frozenset(rule.recipients) - known,
        resting=pace.quiet(rule, asked.desk.now()),
    )


def _looks_at(words: Words, rule: Rule, seen: Mapping[str, str]) -> Sequence[str]:
    comma = words.say("comma")
    accounts = [seen[one] for one in rule.accounts]
    states = [words.label(_STATES[rule.kind], one) for one in rule.states] if rule.kind in _STATES else []
    least = f"{rule.threshold:g}"
    return (
        words.label("rule_kinds", rule.kind.value),
        words.say("only_of", what=comma.join(accounts)) if accounts else "",
        words.say("only_of", what=comma.join(words.short("events", one) for one in rule.events))
        if rule.events
        else "",
        words.say("only_of", what=comma.join(words.short("topics", one) for one in rule.topics))
        if rule.topics
        else "",
        words.say("only_to", what=comma.join(states)) if states else "",
        words.say("least_weight", n=least) if rule.kind is Kind.EVENT and rule.threshold else "",
        words.say("least_score", n=least) if rule.kind is Kind.SIGNALS and rule.threshold else "",
    )


def _speaks(words: Words, rule: Rule) -> Sequence[str]:
    when = {
        Digest.NONE: words.say("at_once"),
        Digest.DAILY: words.say("each_day", at=rule.at),
        Digest.WEEKLY: words.say("each_monday", at=rule.at),
    }
    return (
        when[rule.digest],
        words.say("quiet_hours", hours=rule.quiet) if rule.quiet else words.say("never_quiet"),
        words.say("urgent_from", n=f"{rule.urgent:g}") if rule.urgent else "",
        words.say("at_most", n=rule.cap),
        words.say("zone_is", zone=rule.zone) if rule.zone != "Asia/Shanghai" else "",
    )
