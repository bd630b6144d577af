"""A database with recipients and rules of alerts, and reports that come in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intel.alert_tables import AlertToldRow
from intel.alerts.book import RuleBook, Sent
from intel.alerts.evaluation import Outcome, evaluate
from intel.alerts.rule import rule
from intel.bootstrap import Workspace
from intel.config import CHINA, Settings
from intel.file_store import FileStore
from intel.tombstones import Tombstones
from tests.conftest import Kept
from tests.making import WIRE, page, reading, root

NOON = datetime(2026, 11, 12, 12, tzinfo=CHINA)
RECIPIENTS = """
[recipient.team]
channel = "wecom"
url = { env = "TEAM_ROBOT" }
allowed = ["localhost:80"]

[recipient.boss]
channel = "wecom"
url = { env = "TEAM_ROBOT" }
allowed = ["localhost:80"]
"""


PLACES = ("杭州", "义乌", "广州", "成都", "武汉", "沈阳", "西安", "厦门", "昆明", "郑州", "青岛", "合肥")


class Alerts:
    """Rules over a database; moments are hours after noon of 12 November 2026 in China."""

    def __init__(self, kept: Kept, folder: Path) -> None:
        self.kept = kept
        file = folder / "recipients.toml"
        file.write_text(RECIPIENTS)
        settings = Settings(home=folder, recipients=file)
        self.workspace = Workspace(
            settings,
            kept.engine,
            kept.store,
            kept.query,
            FileStore(kept.engine),
            Tombstones(kept.engine, folder),
        )
        self.book = RuleBook(kept.engine)
        forum = replace(WIRE, name="forum", label="卖家论坛", owner="论坛", channel="forum", reliability="C")
        kept.store.load_sources([WIRE, forum], at=NOON)

    def rule(self, name: str = "news", **fields: object) -> None:
        """Keep a rule on events that tells the team at once, unless other fields say otherwise."""
        usual: dict[str, object] = {"kind": "event", "recipients": ["team"], "threshold": 5.0, "quiet": ""}
        self.book.keep(rule({"name": name, **usual, **fields}), root(NOON))

    def report(
        self, number: int, *, hours: float = 0, source: str = "wire", of: int | None = None, **finding: object
    ) -> None:
        """A report of a service disruption at 淘宝 in words of its own; `of` another: a copy of that one."""
        told = number if of is None else of
        place = PLACES[told % len(PLACES)]
        said = f"淘宝{place}{told}号仓库爆仓，{told * 7 + 11}万件包裹延误{told + 3}天。"
        text = f"{place}快讯 {said}" + f"{place}的商家{told}家要求赔付{told * 13 + 5}元。" * (told % 3 + 1)
        url = f"http://{source}.localhost/{number}"
        assert self.kept.store.add_page(page(url, text, source))
        self.read(f"{place}爆仓", text, said, NOON + timedelta(hours=hours), **finding)

    def read(self, title: str, text: str, quote: str, at: datetime, **finding: object) -> None:
        """Read the page that came last; fields of its finding may be others."""
        (last,) = self.kept.store.pages(0, 1, unread_only=True)
        made = reading(title, text, phrase=quote, at=at)
        told = replace(made.findings[0], **finding)  # type: ignore[arg-type]
        self.kept.store.keep([(last.id, replace(made, findings=(told,)))])

    def run(self, hours: float = 0) -> Outcome:
        """Evaluate the rules some hours after noon."""
        return evaluate(self.workspace, NOON + timedelta(hours=hours))

    def sent(self, recipient: str = "team") -> Sequence[Sent]:
        """What was sent, the first first."""
        return [one for one in reversed(self.book.log(1000)) if one.recipient == recipient]

    def told(self) -> set[tuple[str, str]]:
        """Who was told by which rule."""
        with Session(self.kept.engine) as session:
            return set(session.execute(select(AlertToldRow.recipient, AlertToldRow.rule)).tuples())


@pytest.fixture
def alerts(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Alerts:
    """No rule, no report yet."""
    monkeypatch.setenv("TEAM_ROBOT", "http://localhost/robot?key=secret")
    return Alerts(kept, tmp_path)
