"""An alert to a recipient: into the outbox, or at once where a person tries the way out."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intel.alert_tables import AlertSentRow
from intel.alerts.message import TEST, trial
from intel.alerts.rule import Rule
from intel.channels import channel
from intel.channels.alert import Alert
from intel.channels.recipients import Recipient
from intel.crm.connector import Refused, TryLater


def post(session: Session, recipient: Recipient, alert: Alert, form: str, now: datetime) -> None:
    """Put an alert into the outbox, in the transaction of what was told."""
    session.add(_sent(recipient, alert, form, now))


def try_out(engine: Engine, rule: Rule, recipient: Recipient, now: datetime) -> str:
    """Send a message that is marked as a test, past the outbox; why it did not go out, or ""."""
    alert = trial(rule)
    try:
        channel(recipient).send(alert, uuid4().hex, now)
    except (TryLater, Refused) as error:
        return str(error)
    with Session(engine) as session, session.begin():
        session.add(_sent(recipient, alert, TEST, now))
    return ""


def _sent(recipient: Recipient, alert: Alert, form: str, now: datetime) -> AlertSentRow:
    return AlertSentRow(
        rule=alert.rule,
        recipient=recipient.name,
        at=now,
        form=form,
        title=alert.title,
        lines=len(alert.lines),
    )
