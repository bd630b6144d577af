"""What a database holds, without numbers and moments that differ between two runs of the same work."""

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from intel import db

# Articles are named by their address, so that two databases that numbered them otherwise compare equal.
TABLES = {
    "term": "SELECT kind, id, label FROM term",
    "account": "SELECT id, name, role FROM account",
    "alias": "SELECT account_id, alias FROM alias",
    "source": "SELECT name, kind, url, etag, last_modified, completed, enabled FROM source",
    "page": """SELECT url, digest, source, content_type, listed_title, listed_at, state, reason, detail
        FROM page""",
    "article": """SELECT url, source, title, text, lang, encoding, author, publisher, published_at,
        published_precision, published_evidence, published_origin, report FROM article""",
    "key": "SELECT a.url, k.key FROM report_key k JOIN article a ON a.id = k.article_id",
    "mention": """SELECT a.url, m.account_id, m.start, m."end", m.surface, m.about
        FROM mention m JOIN article a ON a.id = m.article_id""",
    "event": """SELECT a.url, e.type, e.trigger, e.start, e."end", e.status, e.rule,
        g.role, g.text, g.start, g."end", g.account_id
        FROM event e JOIN article a ON a.id = e.article_id LEFT JOIN argument g ON g.event_id = e.id""",
    "finding": """SELECT a.url, f.account_id, f.topic, f.event, f.start, f."end", f.rule
        FROM finding f JOIN article a ON a.id = f.article_id""",
    "series_point": """SELECT a.url, s.series, s.subject, s.period, s.value, s.unit, s.yoy, s.start, s."end"
        FROM series_point s JOIN article a ON a.id = s.article_id""",
    "notice": """SELECT a.url, n.kind, n.procurement, n.published, n.deadline, n.ends, n.facts
        FROM notice n JOIN article a ON a.id = n.article_id""",
    "search": """SELECT a.url, s.title, s.tokens FROM article_search s
        LEFT JOIN indexed i ON i.key = s.rowid LEFT JOIN article a ON a.id = i.article_id""",
    "story": """SELECT a.url, (SELECT min(b.url) FROM article b WHERE b.story_id = a.story_id)
        FROM article a""",
    "stories": "SELECT count(*) FROM story",
}


def snapshot(url: str) -> dict[str, list[Any]]:
    """Each table's rows, sorted; values as SQLite keeps them, so that both kinds compare equal."""
    engine = db.read_only(db.open_engine(url))
    with engine.connect() as connection:
        taken = {
            name: sorted((tuple(map(_plain, row)) for row in connection.execute(text(query))), key=repr)
            for name, query in TABLES.items()
        }
    engine.dispose()
    return taken


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return json.dumps(value) if isinstance(value, dict | list) else value
