from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from intel.config import CHINA
from intel.db import ArticleRow
from intel.model import Mention
from intel.notice import Notice, NoticeKind, chains, expiring
from intel.tenders import Tenders, keep_notice, keep_places, place
from pipelines.tenders import find
from tests.conftest import Kept
from tests.making import page, reading
from tests.notice_scoring import FIELDS, gold, read, score

PUBLISHED = datetime(2026, 3, 1, 9, tzinfo=CHINA)


def notice(title: str, text: str, published: datetime = PUBLISHED) -> Notice:
    found = find(f"{title}\n{text}", published, ())
    assert found is not None
    return found


@pytest.mark.parametrize("row", gold(), ids=lambda row: row["title"][:16])
def test_every_value_of_a_notice_is_verbatim_at_its_span(row: dict[str, object]) -> None:
    found = read(row)
    content = f"{row['title']}\n{str(row['text']).strip()}"
    if found is None:
        return
    parties = [one for one in (found.buyer, *(winner.party for winner in found.winners)) if one]
    assert all(content[one.span.start : one.span.end] == one.name for one in parties)
    for said in (found.project, found.number):
        assert said is None or content[said.span.start : said.span.end].strip() == said.text
    assert content[found.span.start : found.span.end] == found.label


def test_the_fields_of_the_gold_notices_are_found() -> None:
    result = score(gold())
    weak = [name for name in FIELDS if min(result.precision(name), result.recall(name)) < 0.95]
    assert weak == [], result.faults


@pytest.mark.parametrize("label", ["名称", "名 称", "名    称", "名　　称"])
def test_a_label_may_be_set_wide(label: str) -> None:
    text = f"项目编号：A-2026-1\n1.采购人信息\n{label}：江州大学\n地    址：幸福路1号    联系方式：见附件"
    buyer = notice("快递服务招标公告", text).buyer
    assert buyer is not None and buyer.name == "江州大学"


@pytest.mark.parametrize(
    "told",
    [
        "原投标截止时间2026年5月20日9:00，现更正为2026年5月27日9:00。",
        "投标截止时间由2026年5月20日9:00延期至2026年5月27日9:00。",
        "递交投标文件截止时间原为2026年5月20日9:00，现推迟到2026年5月27日9:00。",
    ],
)
def test_a_corrected_deadline_is_the_new_one(told: str) -> None:
    found = notice("快递服务项目更正公告", f"项目编号：A-2026-1\n{told}").deadline
    assert found is not None and found.at.isoformat()[:16] == "2026-05-27T09:00"


@pytest.mark.parametrize(
    ("term", "months", "recurring", "end"),
    [
        ("服务期限：2026年4月1日至2027年3月31日", None, False, date(2027, 3, 31)),
        ("服务期限：自2026年4月1日起至次年，共24个月", 24, False, date(2028, 3, 31)),
        ("合同履行期限：合同签订之日起两年", 24, False, None),
        ("服务期：三年，合同一年一签", 12, True, None),
        ("合作期限：1+1+1年", 12, True, None),
        ("服务期限：一年，期满经考核合格可续签一次", 12, True, None),
        ("服务期限：2026年4月1日至12月31日", None, False, date(2026, 12, 31)),
        ("合同期限：2026年4月至2028年3月", None, False, date(2028, 3, 31)),
    ],
)
def test_a_term_is_read(term: str, months: int | None, recurring: bool, end: date | None) -> None:
    found = notice("某公司快递服务招标公告", f"项目编号：A-2026-1\n{term}").term
    assert found is not None
    assert (found.months, found.recurring, found.end) == (months, recurring, end)


@pytest.mark.parametrize(
    ("budget", "value"),
    [
        ("预算金额：1,234.5万元", "12345000 CNY"),
        ("预算金额（万元）：360", "3600000 CNY"),
        ("预算金额：1200000", "1200000 CNY"),
        ("最高限价：每票1.38元", "1.38 CNY/票"),
        ("采购预算：人民币壹佰贰拾万元整", "1200000 CNY"),
        ("控制价：2.1亿元", "210000000 CNY"),
        ("项目预算为80万元", "800000 CNY"),
    ],
)
def test_a_budget_is_a_number_with_its_unit(budget: str, value: str) -> None:
    found = notice("某公司快递服务招标公告", f"项目编号：A-2026-1\n{budget}")
    assert [one.value for one in found.budgets] == [value]


def test_a_buyer_that_is_watched_carries_its_account() -> None:
    content = "快递服务招标公告\n招标人：浙江淘宝网络有限公司\n项目编号：A-2026-1"
    at = content.index("淘宝")
    found = find(content, PUBLISHED, [Mention("taobao", "淘宝", at, at + 2, True)])
    assert found is not None and found.buyer is not None
    assert (found.buyer.name, found.buyer.account) == ("浙江淘宝网络有限公司", "taobao")
    assert found.accounts == {"taobao"}


def test_two_lots_told_in_one_sentence_have_their_own_winners_and_sums() -> None:
    title = "江州商城华北大件配送服务项目成交结果公告"
    text = (
        "项目（编号JZ-2026-0931）已完成评审。第一标段成交人为德邦快递，成交金额4120万元；"
        "第二标段成交人为中通物流有限公司，成交金额1865万元。"
    )
    at = f"{title}\n{text}".index("德邦快递")
    found = find(f"{title}\n{text}", PUBLISHED, (Mention("deppon", "德邦快递", at, at + 4, True),))
    assert found is not None
    told = [(one.lot, one.party.name, one.amount and one.amount.value) for one in found.winners]
    assert told == [
        ("第一标段", "德邦快递", "41200000 CNY"),
        ("第二标段", "中通物流有限公司", "18650000 CNY"),
    ]
    assert found.winners[0].party.account == "deppon"


def _named(content: str, names: dict[str, str]) -> tuple[Mention, ...]:
    places = ((content.index(name, content.index("\n")), name) for name in names)
    return tuple(Mention(names[name], name, at, at + len(name), True) for at, name in sorted(places))


def test_winners_that_a_sentence_names_lot_by_lot_are_told_with_lot_and_price() -> None:
    content = "拼多多华中快递服务中标结果公告\n一标段由极兔以每票2.1元中标，二标段由申通中标，韵达未能中标。"
    found = find(content, PUBLISHED, _named(content, {"极兔": "jt", "申通": "sto", "韵达": "yunda"}))
    assert found is not None
    told = [(one.lot, one.party.account, one.amount and one.amount.value) for one in found.winners]
    assert told == [("一标段", "jt", "2.1 CNY/票"), ("二标段", "sto", None)]


def test_a_sentence_of_what_winners_must_do_names_none() -> None:
    content = (
        "唯品会配送中标结果公告\n项目编号：VX-2026-17。顺丰和圆通参加，中标后须缴纳保证金，中标价另行公布。"
    )
    found = find(content, PUBLISHED, _named(content, {"顺丰": "sf", "圆通": "yto"}))
    assert found is not None
    assert found.winners == ()


def test_the_day_of_opening_is_read_where_it_stands_before_the_word() -> None:
    content = "京东冷链干线运输招标公告\n项目编号：JD-2026-118。报名截止12月5日，12月9日9时30分开标。"
    found = find(content, PUBLISHED, ())
    assert found is not None and found.opening is not None
    assert found.opening.at.strftime("%m-%d %H:%M") == "12-09 09:30"


def test_what_only_speaks_of_tenders_is_no_notice() -> None:
    assert find("快递企业抢标电商大单\n多家快递企业参与招标，竞争激烈。", PUBLISHED, ()) is None
    assert find("", None, ()) is None


@pytest.mark.parametrize(
    "title",
    [
        "甲平台：“全面更换快递商”不属实 没有终止与乙快递合作的计划",
        "甲乙两家快递“合并”？两家公司先后澄清",
        "甲快递关于2025年年度报告的更正公告",
    ],
)
def test_what_denies_ends_or_corrects_something_else_is_no_notice(title: str) -> None:
    content = f"{title}\n中标人：乙快递有限公司\n服务期限：一年"
    assert find(content, PUBLISHED, ()) is None
    assert find(content.replace("\n", "（快递服务项目）\n", 1), PUBLISHED, ()) is not None


# ---- chains and expiry

CALL = notice("甲公司快递服务招标公告", "项目编号：A-2026-1\n服务期限：一年\n招标人：甲贸易有限公司")
AWARD = notice(
    "甲公司快递服务中标结果公告",
    "项目编号：A-2026-1（二次）\n中标人：乙快递有限公司\n中标金额：10万元",
    datetime(2026, 4, 1, tzinfo=CHINA),
)


def test_notices_of_one_number_are_one_procurement_oldest_first() -> None:
    other = replace(CALL, number=None)
    assert chains([AWARD, other, CALL]) == ((CALL, AWARD), (other,))


def test_the_end_of_a_contract_is_reckoned_over_the_notices_of_its_procurement() -> None:
    [expiry] = expiring([AWARD, CALL], date(2027, 1, 1), 180)
    assert (expiry.end, expiry.estimated) == (date(2027, 3, 31), True)
    assert expiry.notice is AWARD and expiry.told is CALL
    assert expiring([CALL], date(2027, 1, 1), 180) == ()
    assert expiring([AWARD, CALL], date(2027, 4, 1), 180) == ()


def test_a_running_contract_that_a_new_call_names_expires_too() -> None:
    call = notice("甲公司快递服务招标公告", "项目编号：A-2026-9\n现行服务合同将于2026年12月31日到期。")
    [expiry] = expiring([call], date(2026, 10, 1), 180)
    assert (expiry.end, expiry.estimated) == (date(2026, 12, 31), False)


def test_a_later_award_takes_the_place_of_the_contract_that_its_call_replaced() -> None:
    call = replace(CALL, current_end=replace(CALL.term, end=date(2026, 5, 31)) if CALL.term else None)
    assert expiring([call, AWARD], date(2026, 5, 1), 60) == ()


# ---- kept


def test_a_kept_notice_is_read_back_by_account_and_by_expiry(kept: Kept) -> None:
    kept.store.add_page(page())
    kept.store.keep([(1, reading())])
    end = date(2027, 1, 1)
    text = reading().article.content
    term = replace(CALL.term, end=end) if CALL.term else None
    award = replace(AWARD, term=term, buyer=replace(AWARD.winners[0].party, account="taobao"))
    with Session(kept.engine) as session, session.begin():
        article = session.query(ArticleRow).one().id
        keep_notice(session, article, CALL)
        keep_notice(session, article, award)
        keep_places(session, article, [(0, 8, "第1页"), (8, len(text), "第2页")])
        assert place(session, article, 9) == "第2页"
    tenders = Tenders(kept.engine)
    assert [view.notice for view in tenders.notices("taobao")] == [award]
    assert tenders.notices("jd") == []
    [expiry] = tenders.expiring(date(2026, 12, 1), 60, "taobao")
    assert (expiry.end, expiry.notice.notice.kind) == (end, NoticeKind.AWARD)
    with Session(kept.engine) as session, session.begin():
        keep_notice(session, article, None)
    assert tenders.notices() == []
