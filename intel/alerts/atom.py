"""The Atom feed of an account: what is told of it by events, each report once, whoever was alerted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import select
from sqlalchemy.orm import Session

from intel.alerts.desk import Desk, line
from intel.bootstrap import Workspace
from intel.brief.choosing import Choice, believed, best_of_stories, choose, newest_first
from intel.brief.rules import rules
from intel.channels.alert import one_line, web_address
from intel.config import CHINA
from intel.db import ArticleRow, read_only
from intel.model import Account

ATOM = "http://www.w3.org/2005/Atom"
# Entries are named by a tag URI (RFC 4151), so that they stay the same wherever the feed is served from.
_TAG = "tag:courier-intel,2026:"
_NO_NEWS = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS, _MOST, _LEAST = 90, 50, 3.0  # what is in it: how far back, how many, and their weight × credibility

ElementTree.register_namespace("", ATOM)


def atom(workspace: Workspace, account: Account, now: datetime, address: str = "") -> bytes:
    """The feed as of a moment (aware), the same bytes while nothing new is known. `address` is its own."""
    desk = Desk(workspace, now)
    since = (now - timedelta(days=_DAYS)).astimezone(CHINA).date()
    findings = [one for one in desk.findings(account.id, since) if one.event]
    told = [
        one
        for one in best_of_stories(choose(account, findings, rules(), now))
        if believed(one.finding, rules()) >= _LEAST
    ]
    shown = newest_first(told)[:_MOST]
    names = _names(workspace, (one.finding.story for one in shown))
    feed = Element(f"{{{ATOM}}}feed")
    _text(feed, "id", f"{_TAG}account/{account.id}")
    _text(feed, "title", f"{account.name} · 情报")
    _text(feed, "updated", max((one.finding.dated_at for one in shown), default=_NO_NEWS).isoformat())
    _text(SubElement(feed, f"{{{ATOM}}}author"), "name", "courier-intel")
    if address:
        SubElement(feed, f"{{{ATOM}}}link", rel="self", href=address)
    for one in shown:
        _entry(feed, desk, account, one, names[one.finding.story])
    written = ElementTree.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def etag(body: bytes) -> str:
    """The validator of a feed, as it stands in the header ETag."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _entry(feed: Element, desk: Desk, account: Account, one: Choice, name: str) -> None:
    finding = one.finding
    entry = SubElement(feed, f"{{{ATOM}}}entry")
    event = desk.events.get(finding.event or "", finding.event or "")
    told = line(f"{account.name} · {event}", one.evidence)  # its rating's reason says how surely it was read
    _text(entry, "id", f"{_TAG}account/{account.id}/report/{name}")
    _text(entry, "title", f"{told.heading}：{finding.title}" if finding.title.strip() else told.heading)
    for moment in ("published", "updated"):
        _text(entry, moment, finding.dated_at.isoformat())
    if address := web_address(finding.url):
        SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=address)
    SubElement(entry, f"{{{ATOM}}}category", term=finding.event or "", label=event)
    rating = f"{told.source} · {told.day} · {told.rating}（{finding.why}）"
    _text(entry, "summary", "\n".join(filter(None, (f"“{told.quote}”", rating, told.note))))


def _text(parent: Element, name: str, text: str) -> None:
    """An element with a text; lines stay, what XML cannot hold does not."""
    child = SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = "\n".join(one_line(part) for part in text.splitlines())


def _names(workspace: Workspace, stories: Iterable[int]) -> Mapping[int, str]:
    """What stays the same of a report while copies come and it is read again: its first kept address."""
    wanted = sorted(set(stories))
    query = (
        select(ArticleRow.story_id, ArticleRow.url)
        .where(ArticleRow.story_id.in_(wanted))
        .order_by(ArticleRow.id.desc())
    )
    with Session(read_only(workspace.engine)) as session:
        return {story: hashlib.sha256(url.encode()).hexdigest()[:24] for story, url in session.execute(query)}
