"""An alert to a recipient: into the outbox, or at once where a person tries the way out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intel import outbox
from intel.alert_tables import AlertSentRow
from intel.alerts.hit import key
from intel.alerts.message import TEST, trial
from intel.alerts.rule import Rule
from intel.channels import KIND, channel, destination
from intel.channels.alert import Alert
from intel.channels.recipients import Recipient
from intel.crm.connector import Message, Refused, TryLater


def post(session: Session, alert: Alert, sent: AlertSentRow, account: str, told: Iterable[str]) -> None:
    """Put an alert into the outbox and the log, in the transaction of what was told.

    The message's key is made of the keys of what it tells.
    """
    session.add(sent)
    name = key(sent.rule, sent.recipient, sent.form, *sorted(told))
    outbox.enqueue(session, _message(alert, sent, account, name))


def try_out(engine: Engine, rule: Rule, recipient: Recipient, now: datetime) -> str:
    """Send a message that is marked as a test, past the outbox; why it did not go out, or ""."""
    alert = trial(rule)
    sent = sent_row(recipient.name, alert, TEST, now)
    try:
        channel(recipient).deliver(_message(alert, sent, "", uuid4().hex), now)
    except (TryLater, Refused) as error:
        return str(error)
    with Session(engine) as session, session.begin():
        session.add(sent)
    return ""


def sent_row(recipient: str, alert: Alert, form: str, now: datetime) -> AlertSentRow:
    """What the log says of an alert."""
    return AlertSentRow(
        rule=alert.rule, recipient=recipient, at=now, form=form, title=alert.title, lines=len(alert.lines)
    )


def _message(alert: Alert, sent: AlertSentRow, account: str, name: str) -> Message:
    return Message(
        key=name,
        destination=destination(sent.recipient),
        account=account,
        kind=KIND,
        content=alert.to_json(),
        made_at=sent.at,
    )
