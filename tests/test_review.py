"""The analyst's word: it holds at once and after every new reading, and each decision can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intel.acts import By
from intel.config import CHINA
from intel.credibility import ANALYST, PROBABLE, UNSURE
from intel.db import ReviewRow
from intel.model import Argument, Mention, NotAnArticle, Reading, Review, ReviewAction
from intel.query import UnknownName
from intel.query_evidence import EvidenceQuery
from intel.review import Correction, Reviewer
from intel.review_force import BadReview
from intel.review_rules import name_of, same_sentence, sentence_of
from intel.review_views import ArticleView, Reviews, ReviewView
from intel.review_word import in_force, undone
from intel.search_query import Search
from intel.views import FindingFilter, FindingView, SearchFilter
from pipelines import retelling
from pipelines.personal_words import words
from pipelines.reports import Report, fingerprint
from pipelines.retelling import Retelling, parts
from tests.conftest import Command, Kept
from tests.making import NOON, SOURCES, TEXT, WIRE, page, reading
from tests.test_cli import refused, saved  # noqa: F401 (a fixture)

ALL = FindingFilter()
LATER = By("沈立", "核对过原文", datetime(2026, 12, 1, tzinfo=CHINA))
BY = By("沈立", "核对过原文", NOON + timedelta(days=10))
QUOTE = "韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。"
OTHER = "中国邮政航空一架货机在鄂州机场完成首次越洋飞行，机上装载跨境包裹九十吨，返程运回生鲜和图书。" * 2


class Desk:
    """A database with readings that can be kept again, and an analyst at work on it."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.readings: list[Reading] = []
        self.reviewer, self.reviews = Reviewer(kept.engine), Reviews(kept.engine)

    def put(self, read: Reading) -> int:
        """Keep a reading as the next article; gives back its number."""
        self.readings.append(read)
        number = len(self.readings)
        self.kept.store.add_page(page(url=f"http://wire.localhost/{number}"))
        self.kept.store.keep([(number, read)])
        return number

    def read_all(self) -> None:
        """Read everything again, in one batch and then one by one in the opposite order."""
        numbered = list(enumerate(self.readings, 1))
        self.kept.store.keep(numbered)
        for one in reversed(numbered):
            self.kept.store.keep([one])

    def findings(self, account: str = "taobao", **chosen: Any) -> list[FindingView]:
        return list(self.kept.query.findings(account, FindingFilter(**chosen)))

    def first(self, account: str = "taobao") -> int:
        return min(one.id for one in self.findings(account))

    def article(self, number: int = 1) -> ArticleView:
        return self.reviews.article(f"http://wire.localhost/{number}")

    def took(self) -> list[ReviewView]:
        return list(self.reviews.in_force())

    def state(self) -> dict[str, list[Any]]:
        """All that reviews can change, with the numbers of findings and stories."""
        tables = {
            "finding": "SELECT * FROM finding ORDER BY id",
            "mention": """SELECT article_id, account_id, start, "end", surface, about
                FROM mention ORDER BY 1, 3, 2""",
            "event": """SELECT e.article_id, e.type, e.status, e.start, a.role, a.text, a.account_id
                FROM event e LEFT JOIN argument a ON a.event_id = e.id ORDER BY 1, 4, 2, 5, 6""",
            "article": """SELECT url, story_id, published_at, published_precision, published_evidence,
                published_origin, dated_at FROM article ORDER BY url""",
            "story": "SELECT id FROM story ORDER BY id",
            "original": "SELECT article_id FROM reviewed ORDER BY 1",
            "effect": "SELECT review_id, article_id, kind, text FROM review_effect ORDER BY 1, 2, 3, 4",
        }
        with self.kept.engine.connect() as connection:
            return {name: [tuple(row) for row in connection.execute(text(q))] for name, q in tables.items()}


@pytest.fixture
def desk(kept: Kept) -> Desk:
    """An analyst's desk: one report, and another elsewhere that has one sentence in common with it."""
    made = Desk(kept)
    made.put(two_parties())
    made.put(reading(title="又一篇", text=f"淘宝商家反映物流变慢。{QUOTE}{OTHER}"))
    return made


def two_parties() -> Reading:
    """A reading that names 淘宝 and 韵达, whose event has 韵达 as subject."""
    made = reading()
    at = made.article.content.index("韵达")
    party = Argument("subject", "韵达", at, at + 2, "yunda")
    events = (replace(made.events[0], arguments=(party,)),)
    return replace(made, mentions=(*made.mentions, Mention("yunda", "韵达", at, at + 2, True)), events=events)


# ---- every action: at once, after reading again, and taken back


def _confirm(desk: Desk) -> Review:
    return desk.reviewer.confirm(desk.first(), BY)


def _reject(desk: Desk) -> Review:
    return desk.reviewer.reject(desk.first(), BY)


def _relink(desk: Desk) -> Review:
    return desk.reviewer.relink(desk.first(), "pinduoduo", BY)


def _unlink(desk: Desk) -> Review:
    return desk.reviewer.relink(desk.first(), None, BY)


def _relink_mention(desk: Desk) -> Review:
    number = next(one["id"] for one in desk.article().mentions if one["account_id"] == "taobao")
    return desk.reviewer.relink_mention(number, "tmall", BY)


def _event(desk: Desk) -> Review:
    number = desk.article().events[0]["id"]
    return desk.reviewer.event(number, Correction("service_quality", "denied", "taobao"), BY)


def _date(desk: Desk) -> Review:
    return desk.reviewer.date("1", date(2026, 10, 1), BY)


def _merge(desk: Desk) -> Review:
    return desk.reviewer.merge(desk.article(1).story, desk.article(2).story, BY)


def _split(desk: Desk) -> Review:
    desk.put(desk.readings[0])
    return desk.reviewer.split("http://wire.localhost/3", BY)


ACTIONS = (_confirm, _reject, _relink, _unlink, _relink_mention, _event, _date, _merge, _split)
each = pytest.mark.parametrize("act", ACTIONS, ids=lambda act: act.__name__.strip("_"))


@each
def test_a_decision_holds_after_everything_is_read_again(desk: Desk, act: Callable[[Desk], Review]) -> None:
    act(desk)
    before = {name: rows for name, rows in desk.state().items() if name != "story"}
    desk.read_all()
    after = desk.state()
    partition = {row[0]: row[1] for row in after["article"]}
    assert _without_story(after) == _without_story(before)
    assert _groups(partition) == _groups({row[0]: row[1] for row in before["article"]})


def _without_story(state: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        name: [row[:1] + row[2:] for row in rows] if name == "article" else rows
        for name, rows in state.items()
        if name != "story"
    }


def _groups(stories: dict[str, int]) -> set[frozenset[str]]:
    return {frozenset(url for url in stories if stories[url] == story) for story in stories.values()}


@each
def test_undoing_a_decision_gives_back_the_exact_former_state(
    desk: Desk, act: Callable[[Desk], Review]
) -> None:
    if act is _split:
        desk.put(desk.readings[0])
        before, made = desk.state(), desk.reviewer.split("3", BY)
    else:
        before, made = desk.state(), act(desk)
    assert desk.state() != before
    desk.reviewer.undo(made.id, BY)
    assert desk.state() == before


@each
def test_undoing_an_undo_brings_a_decision_into_force_again(
    desk: Desk, act: Callable[[Desk], Review]
) -> None:
    made = act(desk)
    held = desk.state()
    back = desk.reviewer.undo(made.id, BY)
    desk.reviewer.undo(back.id, BY)
    assert _without_story(desk.state()) == _without_story(held)
    assert [one.review.id for one in desk.took()] == [made.id]


@each
def test_a_decision_says_who_when_why_and_what_was_before(desk: Desk, act: Callable[[Desk], Review]) -> None:
    made = act(desk)
    [kept] = desk.reviews.audit()
    assert kept.review == made
    assert (made.who, made.why, made.at) == (BY.who, BY.why, BY.at)
    assert made.before and made.after and made.target["accounts"]
    assert [one.review for one in desk.reviews.audit("taobao")] == [made]
    assert desk.reviews.audit("zto") == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_decisions_are_taken_back_in_any_order(desk: Desk, order: tuple[int, int]) -> None:
    before = desk.state()
    made = [_relink(desk), desk.reviewer.reject(desk.first("pinduoduo"), BY)]
    for number in order:
        desk.reviewer.undo(made[number].id, BY)
    assert desk.state() == before


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=20))
def test_a_review_is_in_force_unless_a_review_in_force_takes_it_back(undoes: list[int | None]) -> None:
    made: list[Review] = []
    for number, wish in enumerate(undoes, 1):
        gone = undone(made)
        free = [one.id for one in made if one.id not in gone]
        back = free[wish % len(free)] if wish is not None and free else None
        action = ReviewAction.CONFIRM if back is None else ReviewAction.UNDO
        made.append(Review(number, NOON, "a", "b", action, {}, {}, {}, back))
    gone = undone(made)
    assert all((one.id in gone) == any(o.undoes == one.id and o.id not in gone for o in made) for one in made)
    assert [one.id for one in in_force(made)] == [o.id for o in made if o.id not in gone and o.undoes is None]


@pytest.mark.parametrize("mark", [*words().marks.values(), "〔姓名已略〕"])
def test_a_sentence_is_known_again_when_something_was_left_out_of_it(mark: str) -> None:
    said = "陆知远说，韵达网点爆仓三天，赔付未到。"
    left = said.replace("陆知远", mark)
    assert same_sentence(left, sentence_of(said)) and same_sentence(
        left, sentence_of(said).replace("陆知远", mark)
    )
    assert not same_sentence(left, sentence_of("圆通网点没有爆仓。"))
    assert not same_sentence(f"{mark}说。", sentence_of("他昨天说。"))


# ---- confirm and reject


def test_a_rejected_finding_is_nowhere_but_among_the_rejected(desk: Desk) -> None:
    search, told = Search(desk.kept.engine), SearchFilter(topics=("carrier_problems",))
    review = _reject(desk)
    assert (search.page("爆仓").total, search.page("爆仓", told).total) == (2, 0)
    assert desk.findings() == []
    assert desk.kept.query.topic_counts("taobao") == {}
    assert desk.kept.query.kept().findings == 0
    views = {view.id: view for view in desk.kept.query.accounts()}
    assert (views["taobao"].findings, views["taobao"].newest) == (0, None)
    assert desk.kept.query.beside("yunda", ALL) == []
    rejected = desk.findings(rejected=True)
    assert [one.quote for one in rejected] == [QUOTE, QUOTE]
    assert all("分析员已否定" in one.why for one in rejected)
    desk.reviewer.undo(review.id, BY)
    assert search.page("爆仓", told).total == 2


def test_a_rejection_takes_the_same_sentence_in_articles_past_and_to_come(desk: Desk) -> None:
    made = _reject(desk)
    spaced = f"早报消息。{QUOTE.replace('，', '， ')}淘宝未回应。{OTHER}"
    desk.put(reading(title="第三篇", text=spaced, phrase=QUOTE.replace("，", "， ")))
    assert desk.findings() == []
    [view] = desk.took()
    assert view.review.id == made.id
    assert {one.url[-1] for one in view.took} == {"1", "2", "3"}
    assert {one.kind for one in view.took} == {"finding"}


def test_another_topic_account_or_sentence_is_not_rejected_with_it(desk: Desk) -> None:
    desk.put(reading(title="甲", topic="delivery_performance"))
    desk.put(reading(title="乙", account="tmall"))
    desk.put(reading(title="丙", phrase="末端派送没有出现积压。"))
    _reject(desk)
    assert {(one.topic, one.title) for one in desk.findings()} == {
        ("delivery_performance", "甲"),
        ("carrier_problems", "丙"),
    }
    assert [one.title for one in desk.findings("tmall")] == ["乙"]


def test_a_confirmation_after_a_rejection_keeps_that_finding_alone(desk: Desk) -> None:
    _reject(desk)
    one = next(view for view in desk.findings(rejected=True) if view.article == 1)
    desk.reviewer.confirm(one.id, BY)
    desk.read_all()
    assert [(view.article, view.confirmed) for view in desk.findings()] == [(1, True)]
    assert [view.article for view in desk.findings(rejected=True)] == [2]


def test_a_confirmed_finding_is_at_least_probable_and_says_so(desk: Desk) -> None:
    desk.put(reading(title="旧闻", at=datetime(2020, 1, 1, tzinfo=CHINA), phrase=TEXT[:20]))
    with Session(desk.kept.engine) as session, session.begin():
        session.execute(text("UPDATE finding SET certainty = 0.28"))
    old = next(one for one in desk.findings() if one.title == "旧闻")
    assert old.credibility > PROBABLE and ANALYST not in old.why and UNSURE in old.why
    desk.reviewer.confirm(old.id, BY)
    found = next(one for one in desk.findings() if one.title == "旧闻")
    assert found.credibility == PROBABLE and found.why.endswith(ANALYST)
    assert found.certainty == 1 and UNSURE not in found.why


def test_a_battlecard_s_evidence_heeds_confirmation_and_rejection(desk: Desk) -> None:
    evidence = EvidenceQuery(desk.kept.engine)
    desk.put(reading(title="又一条", phrase=TEXT[:20]))
    desk.reviewer.confirm(max(one.id for one in desk.findings()), BY)
    _reject(desk)
    told = [one for one in evidence.told("taobao", date(2026, 11, 30)) if one.kind == "finding"]
    assert [(one.quote, one.confirmed, one.credibility) for one in told] == [(TEXT[:20], True, PROBABLE)]
    assert told[0].why.endswith(ANALYST)


def test_a_confirmed_finding_outlives_a_rule_that_no_longer_finds_it(desk: Desk) -> None:
    _confirm(desk)
    desk.readings[0] = replace(desk.readings[0], findings=())
    desk.read_all()
    [found] = [one for one in desk.findings() if one.article == 1]
    assert (found.quote, found.topic, found.confirmed) == (QUOTE, "carrier_problems", True)


def test_a_finding_keeps_its_number_when_it_is_read_again(desk: Desk) -> None:
    before = {(one.article, one.id) for one in desk.findings()}
    desk.read_all()
    assert {(one.article, one.id) for one in desk.findings()} == before


# ---- links


def test_a_relinked_finding_is_the_other_account_s_wherever_its_sentence_stands(desk: Desk) -> None:
    _relink(desk)
    assert desk.findings() == []
    assert [(one.article, one.quote) for one in desk.findings("pinduoduo")] == [(1, QUOTE), (2, QUOTE)]


def test_a_finding_linked_to_no_account_is_set_aside_and_its_event_has_no_such_party(desk: Desk) -> None:
    _unlink(desk)
    assert desk.findings() == []
    assert len(desk.findings(rejected=True)) == 2


def beginner(text_: str, phrase: str) -> Reading:
    """A reading in which 菜鸟 is taken for the account."""
    made = reading(text=f"淘宝{text_}", phrase=phrase, account="cainiao")
    at = made.article.content.index("菜鸟")
    return replace(made, mentions=(Mention("cainiao", "菜鸟", at, at + 2, True),))


def test_a_name_is_remembered_with_what_stands_beside_it_in_other_texts(desk: Desk) -> None:
    wrong = "对刚入行的菜鸟骑手来说，华东的包裹延误最难处理。"
    same = "站长坦言，刚入行的菜鸟骑手来说最缺的是经验，包裹时常延误。"
    right = "商家反映菜鸟包裹延误三天，客服没有回复。"
    numbers = [desk.put(beginner(one + OTHER, one)) for one in (wrong, same, right)]
    first = next(one.id for one in desk.findings("cainiao") if one.article == numbers[0])
    desk.reviewer.relink(first, None, BY)
    assert [one.article for one in desk.findings("cainiao")] == [numbers[2]]
    assert [desk.article(number).mentions for number in numbers[:2]] == [(), ()]
    later = desk.put(beginner("培训会上，刚入行的菜鸟骑手来说法不一，包裹延误。" + OTHER, "包裹延误。"))
    assert desk.article(later).mentions == ()
    assert [one.article for one in desk.findings("cainiao")] == [numbers[2]]


def test_a_relinked_name_changes_the_party_of_its_event(desk: Desk) -> None:
    number = next(one["id"] for one in desk.article().mentions if one["account_id"] == "yunda")
    desk.reviewer.relink_mention(number, "zto", BY)
    assert desk.article().events[0]["subjects"] == ["zto"]


def test_a_finding_that_the_other_account_has_already_is_not_doubled(desk: Desk) -> None:
    made = two_parties()
    desk.put(replace(made, findings=(*made.findings, replace(made.findings[0], account="tmall"))))
    desk.reviewer.relink(desk.first(), "tmall", BY)
    assert [one.article for one in desk.findings("tmall")].count(3) == 1


@given(st.text("客户。，韵达aA１1 \n！", max_size=60), st.integers(0, 59), st.integers(1, 4))
def test_what_stands_beside_a_name_never_crosses_its_sentence(content: str, start: int, size: int) -> None:
    start = min(start, max(0, len(content) - 1))
    end = min(start + size, len(content))
    surface, left, right = name_of(content, start, end)
    assert len(surface) == end - start and len(left) <= 4 and len(right) <= 4
    assert left in sentence_of(content[:start]) and right in sentence_of(content[end:])


# ---- events, dates, stories


def test_a_corrected_event_has_its_type_status_subject_and_finding(desk: Desk) -> None:
    _event(desk)
    [event] = desk.article().events
    assert (event["type"], event["status"], event["subjects"]) == ("service_quality", "denied", ["taobao"])
    assert next(one.event for one in desk.findings() if one.article == 1) == "service_quality"
    assert next(one.event for one in desk.findings() if one.article == 2) == "service_disruption"


def test_a_subject_is_quoted_from_the_article_or_refused(desk: Desk) -> None:
    number = desk.article().events[0]["id"]
    with pytest.raises(BadReview, match="jd is not named in the article"):
        desk.reviewer.event(number, Correction(subject="jd"), BY)
    desk.reviewer.event(number, Correction(subject="taobao"), BY)
    with desk.kept.engine.connect() as connection:
        query = "SELECT text, start, \"end\" FROM argument WHERE account_id = 'taobao'"
        words, start, end = connection.execute(text(query)).one()
    assert desk.readings[0].article.content[start:end] == words == "淘宝"


def test_a_corrected_date_moves_the_article_and_its_findings(desk: Desk) -> None:
    _date(desk)
    found = next(one for one in desk.findings() if one.article == 1)
    assert (found.dated_at.astimezone(CHINA).date(), found.precision) == (date(2026, 10, 1), "day")
    assert desk.findings(until=date(2026, 10, 1)) == [found]


def rewrite(text: str, day: int) -> Reading:
    """A report of one event of 淘宝 in its own words, told on a day of November."""
    at = datetime(2026, 11, day, 9, tzinfo=CHINA)
    made = reading(title="嘉兴仓停摆", text=f"淘宝{text}", phrase="淘宝", at=at)
    told = frozenset({("service_disruption", "淘宝")})
    report = Report(fingerprint(text), at.date(), frozenset({"taobao"}), told)
    return replace(made, report=report.to_bytes(), keys=report.keys)


@pytest.fixture
def retold(kept: Kept) -> Desk:
    """A desk with two rewrites of one report, the second of which bears a date that is three weeks off."""
    made = Desk(kept)
    made.put(rewrite("嘉兴退货仓停摆，积压包裹38万件，平台调来260人支援，商家退款140笔。", 26))
    made.put(rewrite("因断电，嘉兴一处仓库停了一天：260名员工连夜卸车，压着的38万件当晚清完，退款140笔。", 3))
    return made


def stories(desk: Desk) -> list[tuple[str, ...]]:
    return [desk.article(number).members for number in range(1, len(desk.readings) + 1)]


def test_a_corrected_date_joins_an_article_with_the_story_of_its_day(retold: Desk) -> None:
    both = ("http://wire.localhost/1", "http://wire.localhost/2")
    assert stories(retold) == [both[:1], both[1:]]
    retold.reviewer.date("2", date(2026, 11, 26), LATER)
    assert stories(retold) == [both, both]
    retold.read_all()
    assert stories(retold) == [both, both]


def test_a_corrected_date_takes_an_article_out_of_a_story_that_is_not_of_its_day(retold: Desk) -> None:
    retold.readings[1] = rewrite("因断电，嘉兴仓停了：260名员工卸车，压着的38万件当晚清完，退款140笔。", 25)
    retold.read_all()
    assert len(retold.article(1).members) == 2
    retold.reviewer.date("2", date(2026, 11, 3), LATER)
    assert len(retold.article(1).members) == len(retold.article(2).members) == 1
    retold.read_all()
    assert len(retold.article(1).members) == 1


def test_a_date_correction_that_is_taken_back_leaves_the_stories_as_they_were(retold: Desk) -> None:
    before = retold.state()
    review = retold.reviewer.date("2", date(2026, 11, 26), LATER)
    assert retold.state() != before
    retold.reviewer.undo(review.id, LATER)
    assert retold.state() == before


def happened(text: str, day: int, party: str) -> Reading:
    """A rewrite whose event has a subject, so that a correction of the event is one of what it tells."""
    made = rewrite(text, day)
    at = made.article.content.index("淘宝")
    subject = Argument("subject", "淘宝", at, at + 2, party)
    told = replace(Report.from_bytes(made.report), accounts=frozenset({party}))
    events = (replace(made.events[0], arguments=(subject,)),)
    report = replace(told, events=frozenset({("service_disruption", party)}))
    return replace(made, events=events, report=report.to_bytes(), keys=report.keys)


@pytest.mark.parametrize("number", [1, 2])
def test_a_corrected_event_regroups_stories_and_taking_it_back_gives_their_numbers_back(
    kept: Kept, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(kept)
    first = happened("嘉兴退货仓停摆，积压包裹38万件，商家退款140笔。", 26, "taobao")
    second = happened(
        "因断电，嘉兴一处仓库停了一天：工人连夜卸车，压着的38万件清完，退款140笔。", 26, "taobao"
    )
    one, other = (Report.from_bytes(each.report) for each in (first, second))
    # Whether they tell the same event decides, whatever else they share.
    deciding = parts(one, other) - parts(one, replace(other, events=frozenset()))
    weights = np.zeros((len(deciding) + 1, len(deciding) + 1))
    weights[:, -1] = [*deciding, -0.5]
    monkeypatch.setattr(retelling, "model", lambda: Retelling(weights))
    desk.put(first)
    desk.put(second)
    before = desk.state()
    assert len(desk.article(1).members) == 2
    event = desk.article(number).events[0]["id"]
    made = desk.reviewer.event(event, Correction("strike"), LATER)
    assert [len(desk.article(one).members) for one in (1, 2)] == [1, 1]
    desk.read_all()
    assert [len(desk.article(one).members) for one in (1, 2)] == [1, 1]
    desk.reviewer.undo(made.id, LATER)
    assert desk.state() == before


def test_taking_a_date_back_gives_each_of_two_stories_its_number_back(retold: Desk) -> None:
    before = retold.state()
    made = retold.reviewer.date("1", date(2026, 11, 3), LATER)
    assert len(retold.article(1).members) == 2
    retold.reviewer.undo(made.id, LATER)
    assert retold.state() == before


def test_an_article_split_off_is_never_joined_again_not_even_by_a_copy_of_it(desk: Desk) -> None:
    _split(desk)
    desk.put(desk.readings[0])
    desk.read_all()
    stories = [desk.article(number).members for number in (1, 3, 4)]
    assert stories[1] == ("http://wire.localhost/3",)
    assert stories[0] == stories[2] == ("http://wire.localhost/1", "http://wire.localhost/4")


def test_a_merge_survives_when_an_article_in_it_is_read_as_something_else(desk: Desk) -> None:
    desk.put(desk.readings[0])
    _merge(desk)
    desk.readings[2] = reading(title="改版", text=OTHER + "淘宝参会。", phrase="淘宝参会。")
    desk.read_all()
    assert len(desk.article(2).members) == 3
    assert desk.kept.query.kept().stories == 1


def test_of_a_merge_and_a_split_the_later_word_holds(desk: Desk) -> None:
    _merge(desk)
    desk.reviewer.split("2", BY)
    desk.read_all()
    assert desk.article(1).story != desk.article(2).story
    _merge(desk)
    desk.read_all()
    assert desk.article(1).story == desk.article(2).story


def test_merged_stories_are_one_witness(desk: Desk) -> None:
    desk.kept.store.load_sources((WIRE, replace(SOURCES[1], owner="论坛")))
    desk.kept.store.add_page(page(url="http://forum.localhost/1", source="forum"))
    desk.kept.store.keep([(3, desk.readings[1])])
    desk.reviewer.split("http://forum.localhost/1", BY)
    assert min(one.credibility for one in desk.findings()) < 3
    desk.reviewer.merge(1, desk.article(2).story, BY)
    with Session(desk.kept.engine) as session:
        story = session.execute(
            text("SELECT story_id FROM article WHERE url = 'http://forum.localhost/1'")
        ).scalar_one()
    desk.reviewer.merge(1, story, BY)
    assert min(one.credibility for one in desk.findings()) == 3


# ---- what cannot be


def test_no_review_is_changed_deleted_or_replaced_by_anybody(desk: Desk) -> None:
    made = _confirm(desk)
    again = (
        "INTO review (id, at, who, why, action, target, before, after) "
        f"VALUES ({made.id}, '2026-01-01 00:00:00', 'x', 'x', 'undo', '{{}}', '{{}}', '{{}}')"
    )
    statements = [
        "UPDATE review SET why = 'x'",
        "DELETE FROM review",
        f"INSERT {again} ON CONFLICT (id) DO UPDATE SET why = 'x'",
    ]
    kinds = {"sqlite": f"INSERT OR REPLACE {again}", "postgresql": "TRUNCATE review"}
    for statement in [*statements, kinds[desk.kept.engine.dialect.name]]:
        with pytest.raises(IntegrityError, match="append-only"), desk.kept.engine.begin() as connection:
            connection.execute(text(statement))
    [kept] = desk.reviews.audit()
    assert kept.review == made


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda desk: desk.reviewer.confirm(99, BY), "no finding 99"),
        (lambda desk: desk.reviewer.reject(99, BY), "no finding 99"),
        (lambda desk: desk.reviewer.relink(99, None, BY), "no finding 99"),
        (lambda desk: desk.reviewer.relink_mention(99, None, BY), "no mention 99"),
        (lambda desk: desk.reviewer.event(99, Correction("tender"), BY), "no event 99"),
        (lambda desk: desk.reviewer.date("99", date(2026, 1, 1), BY), "no article '99'"),
        (lambda desk: desk.reviewer.merge(1, 99, BY), "no story 99"),
        (lambda desk: desk.reviewer.split("http://nowhere/", BY), "no article 'http://nowhere/'"),
        (lambda desk: desk.reviewer.undo(99, BY), "no review 99"),
    ],
)
def test_a_number_that_nothing_has_is_refused_and_leaves_no_review(
    desk: Desk, act: Callable[[Desk], Review], said: str
) -> None:
    with pytest.raises(UnknownName, match=said):
        act(desk)
    assert desk.reviews.audit() == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda desk: desk.reviewer.confirm(1, replace(BY, why=" ")), "who takes it and why"),
        (lambda desk: desk.reviewer.confirm(1, replace(BY, who="")), "who takes it and why"),
        (lambda desk: desk.reviewer.event(1, Correction(), BY), "nothing to correct"),
        (lambda desk: desk.reviewer.date("1", date(2027, 1, 1), BY), "yet to come"),
        (lambda desk: desk.reviewer.merge(1, 1, BY), "one story already"),
        (lambda desk: desk.reviewer.split("1", BY), "alone in story"),
        (lambda desk: desk.reviewer.relink(desk.first(), "taobao", BY), "already"),
    ],
)
def test_a_decision_that_changes_nothing_or_has_no_reason_is_refused(
    desk: Desk, act: Callable[[Desk], Review], said: str
) -> None:
    before = desk.state()
    with pytest.raises(BadReview, match=said):
        act(desk)
    assert desk.state() == before
    assert desk.reviews.audit() == []


def test_what_is_said_is_not_said_again(desk: Desk) -> None:
    made = _reject(desk)
    rejected = desk.findings(rejected=True)[0].id
    with pytest.raises(BadReview, match=f"already rejected by review {made.id}"):
        desk.reviewer.reject(rejected, BY)
    back = desk.reviewer.undo(made.id, BY)
    with pytest.raises(BadReview, match=f"already undone by review {back.id}"):
        desk.reviewer.undo(made.id, BY)


def test_a_review_outlives_its_article(desk: Desk) -> None:
    _confirm(desk)
    desk.kept.store.keep([(1, NotAnArticle("index_page"))])
    [view] = desk.reviews.audit()
    assert view.took == ()
    desk.read_all()
    assert [one.confirmed for one in desk.findings() if one.url.endswith("/1")] == [True]
    with Session(desk.kept.engine) as session:
        assert session.query(ReviewRow).count() == 1


# ---- the command


def test_an_analyst_rejects_lists_and_takes_back_and_reading_all_changes_nothing(
    intel: Command,
    saved: Path,  # noqa: F811
) -> None:
    intel("init")
    intel("import", str(saved))
    before = json.loads(intel("findings", "淘宝", "--json").out)
    number = str(before[0]["id"])
    assert f"#{number} article" in intel("findings", "淘宝").out
    said = intel("review", "reject", number, "--by", "沈立", "--why", "说的是韵达")
    assert said.code == 0, said.err
    assert intel("read", "--all").code == 0
    after = json.loads(intel("findings", "淘宝", "--json").out)
    assert [one["id"] for one in after] == [one["id"] for one in before if one["id"] != before[0]["id"]]
    [rejected] = json.loads(intel("findings", "淘宝", "--rejected", "--json").out)
    assert rejected["quote"] == before[0]["quote"]
    listed = intel("review", "list").out
    assert "reject taobao" in listed and before[0]["quote"] in listed
    assert intel("review", "undo", "1", "--by", "沈立", "--why", "看错了").code == 0
    assert json.loads(intel("findings", "淘宝", "--json").out) == before
    audit = intel("audit").out
    assert "说的是韵达" in audit and "看错了" in audit and "undone by 2" in audit
    assert len(json.loads(intel("audit", "--account", "淘宝", "--json").out)) == 2
    assert json.loads(intel("review", "list", "--json").out) == []


def test_what_is_rejected_is_in_no_briefing_and_answers_no_question(
    intel: Command,
    saved: Path,  # noqa: F811
) -> None:
    intel("init")
    intel("import", str(saved))
    found = json.loads(intel("findings", "淘宝", "--json").out)
    told = ("brief", "淘宝", "--format", "json"), ("coverage", "淘宝", "--quotes", "--json")
    assert all(any(one["quote"] in intel(*command).out for one in found) for command in told)
    # A briefing on a client quotes what is said of couriers beside it.
    for courier in ("韵达", "中通", "圆通"):
        found += json.loads(intel("findings", courier, "--json").out)
    for one in found:
        said = intel("review", "reject", str(one["id"]), "--by", "沈立", "--why", "测试")
        assert said.code == 0, said.err
    assert not any(one["quote"] in intel(*command).out for one in found for command in told)


def test_an_article_is_shown_with_the_numbers_that_reviews_take(
    intel: Command,
    saved: Path,  # noqa: F811
) -> None:
    intel("init")
    intel("import", str(saved))
    shown = json.loads(intel("review", "show", "1", "--json").out)
    mention = next(one for one in shown["mentions"] if one["account_id"] == "yunda")
    event = shown["events"][0]
    asked = ("--by", "沈立", "--why", "核对", "--json")
    relinked = intel("review", "relink", str(mention["id"]), "--mention", "--to", "中通", *asked)
    assert json.loads(relinked.out)["after"] == {"account": "zto"}
    event = json.loads(intel("review", "show", "1", "--json").out)["events"][0]
    corrected = intel("review", "event", str(event["id"]), "--status", "rumoured", *asked)
    assert corrected.code == 0, corrected.err
    assert intel("review", "date", "1", "2026-11-11", *asked).code == 0
    assert "2026-11-11" in intel("review", "show", "1").out and "rumoured" in intel("review", "show", "1").out


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (["review", "confirm", "99"], ["no finding 99"]),
        (["review", "reject", "99"], ["no finding 99"]),
        (["review", "relink", "99", "--to", "none"], ["no finding 99"]),
        (["review", "relink", "1", "--to", "淘宝网店"], ["did you mean"]),
        (["review", "event", "99", "--type", "tendr"], ["did you mean tender"]),
        (["review", "event", "99", "--status", "denyed"], ["did you mean denied"]),
        (["review", "event", "99", "--type", "tender"], ["no event 99"]),
        (["review", "date", "99", "soon"], ["'soon'"]),
        (["review", "date", "99", "2026-11-01"], ["no article '99'"]),
        (["review", "merge", "98", "99"], ["no story 98"]),
        (["review", "split", "99"], ["no article '99'"]),
        (["review", "undo", "99"], ["no review 99"]),
    ],
)
def test_a_wrong_number_name_or_day_gets_one_line(
    intel: Command,
    command: list[str],
    parts: list[str],
) -> None:
    intel("init")
    assert refused(intel(*command, "--by", "沈立", "--why", "核对"), *parts)


def test_a_decision_without_a_reason_is_refused(intel: Command, saved: Path) -> None:  # noqa: F811
    intel("init")
    intel("import", str(saved))
    number = str(json.loads(intel("findings", "淘宝", "--json").out)[0]["id"])
    assert refused(intel("review", "confirm", number, "--by", "沈立"), "--why")


def test_a_merge_of_many_articles_is_told_in_a_line(intel: Command, tmp_path: Path) -> None:
    lines = (
        "淘宝商家反映韵达义乌网点积压，四天没有动静，买家纷纷申请退款，店主只能自己垫付。",
        "中通与淘宝商谈明年的框架协议，双方都说条件比去年更严，价格要到十二月才能定下来。",
        "拼多多公布了三季度的履约成本，同比增长一成，管理层归因于西部地区的中转费用。",
        "圆通在嘉兴启用新的转运中心，日处理能力六百万件，主要承接杭州湾北岸的电商件。",
    )
    pages = [
        {"url": f"http://wire.example/{n}", "html": f"<p>{line * 3}</p>"} for n, line in enumerate(lines)
    ]
    (tmp_path / "pages.jsonl").write_text("\n".join(map(json.dumps, pages)))
    intel("init")
    intel("import", str(tmp_path / "pages.jsonl"))

    def story(article: int) -> str:
        return str(json.loads(intel("review", "show", str(article), "--json").out)["story"])

    told = [
        intel("review", "merge", story(1), story(other), "--by", "沈立", "--why", "核对").out
        for other in (2, 3, 4)
    ]
    assert "more" not in told[1] and "http://wire.example/2” " not in told[2] and "and 1 more”" in told[2]
