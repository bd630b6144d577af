"""The order of the steps: a Page in, a Reading out, nothing kept and nothing fetched.

extract → leave out what must not be kept → does it concern us? → entities → accounts → events → topics,
and a fingerprint to tell copies by. Accounts are linked before events are looked for, so that a beginner
(菜鸟) is never the subject of one. A page that marks itself as confidential is not read until somebody
decides that it may be.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from intel.config import CHINA
from intel.model import (
    COUNTED,
    Account,
    Article,
    Entity,
    Event,
    Finding,
    Mention,
    NotAnArticle,
    Page,
    Reading,
    Role,
    Selectors,
    Watched,
)
from pipelines import (
    accounts,
    changed_events,
    concern,
    confidential,
    entities,
    event_model,
    events,
    field_report,
    name_model,
    reports,
    retelling,
    series,
    sounds,
    strangers,
    tenders,
    topic_model,
    topics,
    wording,
)
from pipelines.change import ADDED, ALTERED, REMOVED
from pipelines.documents import Document, holds_document, read_document
from pipelines.event_tellings import tellings
from pipelines.extract import extract
from pipelines.field_report import FieldArticle
from pipelines.machine_orders import without_orders
from pipelines.personal_page import seen_lines
from pipelines.redaction import Redaction
from pipelines.text import fold, language
from pipelines.viewpoints import see
from pipelines.watched import changed, whole

_LABELS = re.compile(f"^(?:{ADDED}|{ALTERED})")
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
    entities: tuple[Entity, ...] = ()


def dated(analysis: Analysis, published: date | None) -> Analysis:
    """The analysis with its dates and periods as ISO 8601, for a reader on the day of publication.

    昨日 is a day, 今年第三季度 is 2026-07/2026-09. Without that day only what the text itself dates has one.
    What happened more than a year before it is background.
    """
    found = entities.dated(analysis.entities, published)
    return replace(analysis, entities=found, events=events.dated(analysis.events, found, published))


def require_models() -> None:
    """Load what the steps have learned. Raises BadModel for what is missing or damaged."""
    name_model.shipped()
    for name in events.MODELS:
        event_model.model(name)
    for name in topics.MODELS:
        topic_model.model(name)
    event_model.second_look()
    topic_model.second_look()
    wording.rarity_table()
    retelling.model()


def analyse(content: str, watchlist: Watchlist) -> Analysis:
    """Tag a text (title + "\\n" + body), whatever it is about; spans are code points in it."""
    content = without_orders(content)
    found = entities.find(content, watchlist.lexicon)
    return _told(content, found, accounts.link(content, found), watchlist)


def skim(content: str, watchlist: Watchlist) -> Analysis:
    """Tag what of a collected text concerns an account or the trade; of another tell only the language."""
    part = concern.concerning(content, watchlist.lexicon)
    if not part:
        return Analysis(language(content), (), (), ())
    return replace(analyse(part, watchlist), lang=language(content))


def _told(
    content: str, found: Sequence[Entity], mentions: tuple[Mention, ...], watchlist: Watchlist
) -> Analysis:
    """What the steps make of a content once it is known whom it names."""
    seen = see(content, found, mentions, watchlist.roles)
    heard = tellings(content, found, mentions)
    happened = events.find(seen, heard, found)
    findings = topics.find(seen, mentions, heard, happened, topics.Known(found, watchlist.roles))
    return Analysis(language(content), mentions, happened, findings, tuple(found))


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be read and kept. `released`: lines by which a page marks itself, though public."""

    redaction: Redaction = field(default_factory=Redaction)
    released: Collection[str] = ()


PLAIN = Terms()


def read(
    page: Page,
    watchlist: Watchlist,
    now: datetime,
    terms: Terms = PLAIN,
    selectors: Selectors | None = None,
) -> Reading:
    """Read a page, with the selectors of its source, or a document. Raises NotAnArticle.

    `now` (aware) anchors relative dates.
    """
    if field_report.is_report(page):
        return _read_report(field_report.read_report(page), watchlist, terms)
    document = holds_document(page.body)
    article = read_document(page, now) if document else extract(page, now, selectors)
    _require_public(page, article, terms.released)
    article, left_out = terms.redaction.article(article)
    return _reading(article, skim(article.content, watchlist), left_out)


def _read_report(article: FieldArticle, watchlist: Watchlist, terms: Terms) -> Reading:
    """Read what a client said, as our staff report it: all of it about the client, none of it statistics."""
    clean, left_out = terms.redaction.article(article)
    whole = tuple((start, len(clean.content), label) for start, _, label in article.pages)
    article = replace(article, title=clean.title, text=clean.text, author=clean.author, pages=whole)
    content = without_orders(field_report.without_own(article.content))
    found = field_report.with_client(content, entities.find(content, watchlist.lexicon), article.account)
    mentions = tuple(
        replace(one, about=True) if one.account == article.account else one
        for one in accounts.link(content, found)
    )
    # The title is ours.
    analysis = _below_title(_told(content, found, mentions, watchlist), len(article.title))
    return replace(_reading(article, analysis, left_out), points=(), notice=None)


def read_change(page: Page, watched: Watched, watchlist: Watchlist, terms: Terms = PLAIN) -> Reading:
    """Read what changed in a watched page; the first version is read whole. Raises NotAnArticle."""
    first = watched.before is None
    article = replace(whole(page), url=page.url) if watched.before is None else changed(page, watched.before)
    _require_public(page, article, terms.released)
    article, left_out = terms.redaction.article(article)
    return reread(article, watchlist, None if first else watched, left_out)


def _require_public(page: Page, article: Article, released: Collection[str]) -> None:
    """Raise NotAnArticle("confidential") for what marks itself so, unless that mark was released."""
    margins = article.margins if isinstance(article, Document) else ()
    found = confidential.marker(article.title, article.text.split("\n"), margins)
    found = found or confidential.unmistakable(seen_lines(page.body, page.content_type))
    if found and found not in released:
        raise NotAnArticle("confidential", found)


def reread(
    article: Article, watchlist: Watchlist, watched: Watched | None, left_out: Mapping[str, int]
) -> Reading:
    """The reading of an article as it stands; `watched` if it is the account of a change."""
    if watched is None:
        return _reading(article, skim(article.content, watchlist), left_out)
    analysis = _of_the_change(article.content, watchlist)
    if watched.account in watchlist.roles:
        happened = changed_events.of_account(article.content, watched.account, analysis.events)
        analysis = replace(analysis, events=happened)
        told = _whole_lines(article.content, watched, analysis)
        findings = sorted(told, key=lambda f: (f.start, f.account, f.topic))
        analysis = replace(analysis, findings=tuple(findings))
    return _reading(article, analysis, left_out)


def _of_the_change(content: str, watchlist: Watchlist) -> Analysis:
    """What the new lines of a change say: what is gone is blotted out, and so are our own labels.

    Else a line that is gone would be told as news, or pass for the fuller form of the line in its place.
    """
    title, *rest = content.split("\n")
    lines = [
        " " * len(line) if line.startswith(REMOVED) else _LABELS.sub(lambda label: " " * len(label[0]), line)
        for line in rest
    ]
    # The title stood there before.
    return _below_title(analyse("\n".join((title, *lines)), watchlist), len(title))


def _below_title(analysis: Analysis, title: int) -> Analysis:
    """An analysis without what a title of so many characters says."""
    return replace(
        analysis,
        events=tuple(one for one in analysis.events if one.start > title),
        findings=tuple(one for one in analysis.findings if one.start > title),
    )


def _whole_lines(content: str, watched: Watched, analysis: Analysis) -> Iterator[Finding]:
    """The findings of a change with one for each of its lines, removals alike, on the page's own topic."""
    known: dict[int, Finding] = {}
    priced = {
        content.rfind("\n", 0, event.start) + 1
        for event in analysis.events
        if event.type == changed_events.PRICE_CHANGE
        and event.status in COUNTED
        and any(one.who == watched.account for one in event.filling("subject"))
    }
    for one in analysis.findings:
        if (one.account, one.topic) == (watched.account, watched.topic):
            known.setdefault(content.rfind("\n", 0, one.start) + 1, one)
        else:
            yield one
    start = content.find("\n") + 1
    for line in content[start:].split("\n"):
        plain = Finding(watched.account, watched.topic, start, start, "", "watch.change")
        found = known.get(start, plain)
        event = changed_events.PRICE_CHANGE if start in priced else found.event
        if line.startswith((ADDED, REMOVED, ALTERED)):
            yield replace(found, start=start, end=start + len(line), quote=line, event=event)
        start += len(line) + 1


def _reading(article: Article, analysis: Analysis, left_out: Mapping[str, int]) -> Reading:
    published = article.published.at.astimezone(CHINA) if article.published else None
    analysis = dated(analysis, published.date() if published else None)
    report = report_of(article.content, published.date() if published else None, analysis)
    return Reading(
        article=article,
        mentions=analysis.mentions,
        events=analysis.events,
        findings=analysis.findings,
        report=report.to_bytes(),
        keys=report.keys,
        points=series.find(article.content, published.date() if published else None, analysis.mentions),
        notice=tenders.find(article.content, published, analysis.mentions),
        left_out=dict(left_out),
        strangers=strangers.find(article.content, analysis.entities, analysis.mentions),
    )


def report_of(content: str, day: date | None, analysis: Analysis) -> reports.Report:
    """What tells copies and rewrites of a content (title + line break + text) published on `day` in China."""
    happened = [event for event in analysis.events if event.status in COUNTED]
    folded, english = fold(content), analysis.lang == "en"
    return reports.Report(
        # Reprints change the title.
        fingerprint=reports.fingerprint(content.partition("\n")[2]),
        published=day,
        accounts=frozenset(mention.account for mention in analysis.mentions),
        events=frozenset((event.type, one.who) for event in happened for one in event.filling("subject")),
        names=frozenset(
            fold(argument.text)
            for event in happened
            for argument in event.arguments
            if argument.role in TELLING_ROLES
        ),
        english=english,
        sounds=sounds.sounds(folded, analysis.entities, english=english),
        wording=wording.pairs(folded, [(mention.start, mention.end) for mention in analysis.mentions]),
    )
