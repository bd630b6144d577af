"""Is a database whole? In: an engine. Out: what is wrong, a sentence each; nothing where all is well."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from intel import db, dialects, search_index


def problems(engine: Engine) -> Iterator[str]:
    """All that is wrong: with the version, the pages, what rows point to, the search index."""
    try:
        with db.read_only(engine).connect() as connection:
            yield from _problems(connection)
    except DBAPIError as error:
        yield f"the database cannot be read: {error.orig}"


def _problems(connection: Connection) -> Iterator[str]:
    version = db.version(connection)
    if version != db.newest():
        yield f"the schema is of version {version or 'none'}, not {db.newest()}; run: intel db upgrade"
        return
    yield from dialects.of(connection).problems(connection)
    missing, extra = search_index.astray(connection)
    if missing or extra:
        yield f"search index: {missing} articles missing, {extra} too many; run: intel db check --reindex"
