"""Organisations that nobody watches but that recur beside watched accounts: proposed, and decided on.

In: what readings found (the table stranger). Out: proposals with their sentences, and the analyst's word on
each, which is remembered. Nothing is added that nobody accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from intel.acts import By
from intel.db import AccountRow, AliasRow, ArticleRow, ProposalRow, StrangerRow, read_only
from intel.model import Account
from intel.query import Query, UnknownName
from intel.refusal import Refusal
from pipelines.text import fold

ALIAS, ACCOUNT, DISMISSED = "alias", "account", "dismissed"
EXAMPLES = 2


class BadProposal(Refusal, ValueError):
    """A decision that cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where a proposed organisation stands beside an account."""

    quote: str
    url: str
    dated_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """An organisation to ask about: in how many stories it stands beside which accounts, and how it is said.

    `holds`: the accounts whose names it contains, so that it may be another name or a unit of theirs.
    """

    name: str
    stories: int
    beside: Mapping[str, int]
    holds: tuple[str, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on a proposed organisation."""

    name: str
    decision: str
    account: str | None
    who: str
    why: str
    at: datetime


class Proposals:
    """Proposals of one database and the decisions on them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)
        self._query = Query(engine)

    def waiting(self, least: int, most: int) -> Sequence[Proposal]:
        """At most so many organisations in at least so many stories, not decided on, most stories first."""
        watched = self._query.watched()
        taken = {fold(name) for account in watched for name in account.names}
        with Session(self._reading) as session:
            rows = session.execute(_recurring(least)).all()
            left = [row for row in rows if fold(row.name) not in taken][:most]
            return [_proposal(session, row.name, row.stories, watched) for row in left]

    def decided(self) -> Sequence[Decided]:
        """All decisions, newest first."""
        with Session(self._reading) as session:
            rows = session.scalars(select(ProposalRow).order_by(ProposalRow.at.desc(), ProposalRow.id.desc()))
            return [Decided(r.name, r.decision, r.account_id, r.who, r.why, r.at) for r in rows]

    def accept_alias(self, name: str, account: str, by: By) -> None:
        """Make an organisation's name one more name of an account. Raises BadProposal."""
        self._require_free(name)
        with Session(self._engine) as session, session.begin():
            _decide(session, name, ALIAS, account, by)
            last = select(func.max(AliasRow.position)).where(AliasRow.account_id == account)
            position = session.scalar(last)
            session.add(
                AliasRow(account_id=account, alias=name, position=0 if position is None else position + 1)
            )

    def accept_account(self, account: Account, by: By) -> None:
        """Watch an organisation as an account of its own. Raises BadProposal."""
        self._require_free(account.name)
        with Session(self._engine) as session, session.begin():
            if session.get(AccountRow, account.id) is not None:
                raise BadProposal(f"there is an account {account.id} already; see: intel accounts list")
            session.add(AccountRow(id=account.id, name=account.name, role=account.role.value))
            session.flush()
            _decide(session, account.name, ACCOUNT, account.id, by)

    def dismiss(self, name: str, by: By) -> None:
        """Ask about an organisation no more. Raises BadProposal."""
        with Session(self._engine) as session, session.begin():
            _decide(session, name, DISMISSED, None, by)

    def _require_free(self, name: str) -> None:
        """Raise BadProposal where an account bears the name already."""
        try:
            account = self._query.account(name)
        except UnknownName:
            return
        raise BadProposal(f"{name} is a name of {account.id} already")


def accepted_aliases(session: Session, accounts: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The names that analysts gave the accounts, by id: a table loaded anew does not know them."""
    query = select(ProposalRow).where(ProposalRow.decision == ALIAS, ProposalRow.account_id.in_(accounts))
    found: dict[str, list[str]] = {}
    for row in session.scalars(query.order_by(ProposalRow.id)):
        found.setdefault(str(row.account_id), []).append(row.name)
    return found


def _recurring(least: int) -> Select[str, int]:
    stories = func.count(ArticleRow.story_id.distinct())
    return (
        select(StrangerRow.name, stories.label("stories"))
        .join(ArticleRow, ArticleRow.id == StrangerRow.article_id)
        .where(StrangerRow.name.not_in(select(ProposalRow.name)))
        .group_by(StrangerRow.name)
        .having(stories >= least)
        .order_by(stories.desc(), StrangerRow.name)
    )


def _proposal(session: Session, name: str, stories: int, watched: Iterable[Account]) -> Proposal:
    beside = session.execute(
        select(StrangerRow.account_id, func.count(ArticleRow.story_id.distinct()).label("stories"))
        .join(ArticleRow, ArticleRow.id == StrangerRow.article_id)
        .where(StrangerRow.name == name)
        .group_by(StrangerRow.account_id)
        .order_by(func.count(ArticleRow.story_id.distinct()).desc(), StrangerRow.account_id)
    ).all()
    folded = fold(name)
    holds = tuple(one.id for one in watched if any(fold(known) in folded for known in one.names))
    return Proposal(
        name, stories, {row.account_id: row.stories for row in beside}, holds, _sentences(session, name)
    )


def _sentences(session: Session, name: str) -> tuple[Sentence, ...]:
    """The newest sentences of different stories."""
    rows = session.execute(
        select(ArticleRow, StrangerRow.start, StrangerRow.end)
        .join(StrangerRow, StrangerRow.article_id == ArticleRow.id)
        .where(StrangerRow.name == name)
        .order_by(ArticleRow.dated_at.desc(), ArticleRow.id, StrangerRow.start)
        .limit(EXAMPLES * 10)
    )
    found: dict[int, Sentence] = {}
    for article, start, end in rows:
        quote = f"{article.title}\n{article.text}"[start:end]
        found.setdefault(article.story_id, Sentence(quote, article.url, article.dated_at))
    return tuple(found.values())[:EXAMPLES]


def _decide(session: Session, name: str, decision: str, account: str | None, by: By) -> None:
    """Keep a decision. Raises BadProposal for what nobody proposed, or on what another name holds."""
    if not by.who.strip() or not by.why.strip():
        raise BadProposal("a decision needs who takes it and why: --by, --why")
    if session.scalar(select(StrangerRow.id).where(StrangerRow.name == name).limit(1)) is None:
        raise BadProposal(f"no organisation {name!r} was proposed; see: intel accounts proposals")
    earlier = session.scalar(select(ProposalRow).where(ProposalRow.name == name))
    if earlier is not None and earlier.decision != DISMISSED:
        raise BadProposal(f"{name} is accepted already, as {earlier.decision} of {earlier.account_id}")
    row = earlier or ProposalRow(name=name)
    row.decision, row.account_id = decision, account
    row.who, row.why, row.at = by.who.strip(), by.why.strip(), by.at
    session.add(row)
    session.flush()
