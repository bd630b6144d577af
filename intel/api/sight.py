"""What whoever asks may see, one thing or many: what must not be seen is as if there were none.

The one place for it: the routes of the API and the pages ask here, and decide nothing of the kind themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Depends

from intel.account_file import RECHECK
from intel.acts import Acts, ActView, By
from intel.alerts.book import RuleBook, no_rule
from intel.alerts.rule import Rule
from intel.api.access import Analyst, Principal
from intel.api.desk import AtDesk, Desk
from intel.api.problem import missing
from intel.delivered import BriefingView, DeliveredQuery
from intel.field import FieldReports
from intel.lists import Lists
from intel.model import Account, FieldReport
from intel.outbox import WHOLE, Entry, NoMessage, Outbox, Part, State
from intel.query import UnknownName
from intel.review import Reviewer
from intel.review_views import Reviews, ReviewView
from intel.series import PointView, SeriesQuery, SeriesView
from intel.tasks import Task
from intel.views import EventView, FileVersion, FindingView, SourceView, StoryView

T = TypeVar("T", Task, FieldReport, BriefingView)


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody at a desk. One thing by number or name raises Problem or UnknownName, both 404."""

    who: Principal
    desk: Desk

    def by(self, why: str = "") -> By:
        """Who acts, why and when."""
        return By(self.who.user, why, self.desk.now())

    # Accounts and what belongs to the file of one

    def account(self, name: str) -> Account:
        """The account of an id, name or alias."""
        return self.file_version(name).account

    def file_version(self, name: str) -> FileVersion:
        """The same with the version of its file."""
        try:
            file = self.desk.reading.query.file_version(name)
        except UnknownName:
            raise missing("account", name) from None
        if not self.who.may_see(file.account.id):
            raise missing("account", name)
        return file

    def accounts(self) -> list[Account]:
        """The accounts, by id."""
        return [one for one in self.desk.reading.query.watched() if self.who.may_see(one.id)]

    def finding(self, number: int) -> FindingView:
        """One finding, kept or rejected."""
        finding = self.desk.reading.query.finding(number)
        if finding is None or not self.who.may_see(finding.account):
            raise missing("finding", number)
        return finding

    def mention(self, number: int) -> int:
        """The number of a mention."""
        account = self._lists.mentioned(number)
        if account is None or not self.who.may_see(account):
            raise missing("mention", number)
        return number

    def tasks(self, account: str | None = None, *, under_way: bool = False) -> list[Task]:
        """Tasks of an account, or all, in the order they were opened."""
        return self._of_accounts(self.desk.reading.files.tasks(account, under_way=under_way))

    def task(self, number: int) -> Task:
        """One task."""
        task = self.desk.reading.files.task(number)
        if task is None or not self.who.may_see(task.account):
            raise missing("task", number)
        return task

    def reports(self, account: str | None = None, due: date | None = None) -> list[FieldReport]:
        """Field reports on an account, or all, newest first; with `due` those to be followed up by then."""
        return self._of_accounts(FieldReports(self.desk.reading.engine).listed(account, due))

    def report(self, number: int) -> FieldReport:
        """One field report."""
        try:
            report = FieldReports(self.desk.reading.engine).report(number)
        except UnknownName:
            raise missing("field report", number) from None
        if not self.who.may_see(report.account):
            raise missing("field report", number)
        return report

    def briefings(self, account: str | None = None) -> list[BriefingView]:
        """Delivered briefings on an account, or all, the last first; those on all are for who sees all."""
        listed = self._of_accounts(DeliveredQuery(self.desk.reading.engine).listed())
        return [one for one in listed if account in (None, one.account)]

    # What was told of accounts

    def articles(self, numbers: Collection[int]) -> frozenset[int]:
        """Those of some articles that may be seen."""
        return self._lists.seen(numbers, self.who.accounts)

    def article(self, number: int) -> int:
        """The number of an article."""
        if not self.articles([number]):
            raise missing("article", number)
        return number

    def event(self, number: int) -> EventView:
        """One event."""
        return self._lists.event(number, self.who.accounts)

    def plays(self, event: int) -> bool:
        """Whether an event, of an article that may be seen, may be seen too."""
        return self._lists.plays(event, self.who.accounts)

    def story(self, number: int) -> StoryView:
        """One story, with its articles that may be seen."""
        return self._lists.story(number, self.who.accounts)

    # Reviews

    def reviews(self) -> list[ReviewView]:
        """Every decision, the oldest first, each with what it took that may be seen."""
        every = Reviews(self.desk.reading.engine).audit()
        if self.who.accounts is None:
            return list(every)
        mine = [one for one in every if self.who.accounts & set(one.review.target["accounts"])]
        seen = self.articles({taken.article for one in mine for taken in one.took})
        return [
            replace(one, took=tuple(taken for taken in one.took if taken.article in seen)) for one in mine
        ]

    def review(self, number: int) -> ReviewView:
        """One decision."""
        found = next((one for one in self.reviews() if one.review.id == number), None)
        if found is None:
            raise missing("review", number)
        return found

    # Acts, messages to the CRM, rules of alerts: those that concern accounts are seen by who sees these

    def acts(self, most: int, before: int | None = None) -> Sequence[ActView]:
        """The last acts, the newest first."""
        return Acts(self.desk.reading.engine).listed(most, before, self.who.accounts)

    def messages(
        self, state: State | None = None, account: str | None = None, part: Part = WHOLE
    ) -> Sequence[Entry]:
        """The messages of the outbox, the newest first."""
        return self._outbox.listed(state, account, replace(part, accounts=self.who.accounts))

    def message_counts(self) -> Mapping[State, int]:
        """How many messages there are in each state."""
        return self._outbox.counts(self.who.accounts)

    def message(self, number: int) -> tuple[Entry, Mapping[str, Any]]:
        """One message with what it tells."""
        try:
            entry, content = self._outbox.shown(number)
        except NoMessage:
            raise missing("message", number) from None
        if not self.who.may_see(entry.account):
            raise missing("message", number)
        return entry, content

    def rules(self) -> list[Rule]:
        """The rules of alerts, of accounts those that may be seen; none that is only of others."""
        rules = RuleBook(self.desk.reading.engine).rules()
        seen = [replace(one, accounts=tuple(filter(self.who.may_see, one.accounts))) for one in rules]
        return [one for one, whole in zip(seen, rules, strict=True) if one.accounts or not whole.accounts]

    def rule(self, name: str) -> Rule:
        """One rule."""
        rules = {one.name: one for one in self.rules()}
        if name not in rules:
            raise no_rule(name, rules)
        return rules[name]

    # Series: the values of the nation and its regions are everybody's

    def series(self) -> Sequence[SeriesView]:
        """Every series, with how much of it is known."""
        return SeriesQuery(self.desk.reading.engine).listed(self._hidden())

    def points(self, series: str, subject: str | None = None) -> list[PointView]:
        """The values of a series."""
        hidden = self._hidden()
        told = SeriesQuery(self.desk.reading.engine).points(series, subject)
        return [one for one in told if one.subject not in hidden]

    # Sources: those that watch a page again for a task are part of its account's file

    def sources(self) -> list[SourceView]:
        """The sources, by name."""
        views = self.desk.reading.query.sources()
        return [one for one in views if self.who.accounts is None or not one.name.startswith(RECHECK)]

    def source(self, name: str) -> SourceView:
        """One source."""
        found = next((one for one in self.sources() if one.name == name), None)
        if found is None:
            raise missing("source", name)
        return found

    @property
    def _outbox(self) -> Outbox:
        return Outbox(self.desk.reading.engine)

    @property
    def _lists(self) -> Lists:
        return Lists(self.desk.reading.engine)

    def _of_accounts(self, rows: Iterable[T]) -> list[T]:
        return [one for one in rows if self.who.may_see(one.account)]

    def _hidden(self) -> frozenset[str]:
        if self.who.accounts is None:
            return frozenset()
        return frozenset(one.id for one in self.desk.reading.query.watched()) - self.who.accounts


@dataclass(frozen=True, slots=True)
class Chair(Sight):
    """An analyst at work: what is decided on must be seen, and is decided in the analyst's name."""

    @property
    def reviewer(self) -> Reviewer:
        """Takes decisions."""
        return Reviewer(self.desk.workspace.engine)


async def _chair(who: Analyst, desk: AtDesk) -> Chair:
    return Chair(who, desk)


InChair = Annotated[Chair, Depends(_chair)]
