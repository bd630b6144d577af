"""The order of the steps: a Page in, a Reading out, nothing kept and nothing fetched.

extract → entities → accounts → events → topics, and a fingerprint to tell copies by. Accounts are
linked before events are looked for, so that a beginner (菜鸟) is never the subject of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from intel.config import CHINA
from intel.model import COUNTED, Account, Event, Finding, Mention, Page, Reading, Role
from pipelines import accounts, dedupe, entities, events, series, tenders, topics
from pipelines.documents import holds_document, read_document
from pipelines.extract import extract
from pipelines.text import fold, language

# Roles whose fillers tell one event from the next even where no figure does.
TELLING_ROLES = frozenset({"person", "position", "product", "place"})


@dataclass(frozen=True)
class Watchlist:
    """The accounts as the steps need them; build it once for many pages."""

    lexicon: entities.Lexicon
    roles: Mapping[str, Role]

    @classmethod
    def of(cls, watched: Iterable[Account]) -> Watchlist:
        """The watchlist of these accounts."""
        watched = tuple(watched)
        return cls(entities.Lexicon.build(watched), {account.id: account.role for account in watched})


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the steps after extraction say of a text."""

    lang: str
    mentions: tuple[Mention, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]


def analyse(content: str, watchlist: Watchlist) -> Analysis:
    """Tag a text (title + "\\n" + body); spans are code points in it."""
    found = entities.find(content, watchlist.lexicon)
    mentions = accounts.link(content, found)
    happened = events.find(content, found, mentions)
    findings = topics.find(content, mentions, happened, watchlist.roles)
    return Analysis(language(content), mentions, happened, findings)


def read(page: Page, watchlist: Watchlist, now: datetime) -> Reading:
    """Read a page or a document. `now` (aware) anchors relative dates. Raises NotAnArticle."""
    article = read_document(page, now) if holds_document(page.body) else extract(page, now)
    analysis = analyse(article.content, watchlist)
    published = article.published.at.astimezone(CHINA) if article.published else None
    report = report_of(article.text, published.date() if published else None, analysis)
    bands = (f"{band:x}" for band in report.fingerprint.bands)
    return Reading(
        article=article,
        mentions=analysis.mentions,
        events=analysis.events,
        findings=analysis.findings,
        report=report.to_bytes(),
        keys=(*bands, *report.keys),
        points=series.find(article.content, published.date() if published else None, analysis.mentions),
        notice=tenders.find(article.content, published, analysis.mentions),
    )


def report_of(text: str, day: date | None, analysis: Analysis) -> dedupe.Report:
    """What tells copies and rewrites of a text published on `day`, in China's time."""
    happened = [event for event in analysis.events if event.status in COUNTED]
    return dedupe.Report(
        fingerprint=dedupe.fingerprint(text),
        published=day,
        accounts=frozenset(mention.account for mention in analysis.mentions),
        events=frozenset((event.type, one.who) for event in happened for one in event.filling("subject")),
        names=frozenset(
            fold(argument.text)
            for event in happened
            for argument in event.arguments
            if argument.role in TELLING_ROLES
        ),
    )
