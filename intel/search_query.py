"""Search: words and a filter in, out come the best hits with their passages, and what the matches are about.

Of a common word only the newest matches are counted and ranked, so a search costs the same among a million
articles as among a thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Engine,
    Integer,
    bindparam,
    distinct,
    func,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from intel import ranking, search_index
from intel.config import CHINA
from intel.days import begin_of, end_of
from intel.db import ArticleRow, EventRow, FindingRow, MentionRow, SourceRow, read_only
from intel.passages import hit
from intel.query import Query, unknown
from intel.readers import Readers
from intel.search import BadQuery, SearchQuery, parse
from intel.search_cursor import Cursor
from intel.search_index import Chosen, article_of, minute_of, term
from intel.views import FacetCount, Facets, Hit, SearchFilter, SearchPage

COUNTED = 1000  # newest matches that are counted, and that facets are of
EVERYTHING = SearchFilter()


class Search:
    """Searches of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)
        self._query = Query(engine)

    def page(
        self, words: str, chosen: SearchFilter = EVERYTHING, limit: int = 20, after: str | None = None
    ) -> SearchPage:
        """The best hits, or those that come after a page. Raises BadQuery and UnknownName."""
        query, within = parse(words), self._chosen(chosen)
        cursor = Cursor.read(after, words, chosen) if after else None
        with Session(self._engine) as session:
            connection = session.connection()
            if cursor is None:
                keys = search_index.newest(connection, query, within, COUNTED + 1)
                newest = keys[0] + 1 if keys else search_index.FIRST
                cursor = Cursor(newest, min(len(keys), COUNTED), exact=len(keys) <= COUNTED)
            articles, following = ranking.taken(connection, query, within, cursor, limit)
            hits = _hits(session, query, articles)
        after = following.written(words, chosen) if following else None
        return SearchPage(tuple(hits), cursor.total, cursor.exact, after)

    def facets(self, words: str, chosen: SearchFilter = EVERYTHING) -> Facets:
        """What the newest matches are about. Raises BadQuery and UnknownName."""
        query, within = parse(words), self._chosen(chosen)
        names = {
            account.id: account.name
            for account in self._query.watched()
            if chosen.readers is None or account.id in chosen.readers
        }
        with Session(self._engine) as session:
            keys = search_index.newest(session.connection(), query, within, COUNTED + 1)
            found = _numbers(keys[:COUNTED])
            sources = {row.name: row for row in session.scalars(select(SourceRow))}
            telling = true() if chosen.readers is None else FindingRow.account_id.in_(chosen.readers)
            topics = _articles(session, FindingRow.topic, FindingRow.article_id.in_(found) & telling)
            origins = _articles(session, ArticleRow.source, ArticleRow.id.in_(found), ArticleRow.id)
            channels: Counter[str] = Counter()
            for name, articles in origins.items():
                channels[sources[name].channel] += articles
            return Facets(
                total=min(len(keys), COUNTED),
                exact=len(keys) <= COUNTED,
                accounts=_counts(
                    _articles(session, MentionRow.account_id, MentionRow.article_id.in_(found)), names
                ),
                topics=_counts(topics, self._query.labels("topics")),
                events=_counts(
                    _articles(session, EventRow.type, EventRow.article_id.in_(found)),
                    self._query.labels("events"),
                ),
                sources=_counts(origins, {name: row.label for name, row in sources.items()}),
                channels=_counts(channels, self._query.labels("channels")),
                months=_months(keys[:COUNTED]),
            )

    def _chosen(self, chosen: SearchFilter) -> Chosen:
        """A filter as the index takes it, each name checked."""
        if chosen.since and chosen.until and chosen.since > chosen.until:
            raise BadQuery(f"since {chosen.since} is after until {chosen.until}")
        groups: list[tuple[str, Iterable[str] | None]] = [
            (search_index.ACCOUNT, [self._account(one, chosen.readers) for one in chosen.accounts] or None),
            (search_index.EVENT, [self._query.known("events", one) for one in chosen.events] or None),
            (search_index.TOPIC, [self._query.known("topics", one) for one in chosen.topics] or None),
            (search_index.SOURCE_TERM, [self._source(one) for one in chosen.sources] or None),
            (search_index.CHANNEL, [self._query.known("channels", one) for one in chosen.channels] or None),
            (search_index.READER, chosen.readers),
        ]
        return Chosen(
            # No value at all: a term that no article has.
            tuple(
                tuple(sorted(term(kind, one) for one in values)) or (term(kind, ""),)
                for kind, values in groups
                if values is not None
            ),
            since=search_index.key(begin_of(chosen.since)) if chosen.since else search_index.FIRST,
            below=search_index.key(end_of(chosen.until) + timedelta(microseconds=1))
            if chosen.until
            else search_index.LAST,
        )

    def _account(self, name: str, readers: Readers) -> str:
        found = self._query.account(name).id
        if readers is not None and found not in readers:
            raise unknown("account", name, (), readers)
        return found

    def _source(self, name: str) -> str:
        with Session(self._engine) as session:
            names = session.scalars(select(SourceRow.name).order_by(SourceRow.name)).all()
        if name not in names:
            raise unknown("source", name, names, names)
        return name


def _hits(session: Session, query: SearchQuery, articles: Sequence[int]) -> Sequence[Hit]:
    rows = session.execute(
        select(ArticleRow, SourceRow)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        .where(ArticleRow.id.in_(articles))
    )
    hits = {article.id: hit(article, source, query) for article, source in rows}
    return [hits[number] for number in articles if number in hits]


def _numbers(keys: Sequence[int]) -> BindParameter[int]:
    """Articles for a condition, written out in it: drivers take longer over thousands of parameters."""
    numbers = list(map(article_of, keys))
    return bindparam("found", numbers, Integer(), expanding=True, literal_execute=True)


def _articles(
    session: Session,
    column: InstrumentedAttribute[str],
    condition: ColumnElement[bool],
    article: InstrumentedAttribute[int] | None = None,
) -> Mapping[str, int]:
    """How many articles have each value of a column."""
    number = article if article is not None else column.class_.article_id
    query = select(column, func.count(distinct(number))).where(condition).group_by(column)
    return dict(session.execute(query).all())


def _counts(articles: Mapping[str, int], labels: Mapping[str, str]) -> tuple[FacetCount, ...]:
    """Counts of what has a label, the most frequent first."""
    found = [FacetCount(one, labels[one], count) for one, count in articles.items() if one in labels]
    return tuple(sorted(found, key=lambda count: (-count.articles, count.id)))


def _months(keys: Iterable[int]) -> tuple[FacetCount, ...]:
    months = Counter(f"{datetime.fromtimestamp(minute_of(key) * 60, CHINA):%Y-%m}" for key in keys)
    return tuple(FacetCount(month, month, months[month]) for month in sorted(months, reverse=True))
