"""The `intel` command: what a person or a script can do, and the exit codes.

0: done. 1: nothing of what was asked could be done. 2: the request itself was wrong, said in one line.
130: stopped with Ctrl-C.

A command's module is loaded when it is asked for: what it needs may take seconds to load.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from typer._click.exceptions import NoArgsIsHelpError, UsageError  # typer shows no base class of its own
from typer.core import TyperCommand, TyperGroup

from intel import hints
from intel.config import Settings
from intel.parent import INTERRUPTED
from intel.refusal import CannotKeep, Refusal


@dataclass(frozen=True, slots=True)
class Command:
    """What the overview says of a command, and where it is: module of `intel.commands`:name in it."""

    panel: str
    place: str
    line: str

    def load(self) -> Any:
        """The command itself, or the group of commands."""
        module, name = self.place.split(":")
        found = getattr(import_module(f"intel.commands.{module}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        alone = typer.Typer(add_completion=False)
        alone.command()(found)
        return typer.main.get_command(alone)


def _commands() -> Iterator[tuple[str, Command]]:
    table = (files("intel.commands") / "overview.toml").read_text(encoding="utf-8")
    for panel, lines in tomllib.loads(table).items():
        for name, line in lines.items():
            yield name, Command(panel, **line)


COMMANDS: Mapping[str, Command] = dict(_commands())


class Commands(TyperGroup):
    """The root: the overview shows lines, and a command is loaded when it is called."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = {
            name: TyperCommand(name, help=one.line, rich_help_panel=one.panel)
            for name, one in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the words name."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, COMMANDS[name].load() if name else command, rest


# What pydantic says of a value, in words for people.
PLAINER = (
    (re.compile(r"Invalid value for (\S+): Input should be "), r"\1 must be "),
    (re.compile(r"a valid integer, unable to parse string as an integer"), "a whole number"),
    (re.compile(r"a valid number, unable to parse string as a number"), "a number"),
    (re.compile(r"Value error, "), ""),
)
FILES = frozenset({"sources", "retention", "recipients"})  # settings that, if they are made, name a file
app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


class BadSetting(Refusal, ValueError):
    """A setting in the environment that cannot be."""


def main() -> None:
    """Run the command; a refused request is one line on standard error and exit code 2."""
    try:
        code = app(prog_name="intel", standalone_mode=False)
    except NoArgsIsHelpError as help_asked:
        help_asked.show()
        raise SystemExit(2) from None
    except UsageError as mistake:
        _refuse(_usage(mistake))
    except typer.Abort:
        raise SystemExit(1) from None
    except CannotKeep as refusal:
        _refuse(str(refusal), 1)
    except Refusal as refusal:
        _refuse(str(refusal))
    except OSError as error:
        if error.filename is None:
            raise
        _refuse(f"cannot use {error.filename}: {error.strerror}")
    if code == INTERRUPTED:
        print("intel: interrupted; what was kept stays, and the same command goes on", file=sys.stderr)  # noqa: T201
    raise SystemExit(code if isinstance(code, int) else 0)


def _usage(mistake: UsageError) -> str:
    """What is wrong with a command line, and where it is told how to write it."""
    said = " ".join(mistake.format_message().split()).rstrip(".?")
    for theirs, ours in PLAINER:
        said = theirs.sub(ours, said)
    command = mistake.ctx.command_path.partition(" ")[2] if mistake.ctx else _named(sys.argv[1:])
    return f"{said[:1].lower()}{said[1:]}; see: {' '.join(filter(None, ('intel', command, '--help')))}"


def _named(words: Sequence[str]) -> str:
    """The command that a command line names: where an option lacks its value, the mistake does not say."""
    name = next((word for word in words if word in COMMANDS), "")
    within = getattr(COMMANDS[name].load(), "commands", {}) if name else {}
    below = [word for word in words[words.index(name) + 1 :][:1] if word in within] if name else []
    return " ".join([name, *below])


def _refuse(why: str, code: int = 2) -> NoReturn:
    print(f"intel: {hints.hinting(why)}", file=sys.stderr)  # noqa: T201
    raise SystemExit(code) from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"intel {metadata.version('courier-intel')}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of the database and briefings (INTEL_HOME).")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Work on the demo city's data.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Collect public sources, link what they say to accounts, brief on what is known and what is not."""
    given: dict[str, Any] = {"demo": True} if demo else {}
    if home is not None:
        given["home"] = home
    hints.typing("intel --demo" if demo else "intel")
    try:
        settings = Settings(**given)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise BadSetting(f"INTEL_{str(wrong['loc'][0]).upper()}={wrong['input']}: {wrong['msg']}") from None
    for name in settings.model_fields_set & FILES:
        if not (file := getattr(settings, name)).is_file():
            raise BadSetting(f"INTEL_{name.upper()}={file}: no such file")
    if settings.home.exists() and not settings.home.is_dir():
        raise BadSetting(f"{settings.home} (--home or INTEL_HOME) is no folder")
    context.obj = settings
