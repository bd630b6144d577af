"""What triggers look at: the kept findings, answers, scores and sources as of a moment, each read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from intel import account_file, signals
from intel.alerts.hit import key
from intel.bootstrap import Workspace
from intel.brief import Evidence
from intel.channels.alert import Line
from intel.config import CHINA
from intel.coverage import Answer
from intel.db import ArticleRow, read_only
from intel.health import SourceHealth, assess_all
from intel.health_query import Histories
from intel.model import Account, Role, Source
from intel.rivals import client_material
from intel.signals import SwitchingSignals
from intel.views import FindingFilter, FindingView
from pipelines.field_report import SCHEME

_BOUND_VALUES = 500  # in one statement


@dataclass(frozen=True)
class Desk:
    """A workspace at a moment."""

    workspace: Workspace
    now: datetime
    _answers: dict[str, Sequence[Answer]] = field(default_factory=dict)
    _findings: dict[tuple[str, date], Sequence[FindingView]] = field(default_factory=dict)
    _signals: dict[str, SwitchingSignals] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day it is in China."""
        return self.now.astimezone(CHINA).date()

    @cached_property
    def watched(self) -> Mapping[str, Account]:
        """All accounts by id."""
        return {one.id: one for one in self.workspace.query.watched()}

    @cached_property
    def events(self) -> Mapping[str, str]:
        """What the types of events are called, without the explanation."""
        labels = self.workspace.query.labels("events")
        return {event: re.split("[：:]", label)[0] for event, label in labels.items()}

    def accounts(self, wanted: Sequence[str], *roles: Role) -> list[Account]:
        """The wanted accounts, or all, that play one of the roles where any is given."""
        chosen = [one for one in self.watched.values() if not wanted or one.id in wanted]
        return [one for one in chosen if not roles or one.role in roles]

    def findings(self, account: str, since: date) -> Sequence[FindingView]:
        """What was published of an account since a day. Field reports are ours and are not told outside."""
        asked = (account, since)
        if asked not in self._findings:
            found = self.workspace.query.findings(account, FindingFilter(since=since, as_of=self.now))
            self._findings[asked] = [one for one in found if not one.url.startswith(SCHEME)]
        return self._findings[asked]

    def answers(self, account: Account) -> Sequence[Answer]:
        """What is known of each question of an account."""
        if account.id not in self._answers:
            found = account_file.evidence(self.workspace, account, self.today)
            self._answers[account.id] = account_file.answers_of(self.workspace, account, found, self.today)
        return self._answers[account.id]

    def signals(self, client: Account) -> SwitchingSignals:
        """What points to a change of couriers at a client."""
        if client.id not in self._signals:
            material = client_material(self.workspace, client, self.today)
            names = {one.id: one.name for one in self.watched.values()}
            self._signals[client.id] = signals.combine(client, material, names, self.today)
        return self._signals[client.id]

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The sources that are collected, without the pages that tasks watch for a time."""
        kept = self.workspace.query.enabled_sources()
        return {one.name: one for one in kept if not one.name.startswith(account_file.RECHECK)}

    @cached_property
    def health(self) -> Sequence[SourceHealth]:
        """How the sources do."""
        histories = Histories(self.workspace.engine).all()
        return assess_all(tuple(self.sources.values()), histories, self.now)

    def keys(self, stories: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """A key for each address at which a story is told.

        Addresses outlive a reading, and a story that is merged with another has those of both.
        """
        wanted = sorted(set(stories))
        told: dict[int, set[str]] = defaultdict(set)
        with Session(read_only(self.workspace.engine)) as session:
            for first in range(0, len(wanted), _BOUND_VALUES):
                some = wanted[first : first + _BOUND_VALUES]
                rows = session.execute(
                    select(ArticleRow.story_id, ArticleRow.url).where(ArticleRow.story_id.in_(some))
                )
                for story, url in rows:
                    told[story].add(key("page", url))
        return {story: frozenset(keys) for story, keys in told.items()}


def line(heading: str, evidence: Evidence, note: str = "") -> Line:
    """What proves a piece of news, as a line."""
    copies = f"另见 {'、'.join(evidence.copies)}" if evidence.copies else ""
    return Line(
        heading=heading,
        quote=evidence.quote,
        source=evidence.source,
        day=evidence.day.isoformat(),
        rating=evidence.rating,
        url=evidence.url,
        note="；".join(filter(None, (note, copies))),
    )
