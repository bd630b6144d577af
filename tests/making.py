"""Values for tests, made with the fields that matter to the test and plausible others."""

from dataclasses import replace
from datetime import datetime
from itertools import count

from intel.acts import By
from intel.config import CHINA
from intel.model import (
    Article,
    Dated,
    Event,
    Finding,
    Mention,
    Page,
    Precision,
    Reading,
    Source,
    Status,
)
from intel.views import FindingView
from pipelines import reports

# How many arguments do not repeat the type of their event and the moment of their article.
STRAYED = (
    "SELECT count(*) FROM argument g JOIN event e ON e.id = g.event_id JOIN article a ON a.id = e.article_id "
    "WHERE g.type <> e.type OR g.dated_at <> a.dated_at"
)

NOON = datetime(2026, 11, 12, 12, tzinfo=CHINA)
WIRE = Source(
    name="wire",
    label="快递观察网",
    kind="feed",
    channel="news",
    url="http://wire.localhost/feed",
    owner="观察",
    reliability="B",
    lawful_basis="test",
)
SOURCES = (
    WIRE,
    replace(WIRE, name="forum", label="卖家论坛", channel="forum", reliability="E"),
)
TEXT = (
    "本报讯 淘宝物流业务负责人在杭州表示，双11当天平台产生包裹1.9亿件，较去年增长一成。"
    "韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。"
    "中通与圆通在同一地区的时效基本正常，末端派送没有出现积压。"
)


def root(at: datetime) -> By:
    """Somebody who may do everything, at a moment."""
    return By("root", "", at)


def page(url: str = "http://wire.localhost/1", body: str = TEXT, source: str = "wire") -> Page:
    """A page of the wire."""
    return Page(url=url, source=source, fetched_at=NOON, body=body.encode(), content_type="text/html")


def reading(
    title: str = "双11包裹创新高",
    text: str = TEXT,
    *,
    account: str = "taobao",
    topic: str = "carrier_problems",
    phrase: str = "韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。",
    at: datetime = NOON,
) -> Reading:
    """A reading with one mention, one event and one finding, whose quote is `phrase`."""
    article = Article(
        url="",
        title=title,
        text=text,
        lang="zh",
        encoding="utf-8",
        published=Dated(at, Precision.MINUTE, "2026年11月12日 12:00", "label"),
    )
    start = article.content.index(phrase)
    end = start + len(phrase)
    named = article.content.index("淘宝")
    report = reports.Report(reports.fingerprint(text), at.date(), frozenset({account}))
    return Reading(
        article=article,
        mentions=(Mention(account, "淘宝", named, named + 2, True),),
        events=(Event("service_disruption", "爆仓", start, end, phrase, Status.ASSERTED, "test"),),
        findings=(Finding(account, topic, start, end, phrase, "test", "service_disruption"),),
        report=report.to_bytes(),
        keys=tuple(f"{band:x}" for band in report.fingerprint.bands),
    )


_NUMBERS = count(1)
_FINDING = FindingView(
    id=0,
    account="taobao",
    topic="carrier_problems",
    event="service_disruption",
    quote="韵达华东多个网点爆仓。",
    dated_at=datetime(2026, 6, 18, 9, tzinfo=CHINA),
    precision="minute",
    title="618 华东爆仓",
    url="http://wire.localhost/1",
    publisher=None,
    source="wire",
    source_label="快递观察网",
    channel="news",
    reliability="B",
    article=1,
    story=1,
    start=5,
    end=16,
    rule="event:service_disruption",
    stance="dissatisfied",
    couriers=("yunda",),
    problem="disruption",
    period="",
    speaker="",
    place=None,
    credibility=3,
    owner="观察",
    why="仅此一家，来源可靠性 B",
    disputed=False,
)


def found(**changes: object) -> FindingView:
    """A finding as queries give it, each with a number of its own."""
    return replace(_FINDING, id=next(_NUMBERS), **changes)  # type: ignore[arg-type]
