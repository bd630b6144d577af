"""The taxonomy and the starting watchlist: TOML and CSV in, typed values out."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intel.model import Account, Role
from intel.refusal import Refusal

HERE = Path(__file__).parent
ACCOUNTS_CSV = HERE / "accounts.csv"


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Stable identifiers to the labels an analyst reads, one mapping a table."""

    topics: Mapping[str, str]
    events: Mapping[str, str]
    event_roles: Mapping[str, str]
    channels: Mapping[str, str]
    criteria: Mapping[str, str]


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy shipped with the product."""
    return Taxonomy(**tomllib.loads((HERE / "taxonomy.toml").read_text(encoding="utf-8")))


class BadAccounts(Refusal, ValueError):
    """An account table that cannot be taken; the message names the file, the line and the mend."""


def load_accounts(path: Path) -> tuple[Account, ...]:
    """Accounts from a CSV with columns id, name, role, aliases (aliases separated by ;).

    Raises BadAccounts naming the first line that cannot be taken.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(_accounts(csv.DictReader(lines), path))
    except UnicodeDecodeError as error:
        where = f"{error.reason} at byte {error.start}"
        raise BadAccounts(f"{path}: not UTF-8 ({where}); save it as UTF-8") from error


def _accounts(rows: csv.DictReader[str], path: Path) -> Iterable[Account]:
    missing = {"id", "name", "role", "aliases"} - set(rows.fieldnames or ())
    if missing:
        columns = ", ".join(sorted(missing))
        raise BadAccounts(f"{path}: no column {columns}; the header is id,name,role,aliases")
    seen: set[str] = set()
    for row in rows:
        where = f"{path}:{rows.line_num}"
        identifier, name = (row["id"] or "").strip(), (row["name"] or "").strip()
        if not identifier or not name:
            raise BadAccounts(f"{where}: id and name must not be empty")
        if identifier in seen:
            raise BadAccounts(f"{where}: id {identifier} stands twice")
        seen.add(identifier)
        if row["role"] not in set(Role):
            raise BadAccounts(f"{where}: role {row['role']!r} is none of {', '.join(Role)}")
        aliases = tuple(alias.strip() for alias in (row["aliases"] or "").split(";") if alias.strip())
        yield Account(identifier, name, Role(row["role"]), aliases)
