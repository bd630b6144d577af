"""Account files: the list of them, and of each the file, its findings, signals and factors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from intel import account_file
from intel.api.access import Principal, Reader
from intel.api.asked import Day
from intel.api.sight import Sight
from intel.factor_table import confidence_labels
from intel.factors import FactorRanking
from intel.model import Account, Role
from intel.rivals import judged
from intel.signals import SwitchingSignals
from intel.stages import Development, development
from intel.tasks import Task
from intel.views import AccountView
from intel.web.delivery_view import DeliveryView, deliveries
from intel.web.edge import PageRoute
from intel.web.file_view import FileView, file_view
from intel.web.findings_view import Choice, findings_view
from intel.web.reasons import question_text
from intel.web.site import EMPTY, Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Standing:
    """What people do about an account: work under way, the stage it is in, briefings, contacts."""

    tasks: tuple[Task, ...]
    development: Development | None
    briefings: tuple[object, ...]
    reports: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class SignalsView:
    """What may make a client change couriers, and what it decides by: inferences both."""

    found: SwitchingSignals
    ranking: FactorRanking
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of an account file that is written out."""

    account: Account


@router.get("/accounts")
def accounts(asked: Asked, who: Reader, role: str = "client") -> Response:
    """All accounts of a role, those with most findings first."""
    chosen = role if role in ROLES else "client"
    seen = asked.sight(who).accounts()
    listed = [one for one in seen if one.role.value == chosen]
    part = b""
    if listed:
        part = asked.kept_part(
            "accounts_part.html.jinja", who, listed, lambda: _counted(asked, listed), alone=True
        )
    counts = Counter(one.role.value for one in seen)
    view = AccountsView(chosen, tuple((role, counts[role]) for role in ROLES))
    return asked.show("accounts.html.jinja", view, who, part=part)


def _counted(asked: Visit, listed: Sequence[Account]) -> list[AccountView]:
    wanted = {one.id for one in listed}
    return [one for one in asked.desk.reading.query.accounts() if one.id in wanted]


@dataclass(frozen=True, slots=True)
class AccountsView:
    """Which role's accounts are listed, and how many there are of each."""

    role: str
    counts: tuple[tuple[str, int], ...]


class OfDay(BaseModel):
    """Of which day a file is, by what was known when, and since when changes count."""

    since: Annotated[Day | None, EMPTY] = None
    as_of: Annotated[Day | None, EMPTY] = None
    known_then: bool = False


@router.get("/accounts/{name}")
def account(name: str, asked: Asked, who: Reader, chosen: Annotated[OfDay, Query()]) -> Response:
    """An account file, as it is or was."""
    found, version = asked.sight(who).file_version(name)
    part = asked.kept_part(
        "file_part.html.jinja", who, [found], lambda: _page(asked, who, found, chosen), tuple(chosen), version
    )
    shown = Shown(found, chosen, asked.desk.today(), deliveries(asked.desk.reading, found.id))
    return asked.show("account.html.jinja", shown, who, part=part)


def _page(asked: Visit, who: Principal, found: Account, chosen: OfDay) -> Page:
    reading = asked.desk.reading.known_then(chosen.known_then)
    file = account_file.account_file(reading, found, chosen.as_of or asked.desk.today())
    view = file_view(asked.words, file, chosen.since, names(asked))
    texts = {one.question.id: question_text(asked.words, one, found) for one in file.answers}
    return Page(view, _standing(asked.sight(who), found), defaultdict(str, texts))


@dataclass(frozen=True, slots=True)
class Shown:
    """The first page of an account file around what rests on what is kept, which is written out."""

    account: Account
    chosen: OfDay
    today: date
    deliveries: DeliveryView


@dataclass(frozen=True, slots=True)
class Page:
    """The first page of an account file with what people do about it."""

    file: FileView
    standing: Standing
    questions: Mapping[str, str]

    @property
    def account(self) -> Account:
        """The account it is on."""
        return self.file.account


@router.get("/accounts/{name}/findings")
def findings(name: str, asked: Asked, who: Reader, chosen: Annotated[Choice, Query()]) -> Response:
    """An account's findings, filtered."""
    found = asked.sight(who).account(name)
    view = findings_view(asked.desk.reading.query, found, chosen, names(asked))
    template = "findings_part.html.jinja" if asked.htmx else "findings.html.jinja"
    return asked.show(template, view, who)


@router.get("/accounts/{name}/signals")
def signals_page(name: str, asked: Asked, who: Reader) -> Response:
    """What may make a client change couriers, and what it decides by."""
    found = asked.sight(who).account(name)
    part = asked.kept_part(
        "signals_part.html.jinja", who, [found], lambda: _signals(asked, found), alone=True
    )
    return asked.show("signals.html.jinja", Tab(found), who, part=part)


def _signals(asked: Visit, found: Account) -> SignalsView:
    day = asked.desk.today()
    told, ranking = judged(asked.desk.reading, found, day)
    return SignalsView(told, ranking, dict(confidence_labels()))


def names(asked: Visit) -> dict[str, str]:
    """What accounts are called."""
    return {one.id: one.name for one in asked.desk.reading.query.watched()}


def _standing(sight: Sight, found: Account) -> Standing:
    steps = sight.desk.reading.files.steps(found.id)
    return Standing(
        tasks=tuple(sight.tasks(found.id, under_way=True)),
        development=development(steps, sight.desk.today()),
        briefings=tuple(sight.briefings(found.id)[:3]),
        reports=tuple(sight.reports(found.id)[:3]),
    )
