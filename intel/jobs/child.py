"""A process that does one job: `python -m intel.jobs.child KIND SUBJECT`, settings in its environment.

A crawl needs a process of its own, and what breaks, breaks alone. It prints what it did, or why it did not,
and ends with 0, or 3 for what another try at once would not mend. When its standard input closes, its worker
is gone or wants it to end: it stops as on Ctrl-C, before another worker takes its job over.
"""

from __future__ import annotations

import sys

from sqlalchemy.exc import DBAPIError

from intel import bootstrap
from intel.bootstrap import NotReady
from intel.channels.recipients import BadRecipient
from intel.config import Settings
from intel.jobs.kinds import KINDS, Undone
from intel.parent import GRACE, INTERRUPTED, end_with_it

UNDONE = 3


def main() -> int:
    """Do the job; the exit code."""
    settings = Settings()
    end_with_it(min(GRACE, settings.takeover_seconds / 2))
    kind, subject = sys.argv[1:]
    try:
        done = KINDS[kind].run(bootstrap.open_workspace(settings), subject)
    except (Undone, NotReady, BadRecipient) as error:
        _tell(str(error))
        return UNDONE
    except DBAPIError as error:
        sys.stderr.write(f"database: {str(error.orig).splitlines()[0]}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    _tell(done)
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(" ".join(line.split()) + "\n")


if __name__ == "__main__":
    sys.exit(main())
