"""A workspace to the material of briefings: findings, what is new in them, voices, series, and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from intel import account_file
from intel.bootstrap import Workspace
from intel.brief import Kind, Lang, Material, Order, TopicState, Voice
from intel.config import CHINA
from intel.coverage import Answer, State
from intel.db import ArticleRow, MentionRow, SourceRow, read_only
from intel.delivered import DeliveredQuery, Held
from intel.model import Account, Role
from intel.query import UnknownName
from intel.ratings import reliability
from intel.series import SeriesQuery
from intel.views import FindingFilter
from pipelines.series_rules import rules as series_rules


def gather(workspace: Workspace, accounts: Sequence[Account], order: Order) -> list[Material]:
    """The material on each account; what was delivered before is left out where only news is wanted."""
    query = DeliveredQuery(workspace.engine)
    held = query.held(accounts[0].id if len(accounts) == 1 else "", order.kind.value)
    return [_new(query, held, _material(workspace, account, order), order) for account in accounts]


def _material(workspace: Workspace, account: Account, order: Order) -> Material:
    findings = workspace.query.findings(account.id, FindingFilter(since=order.since))
    if order.kind is not Kind.VISIT:
        return Material(account, findings)
    beside = account_file.couriers_beside(workspace, account, FindingFilter(since=order.since))
    known = Material(account, findings, beside, coverage=states(workspace, account, order))
    if not order.charts:
        return known
    return replace(
        known,
        voices=voices(workspace, account) if account.role is Role.CLIENT else (),
        points=[
            point
            for series in series_rules().series
            for point in SeriesQuery(workspace.engine).points(series, account.id)
        ],
    )


def states(workspace: Workspace, account: Account, order: Order) -> Sequence[TopicState] | None:
    """How well each topic is covered, whatever the briefing is cut down to; None where nothing is asked."""
    day = order.written_at.astimezone(CHINA).date()
    found = account_file.evidence(workspace, account, day)
    topics: dict[str, list[Answer]] = {}
    for answer in account_file.answers_of(workspace, account, found, day):
        topics.setdefault(answer.question.topic, []).append(answer)
    return [_state(account, topic, answers, order.lang) for topic, answers in topics.items()] or None


def _state(account: Account, topic: str, answers: Sequence[Answer], lang: Lang) -> TopicState:
    """A topic's state by its questions: disputed if one is, else as most of those with an answer are."""
    told = Counter(answer.state for answer in answers if answer.state is not State.UNKNOWN)
    state = told.most_common(1)[0][0] if told else State.UNKNOWN
    if State.CONTRADICTED in told:
        state = State.CONTRADICTED
    open_ones = sorted(
        (answer for answer in answers if not answer.answered), key=lambda answer: not answer.question.must
    )
    asked = (one.question for one in open_ones)
    texts = (one.put_to(account) if lang is Lang.ZH else one.put_in_english(account) for one in asked)
    return TopicState(topic, state.value, tuple(texts))


def _new(query: DeliveredQuery, held: Held, material: Material, order: Order) -> Material:
    """The material with what no delivered briefing of the kind held, and only that if so ordered."""
    if held.last is None:
        return material
    keys = query.keys((*material.findings, *material.beside))
    fresh = frozenset(number for number, told in keys.items() if not told & held.keys)
    if order.new:
        material = replace(
            material,
            findings=[one for one in material.findings if one.id in fresh],
            beside=[one for one in material.beside if one.id in fresh],
        )
    return replace(material, fresh=fresh, last=held.last)


def voices(workspace: Workspace, client: Account) -> list[Voice]:
    """The reports that name a courier beside a client, oldest first; of a courier in an article once."""
    couriers = [one.id for one in workspace.query.watched() if one.role is Role.COMPETITOR]
    other = aliased(MentionRow)
    row = (other.account_id, ArticleRow.title, ArticleRow.dated_at, ArticleRow.url, ArticleRow.story_id)
    query = (
        select(*row, SourceRow.label, reliability())
        .join(ArticleRow, ArticleRow.id == other.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        .join(MentionRow, MentionRow.article_id == ArticleRow.id)
        .where(MentionRow.account_id == client.id, other.account_id.in_(couriers), ArticleRow.title != "")
        .distinct()
        .order_by(ArticleRow.dated_at, ArticleRow.url, other.account_id)
    )
    with Session(read_only(workspace.engine)) as session:
        return [
            Voice(courier, title, at.astimezone(CHINA).date(), url, source, reliability, story)
            for courier, title, at, url, story, source, reliability in session.execute(query)
        ]


def labels(workspace: Workspace) -> Mapping[str, Mapping[str, str]]:
    """The tables of labels that a briefing may speak with, beside its own."""
    names = {account.id: account.name for account in workspace.query.watched()}
    titles = {key: rule.label for key, rule in series_rules().series.items()}
    kinds = {kind: workspace.query.labels(kind) for kind in ("topics", "events")}
    return {**kinds, "accounts": names, "series": titles, "subjects": names}


def chosen(workspace: Workspace, name: str | None, kind: Kind) -> tuple[Account, ...]:
    """The account of a name, or all of them. Raises UnknownName, also where a kind is on one account."""
    if name is not None:
        return (workspace.query.account(name),)
    if kind is Kind.VISIT:
        raise UnknownName("a briefing before a visit is on one account; name it: intel brief ACCOUNT")
    return workspace.query.watched()
