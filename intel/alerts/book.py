"""The rules of a database and what came of them: kept, listed, dropped; every method is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.acts import Act, Action, By, note
from intel.alert_tables import AlertRuleRow, AlertSentRow
from intel.alerts.rule import Rule, defaults, rule
from intel.db import read_only
from intel.query import UnknownName, unknown


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was given to the outbox."""

    id: int
    rule: str
    recipient: str
    at: datetime
    form: str
    title: str
    lines: int


class RuleBook:
    """Reads and writes of one database's rules."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    def keep(self, new: Rule, by: By) -> bool:
        """Keep a rule in place of the one of its name; whether there was one. What was told stays told."""
        with Session(self._engine) as session, session.begin():
            row, told = session.get(AlertRuleRow, new.name), new.to_json()
            before = row.rule if row is not None else {}
            if row is None:
                session.add(AlertRuleRow(name=new.name, rule=told, made_at=by.at, digested_at=by.at))
            else:
                row.rule = told
            if before != told:
                note(session, by, _act(Action.RULE_SET, before, told))
            return bool(before)

    def ship(self) -> None:
        """Add the shipped rules to a database that has no rule yet; later edits are never undone."""
        with Session(self._engine) as session, session.begin():
            if session.scalar(select(AlertRuleRow.name).limit(1)) is not None:
                return
            now = datetime.now(UTC)
            session.add_all(
                AlertRuleRow(name=one.name, rule=one.to_json(), made_at=now, digested_at=now)
                for one in defaults()
            )

    def rules(self) -> Sequence[Rule]:
        """All rules, in order of name."""
        with Session(self._reading) as session:
            rows = session.scalars(select(AlertRuleRow).order_by(AlertRuleRow.name))
            return [rule(row.rule) for row in rows]

    def rule(self, name: str) -> Rule:
        """The rule of a name. Raises UnknownName."""
        rules = {one.name: one for one in self.rules()}
        if name not in rules:
            raise no_rule(name, rules)
        return rules[name]

    def drop(self, name: str, by: By) -> None:
        """Forget a rule and the states it saw. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = session.get(AlertRuleRow, name)
            if row is None:
                raise no_rule(name, session.scalars(select(AlertRuleRow.name)).all())
            note(session, by, _act(Action.RULE_DROPPED, row.rule, {}))
            session.delete(row)

    def log(self, most: int, name: str | None = None) -> Sequence[Sent]:
        """What was given to the outbox, the last first; of one rule, or of all."""
        query = select(AlertSentRow).order_by(AlertSentRow.id.desc()).limit(most)
        if name is not None:
            query = query.where(AlertSentRow.rule == name)
        with Session(self._reading) as session:
            return [
                Sent(row.id, row.rule, row.recipient, row.at, row.form, row.title, row.lines)
                for row in session.scalars(query)
            ]


def _act(action: Action, before: Mapping[str, Any], after: Mapping[str, Any]) -> Act:
    accounts = {account for told in (before, after) for account in told.get("accounts", ())}
    return Act(action, (after or before)["name"], before, after, sorted(accounts))


def no_rule(name: str, names: Sequence[str] | dict[str, Rule]) -> UnknownName:
    """The error for a rule that does not exist."""
    return unknown("alert rule", name, names, names)
