"""Sentences and points for tests of judgements, made with the fields that matter and plausible others."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from intel.config import CHINA
from intel.model import Account, Role
from intel.series import PointView
from intel.views import EvidenceView

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 12, 12, tzinfo=CHINA)
TAOBAO = Account("taobao", "淘宝", Role.CLIENT, ("Taobao",))
JT = Account("jt", "极兔", Role.COMPETITOR, ("极兔速递", "J&T"))
SF = Account("sf", "顺丰", Role.COMPETITOR, ("顺丰速运",))
YUNDA = Account("yunda", "韵达", Role.COMPETITOR, ())
_NUMBERS = count(1)

_TOLD = EvidenceView(
    kind="finding",
    account="taobao",
    topic="carrier_problems",
    quote="韵达华东多个网点爆仓。",
    dated_at=NOON,
    title="双11物流",
    url="http://wire.localhost/1",
    source_label="快递观察网",
    owner="观察",
    reliability="B",
    article=1,
    story=1,
    start=5,
    end=16,
    credibility=3,
    why="仅此一家，来源可靠性 B",
)
_POINT = PointView(
    series="courier.price",
    subject="jt",
    period="2026-09",
    value=2.11,
    step=0.01,
    unit="元/件",
    yoy=None,
    quote="极兔9月单票收入2.11元",
    dated_at=NOON,
    title="9月经营简报",
    url="http://wire.localhost/p",
    source="wire",
    source_label="快递观察网",
    reliability="B",
    article=1,
    story=1,
    start=0,
    end=12,
)


def told(quote: str, **changes: Any) -> EvidenceView:
    """A client's finding, told `days` before noon of 2026-11-12, in a story and an article of its own."""
    number, days = next(_NUMBERS), changes.pop("days", 0)
    values: dict[str, Any] = {
        "quote": quote,
        "dated_at": NOON - timedelta(days=days),
        "article": number,
        "story": number,
        "start": 5,
        "end": 5 + len(quote),
        "url": f"http://wire.localhost/{number}",
    }
    return _TOLD._replace(**(values | changes))


def event(quote: str, kind: str, **changes: Any) -> EvidenceView:
    """An event of 极兔, in which it is the subject."""
    values = {"kind": "event", "topic": "", "event": kind, "account": "jt"}
    values |= {"role": "subject", "status": "asserted"}
    return told(quote, **(values | changes))


def point(subject: str, value: float, period: str = "2026-09", **changes: Any) -> PointView:
    """A value of a courier's revenue per parcel, in a story and an article of its own."""
    number = next(_NUMBERS)
    values: dict[str, Any] = {"article": number, "story": number, "subject": subject, "value": value}
    return replace(_POINT, **(values | {"period": period} | changes))
