from datetime import date, datetime
from pathlib import Path

import pytest

from intel.config import CHINA
from intel.query import UnknownName
from intel.views import FindingFilter
from tests.asking import reopened
from tests.conftest import Kept
from tests.making import TEXT, page, reading


def put(kept: Kept, number: int, at: datetime, topic: str = "carrier_problems") -> None:
    kept.store.add_page(page(url=f"http://wire.localhost/{number}"))
    kept.store.keep([(number, reading(title=f"第{number}篇", at=at, topic=topic))])


def test_an_account_answers_to_id_name_and_alias_in_any_case_and_width(kept: Kept) -> None:
    names = ("taobao", "淘宝", "手机淘宝", "ＴＡＯＢＡＯ", "淘寶")
    assert {kept.query.account(name).id for name in names} == {"taobao"}


def test_an_unknown_account_is_told_with_the_nearest_names(kept: Kept) -> None:
    with pytest.raises(UnknownName, match="no account '淘宝王'; did you mean 淘宝"):
        kept.query.account("淘宝王")
    with pytest.raises(UnknownName, match=r"known: .*taobao 淘宝"):
        kept.query.account("qqqq")


def test_findings_are_filtered_by_day_in_china_topic_and_event_newest_first(kept: Kept) -> None:
    put(kept, 1, datetime(2026, 11, 1, 0, 30, tzinfo=CHINA))
    put(kept, 2, datetime(2026, 11, 2, 23, 30, tzinfo=CHINA), topic="delivery_performance")
    put(kept, 3, datetime(2026, 11, 3, 0, 0, tzinfo=CHINA))

    def titles(chosen: FindingFilter) -> list[str]:
        return [finding.title for finding in kept.query.findings("taobao", chosen)]

    assert titles(FindingFilter()) == ["第3篇", "第2篇", "第1篇"]
    assert titles(FindingFilter(since=date(2026, 11, 2))) == ["第3篇", "第2篇"]
    assert titles(FindingFilter(until=date(2026, 11, 2))) == ["第2篇", "第1篇"]
    assert titles(FindingFilter(topic="delivery_performance")) == ["第2篇"]
    assert titles(FindingFilter(event="service_disruption")) == ["第3篇", "第2篇", "第1篇"]
    assert titles(FindingFilter(event="funding")) == []


def test_a_finding_comes_with_its_verbatim_quote_and_source(kept: Kept) -> None:
    put(kept, 1, datetime(2026, 11, 1, tzinfo=CHINA))
    [finding] = kept.query.findings("taobao", FindingFilter())
    assert finding.quote == "韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。"
    assert finding.quote in TEXT
    assert (finding.source_label, finding.reliability, finding.url) == (
        "快递观察网",
        "B",
        "http://wire.localhost/1",
    )


def test_an_unknown_event_type_is_told_with_the_known_ones(kept: Kept) -> None:
    assert kept.query.known("events", "tender") == "tender"
    with pytest.raises(UnknownName, match="no event 'tendr'; did you mean tender"):
        kept.query.known("events", "tendr")


def test_a_page_of_findings_is_rated_as_among_all(known_home: Path, tmp_path: Path) -> None:
    with reopened(known_home, tmp_path) as service:
        query = service.workspace.query
        for account in ("taobao", "pinduoduo"):
            every = query.findings(account, FindingFilter())
            assert len({one.credibility for one in every}) > 1
            assert [query.finding(one.id) for one in every] == list(every)
            assert list(query.findings(account, FindingFilter(), 2)) == list(every[:2])
