"""What the CRM is told of accounts: a delivered briefing with verdict and gaps, or a verdict that changed.

Out: messages for the outbox, one for each destination that INTEL_CRM names.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from intel import account_file, crm
from intel.bootstrap import Workspace
from intel.brief import FORMATS, Document, Format, render
from intel.config import CHINA
from intel.crm.connector import Message
from intel.crm.record import BRIEFING, VERDICT, Record
from intel.model import Account, Role

TOP_GAPS = 5


def of_briefing(workspace: Workspace, document: Document, form: Format, body: bytes) -> list[Message]:
    """A delivered briefing. A Word file goes as a page: forgetting can rewrite a text, not a Word file."""
    if not FORMATS[form].text:
        form, body = Format.HTML, render(document, Format.HTML)
    account = workspace.query.account(document.account) if document.account else None
    state = _state(workspace, account, document.written_at)
    record = replace(state, title=document.title.text, format=form.value, text=body.decode())
    return _messages(workspace, BRIEFING, document.account, record)


def of_verdicts(workspace: Workspace, now: datetime) -> int:
    """Put into the outbox which clients' verdict or gaps changed since they were told; how many messages."""
    kept = 0
    for account in account_file.clients(workspace):
        record = _state(workspace, account, now)
        told = json.dumps([record.sufficient, record.verdict, record.gaps], ensure_ascii=False)
        digest = hashlib.sha256(told.encode()).hexdigest()
        messages = _messages(workspace, VERDICT, account.id, record)
        kept += workspace.store.keep_verdict(account.id, digest, messages, now) if messages else 0
    return kept


def _state(workspace: Workspace, account: Account | None, now: datetime) -> Record:
    """The verdict on a client and what is lacking the most; neither for other accounts."""
    if account is None or account.role is not Role.CLIENT:
        return Record("", account.name if account else "", now.isoformat(), "", None, ())
    # As who sees this account alone would be told: the record is read by others than we know.
    seen = workspace.seen_by([account.id])
    decided = account_file.account_file(seen, account, now.astimezone(CHINA).date()).verdict
    gaps = tuple(lack.text for lack in decided.lacks[:TOP_GAPS])
    title = f"{account.name} · 信息是否足够"
    return Record(title, account.name, now.isoformat(), decided.sentence, decided.sufficient, gaps)


def _messages(workspace: Workspace, kind: str, account: str, record: Record) -> list[Message]:
    content = record.to_json()
    said = json.dumps([kind, account, content], ensure_ascii=False, sort_keys=True)
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    return [
        Message(key, name, account, kind, content, record.moment)
        for name in crm.chosen(workspace.settings.crm)
    ]
