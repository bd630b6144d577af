"""Rows of a database as large as wanted, made up plausibly: skewed over accounts, sources, days and stories.

In: how many articles. Out: rows of the project's own tables, a portion at a time: three mentions and half a
finding an article, an event to most findings, a quarter of the articles copies of another. Names, quotes and
spans are right, so that questions, search and pages find what they would find.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from intel.db import (
    AnyFindingRow,
    ArgumentRow,
    ArticleRow,
    Base,
    EventRow,
    MentionRow,
    PageRow,
    ReportKeyRow,
    StoryRow,
)
from intel.model import Account, Role, Source
from intel.questions import Question, all_questions
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy

NEWEST = datetime(2026, 11, 20, 4, tzinfo=UTC)
_MINUTES = 5 * 365 * 24 * 60
MADE_UP = 280  # accounts beside the shipped watchlist
PORTION = 2000
LENGTH = 200  # characters an article has at least: a short report
# Of twenty articles: how many findings and how many named accounts each has.
_FINDINGS = (0,) * 13 + (1,) * 4 + (2,) * 3
_MENTIONS = (1, 2, 3, 4, 5) * 4
_PROBLEMS = ("delay", "lost", "damaged", "disruption", "attitude", "price")
_STANCES = {
    "switching_intent": ("raises", "raises", "lowers"),
    "payment_behaviour": ("satisfied", "dissatisfied"),
    "carrier_problems": ("dissatisfied",),
}
_OFTEN = {"carrier_problems": 5, "delivery_performance": 4, "competitor_landscape": 4, "decision_makers": 1}

TABLES: tuple[type[Base], ...] = (
    StoryRow, PageRow, ArticleRow, ReportKeyRow, MentionRow, EventRow, ArgumentRow, AnyFindingRow,
)  # fmt: skip
Rows = dict[type[Base], list[dict[str, Any]]]


def accounts() -> tuple[Account, ...]:
    """The watchlist, those with most to tell first: the shipped one, then clients that do not exist."""
    made_up = (Account(f"client-{n}", f"虚构商城{n:03d}号", Role.CLIENT) for n in range(MADE_UP))
    return (*load_accounts(ACCOUNTS_CSV), *made_up)


def sources() -> tuple[Source, ...]:
    """Four hundred sources of two hundred owners, of all channels and letters."""
    channels = tuple(taxonomy().channels)
    return tuple(
        Source(
            f"s{n}", f"第{n}报", "feed", channels[n % len(channels)], f"http://s{n}.example/",
            f"报业{n % 200}",
            "ABBCCCDEF"[n % 9], lawful_basis="made up",
        )
        for n in range(400)
    )  # fmt: skip


@dataclass
class Maker:
    """Makes rows from the first article on; the same number gives the same rows."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))
    article: int = 0
    story: int = 0
    finding: int = 0
    event: int = 0

    def __post_init__(self) -> None:
        """What is drawn from, and how often each of it."""
        self.accounts = accounts()
        self.couriers = [one for one in self.accounts if one.role is Role.COMPETITOR]
        self.often = [1 / (n + 1) for n in range(len(self.accounts))]
        self.sources = sources()
        self.told = [(n + 1) ** -0.7 for n in range(len(self.sources))]
        self.questions: dict[str, list[Question]] = defaultdict(list)
        for one in all_questions():
            self.questions[one.topic].append(one)
        self.topics = list(self.questions)
        self.asked = [_OFTEN.get(topic, 2) for topic in self.topics]
        characters = [chr(0x4E00 + n) for n in range(3000)]
        weights = [1 / (n + 5) for n in range(3000)]
        self.filler = [
            "".join(self.chance.choices(characters, weights, k=self.chance.randrange(12, 40))) + "。"
            for _ in range(20_000)
        ]
        self.recent: list[tuple[int, datetime]] = []

    def portions(self, articles: int) -> Iterator[Rows]:
        """The rows of so many articles."""
        while self.article < articles:
            rows: Rows = {row: [] for row in TABLES}
            for _ in range(min(PORTION, articles - self.article)):
                if self.article % 20 == 0:
                    self.findings = self.chance.sample(_FINDINGS, 20)
                    self.mentions = self.chance.sample(_MENTIONS, 20)
                self._add(rows)
            yield rows

    def _add(self, rows: Rows) -> None:
        place = self.article % 20
        self.article += 1
        story, at = self._story(rows)
        named = self.chance.choices(self.accounts, self.often, k=self.mentions[place])
        told = [self._finding(named[n % len(named)]) for n in range(self.findings[place])]
        first = named[0]
        text = Text(f"{first.name}：{self.chance.choice(self.filler)[:16]}")
        for account in named:
            start = text.add(f"{account.name}{self.chance.choice(self.filler)}")
            rows[MentionRow].append(
                {
                    "article_id": self.article, "account_id": account.id, "start": start,
                    "end": start + len(account.name), "surface": account.name,
                    "about": account is first,
                }
            )  # fmt: skip
        for sentence, values in told:
            start = text.add(sentence)
            self._keep_finding(rows, values | {"start": start, "end": start + len(sentence), "dated_at": at})
        while len(text) < LENGTH:
            text.add(self.chance.choice(self.filler))
        self._keep_article(rows, story, at, text)

    def _story(self, rows: Rows) -> tuple[int, datetime]:
        """The story and moment of the next article: often of one of the latest, else a new one."""
        if self.recent and self.chance.random() < 0.25:
            story, at = self.recent[int(len(self.recent) * self.chance.random() ** 3)]
            return story, min(NEWEST, at + timedelta(minutes=self.chance.randrange(2 * 24 * 60)))
        # More of it is new than old: sources are added over the years.
        age = (1 - self.chance.random() ** 0.5) * _MINUTES
        self.story += 1
        rows[StoryRow].append({"id": self.story, "family_id": self.story})
        self.recent = [(self.story, NEWEST - timedelta(minutes=int(age))), *self.recent[:49]]
        return self.recent[0]

    def _finding(self, account: Account) -> tuple[str, dict[str, Any]]:
        """A sentence on an account that answers a question, and what is read of it."""
        chance = self.chance
        courier = account.role is Role.COMPETITOR
        topic = "competitor_landscape" if courier else chance.choices(self.topics, self.asked)[0]
        question = chance.choice(self.questions[topic])
        event = chance.choice(sorted(question.events)) if question.events and chance.random() < 0.7 else None
        named = [
            one.id for one in chance.sample(self.couriers, chance.choice((0, 1, 1, 2))) if one != account
        ]
        problem = topic == "carrier_problems" and named
        word = chance.choice(question.words) if question.words else "快递"
        figure = f"{chance.randrange(2, 900)}万件" if question.number else ""
        who = "、".join(one.name for one in self.couriers if one.id in named)
        sentence = f"{account.name}{word}{figure}，{who}{chance.choice(self.filler)[:18]}。"
        stances = _STANCES.get(topic, ("",))
        return sentence, {
            "account_id": account.id, "topic": topic, "event": event, "rule": "made up",
            "stance": chance.choice(stances), "couriers": " ".join(sorted(named)),
            "problem": chance.choice(_PROBLEMS) if problem else "", "period": "", "speaker": "",
            "state": "kept", "confirmed": False,
        }  # fmt: skip

    def _keep_finding(self, rows: Rows, values: dict[str, Any]) -> None:
        self.finding += 1
        rows[AnyFindingRow].append({"id": self.finding, "article_id": self.article, **values})
        if values["event"] is None:
            return
        self.event += 1
        denied = self.chance.random() < 0.02
        span = {"start": values["start"], "end": values["end"]}
        rows[EventRow].append(
            {
                "id": self.event, "article_id": self.article, "type": values["event"], "trigger": "x", **span,
                "status": "denied" if denied else "asserted", "rule": "made up",
            }
        )  # fmt: skip
        for role, party in (
            ("subject", values["account_id"]),
            *(("object", one) for one in values["couriers"].split()),
        ):
            rows[ArgumentRow].append(
                {
                    "event_id": self.event,
                    "role": role,
                    "text": party,
                    "account_id": party,
                    "value": "",
                    "type": values["event"],
                    "dated_at": values["dated_at"],
                    **span,
                }
            )

    def _keep_article(self, rows: Rows, story: int, at: datetime, text: Text) -> None:
        number = self.article
        source = self.chance.choices(self.sources, self.told)[0].name
        url = f"http://{source}.example/{number}"
        rows[PageRow].append(
            {
                "id": number, "url": url, "digest": f"{number:064x}", "source": source, "fetched_at": at,
                "content_type": "text/html", "body": b"", "state": "read", "reason": "", "detail": "",
                "checked_at": at,
            }
        )  # fmt: skip
        rows[ArticleRow].append(
            {
                "id": number, "url": url, "page_id": number, "story_id": story, "source": source,
                "title": text.title, "text": text.text, "lang": "zh", "encoding": "utf-8",
                "published_at": at, "published_precision": "minute", "dated_at": at, "read_at": at,
                "report": b"",
            }
        )  # fmt: skip
        rows[ReportKeyRow] += [
            {"article_id": number, "key": f"{self.chance.getrandbits(64):x}"} for _ in range(4)
        ]


class Text:
    """A title and a text that grows; places are code points of the article's content."""

    def __init__(self, title: str) -> None:
        self.title, self._parts = title, [""]
        self._length = len(title) + 1

    def __len__(self) -> int:
        return self._length

    @property
    def text(self) -> str:
        """All that was added."""
        return "".join(self._parts)

    def add(self, sentence: str) -> int:
        """Where the sentence begins."""
        start = self._length
        self._parts.append(sentence)
        self._length += len(sentence)
        return start


def weighted(chance: random.Random, times: int) -> Sequence[Account]:
    """Accounts as they are asked for: as often as there is something to tell of them."""
    every = accounts()
    return chance.choices(every, [1 / (n + 1) for n in range(len(every))], k=times)
