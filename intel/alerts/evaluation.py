"""Rules against what is kept: messages to the outbox, and what was told and seen, in one transaction.

Looking is done first and takes no lock; then the rules' rows are locked, so that of two processes that
evaluate at once only one tells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intel.alert_tables import AlertRuleRow, AlertSeenRow, AlertSentRow, AlertToldRow
from intel.alerts import pace
from intel.alerts.desk import Desk
from intel.alerts.hit import Hit
from intel.alerts.message import DIGEST, SINGLE, digest, single
from intel.alerts.posting import post, sent_row
from intel.alerts.rule import Rule, rule
from intel.alerts.triggers import find
from intel.bootstrap import Workspace
from intel.channels.alert import Alert
from intel.channels.recipients import Recipient, load_recipients
from intel.db import read_only

_BOUND_VALUES = 500  # in one statement


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation did: how many messages each rule sent, and how many subjects wait for their hour.

    `missing` are recipients that rules name and nobody configured.
    """

    sent: Mapping[str, int]
    waiting: int
    missing: tuple[str, ...]


def evaluate(workspace: Workspace, now: datetime) -> Outcome:
    """Tell what is new to whoever a rule tells it, as of a moment (aware). Raises BadRecipient."""
    recipients = load_recipients(workspace.settings.recipients)
    desk = Desk(workspace, now)
    with Session(read_only(workspace.engine)) as session:
        kept = {row.name: rule(row.rule) for row in session.scalars(select(AlertRuleRow))}
    found = {name: find(desk, one) for name, one in kept.items() if recipients.keys() & set(one.recipients)}
    turns: list[_Turn] = []
    with Session(workspace.engine) as session, session.begin():
        rows = session.scalars(select(AlertRuleRow).order_by(AlertRuleRow.name).with_for_update())
        for row in rows.all():
            # A rule that was changed since it was looked for is left for the next time.
            if row.name in found and rule(row.rule) == kept[row.name]:
                turns.append(_Turn(session, kept[row.name], row, now))
                turns[-1].run(found[row.name], recipients)
    named = {name for one in kept.values() for name in one.recipients}
    return Outcome(
        sent={turn.rule.name: turn.sent for turn in turns},
        waiting=sum(len(turn.waiting) for turn in turns),
        missing=tuple(sorted(named - recipients.keys())),
    )


@dataclass(slots=True)
class _Turn:
    """One rule's part of the transaction."""

    session: Session
    rule: Rule
    row: AlertRuleRow
    now: datetime
    waiting: set[str] = field(default_factory=set)
    sent: int = 0

    def run(self, hits: Sequence[Hit], recipients: Mapping[str, Recipient]) -> None:
        """Tell each recipient what is new to it, and remember the states that were seen."""
        query = select(AlertSeenRow).where(AlertSeenRow.rule == self.rule.name)
        seen = {row.subject: row for row in self.session.scalars(query)}
        before = {subject: row.state for subject, row in seen.items()}
        news = [new for hit in hits if (new := hit.changed(before.get(hit.subject)))]
        due = pace.digest_due(self.rule, self.row.digested_at, self.now)
        for name in self.rule.recipients:
            if name in recipients:
                self._tell(recipients[name], news, due=due)
        if due:
            self.row.digested_at = self.now
        for hit in hits:
            # What waits is seen as it was, so that it is news again next time.
            if hit.seen and hit.subject not in self.waiting:
                row = seen.get(hit.subject) or AlertSeenRow(rule=self.rule.name, subject=hit.subject)
                row.state = hit.seen
                self.session.add(row)

    def _tell(self, recipient: Recipient, news: Sequence[Hit], *, due: bool) -> None:
        told = self._told(recipient.name, frozenset().union(*(hit.keys for hit in news)))
        new: list[Hit] = []
        for hit in sorted(news, key=lambda hit: -hit.urgency):
            if left := hit.without(told):
                new.append(left)
                told |= left.keys
        chosen = pace.choose(self.rule, new, self.now, sent=self._sent_today(recipient.name), digest=due)
        for hit in chosen.single:
            self._send(recipient, single(self.rule, hit), SINGLE, (hit,))
        if chosen.gathered:
            self._send(recipient, digest(self.rule, chosen.gathered), DIGEST, chosen.gathered)
        sent = {hit.subject for hit in (*chosen.single, *chosen.gathered)}
        self.waiting |= {hit.subject for hit in new} - sent

    def _told(self, recipient: str, keys: Collection[str]) -> set[str]:
        asked, found = sorted(keys), set()
        for first in range(0, len(asked), _BOUND_VALUES):
            some = asked[first : first + _BOUND_VALUES]
            query = select(AlertToldRow.key).where(
                AlertToldRow.recipient == recipient, AlertToldRow.key.in_(some)
            )
            found |= set(self.session.scalars(query))
        return found

    def _sent_today(self, recipient: str) -> int:
        query = select(func.count()).where(
            AlertSentRow.rule == self.rule.name,
            AlertSentRow.recipient == recipient,
            AlertSentRow.at >= pace.day_start(self.rule, self.now),
        )
        return self.session.scalar(query) or 0

    def _send(self, recipient: Recipient, alert: Alert, form: str, hits: Sequence[Hit]) -> None:
        keys = frozenset().union(*(hit.keys for hit in hits))
        (account, *others) = {hit.account for hit in hits}
        sent = sent_row(recipient.name, alert, form, self.now)
        post(self.session, alert, sent, "" if others else account, keys)
        # A key of a whole may have been told with another before.
        for key in keys - self._told(recipient.name, keys):
            self.session.add(
                AlertToldRow(recipient=recipient.name, key=key, rule=self.rule.name, at=self.now)
            )
        self.session.flush()
        self.sent += 1
