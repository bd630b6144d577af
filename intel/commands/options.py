"""The arguments and options that several commands take."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from intel import acts
from intel.refusal import Refusal

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def _beside_as_of(context: typer.Context, wanted: bool) -> bool:
    if wanted and context.params.get("as_of") is None:
        raise typer.BadParameter("asks for a past day; add --as-of DAY")
    return wanted


# The day is taken first, in whatever order they are given: `--known-then` looks at it.
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        is_eager=True,
        help="As it was at the end of this day (default: today).",
    ),
]
KnownThen = Annotated[
    bool,
    typer.Option(
        "--known-then",
        callback=_beside_as_of,
        help="With --as-of: only from what had been read by that day.",
    ),
]
By = Annotated[str, typer.Option("--by", help="Who decides.", default_factory=getpass.getuser)]
Why = Annotated[str, typer.Option("--why", help="Why, for those who look at it later.")]
AccountName = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="Id, name or alias: taobao, 淘宝, 手机淘宝.")
]
OnlySources = Annotated[
    list[str] | None, typer.Option("--source", help="Only this source; may be given several times.")
]


def acting(who: str, why: str = "") -> acts.By:
    """Who does something now, as the audit has it."""
    return acts.By(who, why, datetime.now(UTC))


class NoFile(Refusal, ValueError):
    """A file that was named and does not exist."""


def existing(file: Path) -> Path:
    """The file, which must be there. Raises NoFile."""
    if not file.is_file():
        raise NoFile(f"no file {file}")
    return file
