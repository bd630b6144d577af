"""Reads that end: a database that answers no question for longer than so many seconds.

SQLite's deadline is that of the transaction, PostgreSQL's that of each statement; both end in an
`OperationalError`.
"""

from __future__ import annotations

import time

from sqlalchemy import Connection, Engine, event

from intel.db import read_only

_STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond


def bounded(engine: Engine, seconds: float) -> Engine:
    """The same database for reading, each transaction (or statement) for at most so long."""
    reading = read_only(engine)

    def begin(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            _set_handler(connection, time.monotonic() + seconds)
        else:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")

    def end(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            _set_handler(connection, None)

    event.listen(reading, "begin", begin)
    event.listen(reading, "commit", end)
    event.listen(reading, "rollback", end)
    return reading


def _set_handler(connection: Connection, deadline: float | None) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if deadline is None:
        driver.set_progress_handler(None, 0)
    else:
        driver.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
