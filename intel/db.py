"""Tables, and how a database is opened. SQLite by default; every stored moment is UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, overload

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
    func,
    inspect,
    literal,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from intel import dialects

MIGRATIONS = Path(__file__).parent / "migrations"
# Other names that hosts of databases give in URLs.
_KINDS = {"postgres": "postgresql"}

Tell = Callable[[int, int], None]


def quiet(done: int, total: int) -> None:
    """Tell nobody how far long work is."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC; SQLite gives back naive ones, so the zone is put on here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive datetime is a programming error."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime {value.isoformat()}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To an aware datetime in UTC."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Base(DeclarativeBase):
    """All tables, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (read by SQLAlchemy at class creation)
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        dict[str, int]: JSON,
        list[str]: JSON,
    }


class TermRow(Base):
    """A word of the taxonomy: `kind` is its table (topics, events, channels …)."""

    __tablename__ = "term"
    kind: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    position: Mapped[int]


class AccountRow(Base):
    """An organisation we watch."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


class AliasRow(Base):
    """Another name of an account."""

    __tablename__ = "alias"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class SourceRow(Base):
    """A row of the table of sources, and what its server gave us to ask "changed since?" with."""

    __tablename__ = "source"
    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    url: Mapped[str]
    owner: Mapped[str]
    reliability: Mapped[str]
    lawful_basis: Mapped[str]
    schedule: Mapped[str]
    expected_minimum: Mapped[int]
    delay: Mapped[float]
    enabled: Mapped[bool]
    options: Mapped[dict[str, Any]]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    # False while a run is under way, and after one that was cut off.
    completed: Mapped[bool] = mapped_column(default=True)
    terms_reviewed: Mapped[str] = mapped_column(default="")


# What of a source is shown and believed: a past day is told by what it was then.
STANDING = ("label", "channel", "owner", "reliability")


class SourceStandingRow(Base):
    """What a source was called, whose it was and how far believed, from a moment on. Only added to."""

    __tablename__ = "source_standing"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"), index=True)
    label: Mapped[str]
    channel: Mapped[str]
    owner: Mapped[str]
    reliability: Mapped[str]
    at: Mapped[datetime]


class SourceRunRow(Base):
    """The account of one run of one source."""

    __tablename__ = "source_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    state: Mapped[str]
    requests: Mapped[int]
    pages: Mapped[int]
    new: Mapped[int]
    known: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int]
    rejected: Mapped[dict[str, int]]
    reason: Mapped[str]

    __table_args__ = (Index(None, "source", "started_at"),)


class SourceCheckRow(Base):
    """What the last try of a source out of turn found."""

    __tablename__ = "source_check"
    source: Mapped[str] = mapped_column(ForeignKey("source.name"), primary_key=True)
    checked_at: Mapped[datetime]
    robots: Mapped[str]
    listed: Mapped[int]
    problems: Mapped[list[str]]


class WorkerRow(Base):
    """A process that does jobs, and when it last said that it lives."""

    __tablename__ = "worker"
    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class SourcePauseRow(Base):
    """That a source is not asked for now: who said so, why and when."""

    __tablename__ = "source_pause"
    source: Mapped[str] = mapped_column(ForeignKey("source.name"), primary_key=True)
    by: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]


class SourceAddedRow(Base):
    """A source that a user added beside the table of sources: `row` has the fields of one of its rows."""

    __tablename__ = "source_added"
    name: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[dict[str, Any]]
    robots: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class PageRow(Base):
    """Bytes as fetched (zstandard). `state`: new, read or rejected (then `reason` and `detail`)."""

    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    digest: Mapped[str]
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    fetched_at: Mapped[datetime]
    content_type: Mapped[str]
    listed_title: Mapped[str | None]
    listed_at: Mapped[datetime | None]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    detail: Mapped[str]
    # When these bytes were last seen at the URL: what is listed as newer is fetched again.
    checked_at: Mapped[datetime]
    # When the body was emptied: by retention, or since it held what must not be kept.
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (UniqueConstraint("url", "digest"), Index(None, "fetched_at"))


class StoryRow(Base):
    """Copies and rewrites of one report: one witness.

    Stories whose reports are related (`pipelines.dedupe`), directly or by others, have one family.
    """

    __tablename__ = "story"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(index=True)


class ArticleRow(Base):
    """The readable part of the newest kept page of a URL."""

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), unique=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"), index=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    lang: Mapped[str]
    encoding: Mapped[str]
    author: Mapped[str | None]
    publisher: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_precision: Mapped[str | None]
    published_evidence: Mapped[str | None]
    published_origin: Mapped[str | None]
    # When it was published as far as known, else when it was fetched: what lists are ordered by.
    dated_at: Mapped[datetime] = mapped_column(index=True)
    # When these bytes of its page were first read; no two writes have the same moment (`intel.readings`).
    read_at: Mapped[datetime] = mapped_column(index=True)
    # How far this article can be trusted, where that is judged apart from its source.
    reliability: Mapped[str | None]
    # Whose site it stood on, where its source is the import of pages of many.
    owner: Mapped[str | None]
    report: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class IndexedRow(Base):
    """Under which number the search index holds an article (`intel.search_index.key`)."""

    __tablename__ = "indexed"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger)


def quoted(row: Any) -> ColumnElement[Any]:
    """The words of a row from its `start` to its `end` in its article's content, title and text by a line."""
    content = ArticleRow.title + literal("\n") + ArticleRow.text
    return func.substr(content, row.start + 1, row.end - row.start)


class ReportKeyRow(Base):
    """Keys under which an article looks for copies and rewrites of itself."""

    __tablename__ = "report_key"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True, index=True)


class MentionRow(Base):
    """A watched account named in an article."""

    __tablename__ = "mention"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    start: Mapped[int]
    end: Mapped[int]
    surface: Mapped[str]
    about: Mapped[bool]

    __table_args__ = (Index(None, "account_id", "article_id"),)


class StrangerRow(Base):
    """An organisation nobody watches, as written, and the sentence in which it stands beside an account."""

    __tablename__ = "stranger"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(index=True)
    start: Mapped[int]
    end: Mapped[int]


class ProposalRow(Base):
    """What an analyst decided on an organisation that was proposed.

    `decision` is alias (then `account_id` is whose), account (then `account_id` is its own) or dismissed.
    """

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    decision: Mapped[str]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    who: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]


class EventRow(Base):
    """Something that happened; the quote is the article's content from start to end."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(index=True)
    trigger: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    status: Mapped[str]
    rule: Mapped[str]

    __table_args__ = (Index(None, "status", "type"),)


class ArgumentRow(Base):
    """One role of an event."""

    __tablename__ = "argument"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    text: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    value: Mapped[str] = mapped_column(server_default="")
    # The event's and the article's, repeated here so that an account's events of a type and time are one
    # index range.
    type: Mapped[str]
    dated_at: Mapped[datetime]

    __table_args__ = (Index(None, "account_id", "type", "dated_at"),)


class AnyFindingRow(Base):
    """A quote that answers a topic for an account; the quote is the content from start to end.

    `state` is kept or rejected. Queries of `FindingRow` see only what is kept.
    """

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    topic: Mapped[str]
    event: Mapped[str | None]
    start: Mapped[int]
    end: Mapped[int]
    rule: Mapped[str]
    # The article's, repeated here so that an account's newest findings are one index range.
    dated_at: Mapped[datetime]
    stance: Mapped[str] = mapped_column(default="")
    # Account ids, joined by a space.
    couriers: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    period: Mapped[str] = mapped_column(default="")
    speaker: Mapped[str] = mapped_column(default="")
    # How likely the reading is right, 0 to 1; 1 where a rule alone or an analyst says so.
    certainty: Mapped[float] = mapped_column(default=1.0)
    state: Mapped[str] = mapped_column(default="kept")
    confirmed: Mapped[bool] = mapped_column(default=False)
    # The last review that said something of it.
    review_id: Mapped[int | None]

    # The last is for how couriers compare: of whomever, the newest first.
    __table_args__ = (
        Index(None, "account_id", "state", "dated_at"),
        Index(None, "account_id", "topic", "state", "dated_at"),
        Index(None, "topic", "dated_at"),
    )
    __mapper_args__ = {"polymorphic_on": "state", "polymorphic_abstract": True}  # noqa: RUF012 (read at class creation)


class FindingRow(AnyFindingRow):
    """A finding that no analyst rejected: what every query means by a finding."""

    __mapper_args__ = {"polymorphic_identity": "kept"}  # noqa: RUF012


class RejectedRow(AnyFindingRow):
    """A finding that an analyst rejected."""

    __mapper_args__ = {"polymorphic_identity": "rejected"}  # noqa: RUF012


class SeriesPointRow(Base):
    """A value of a series as an article tells it; the quote is the article's content from start to end.

    `value` and `step` (one unit of the last digit told) are in `unit`; `yoy` is in percent.
    """

    __tablename__ = "series_point"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    series: Mapped[str]
    subject: Mapped[str]
    period: Mapped[str]
    value: Mapped[float]
    step: Mapped[float]
    unit: Mapped[str]
    yoy: Mapped[float | None]
    start: Mapped[int]
    end: Mapped[int]

    __table_args__ = (Index(None, "series", "subject", "period"),)


class NoticeRow(Base):
    """What an article says as a procurement notice; `facts` is the whole of it as JSON.

    The columns beside it are what lists are chosen and ordered by.
    """

    __tablename__ = "notice"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    # The project number in the form that all notices of one procurement share, or "".
    procurement: Mapped[str] = mapped_column(index=True)
    published: Mapped[date | None]
    deadline: Mapped[datetime | None]
    ends: Mapped[date | None]
    facts: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "published"),)


class NoticeAccountRow(Base):
    """A watched account that is buyer or winner of a notice."""

    __tablename__ = "notice_account"
    article_id: Mapped[int] = mapped_column(
        ForeignKey("notice.article_id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)


class PlaceRow(Base):
    """A span of a document's content with what to call it: 第3页, a heading, sheet and row."""

    __tablename__ = "place"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    end: Mapped[int]
    label: Mapped[str]


class LeftOutRow(Base):
    """How many private details of a kind were left out: of a page's bytes, or of what was read of it."""

    __tablename__ = "left_out"
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class QuarantineRow(Base):
    """A page that is marked as confidential. `decision` is "", released or dropped; by whom, when and why."""

    __tablename__ = "quarantine"
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    marker: Mapped[str]
    found_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(default="", index=True)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")


class TombstoneRow(Base):
    """Who or what is forgotten, as a keyed digest. `scope`: the organisation a person belongs to, or "".

    `applied_at` is when this database had been cleared of it.
    """

    __tablename__ = "tombstone"
    digest: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    applied_at: Mapped[datetime | None] = mapped_column(default=None)


class FieldReportRow(Base):
    """A contact with a client as a member of staff signed it; it is read from the page of field:ID."""

    __tablename__ = "field_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    author: Mapped[str]
    happened_on: Mapped[date]
    place: Mapped[str]
    way: Mapped[str]
    points: Mapped[str]
    ideas: Mapped[str]
    next_step: Mapped[str]
    reliability: Mapped[str]
    follow_up_on: Mapped[date]
    followed_up_on: Mapped[date | None]
    entered_at: Mapped[datetime]
    written_at: Mapped[datetime]

    __table_args__ = (Index(None, "followed_up_on", "follow_up_on"),)


class ReviewRow(Base):
    """A decision of an analyst. Triggers refuse every change and deletion; it points to nothing, so
    that nothing can take it along."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    why: Mapped[str]
    action: Mapped[str]
    target: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undoes: Mapped[int | None]


class ReviewEffectRow(Base):
    """What a review changed in an article: worked out anew whenever the article is read."""

    __tablename__ = "review_effect"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    # mention, event, finding or date.
    kind: Mapped[str]
    text: Mapped[str]


class ReviewedRow(Base):
    """What was read of an article before reviews changed it, as rows of its tables."""

    __tablename__ = "reviewed"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    original: Mapped[dict[str, Any]]


class AccountVersionRow(Base):
    """A number that grows with every change of what an account's file shows; triggers of 0022 keep it.

    `account_id` is "" for what all files show, "*" for how couriers compare, which all clients' files show.
    """

    __tablename__ = "account_version"
    account_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class BriefingRow(Base):
    """A briefing that was delivered; `account` is "" where it is on all of them.

    `up_to` are the keys of what it was the first of its kind to cover (`intel.delivered`).
    """

    __tablename__ = "briefing"
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    kind: Mapped[str]
    written_at: Mapped[datetime]
    format: Mapped[str]
    digest: Mapped[str]
    delivered_at: Mapped[datetime]
    up_to: Mapped[list[str]]

    __table_args__ = (Index(None, "account", "kind"),)


def table_of(row: type[Base]) -> Table:
    """The table of a class of rows, for statements that are to see all rows as they are."""
    table = row.__table__
    assert isinstance(table, Table)
    return table


def open_engine(url: str, *, statement_seconds: float | None = None) -> Engine:
    """An engine for the URL of a SQLite file or a PostgreSQL database.

    A statement that takes longer than `statement_seconds` is cut off. Raises ArgumentError for other URLs.
    """
    made = make_url(url)
    kind = _KINDS.get(made.get_backend_name(), made.get_backend_name())
    if kind not in dialects.DIALECTS:
        raise ArgumentError(f"{kind} is neither sqlite nor postgresql")
    return dialects.DIALECTS[kind].open(made, statement_seconds)


@overload
def read_only(engine: Engine) -> Engine: ...
@overload
def read_only(engine: Engine | Connection) -> Engine | Connection: ...
def read_only(engine: Engine | Connection) -> Engine | Connection:
    """The same database for reading: each transaction sees one state of it, and no writer waits for it.

    A connection that is held for reading stays as it is.
    """
    return engine if isinstance(engine, Connection) else dialects.of(engine).read_only(engine)


def by_statement(engine: Engine) -> Engine:
    """The same database for reading statement by statement: no transaction is begun and ended for one."""
    return dialects.of(engine).by_statement(engine)


def looking_first(engine: Engine, look: Callable[[], None]) -> Engine:
    """The same database for one change: `look` is called in its transaction, and refuses it by raising.

    Writers are alone from their first statement on, so that what `look` reads, on a connection of its own, is
    what the change finds: nobody, of whatever process, comes in between.
    """
    return engine.execution_options(**{dialects.LOOK: look})


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for another kind of database."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(engine.url.database)


def upgrade(engine: Engine, to: str = "head", *, tell: Tell = quiet) -> None:
    """Bring the database to the newest schema (or up to one); does nothing where it already is.

    `tell` hears how many of how many articles were indexed anew, where that is needed.

    All or nothing, so one that was interrupted is done again. Raises dialects.UnfitDatabase.
    """
    with engine.begin() as connection:
        upgrade_over(connection, to, tell=tell)


def upgrade_over(connection: Connection, to: str = "head", *, tell: Tell = quiet) -> None:
    """The same as a part of a transaction. Raises dialects.UnfitDatabase."""
    dialects.of(connection).require_fit(connection)
    # Loaded here: it takes as long as all else that a command needs.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["tell"] = tell
    command.upgrade(config, to)


def version(connection: Connection) -> str:
    """The version of the database's schema; "" where there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def newest() -> str:
    """The newest version of the schema."""
    return max(_versions())


def knows(version: str) -> bool:
    """Whether this release can bring a database of that version up to date."""
    return version in _versions()


def _versions() -> set[str]:
    """Those of the migrations, which are numbered by their files: 0001_first.py."""
    return {file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema."""
    with read_only(engine).connect() as connection:
        return version(connection) == newest()
