"""Battlecards for tests, made of the sentences and points of `tests.telling`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from intel.battlecard import Battlecard, CardMaterial, compose
from intel.battlecard_document import MOST, card_document
from intel.brief import Document, Format, Lang, Order
from intel.comparison import Material, compare
from intel.factors import rank
from intel.series import PointView
from intel.signals import ClientMaterial, combine
from intel.views import EvidenceView
from tests.briefs import shown
from tests.telling import DAY, JT, SF, TAOBAO, event, point, told

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def made(
    *rival: EvidenceView,
    ours: tuple[EvidenceView, ...] = (),
    client: tuple[EvidenceView, ...] | None = (),
    points: tuple[PointView, ...] = (),
    won: tuple[EvidenceView, ...] = (),
) -> Battlecard:
    """The battlecard of 极兔 against 顺丰 for 淘宝; with `client` None for nobody."""
    cast = {"rival": JT, "ours": SF} | ({"client": TAOBAO} if client is not None else {})
    told_of = {"rival": rival, "ours": ours, "client": client or ()}
    by_series: dict[str, list[PointView]] = {}
    for one in points:
        by_series.setdefault(one.series, []).append(one)
    comparison = compare([JT, SF], Material(by_series, {"jt": rival, "sf": ours}), DAY)
    material = CardMaterial(
        told=told_of,
        comparison=comparison,
        won=won,
        signals=combine(TAOBAO, ClientMaterial(client), {}, DAY) if client is not None else None,
        factors=rank(TAOBAO, client, DAY) if client is not None else None,
    )
    return compose(cast, material, DAY)


def document(card: Battlecard, lang: Lang = Lang.ZH, most: int | None = MOST, demo: bool = False) -> Document:
    """A battlecard as blocks."""
    return card_document(card, Order(NOW, lang=lang, most=most, demo=demo))


def text(card: Battlecard, form: Format = Format.MD, lang: Lang = Lang.ZH) -> str:
    """What a reader of a battlecard sees."""
    return shown(document(card, lang), form)


def full(lang: Lang = Lang.ZH) -> Document:
    """A battlecard with everything in it that one can have."""
    fine = event("极兔速递被警告并罚款86万元。", "penalty", days=60)
    rate: dict[str, Any] = {"series": "spb.complaint.rate", "unit": "件/百万件", "step": 0.01}
    orders = [told(f"淘宝最看重质量，其次是价格{n}。", topic="decision_factors") for n in (1, 2)]
    card = made(
        fine,
        *(event(f"极兔第{n}次被罚款{n}万元，罚单公布。", "penalty", days=50 + n) for n in range(1, 6)),
        fine._replace(
            quote="极兔长沙中心爆仓，积压3天。", event="service_disruption", credibility=4, story=900
        ),
        event("极兔长沙转运中心投产，日处理90万件。", "expansion"),
        event("极兔报价降到1.05元，义乌商家转投。", "price_change"),
        ours=(event("顺丰连续第一，得分86.1分。", "award", account="sf"),),
        client=(
            told("极兔虚假签收让商家头疼。", problem="false_delivery", parties=("jt",), place="第3页"),
            told("淘宝新一轮招标明年1月启动。", topic="procurement_process"),
            told("淘宝的现有合同继续履行。", topic="order_cycle"),
            told("淘宝包裹中极兔占11%。", topic="incumbent_carriers", parties=("jt",)),
            *orders,
        ),
        points=(
            point("jt", 2.21, quote="极兔 | 2.21 | 2.49", **rate),
            point("sf", 0.17, quote="顺丰的申诉率为0.17件/百万件", **rate),
            point("sf", 0.19, quote="顺丰 | 0.19", source_label="早报", **rate),
            point("jt", 2.1, "2026-H1", quote="极兔上半年单票收入2.1元/件"),
            point("sf", 13.1, "2026-01/2026-08", quote="顺丰前八月单票收入13.1元/件"),
            point(
                "sf",
                1e9,
                "2026-Q3",
                series="courier.volume",
                unit="件",
                quote="三季度没有写数的业务量",
                yoy=5.0,
            ),
        ),
    )
    return document(card, lang, demo=True)
