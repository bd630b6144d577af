"""A folder of files, for a CRM that reads one: the briefing and a record as JSON, whole or not there.

The same message is the same file. It lies among the written briefings, where forgetting looks.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from intel.crm.connector import Message, Receipt, TryLater
from intel.crm.options import Options, prefixed


class FolderOptions(Options):
    """No path: `crm` in the folder of written briefings."""

    model_config = prefixed("FOLDER")

    path: Path | None = None


OPTIONS = FolderOptions


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder, with a folder for each account in it."""

    path: Path

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Write the files; the record last, so that who sees it can read the rest. Raises TryLater."""
        where = self.path / (_plain(message.account) or "all")
        stem = f"{message.made_at:%Y-%m-%d}-{_plain(message.kind)}-{_plain(message.key)[:16]}"
        record = {"key": message.key, "account": message.account, "kind": message.kind, **message.content}
        text, form = record.pop("text", ""), record.get("format", "")
        try:
            if text:
                record["file"] = f"{stem}.{_plain(str(form))}"
                _write(where / record["file"], str(text))
            _write(where / f"{stem}.record.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise TryLater(f"folder: {type(error).__name__}") from error
        return Receipt(f"{where.name}/{stem}")


def connect(briefings: Path) -> Folder:
    """The folder that the options name."""
    return Folder(FolderOptions.told().path or briefings / "crm")


def _plain(name: str) -> str:
    """A name that stays in its folder on every system."""
    return quote(name, safe="").replace(".", "%2E")


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("wb") as out:
        out.write(text.encode())
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
