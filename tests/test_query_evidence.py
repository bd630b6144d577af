from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from intel.config import CHINA
from intel.db import ArticleRow
from intel.model import Argument, Event, Reading, Status
from intel.notice import Deadline, Notice, NoticeKind, Party, Said, Span, Term, Winner
from intel.query_evidence import EvidenceQuery
from intel.tenders import keep_notice
from intel.views import Sought
from tests.conftest import Kept
from tests.making import NOON, WIRE, page, reading

TITLE = "淘宝招标公告"
TEXT = "淘宝停用韵达，改由中通承运。双方称合作继续。"
QUOTE = "淘宝停用韵达，改由中通承运。"
SPAN = Span(0, 4)


def kept_reading(kept: Kept, number: int = 1, *, at: int = 0, source: str = "wire", **changes: object) -> int:
    """Keep a reading published so many days after noon of 2026-11-12; gives back the article's number."""
    url = f"http://{source}.localhost/{number}"
    kept.store.add_page(page(url, f"{TEXT}{number}", source))
    [one] = kept.store.pages(0, 9, unread_only=True)
    made: Reading = reading(TITLE, TEXT, phrase=QUOTE, at=NOON + timedelta(days=at))
    # Reports that differ: each is a story of its own.
    other = reading(text=f"淘宝 第{number}份报告说的是另一件事。" * 5, phrase="另一件事").report
    kept.store.keep([(one.id, replace(made, report=other, keys=(f"{number}",), **changes))])  # type: ignore[arg-type]
    with Session(kept.engine) as session:
        return session.query(ArticleRow.id).filter(ArticleRow.url == url).scalar() or 0


def argument(role: str, text: str, account: str) -> Argument:
    start = f"{TITLE}\n{TEXT}".index(text)
    return Argument(role, text, start, start + len(text), account)


def change(status: Status = Status.ASSERTED) -> Event:
    start = f"{TITLE}\n{TEXT}".index(QUOTE)
    parties = (
        argument("subject", "淘宝", "taobao"),
        argument("counterparty", "韵达", "yunda"),
        argument("counterparty", "中通", "zto"),
    )
    return Event("carrier_change", "停用", start, start + len(QUOTE), QUOTE, status, "test", parties)


def test_findings_and_events_are_read_with_their_quote_source_and_parties(kept: Kept) -> None:
    kept_reading(kept, events=(change(),))
    told = EvidenceQuery(kept.engine).told("taobao", date(2026, 11, 12))
    by_kind = {view.kind: view for view in told}
    assert by_kind["finding"].topic == "carrier_problems"
    event = by_kind["event"]
    assert (event.event, event.role, event.parties) == ("carrier_change", "subject", ("yunda", "zto"))
    assert {view.quote for view in told} == {QUOTE}
    assert (event.source_label, event.reliability, event.owner) == ("快递观察网", "B", "观察")
    assert (event.credibility, event.why) == (3, "仅此一家，来源可靠性 B")


def test_an_account_sees_an_event_from_its_own_part(kept: Kept) -> None:
    kept_reading(kept, events=(change(),))
    [event] = EvidenceQuery(kept.engine).told("zto", date(2026, 11, 12))
    assert (event.role, event.parties) == ("counterparty", ("taobao", "yunda"))


def test_an_account_with_two_parts_in_an_event_is_its_subject(kept: Kept) -> None:
    both = (argument("counterparty", "合作", "zto"), argument("subject", "中通", "zto"))
    kept_reading(kept, events=(replace(change(), arguments=both),))
    [event] = EvidenceQuery(kept.engine).told("zto", date(2026, 11, 12))
    assert (event.role, event.parties) == ("subject", ())


def test_what_was_published_later_than_the_day_is_not_read(kept: Kept) -> None:
    kept_reading(kept, at=1)
    query = EvidenceQuery(kept.engine)
    assert query.told("taobao", date(2026, 11, 12)) == []
    assert query.told("taobao", date(2026, 11, 13))


def test_a_later_denial_makes_an_event_doubtful_only_from_its_day_on(kept: Kept) -> None:
    kept_reading(kept, 1, events=(change(),), findings=())
    kept_reading(kept, 2, at=3, events=(change(Status.DENIED),), findings=())
    query = EvidenceQuery(kept.engine)
    [before] = query.told("taobao", date(2026, 11, 12))
    denial, event = query.told("taobao", date(2026, 11, 20))
    assert (before.credibility, event.credibility) == (3, 5)
    assert (denial.status, denial.credibility) == ("denied", 3)


def test_a_denial_between_other_parties_makes_no_event_doubtful(kept: Kept) -> None:
    kept_reading(kept, 1, events=(change(),), findings=())
    denied = change(Status.DENIED)
    other = replace(denied, arguments=(denied.arguments[0], argument("counterparty", "双方", "sf")))
    kept_reading(kept, 2, at=3, events=(other,), findings=())
    denial, event = EvidenceQuery(kept.engine).told("taobao", date(2026, 11, 20))
    assert (denial.parties, event.credibility) == (("sf",), 3)


def test_an_event_that_another_owner_tells_too_is_confirmed(kept: Kept) -> None:
    kept.store.load_sources((replace(WIRE, name="daily", label="电商早报", owner="早报"),))
    kept_reading(kept, 1, events=(change(),), findings=())
    kept_reading(kept, 2, source="daily", events=(change(),), findings=())
    told = EvidenceQuery(kept.engine).told("taobao", date(2026, 11, 20))
    assert [view.credibility for view in told] == [1, 1]


def test_a_finding_on_a_topic_is_no_witness_of_an_event(kept: Kept) -> None:
    kept.store.load_sources((replace(WIRE, name="daily", label="电商早报", owner="早报"),))
    kept_reading(kept, 1, events=(change(),), findings=())
    kept_reading(kept, 2, source="daily", events=())
    told = EvidenceQuery(kept.engine).told("taobao", date(2026, 11, 20))
    assert {view.kind: view.credibility for view in told} == {"event": 3, "finding": 3}


# ---- only what is sought


def sought(topics: tuple[str, ...], *events: str, within: int | None = None, first: bool = False) -> Sought:
    """Sentences on these topics and of these events, all or those of the first article."""
    return Sought(
        dict.fromkeys(topics, within),
        dict.fromkeys(events, within),
        lambda v: v.url.endswith("/1") or not first,
    )


def test_what_is_sought_is_rated_as_among_all(kept: Kept) -> None:
    kept.store.load_sources((replace(WIRE, name="daily", label="电商早报", owner="早报"),))
    kept_reading(kept, 1, events=(change(),))
    kept_reading(kept, 2, at=3, source="daily", events=(change(),))
    kept_reading(kept, 3, at=4, events=(change(Status.DENIED),))
    query, day = EvidenceQuery(kept.engine), date(2026, 11, 20)
    every = query.told("taobao", day)
    assert {view.credibility for view in every} > {1}
    for asked in (
        sought(("carrier_problems",), "carrier_change"),
        sought((), "carrier_change", first=True),
        sought(("carrier_problems",), within=90, first=True),
    ):
        expected = [
            view
            for view in every
            if (view.topic in asked.topics or view.event in asked.events) and asked.fits(view)
        ]
        assert query.told("taobao", day, asked) == expected != []


def test_what_is_older_than_is_looked_back_on_confirms_what_is_near_it(kept: Kept) -> None:
    kept.store.load_sources((replace(WIRE, name="daily", label="电商早报", owner="早报"),))
    kept_reading(kept, 1, at=-30, source="daily", events=(change(),), findings=())
    kept_reading(kept, 2, events=(change(),), findings=())
    kept_reading(kept, 3, at=-60, source="daily", events=(change(),), findings=())
    asked = sought((), "carrier_change", within=0)
    told = EvidenceQuery(kept.engine).told("taobao", date(2026, 11, 12), asked)
    assert [(view.url[-1], view.credibility) for view in told] == [("2", 1), ("1", 1)]


def test_an_event_is_told_of_each_account_from_its_own_part(kept: Kept) -> None:
    kept_reading(kept, 1, events=(change(),), findings=())
    told = EvidenceQuery(kept.engine).told_of(
        {"zto": sought((), "carrier_change"), "yunda": sought((), "carrier_change"), "sf": None},
        date(2026, 11, 12),
    )
    assert {account: [view.parties for view in views] for account, views in told.items()} == {
        "zto": [("taobao", "yunda")], "yunda": [("taobao", "zto")], "sf": [],
    }  # fmt: skip


def test_how_long_an_account_is_known_is_told_by_its_oldest_sentence(kept: Kept) -> None:
    query, day = EvidenceQuery(kept.engine), date(2026, 11, 12)
    assert query.known_since("taobao", day, 30) is None
    kept_reading(kept, 1, at=-2)
    kept_reading(kept, 2, at=-9, events=(change(),), findings=())
    kept_reading(kept, 3, at=1)
    assert query.known_since("taobao", day, 30) == date(2026, 11, 3)
    # What lies further back than is asked for is enough, whichever it is.
    assert query.known_since("taobao", day, 1) == date(2026, 11, 10)


# ---- notices

TENDER = Notice(
    kind=NoticeKind.TENDER,
    label="招标公告",
    span=SPAN,
    buyer=Party("淘宝", SPAN, "taobao"),
    number=Said("A-1", SPAN),
    deadline=Deadline(NOON + timedelta(days=20), SPAN),
    published=NOON.date(),
)
AWARD = replace(
    TENDER,
    kind=NoticeKind.AWARD,
    deadline=None,
    winners=(Winner(Party("极兔", SPAN, "jt")),),
    term=Term(SPAN, end=date(2027, 1, 31)),
    published=date(2026, 11, 14),
)


def notice(kept: Kept, article: int, one: Notice) -> None:
    with Session(kept.engine) as session, session.begin():
        keep_notice(session, article, one)


def test_a_call_is_open_until_its_deadline_or_its_award(kept: Kept) -> None:
    notice(kept, kept_reading(kept, 1), TENDER)
    query = EvidenceQuery(kept.engine)
    [call] = query.open_calls("taobao", date(2026, 11, 13))
    assert (call.quote, call.until) == (TITLE, (NOON + timedelta(days=20)).astimezone(CHINA).date())
    assert query.open_calls("taobao", date(2026, 11, 11)) == []
    assert query.open_calls("taobao", date(2026, 12, 20)) == []
    assert query.open_calls("jd", date(2026, 11, 13)) == []
    notice(kept, kept_reading(kept, 2, at=2), AWARD)
    assert query.open_calls("taobao", date(2026, 11, 15)) == []


def test_a_call_without_a_deadline_is_open_for_a_while(kept: Kept) -> None:
    notice(kept, kept_reading(kept, 1), replace(TENDER, deadline=None))
    query = EvidenceQuery(kept.engine)
    assert [call.until for call in query.open_calls("taobao", date(2026, 12, 20))] == [None]
    assert query.open_calls("taobao", date(2027, 3, 20)) == []


def test_a_contract_of_the_client_that_ends_soon_is_quoted(kept: Kept) -> None:
    notice(kept, kept_reading(kept, 1), AWARD)
    query = EvidenceQuery(kept.engine)
    [end] = query.expiring("taobao", date(2026, 12, 1), 90)
    assert (end.event, end.until, end.parties) == ("expiry", date(2027, 1, 31), ("jt",))
    assert query.expiring("taobao", date(2026, 12, 1), 30) == []
    assert query.expiring("jt", date(2026, 12, 1), 90) == []


def test_what_a_courier_won_of_a_client_is_found_from_its_day_on(kept: Kept) -> None:
    notice(kept, kept_reading(kept, 1), AWARD)
    query = EvidenceQuery(kept.engine)
    assert [view.quote for view in query.won("jt", "taobao", date(2026, 11, 20))] == [TITLE]
    assert query.won("jt", "taobao", date(2026, 11, 13)) == []
    assert query.won("jt", "jd", date(2026, 11, 20)) == []
    assert query.won("sf", "taobao", date(2026, 11, 20)) == []
