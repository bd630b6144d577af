"""Tryton: the briefing as a note and a file of the account's party, verdict and gaps in its opportunity.

Everything is looked for before it is made: the party by the number it had, by its code (our id of the
account) or by its name, note and file by the message's key. In an opportunity only our own part of the
comment is written, and not over a newer one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from intel.crm.connector import Message, Receipt, Refused
from intel.crm.options import Options, prefixed, services
from intel.crm.record import Record
from intel.crm.tryton_rpc import Calls
from intel.crm.wire import Wire

NOTE_MOST = 20_000  # characters of a text in a note; the file has all
_OPEN = ["lead", "opportunity"]
_HEAD, _TAIL = "── 竞争情报", "── 竞争情报完 ──"
_PART = re.compile(rf"{_HEAD} (\S+) ──.*?{_TAIL}", re.S)


class TrytonOptions(Options):
    """The server, its database, and a user who may write parties, notes, attachments and opportunities."""

    model_config = prefixed("TRYTON")

    url: str = ""
    database: str = ""
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    allowed: str = ""


OPTIONS = TrytonOptions


@dataclass(frozen=True, slots=True)
class Tryton:
    """One database of a server."""

    calls: Calls

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Party, note, file and opportunity. Raises TryLater or Refused."""
        if not message.account:
            return Receipt("left out: it is on no one account")
        record = Record.of(message)
        party = self._party(message, record)
        done = [f"party {party}"]
        if record.text:
            self._note(party, message, record)
            self._file(party, message, record)
            done.append("note and file")
        links = {"party": str(party)}
        if record.verdict:
            links["opportunity"] = str(self._opportunity(party, message, record))
            done.append(f"opportunity {links['opportunity']}")
        return Receipt(", ".join(done), links)

    def _party(self, message: Message, record: Record) -> int:
        ways: list[list[list[Any]]] = [[["code", "=", message.account]], [["name", "=", record.account_name]]]
        if "party" in message.links:
            ways.insert(0, [["id", "=", int(message.links["party"])]])
        for way in ways:
            found = self._found("party.party", way, 2)
            if len(found) > 1:
                raise Refused(
                    f"tryton: several parties are called {record.account_name}; give one the code "
                    f"{message.account}"
                )
            if found:
                return found[0]
        return self._made("party.party", {"name": record.account_name, "code": message.account})

    def _note(self, party: int, message: Message, record: Record) -> None:
        mark = f"[intel {message.key}]"
        owner = f"party.party,{party}"
        if self._found("ir.note", [["resource", "=", owner], ["message", "like", f"%{mark}%"]], 1):
            return
        gaps = [f"· {gap}" for gap in record.gaps]
        text = record.text[:NOTE_MOST] if record.format == "md" else ""
        lines = [record.title, record.verdict, *gaps, text, mark]
        self._made("ir.note", {"resource": owner, "message": "\n".join(line for line in lines if line)})

    def _file(self, party: int, message: Message, record: Record) -> None:
        name = f"{record.moment:%Y-%m-%d}-{message.account}-{message.key[:16]}.{record.format}"
        owner = f"party.party,{party}"
        if self._found("ir.attachment", [["resource", "=", owner], ["name", "=", name]], 1):
            return
        data = {"__class__": "bytes", "base64": base64.b64encode(record.text.encode()).decode()}
        self._made("ir.attachment", {"resource": owner, "name": name, "type": "data", "data": data})

    def _opportunity(self, party: int, message: Message, record: Record) -> int:
        """The oldest that is open, or a new one; what people wrote in its comment stays."""
        where: list[list[Any]] = [["party", "=", party], ["state", "in", _OPEN]]
        found = self._found("sale.opportunity", where, 1)
        part = _part(record)
        if not found:
            return self._made(
                "sale.opportunity", {"party": party, "description": record.verdict, "comment": part}
            )
        [kept] = self.calls.call("model.sale.opportunity.read", found, ["comment"])
        comment = str(kept["comment"] or "")
        before = _PART.search(comment)
        if before and before[1] > record.moment.isoformat():
            return found[0]
        if before:
            comment = comment[: before.start()] + part + comment[before.end() :]
        else:
            comment = f"{comment}\n\n{part}".strip()
        changed = {"description": record.verdict, "comment": comment}
        self.calls.call("model.sale.opportunity.write", found, changed)
        return found[0]

    def _found(self, model: str, where: list[list[Any]], most: int) -> list[int]:
        found = self.calls.call(f"model.{model}.search", where, 0, most, [["id", "ASC"]])
        return [int(one) for one in found]

    def _made(self, model: str, values: Mapping[str, Any]) -> int:
        [number] = self.calls.call(f"model.{model}.create", [values])
        return int(number)


def _part(record: Record) -> str:
    gaps = "\n".join(f"{number}. {gap}" for number, gap in enumerate(record.gaps, 1))
    return "\n".join(
        line for line in (f"{_HEAD} {record.moment.isoformat()} ──", record.verdict, gaps, _TAIL) if line
    )


def connect(briefings: Path) -> Tryton:
    """The server that the options name. Raises BadDestination."""
    options = TrytonOptions.told()
    allowed = services(options.allowed)
    address = f"{options.address('url', allowed).rstrip('/')}/{options.needed('database')}/rpc/"
    password = options.secret_of("password")
    return Tryton(Calls(Wire("tryton", allowed), address, options.needed("user"), password))
