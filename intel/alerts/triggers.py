"""What rules look for: a function for each kind of rule, from the desk to hits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from intel.alerts.desk import Desk, line
from intel.alerts.hit import Hit, Item, key
from intel.alerts.pace import window
from intel.alerts.rule import BadRule, Kind, Rule
from intel.brief.choosing import Choice, believed, best_of_stories, choose, evidence, newest_first
from intel.brief.flash import by_event
from intel.brief.rules import rules
from intel.channels.alert import Line
from intel.config import CHINA
from intel.coverage import STATE_LABELS, Answer, State
from intel.credibility import UNSURE
from intel.health import Health, SourceHealth
from intel.model import Account, Role
from intel.signals import SwitchingSignals
from intel.views import FindingView
from pipelines.field_report import SCHEME

# A score that wavers around the threshold is told once: it has to fall so far before it can rise again.
HYSTERESIS = 5.0
ABOVE, BELOW = "above", "below"
HEALTH_LABELS: Mapping[str, str] = {
    Health.OK: "正常",
    Health.NEVER_RUN: "从未采集",
    Health.SILENT: "没有动静",
    Health.FAILING: "采集失败",
    Health.CHANGED_LAYOUT: "页面改版",
}
_TOLD_HEALTH = frozenset({Health.SILENT, Health.FAILING, Health.CHANGED_LAYOUT})
_TOLD_STATES = frozenset(State) - {State.UNKNOWN}


def require_states(rule: Rule) -> None:
    """Raises BadRule for states that what a rule looks at never has."""
    allowed = STATES.get(rule.kind, frozenset())
    if set(rule.states) <= allowed:
        return
    if not allowed:
        raise BadRule(f"a rule of kind {rule.kind} has no states")
    raise BadRule(f"states of a rule of kind {rule.kind} are {', '.join(sorted(allowed))}")


def find(desk: Desk, rule: Rule) -> list[Hit]:
    """All that a rule could tell now, whoever was told what."""
    return list(TRIGGERS[rule.kind](desk, rule))


# ---- events


def _events(desk: Desk, rule: Rule) -> Iterator[Hit]:
    since = (desk.now - window(rule)).astimezone(CHINA).date()
    told: list[Choice] = []
    for account in desk.accounts(rule.accounts):
        findings = [
            one
            for one in desk.findings(account.id, since)
            if one.event and (not rule.events or one.event in rule.events)
        ]
        told += choose(account, findings, rules(), desk.now)
    groups = [best_of_stories(group) for group in by_event(told)]
    keys = desk.keys(one.finding.story for group in groups for one in group)
    for group in groups:
        yield _event(desk, rule, group, keys)


def _event(desk: Desk, rule: Rule, group: Sequence[Choice], keys: Mapping[int, frozenset[str]]) -> Hit:
    first = group[0].finding
    event = first.event or ""
    title = f"{desk.watched[first.account].name} · {desk.events.get(event, event)}"
    # What it is told for comes first.
    ranked = sorted(newest_first(group), key=lambda one: -believed(one.finding, rules()))
    flash = rules().flash
    return Hit(
        subject=f"{first.account} {event}",
        title=title,
        items=tuple(_report(title, one, keys[one.finding.story]) for one in ranked),
        account=first.account,
        least=rule.threshold,
        witness=flash.witness,
    )


def _report(title: str, one: Choice, keys: frozenset[str]) -> Item:
    """A report of an event, which says so where its reading is hardly certain."""
    unsure = one.finding.hardly_certain
    told = line(title, one.evidence, UNSURE if unsure else "")
    return Item(told, keys, believed(one.finding, rules()), sure=not unsure)


# ---- what is known of a question


def _states(desk: Desk, rule: Rule) -> Iterator[Hit]:
    for account in desk.accounts(rule.accounts, Role.CLIENT, Role.COMPETITOR):
        answers = [
            one for one in desk.answers(account) if not rule.topics or one.question.topic in rule.topics
        ]
        keys = desk.keys(finding.story for answer in answers for finding in answer.findings)
        for answer in answers:
            yield _state(rule, account, answer, keys)


def _state(rule: Rule, account: Account, answer: Answer, keys: Mapping[int, frozenset[str]]) -> Hit:
    question = answer.question
    title = f"{account.name} · {question.put_to(account)}"
    wanted = rule.states or _TOLD_STATES
    public = [one for one in answer.findings if not one.url.startswith(SCHEME)]
    proof = sorted(public, key=lambda one: (one.hardly_certain, one.credibility, one.reliability))
    items = tuple(
        Item(
            line(title, evidence(one), _note(answer, one, first=not number)),
            frozenset(key(account.id, question.id, answer.state, one_key) for one_key in keys[one.story]),
            rules().topics.get(question.topic, rules().default) * answer.score,
        )
        for number, one in enumerate(proof)
    )
    return Hit(
        subject=f"{account.id} {question.id}",
        title=title,
        items=items if answer.state in wanted else (),
        account=account.id,
        least=rule.threshold,
        whole=True,
        seen=answer.state.value,
        labels={state.value: label for state, label in STATE_LABELS.items()},
    )


def _note(answer: Answer, one: FindingView, *, first: bool) -> str:
    """With the first report why the state is what it is, with each that is hardly certain that it is."""
    return "；".join(filter(None, (answer.why if first else "", UNSURE if one.hardly_certain else "")))


# ---- switching signals


def _signals(desk: Desk, rule: Rule) -> Iterator[Hit]:
    for client in desk.accounts(rule.accounts, Role.CLIENT):
        found = desk.signals(client)
        score = found.score or 0.0
        if rule.threshold - HYSTERESIS <= score < rule.threshold:
            continue
        yield _score(desk, rule, found)


def _score(desk: Desk, rule: Rule, found: SwitchingSignals) -> Hit:
    score = found.score or 0.0
    above = found.score is not None and score >= rule.threshold
    title = f"{found.name} · 更换快递商的信号 {score:g}（{found.level}，{found.kind}）"
    told = [
        (number, signal, proof)
        for signal in found.signals
        if signal.points
        for number, proof in enumerate(signal.evidence)
        if not proof.url.startswith(SCHEME)
    ]
    # A quote of each signal before a second one.
    told.sort(key=lambda one: one[0])
    keys = desk.keys(proof.story for _, _, proof in told)
    items = tuple(
        Item(
            line(f"{found.name} · {signal.label} {signal.points:g}", proof, "；".join(signal.notes)),
            frozenset(key(rule.kind, found.account, f"{rule.threshold:g}", one) for one in keys[proof.story]),
            score / 10,
        )
        for _, signal, proof in told
    )
    return Hit(
        subject=found.account,
        title=title,
        items=items if above else (),
        account=found.account,
        whole=True,
        seen=ABOVE if above else BELOW,
        labels={ABOVE: f"达到 {rule.threshold:g}", BELOW: f"低于 {rule.threshold:g}"},
        initial=BELOW,
    )


# ---- sources


def _sources(desk: Desk, rule: Rule) -> Iterator[Hit]:
    wanted = rule.states or _TOLD_HEALTH
    for health in desk.health:
        yield _source(desk, health, told=health.state in wanted)


def _source(desk: Desk, health: SourceHealth, *, told: bool) -> Hit:
    source = desk.sources[health.source]
    seen = health.last.finished_at if health.last else desk.now
    title = f"来源 {health.label}"
    proof = Line(
        heading=title,
        quote="",
        source=source.name,
        day=seen.astimezone(CHINA).date().isoformat(),
        rating=source.reliability,
        url=source.url,
        note=f"{health.why}；{health.what_to_do}",
    )
    # The same silence is told once: what ended it is the next success.
    since = health.last_success.isoformat() if health.last_success else ""
    item = Item(proof, frozenset({key("source", health.source, health.state, since)}), 0.0)
    return Hit(
        subject=health.source,
        title=title,
        items=(item,) if told else (),
        whole=True,
        seen=health.state.value,
        labels=HEALTH_LABELS,
        initial=Health.OK.value,
    )


TRIGGERS: Mapping[Kind, Callable[[Desk, Rule], Iterator[Hit]]] = {
    Kind.EVENT: _events,
    Kind.STATE: _states,
    Kind.SIGNALS: _signals,
    Kind.SOURCE: _sources,
}
# What may be asked for as `states` of a rule.
STATES: Mapping[Kind, frozenset[str]] = {
    Kind.STATE: frozenset(state.value for state in _TOLD_STATES),
    Kind.SOURCE: frozenset(state.value for state in _TOLD_HEALTH),
}
