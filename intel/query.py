"""Every read of the database; answers are the views of `intel.views`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from intel import ratings, search_index
from intel.credibility import IMPROBABLE, Credibility
from intel.days import begin_of, end_of
from intel.db import (
    AccountRow,
    AccountVersionRow,
    AliasRow,
    AnyFindingRow,
    ArticleRow,
    EventRow,
    FindingRow,
    MentionRow,
    PageRow,
    PlaceRow,
    RejectedRow,
    SourceRow,
    SourceRunRow,
    TermRow,
    by_statement,
    quoted,
    read_only,
)
from intel.model import Account, Role, Source
from intel.past import as_of
from intel.refusal import Refusal
from intel.search import parse
from intel.search_index import Chosen, article_of, term
from intel.taxonomy import taxonomy
from intel.views import (
    AccountView,
    FileVersion,
    FindingFilter,
    FindingKind,
    FindingStanding,
    FindingView,
    KeptCount,
    SourceView,
)
from pipelines.text import fold

# What `AccountVersionRow` counts beside the accounts.
EVERYWHERE, COMPARED, SEARCHED = "", "*", "#"
# Findings of a topic that are looked at together, the newest: of fewer nothing is left out.
LOOKED_AT = 300
# What an analyst rejected is rated by nobody else.
REFUSED = Credibility(IMPROBABLE, "分析员已否定")


_STANDING = ("id", "topic", "story", "dated_at", "confirmed", "review")
_NUMBER = select(func.sum(AccountVersionRow.number))
_VERSION = _NUMBER.where(AccountVersionRow.account_id.in_(bindparam("counted", expanding=True)))
_OWN_VERSION = _NUMBER.where(AccountVersionRow.account_id.in_([AccountRow.id, EVERYWHERE, COMPARED]))
_OF_ID = (
    select(AccountRow.id, AccountRow.name, AccountRow.role, AliasRow.alias)
    .add_columns(_OWN_VERSION.correlate(AccountRow).scalar_subquery().label("version"))
    .outerjoin(AliasRow, AliasRow.account_id == AccountRow.id)
    .where(AccountRow.id == bindparam("id"))
    .order_by(AliasRow.position)
)


class UnknownName(Refusal, LookupError):
    """A name that the database does not have; the message says which it has."""


class Query:
    """Reads of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)
        self._by_statement = by_statement(engine)

    # Accounts

    def watched(self) -> tuple[Account, ...]:
        """All accounts with their aliases, in order of id."""
        with Session(self._engine) as session:
            aliases: dict[str, list[str]] = {}
            for row in session.scalars(select(AliasRow).order_by(AliasRow.account_id, AliasRow.position)):
                aliases.setdefault(row.account_id, []).append(row.alias)
            rows = session.scalars(select(AccountRow).order_by(AccountRow.id))
            return tuple(
                Account(row.id, row.name, Role(row.role), tuple(aliases.get(row.id, ()))) for row in rows
            )

    def unwatched(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that no account has."""
        with Session(self._engine) as session:
            return set(ids).difference(session.scalars(select(AccountRow.id).where(AccountRow.id.in_(ids))))

    def account(self, name: str) -> Account:
        """The account of this id, name or alias, in any case and width. Raises UnknownName."""
        return self.file_version(name).account

    def file_version(self, name: str) -> FileVersion:
        """The same with the version of what its file shows. Raises UnknownName."""
        if (exact := self._of_id(name)) is not None:
            return exact
        account = self._named(name)
        return FileVersion(account, self.version(account.id))

    def _named(self, name: str) -> Account:
        watched = self.watched()
        wanted = fold(name.strip())
        # An id before a name before an alias: one account's alias may be another's name.
        for naming in (lambda a: (a.id,), lambda a: (a.name,), lambda a: a.aliases):
            for account in watched:
                if wanted in map(fold, naming(account)):
                    return account
        names = [known for account in watched for known in (account.id, *account.names)]
        raise unknown("account", name, names, (f"{account.id} {account.name}" for account in watched))

    def _of_id(self, identifier: str) -> FileVersion | None:
        with self._by_statement.connect() as connection:
            rows = connection.execute(_OF_ID, {"id": identifier}).all()
        if not rows:
            return None
        aliases = tuple(row.alias for row in rows if row.alias is not None)
        account = Account(rows[0].id, rows[0].name, Role(rows[0].role), aliases)
        return FileVersion(account, int(rows[0].version or 0))

    def version(self, *accounts: str) -> int:
        """A number that grows, in the same transaction, with every change of what accounts' files show."""
        return self._version(*accounts, EVERYWHERE, COMPARED)

    def own_version(self, *accounts: str) -> int:
        """The same of what rests on what is told of these accounts alone, not on how couriers compare."""
        return self._version(*accounts, EVERYWHERE)

    def searched_version(self) -> int:
        """A number that grows, in the same transaction, with every change of what a search shows."""
        return self._version(SEARCHED, EVERYWHERE)

    def _version(self, *counted: str) -> int:
        with self._by_statement.connect() as connection:
            return int(connection.scalar(_VERSION, {"counted": counted}) or 0)

    def accounts(self) -> Sequence[AccountView]:
        """All accounts with counts, those with most findings first."""
        return sorted(self._views(self.watched()), key=lambda view: (-view.findings, view.id))

    def most_told_of(self) -> Sequence[str]:
        """All accounts by their ids, those with most findings first."""
        told = self._by_account(FindingRow.account_id, None, func.count())
        counts = {account: count for account, (count,) in told.items()}
        return sorted((one.id for one in self.watched()), key=lambda one: (-counts.get(one, 0), one))

    def account_view(self, account: Account) -> AccountView:
        """One account with its counts."""
        [view] = self._views([account], account.id)
        return view

    def _views(self, accounts: Iterable[Account], only: str | None = None) -> list[AccountView]:
        named = self._naming(only)
        measures = func.count(FindingRow.id), func.max(FindingRow.dated_at)
        told = self._by_account(FindingRow.account_id, only, *measures)
        views = []
        for account in accounts:
            articles = named.get(account.id, 0)
            findings, newest = told.get(account.id, (0, None))
            role, aliases = account.role.value, account.aliases
            views.append(AccountView(account.id, account.name, role, aliases, articles, findings, newest))
        return views

    def _naming(self, only: str | None) -> dict[str, int]:
        """How many articles name each account: account by account, which needs no sorting of millions."""
        naming = select(func.count(MentionRow.article_id.distinct()))
        naming = naming.where(MentionRow.account_id == AccountRow.id)
        query = select(AccountRow.id, naming.scalar_subquery())
        if only is not None:
            query = query.where(AccountRow.id == only)
        with Session(self._engine) as session:
            return dict(session.execute(query).all())

    def _by_account(
        self, account: InstrumentedAttribute[str], only: str | None, *measures: ColumnElement[Any]
    ) -> dict[str, tuple[Any, ...]]:
        query = select(account, *measures).group_by(account)
        if only is not None:
            query = query.where(account == only)
        with Session(self._engine) as session:
            return {name: tuple(measured) for name, *measured in session.execute(query)}

    # Findings

    def findings(
        self,
        account: str,
        chosen: FindingFilter,
        limit: int | None = None,
        after: Sequence[Any] | None = None,
    ) -> Sequence[FindingView]:
        """An account's findings, newest first, each with its credibility.

        `after` goes on behind the finding with this moment (ISO), address, start, topic and number.
        """
        row = _asked_for(chosen)
        query = _chosen(_finding_columns(row), row, chosen, [row.account_id == account])
        if after is not None:
            at, *rest = after
            moment = datetime.fromisoformat(at)
            behind = tuple_(ArticleRow.url, row.start, row.topic, row.id) > tuple_(*rest)
            query = query.where(or_(row.dated_at < moment, and_(row.dated_at == moment, behind)))
        return self._findings(query, row, chosen, limit)

    def finding(self, number: int) -> FindingView | None:
        """The finding of a number, kept or rejected, if there is one."""
        for row in (FindingRow, RejectedRow):
            query = _finding_columns(row).where(row.id == number)
            if found := self._findings(query, row, FindingFilter()):
                return found[0]
        return None

    def findings_in(self, article: int) -> Sequence[FindingView]:
        """The findings of an article, each with its credibility."""
        query = _finding_columns(FindingRow).where(FindingRow.article_id == article)
        return self._findings(query, FindingRow, FindingFilter())

    def beside(self, account: str, chosen: FindingFilter) -> Sequence[FindingView]:
        """Findings of other accounts in the articles that name this one, newest first."""
        row = _asked_for(chosen)
        # Asked of each finding, the newest first: a client may be named in half of all articles.
        naming = select(MentionRow.id).where(
            MentionRow.article_id == row.article_id, MentionRow.account_id == account
        )
        query = _chosen(_finding_columns(row), row, chosen, [row.account_id != account, naming.exists()])
        return self._findings(query, row, chosen)

    def _findings(
        self,
        query: Select[Any],
        row: type[AnyFindingRow],
        chosen: FindingFilter,
        limit: int | None = None,
    ) -> Sequence[FindingView]:
        return [
            _finding(one, rated)
            for one, rated in self._rated(query.order_by(*_newest_first(row)).limit(limit), chosen)
        ]

    def standings(self, account: str, chosen: FindingFilter) -> Sequence[FindingStanding]:
        """How an account's findings stand, newest first: as `findings`, without their words."""
        row = _asked_for(chosen)
        columns: list[Any] = [row.id, row.topic, row.event, row.account_id.label("account"), row.dated_at]
        columns += [ArticleRow.story_id.label("story"), row.confirmed, row.review_id.label("review")]
        query: Select[Any] = select(*columns)
        query = query.join(ArticleRow, ArticleRow.id == row.article_id)
        query = _chosen(query, row, chosen, [row.account_id == account]).order_by(*_newest_first(row))
        return [
            FindingStanding(
                **{name: one[name] for name in _STANDING}, credibility=rated.grade, disputed=rated.disputed
            )
            for one, rated in self._rated(query, chosen)
        ]

    def _rated(
        self, query: Select[Any], chosen: FindingFilter
    ) -> Iterator[tuple[Mapping[Any, Any], Credibility]]:
        """The rows of findings, each with how far it is believed."""
        with Session(as_of(self._engine, chosen.as_of)) as session:
            rows: Sequence[Mapping[Any, Any]] = session.execute(query).mappings().all()
            rated = ratings.rated(session, rows, chosen.as_of) if rows else {}
        for one in rows:
            yield one, rated.get(one["id"], REFUSED)

    def kinds(self, account: str, chosen: FindingFilter) -> Sequence[FindingKind]:
        """How many of an account's findings there are of each kind."""
        row = _asked_for(chosen)
        columns = row.topic, row.event, row.couriers
        query = select(*columns, func.count()).where(row.account_id == account, *_conditions(row, chosen))
        with Session(as_of(self._engine, chosen.as_of)) as session:
            return [
                FindingKind(topic, event, tuple(couriers.split()), count)
                for topic, event, couriers, count in session.execute(query.group_by(*columns))
            ]

    def topic_counts(self, account: str) -> dict[str, int]:
        """How many findings of an account answer each topic; topics without one are not in it."""
        query = select(FindingRow.topic, func.count()).where(FindingRow.account_id == account)
        with Session(self._engine) as session:
            return dict(session.execute(query.group_by(FindingRow.topic)).all())

    def labels(self, kind: str) -> dict[str, str]:
        """The identifiers of one table of the taxonomy (topics, events …) with their labels, in its order."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(TermRow.id, TermRow.label).where(TermRow.kind == kind).order_by(TermRow.position)
            )
            return dict(rows.all())

    def known(self, kind: str, identifier: str) -> str:
        """The identifier, if the taxonomy has it. Raises UnknownName."""
        labels = self.labels(kind)
        if identifier not in labels:
            raise unknown(kind.rstrip("s"), identifier, labels, labels)
        return identifier

    # Articles

    def silent_articles(self, account: str, topic: str, words: Iterable[str], most: int) -> tuple[str, ...]:
        """Addresses of articles that name an account and hold one of the words, with no finding on the topic.

        The newest first; of watched pages none, since they are read against the version before.
        """
        telling = select(FindingRow.article_id).where(
            FindingRow.account_id == account, FindingRow.topic == topic
        )
        naming = select(MentionRow.article_id).where(MentionRow.account_id == account)
        chosen = Chosen(((term(search_index.ACCOUNT, account),),))
        found: dict[str, None] = {}
        with Session(self._engine) as session:
            for word in words:
                keys = search_index.newest(session.connection(), parse(word), chosen, most)
                numbers = list(map(article_of, keys))
                urls = session.execute(
                    select(ArticleRow.id, ArticleRow.url).where(
                        ArticleRow.id.in_(numbers),
                        ArticleRow.id.in_(naming),
                        ArticleRow.id.not_in(telling),
                        ArticleRow.url.not_like("%#as-of-%"),
                    )
                )
                kept = dict(urls.all())
                found |= dict.fromkeys(kept[number] for number in numbers if number in kept)
        return tuple(found)[:most]

    def origins(self, urls: Collection[str]) -> Mapping[str, Source]:
        """The source that each address came from first; addresses that are not kept are left out."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(PageRow.url, SourceRow)
                .join(SourceRow, SourceRow.name == PageRow.source)
                .where(PageRow.url.in_(urls))
                .order_by(PageRow.id.desc())
            ).all()
            return {url: _source(row) for url, row in rows}

    def is_empty(self) -> bool:
        """Whether no article is kept."""
        with Session(self._engine) as session:
            return session.scalar(select(ArticleRow.id).limit(1)) is None

    def kept(self) -> KeptCount:
        """How much is kept, and why pages were rejected."""
        with Session(self._engine) as session:
            states = dict(session.execute(select(PageRow.state, func.count()).group_by(PageRow.state)).all())
            reasons = session.execute(
                select(PageRow.reason, func.count()).where(PageRow.reason != "").group_by(PageRow.reason)
            )
            return KeptCount(
                pages=sum(states.values()),
                unread=states.get("new", 0),
                articles=session.scalar(select(func.count()).select_from(ArticleRow)) or 0,
                stories=session.scalar(select(func.count(ArticleRow.story_id.distinct()))) or 0,
                findings=session.scalar(select(func.count()).select_from(FindingRow)) or 0,
                rejected=dict(reasons.all()),
            )

    # Sources

    def enabled_sources(self) -> Sequence[Source]:
        """The sources that are collected, as they stand in the database."""
        query = select(SourceRow).where(SourceRow.enabled).order_by(SourceRow.name)
        with Session(self._engine) as session:
            return [_source(row) for row in session.scalars(query)]

    def sources(self) -> Sequence[SourceView]:
        """All sources in the table, each with its last run."""
        last = select(SourceRunRow.source, func.max(SourceRunRow.id).label("id")).group_by(
            SourceRunRow.source
        )
        latest = last.subquery()
        pages = select(PageRow.source, func.count().label("pages")).group_by(PageRow.source).subquery()
        query = (
            select(SourceRow, SourceRunRow, func.coalesce(pages.c.pages, 0))
            .outerjoin(latest, latest.c.source == SourceRow.name)
            .outerjoin(SourceRunRow, SourceRunRow.id == latest.c.id)
            .outerjoin(pages, pages.c.source == SourceRow.name)
            .order_by(SourceRow.channel, SourceRow.name)
        )
        with Session(self._engine) as session:
            return [_source_view(*row) for row in session.execute(query)]


def unknown(what: str, name: str, names: Iterable[str], listed: Iterable[str]) -> UnknownName:
    """The error for a name that is not known: the nearest ones, else all of them."""
    near = get_close_matches(name, list(names), n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(listed) or 'none yet'}"
    return UnknownName(f"no {what} {name!r}; {hint}")


def _finding(row: Mapping[str, Any], rated: Credibility) -> FindingView:
    values = {**row, "couriers": tuple(row["couriers"].split())}
    return FindingView(**values, credibility=rated.grade, why=rated.why, disputed=rated.disputed)


def _asked_for(chosen: FindingFilter) -> type[AnyFindingRow]:
    return RejectedRow if chosen.rejected else FindingRow


def _finding_columns(row: type[AnyFindingRow]) -> Select[Any]:
    return (
        select(
            row.id,
            row.account_id.label("account"),
            row.topic,
            row.event,
            quoted(row).label("quote"),
            row.dated_at,
            ArticleRow.published_precision.label("precision"),
            ArticleRow.title,
            ArticleRow.url,
            ArticleRow.publisher,
            ArticleRow.source,
            SourceRow.label.label("source_label"),
            SourceRow.channel,
            ratings.reliability(),
            ArticleRow.id.label("article"),
            ArticleRow.story_id.label("story"),
            row.start,
            row.end,
            row.rule,
            row.stance,
            row.couriers,
            row.problem,
            row.period,
            row.speaker,
            ratings.sure(row),
            row.confirmed,
            row.review_id.label("review"),
            place(row).label("place"),
            ratings.owner_of(),
        )
        .join(ArticleRow, ArticleRow.id == row.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
    )


def place(row: type[AnyFindingRow] | type[EventRow]) -> ScalarSelect[Any]:
    """What to call the place in a document where a row's quote begins; nothing for a page."""
    query = select(PlaceRow.label).where(
        PlaceRow.article_id == row.article_id,
        PlaceRow.start <= row.start,
        PlaceRow.end > row.start,
    )
    return query.order_by(PlaceRow.start.desc()).limit(1).scalar_subquery()


def _newest_first(row: type[AnyFindingRow]) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    return row.dated_at.desc(), ArticleRow.url, row.start, row.topic, row.id


def _chosen(
    query: Select[Any],
    row: type[AnyFindingRow],
    chosen: FindingFilter,
    conditions: Iterable[ColumnElement[bool]],
) -> Select[Any]:
    """Of a query of findings those that meet the conditions and a filter."""
    every = [*conditions, *_conditions(row, chosen)]
    if chosen.newest is None:
        return query.where(*every)
    topics = [chosen.topic] if chosen.topic else list(taxonomy().topics)
    # Of each topic a piece of an index.
    newest = [
        select(row.id).where(*every, row.topic == topic).order_by(row.dated_at.desc()).limit(chosen.newest)
        for topic in topics
    ]
    numbers = union_all(*(select(one.subquery().c.id) for one in newest))
    return query.where(row.id.in_(numbers))


def _conditions(row: type[AnyFindingRow], chosen: FindingFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.numbers:
        yield row.id.in_(chosen.numbers)
    if chosen.since:
        yield row.dated_at >= begin_of(chosen.since)
    if chosen.until:
        yield row.dated_at <= end_of(chosen.until)
    if chosen.as_of:
        yield row.dated_at <= chosen.as_of
    if chosen.event:
        yield row.event == chosen.event
    if chosen.topic:
        yield row.topic == chosen.topic
    if chosen.courier:
        yield (literal(" ") + row.couriers + " ").contains(f" {chosen.courier} ", autoescape=True)


def _source(row: SourceRow) -> Source:
    return Source(**{item.name: getattr(row, item.name) for item in fields(Source)})


def _source_view(source: SourceRow, run: SourceRunRow | None, pages: int) -> SourceView:
    return SourceView(
        name=source.name,
        label=source.label,
        kind=source.kind,
        channel=source.channel,
        url=source.url,
        owner=source.owner,
        reliability=source.reliability,
        schedule=source.schedule,
        enabled=source.enabled,
        pages=pages,
        last_run=run.finished_at if run else None,
        last_state=run.state if run else None,
        last_reason=run.reason if run else None,
    )
