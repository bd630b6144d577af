"""The only writer: accounts, sources, pages, runs and readings go in, acknowledged when committed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import zstandard
from sqlalchemy import Engine, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session, undefer

from intel import delivered, field, keeping, proposals, readings, reviewed, search_index
from intel.acts import Act, Action, By, note
from intel.crm.connector import Message
from intel.db import (
    STANDING,
    AccountRow,
    AliasRow,
    ArticleRow,
    PageRow,
    SourceCheckRow,
    SourcePauseRow,
    SourceRow,
    SourceRunRow,
    SourceStandingRow,
    TermRow,
    read_only,
)
from intel.delivered import Delivery
from intel.model import (
    Account,
    FieldReport,
    KeptPage,
    NotAnArticle,
    Page,
    Reading,
    RunState,
    Selectors,
    Source,
    SourceCheck,
    SourceRun,
    Validators,
    Watched,
)
from intel.outbox import enqueue, tell_verdict
from intel.review_word import Word
from intel.taxonomy import Taxonomy
from pipelines.redaction import Redaction

BATCH = 50  # pages that one transaction filters
BOUND_VALUES = 500  # in one statement
NEW, READ, REJECTED = "new", "read", "rejected"
WATCH = "watch"  # the kind of source whose pages are read as what changed in them


class Store:
    """Writes to one database. Every public method is one transaction.

    `redaction` gives what must not be kept as of now: another process may forget somebody during a crawl.
    """

    def __init__(self, engine: Engine, redaction: Callable[[], Redaction] = Redaction) -> None:
        self._engine = engine
        self.redaction = redaction
        self._reading = read_only(engine)

    # What the installation watches and where it looks.

    def load_taxonomy(self, taxonomy: Taxonomy) -> None:
        """Make the kept words those of the taxonomy."""
        rows = [
            {"kind": kind, "id": identifier, "label": label, "position": position}
            for kind, table in asdict(taxonomy).items()
            for position, (identifier, label) in enumerate(table.items())
        ]
        with self._engine.begin() as connection:
            connection.execute(delete(TermRow))
            connection.execute(insert(TermRow), rows)

    def load_accounts(self, accounts: Iterable[Account], by: By | None = None) -> int:
        """Add accounts or update them by id; others, and accepted names, stay. Returns how many.

        What is new or changed is an act of `by`; the watchlist that comes with the package is nobody's.
        """
        accounts = tuple(accounts)
        with Session(self._engine) as session, session.begin():
            accepted = proposals.accepted_aliases(session, [account.id for account in accounts])
            for account in accounts:
                before = _called(session, account.id)
                session.merge(AccountRow(id=account.id, name=account.name, role=account.role.value))
                session.flush()
                session.execute(delete(AliasRow).where(AliasRow.account_id == account.id))
                session.add_all(
                    AliasRow(account_id=account.id, alias=alias, position=position)
                    for position, alias in enumerate(
                        dict.fromkeys((*account.aliases, *accepted.get(account.id, ())))
                    )
                )
                after = _called(session, account.id)
                if by and before != after:
                    note(session, by, Act(Action.ACCOUNT_SET, account.id, before, after, (account.id,)))
        return len(accounts)

    def load_sources(self, sources: Iterable[Source], at: datetime | None = None) -> None:
        """Add sources or bring them up to date by name; one not in the table or paused is disabled.

        Whose each is and how far it is believed holds from now on, or from `at`.
        """
        forgotten = self.redaction().forgotten
        with Session(self._engine) as session, session.begin():
            session.execute(update(SourceRow).values(enabled=False))
            paused = set(session.scalars(select(SourcePauseRow.source)))
            for source in sources:
                if forgotten.source(source.name):
                    continue
                row = session.get(SourceRow, source.name) or SourceRow(name=source.name)
                if row.url != source.url:  # what a server gave to ask with belongs to its address
                    row.etag = row.last_modified = None
                stood = {name: getattr(row, name) for name in STANDING}
                for name, value in _columns(source).items():
                    setattr(row, name, value)
                row.enabled = source.enabled and source.name not in paused
                session.add(row)
                stands = {name: getattr(row, name) for name in STANDING}
                if stands != stood:
                    session.flush()
                    session.add(SourceStandingRow(source=source.name, at=at or datetime.now(UTC), **stands))
                if stood["channel"] not in (None, source.channel):
                    session.flush()
                    search_index.put_source(session.connection(), source.name)

    # What a crawl brings in: the PageStore protocol.

    def known(self, urls: Collection[str]) -> Mapping[str, datetime]:
        """Those of the URLs of which a page is kept, each with the moment it was last given to `add_page`."""
        forgotten = self.redaction().forgotten
        # As if just fetched: what is forgotten is not asked for.
        found = {url: datetime.now(UTC) for url in urls if forgotten.address(url)}
        waiting = iter(urls)
        with Session(self._reading) as session:
            while some := tuple(islice(waiting, BOUND_VALUES)):
                newest = select(PageRow.url, func.max(PageRow.checked_at)).where(PageRow.url.in_(some))
                found |= dict(session.execute(newest.group_by(PageRow.url)).all())
        return found

    def last_page(self, url: str) -> Page | None:
        """The newest page kept of a URL, or of its versions where it is watched."""
        with Session(self._reading) as session:
            return _newest(session, url)

    def as_kept(self, page: Page) -> Page:
        """The page as it would be kept: without private details and forgotten persons."""
        return self.redaction().page(page)[0]

    def add_page(self, page: Page) -> bool:
        """Keep and commit a page without what must not be kept.

        False if the same bytes of that URL, as served, are already kept, or if URL or source are forgotten.
        """
        redaction = self.redaction()
        if redaction.forgotten.address(page.url) or redaction.forgotten.source(page.source):
            return False
        with Session(self._engine) as session, session.begin():
            same = select(PageRow).where(PageRow.url == page.url, PageRow.digest == page.digest)
            if (kept := session.scalar(same)) is not None:
                kept.checked_at = page.fetched_at
                return False
            clean, left_out = redaction.page(page)
            row = _page_row(page, clean)
            session.add(row)
            session.flush()
            keeping.count_left_out(session, row.id, keeping.PAGE, left_out)
            return True

    def validators(self, source: str) -> Validators:
        """The validators of the source's last complete run."""
        with Session(self._reading) as session:
            row = session.get(SourceRow, source)
            return Validators(row.etag, row.last_modified) if row else Validators()

    def set_validators(self, source: str, validators: Validators) -> None:
        """Remember them, once everything the answer listed has been kept."""
        with self._engine.begin() as connection:
            connection.execute(update(SourceRow).where(SourceRow.name == source).values(**asdict(validators)))

    def completed(self, source: str) -> bool:
        """Whether the source's last run that began also completed; True if none ever began."""
        with Session(self._reading) as session:
            return session.scalar(select(SourceRow.completed).where(SourceRow.name == source)) is not False

    def set_completed(self, source: str, completed: bool) -> None:
        """Commit False as a run begins and True once everything it listed is kept, known or gone."""
        with self._engine.begin() as connection:
            change = update(SourceRow).where(SourceRow.name == source)
            connection.execute(change.values(completed=completed))

    def add_run(self, run: SourceRun) -> None:
        """Keep the account of a run, in place of the one that it began with."""
        row = SourceRunRow
        begun = (row.source == run.source, row.started_at == run.started_at, row.state == RunState.BEGUN)
        with self._engine.begin() as connection:
            connection.execute(delete(row).where(*begun))
            connection.execute(insert(SourceRunRow).values(**asdict(run) | {"rejected": dict(run.rejected)}))

    def keep_checks(self, checks: Iterable[SourceCheck]) -> None:
        """Keep what tries of sources found, in place of earlier ones."""
        forgotten = self.redaction().forgotten
        with Session(self._engine) as session, session.begin():
            for check in checks:
                if forgotten.source(check.source):
                    continue
                session.merge(SourceCheckRow(**asdict(check) | {"problems": list(check.problems)}))

    # What staff enter.

    def enter_report(self, report: FieldReport, now: datetime) -> tuple[FieldReport, KeptPage]:
        """Keep a field report, or a new version of the one whose number it has, with the page to read.

        Raises UnknownName.
        """
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            kept, page = field.keep(session, self._without_private(report), now)
            row = _page_row(page, page)
            session.add(row)
            session.flush()
            return kept, KeptPage(row.id, page)

    def _without_private(self, report: FieldReport) -> FieldReport:
        redaction = self.redaction()
        texts: dict[str, Any] = {name: redaction.text(getattr(report, name)).text for name in field.TEXTS}
        return replace(report, **texts)

    def follow_up(self, number: int, day: date) -> FieldReport:
        """Keep that a field report was followed up on a day. Raises UnknownName, BadReport."""
        with Session(self._engine) as session, session.begin():
            return field.follow_up(session, number, day)

    # What was made of it and handed over.

    def keep_briefing(self, briefing: Delivery, messages: Iterable[Message] = ()) -> None:
        """Remember that a briefing was delivered, and what it covered that none of its kind had before.

        The messages that take it to the CRM are kept with it, or neither is.
        """
        with Session(self._engine) as session, session.begin():
            delivered.keep(session, briefing)
            for message in messages:
                enqueue(session, message)

    def keep_verdict(self, account: str, digest: str, messages: Sequence[Message], now: datetime) -> int:
        """Keep messages on an account's verdict, unless it was told last; how many were kept."""
        with Session(self._engine) as session, session.begin():
            if not tell_verdict(session, account, digest, now):
                return 0
            return sum(enqueue(session, message) for message in messages)

    # What the pipeline makes of it.

    def pages(self, after: int, limit: int, *, unread_only: bool) -> Sequence[KeptPage]:
        """The next pages by number, at most `limit`, for reading or reading again."""
        query = _readable(select(PageRow), unread_only).where(PageRow.id > after).order_by(PageRow.id)
        with Session(self._reading) as session:
            rows = session.scalars(query.limit(limit).options(undefer(PageRow.body))).all()
            theirs = select(SourceRow).where(SourceRow.name.in_({row.source for row in rows}))
            sources = {source.name: source for source in session.scalars(theirs).all()}
            released = keeping.released(session, [row.url for row in rows])
            return [
                replace(_kept(session, row, sources.get(row.source)), released=released.get(row.url, ()))
                for row in rows
            ]

    def page_count(self, *, unread_only: bool) -> int:
        """How many pages there are to read."""
        query = _readable(select(func.count()).select_from(PageRow), unread_only)
        with Session(self._reading) as session:
            return session.scalar(query) or 0

    def filter_again(self) -> int:
        """Filter all kept pages by today's rules; gives how many changed, and are unread again."""
        redaction, after, count = self.redaction(), 0, 0
        while True:
            with Session(self._engine, autoflush=False) as session, session.begin():
                after, changed = keeping.filter_again(session, after, BATCH, redaction)
            if not after:
                return count
            count += changed

    def read_again(self, urls: Collection[str]) -> int:
        """Mark the pages of articles as not read yet, for the next reading. Returns how many."""
        pages = select(ArticleRow.page_id).where(ArticleRow.url.in_(urls))
        with self._engine.begin() as connection:
            return connection.execute(update(PageRow).where(PageRow.id.in_(pages)).values(state=NEW)).rowcount

    def keep(self, outcomes: Iterable[tuple[int, Reading | NotAnArticle]]) -> None:
        """Keep what reading pages came to, in place of any earlier reading, in one transaction.

        A page number goes with what was read out of it, or with why it holds no article.
        """
        redaction = self.redaction()
        with Session(self._engine, autoflush=False) as session, session.begin():
            word = reviewed.word(session)
            for page_id, outcome in outcomes:
                if isinstance(outcome, NotAnArticle):
                    _reject(session, page_id, outcome, redaction, word)
                else:
                    _put(session, page_id, outcome, word)


def _readable(query: Select[Any], unread_only: bool) -> Select[Any]:
    """Of pages, those that can be read: their bytes are still kept, and nobody has to decide first."""
    query = query.where(PageRow.dropped_at.is_(None), PageRow.state != keeping.QUARANTINED)
    return query.where(PageRow.state == NEW) if unread_only else query


def _reject(session: Session, page_id: int, refusal: NotAnArticle, redaction: Redaction, word: Word) -> None:
    article = session.scalar(select(ArticleRow).where(ArticleRow.page_id == page_id))
    if article is not None:
        readings.remove(session, article, word)
    detail = redaction.text(refusal.detail).text
    if refusal.reason == "confidential":
        keeping.hold(session, page_id, refusal.detail, datetime.now(UTC))
        _mark(session, page_id, keeping.QUARANTINED, refusal.reason, detail)
    else:
        _mark(session, page_id, REJECTED, refusal.reason, detail)


def _page_row(page: Page, clean: Page) -> PageRow:
    """A new page; `clean` is what is kept of it. The digest is that of the bytes as served."""
    return PageRow(
        url=page.url,
        digest=page.digest,
        source=page.source,
        fetched_at=page.fetched_at,
        checked_at=page.fetched_at,
        content_type=page.content_type,
        listed_title=clean.listed_title,
        listed_at=page.listed_at,
        body=zstandard.compress(clean.body),
        state=NEW,
        reason="",
        detail="",
    )


def _put(session: Session, page_id: int, reading: Reading, word: Word) -> None:
    page = session.get_one(PageRow, page_id)
    earlier = session.scalar(select(ArticleRow).where(ArticleRow.url == page.url))
    if earlier is None or earlier.page_id <= page_id:  # else a newer page of this URL was read
        readings.put(session, page, earlier, reading, word)
    _mark(session, page_id, READ)
    keeping.count_left_out(session, page_id, keeping.ARTICLE, reading.left_out)
    if reading.left_out:
        keeping.drop_unfiltered(session, page_id, datetime.now(UTC))


def _mark(session: Session, page_id: int, state: str, reason: str = "", detail: str = "") -> None:
    change = update(PageRow).where(PageRow.id == page_id)
    session.execute(change.values(state=state, reason=reason, detail=detail))


def _called(session: Session, account: str) -> dict[str, Any]:
    """How an account stands: its name, role and aliases in order; empty where it is not watched."""
    row = session.get(AccountRow, account)
    if row is None:
        return {}
    aliases = select(AliasRow.alias).where(AliasRow.account_id == account).order_by(AliasRow.position)
    return {"name": row.name, "role": row.role, "aliases": list(session.scalars(aliases))}


def _columns(source: Source) -> dict[str, Any]:
    return {item.name: getattr(source, item.name) for item in fields(source)} | {
        "options": dict(source.options)
    }


def _newest(session: Session, url: str, before: int | None = None) -> Page | None:
    """The newest page of a URL or of its versions, or the newest with a smaller number."""
    # "$" follows "#": all that goes on with a # after the address.
    versions = (PageRow.url > f"{url}#") & (PageRow.url < f"{url}$")
    kept = PageRow.dropped_at.is_(None)
    query = select(PageRow).where((PageRow.url == url) | versions, kept).order_by(PageRow.id.desc()).limit(1)
    if before is not None:
        query = query.where(PageRow.id < before)
    row = session.scalar(query.options(undefer(PageRow.body)))
    return _page(row) if row else None


def _kept(session: Session, row: PageRow, source: SourceRow | None) -> KeptPage:
    """A page with what its source says of how to read it."""
    page = _page(row)
    if source is None:
        return KeptPage(row.id, page)
    if source.kind != WATCH:
        return KeptPage(row.id, page, selectors=Selectors.of(source.options))
    before = _newest(session, row.url.partition("#")[0], before=row.id)
    told = (str(source.options.get(name, "")) for name in ("account", "topic"))
    return KeptPage(row.id, page, Watched(before, *told))


def _page(row: PageRow) -> Page:
    return Page(
        url=row.url,
        source=row.source,
        fetched_at=row.fetched_at,
        body=zstandard.decompress(row.body),
        content_type=row.content_type,
        listed_title=row.listed_title,
        listed_at=row.listed_at,
    )
