"""Who and what is forgotten: keyed digests in the database, and beside it for the day a backup comes back.

The key (forget.key, mode 600) and the list (forgotten.jsonl) lie in the home folder, apart from the database:
a restored database that is older than a forgetting is known by it, and cleared before it is used.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from intel.acts import Act, Action, By, note
from intel.db import AccountRow, AliasRow, TombstoneRow, read_only
from pipelines.forgotten import KEY, PERSON, SOURCE, URL, Forgotten, digest
from pipelines.redaction import Redaction
from pipelines.text import fold


class LostKey(RuntimeError):
    """Forgotten names cannot be recognised: the key is gone, or another one. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A digest of what is forgotten, when and by whom. `scope`: an organisation as given, or ""."""

    digest: str
    kind: str
    scope: str
    at: datetime
    by: str


class Tombstones:
    """The forgotten of one installation: a database and the folder that the key lies in."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._reading = read_only(engine)
        self._key_file = folder / "forget.key"
        self._list = folder / "forgotten.jsonl"
        self._known: tuple[tuple[Tombstone, ...], Redaction] = ((), Redaction())

    def redaction(self) -> Redaction:
        """What must not be kept as of now. Raises LostKey."""
        with Session(self._reading) as session:
            kept = _kept(session)
            if kept != self._known[0]:
                self._known = (kept, Redaction(_forgotten(self._checked_key(kept), kept, _names(session))))
        return self._known[1]

    def digest(self, kind: str, value: str) -> str:
        """The digest of a name, address or source; makes the key if there is none. Raises LostKey."""
        with Session(self._reading) as session:
            kept = _kept(session)
        if not kept and not self._key_file.exists():
            self._make_key()
        return digest(self._checked_key(kept), kind, value)

    def bury(self, kind: str, value: str, scope: str, by: By) -> None:
        """Write down that something is forgotten, before anything is deleted. Raises LostKey."""
        stone = Tombstone(self.digest(kind, value), kind, scope, by.at, by.who)
        check = Tombstone(self.digest(KEY, ""), KEY, "", by.at, by.who)
        with Session(self._engine) as session, session.begin():
            _keep(session, [check, stone])
            note(session, by, Act(Action.DATA_FORGOTTEN, kind))  # what it was is told nowhere
        self._write_list()

    def sync(self) -> None:
        """Bring database and list together; what only the list has is not yet applied to this database."""
        listed = self._listed()
        with Session(self._reading) as session:
            kept = _kept(session)
        if missing := [stone for stone in listed if stone not in kept]:
            with Session(self._engine) as session, session.begin():
                _keep(session, missing)
        if missing or set(kept) - set(listed):
            self._write_list()

    def pending(self) -> int:
        """How many forgettings this database has not been cleared of."""
        with Session(self._reading) as session:
            rows = session.scalars(
                select(TombstoneRow).where(TombstoneRow.applied_at.is_(None), TombstoneRow.kind != KEY)
            ).all()
        return len(rows)

    def settle(self, by: By) -> None:
        """Write down that this database is cleared of all that is forgotten."""
        with Session(self._engine) as session, session.begin():
            change = update(TombstoneRow).where(TombstoneRow.applied_at.is_(None))
            session.execute(change.values(applied_at=datetime.now(UTC)))
            note(session, by, Act(Action.DATA_CLEARED, ""))

    # ---- the files beside the database

    def _make_key(self) -> None:
        self._key_file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")

    def _checked_key(self, kept: Sequence[Tombstone]) -> bytes:
        if not kept and not self._key_file.exists():
            return b""
        if not self._key_file.exists():
            raise LostKey(
                f"{self._key_file} is missing: without it the {len(kept) - 1} forgotten would come back; "
                "restore it from where it was backed up"
            )
        try:
            key = bytes.fromhex(self._key_file.read_text("ascii").strip())
        except ValueError:
            key = b""
        check = next((stone.digest for stone in kept if stone.kind == KEY), None)
        if not key or (check is not None and digest(key, KEY, "") != check):
            raise LostKey(
                f"{self._key_file} is not the key that the forgotten are known by; restore that one"
            )
        return key

    def _listed(self) -> list[Tombstone]:
        if not self._list.exists():
            return []
        stones = []
        for line in self._list.read_text("utf-8").splitlines():
            row = json.loads(line)
            stones.append(Tombstone(**{**row, "at": datetime.fromisoformat(row["at"])}))
        return stones

    def _write_list(self) -> None:
        with Session(self._reading) as session:
            kept = _kept(session)
        if not kept:
            return
        partial = self._list.with_name(self._list.name + ".partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for stone in kept:
                row = {"digest": stone.digest, "kind": stone.kind, "scope": stone.scope, "by": stone.by}
                file.write(json.dumps(row | {"at": stone.at.isoformat()}, ensure_ascii=False) + "\n")
        partial.replace(self._list)


def _keep(session: Session, stones: Sequence[Tombstone]) -> None:
    for stone in stones:
        if session.get(TombstoneRow, (stone.digest, stone.scope)) is None:
            row = TombstoneRow(
                digest=stone.digest, kind=stone.kind, scope=stone.scope, at=stone.at, by=stone.by
            )
            session.add(row)


def _kept(session: Session) -> tuple[Tombstone, ...]:
    rows = session.scalars(select(TombstoneRow).order_by(TombstoneRow.at, TombstoneRow.digest))
    return tuple(Tombstone(row.digest, row.kind, row.scope, row.at, row.by) for row in rows)


def _names(session: Session) -> Mapping[str, frozenset[str]]:
    """Every name of a watched account to all its names, folded."""
    told: dict[str, set[str]] = {}
    for number, name in session.execute(select(AccountRow.id, AccountRow.name)):
        told.setdefault(number, {fold(number)}).add(fold(name))
    for number, alias in session.execute(select(AliasRow.account_id, AliasRow.alias)):
        told.setdefault(number, set()).add(fold(alias))
    return {name: frozenset(names) for names in told.values() for name in names}


def scope_of(organisation: str, names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names that stand for an organisation in texts: all of an account's, else the one given."""
    folded = fold(organisation.strip())
    return names.get(folded, frozenset({folded})) if folded else frozenset()


def _forgotten(key: bytes, kept: Sequence[Tombstone], names: Mapping[str, frozenset[str]]) -> Forgotten:
    persons: dict[str, frozenset[str]] = {}
    for stone in kept:
        if stone.kind == PERSON:
            scope = scope_of(stone.scope, names)
            # Forgotten with and without an organisation: without one it is everywhere.
            known = persons.get(stone.digest)
            persons[stone.digest] = (
                frozenset() if known is not None and not (known and scope) else scope | (known or frozenset())
            )
    by_kind = {kind: frozenset(s.digest for s in kept if s.kind == kind) for kind in (URL, SOURCE)}
    return Forgotten(key, persons, by_kind[URL], by_kind[SOURCE])
