"""The reading is measured on annotated passages, and no figure falls below its floor."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intel.commands.eval import below, evaluate, floors
from intel.gold import BadGold, GoldEvent, GoldMention, GoldTopic, Passage, load
from intel.gold_entities import KINDS, load_marked
from intel.gold_stories import load_retold
from intel.model import Account, Argument, Entity, Event, Finding, Mention, Status
from intel.scoring import Scores, score, score_stories
from intel.scoring_entities import score_entities
from pipelines.flow import Analysis

GOLD = Path(__file__).parent / "gold"
TITLE, TEXT = "圆通涨价", "圆通3月起上调派费。极兔否认跟进。"
QUOTE = (5, 15)


def passage(**changes: object) -> Passage:
    known: dict[str, object] = {
        "id": "p1",
        "story": "p1",
        "mentions": (GoldMention("yto", 0, 2, True), GoldMention("jt", 15, 17, False)),
        "events": (GoldEvent("price_change", Status.ASSERTED, *QUOTE, ("yto",), (), {"date": "3月"}),),
        "topics": (GoldTopic("competitor_landscape", "yto", *QUOTE, ""),),
    }
    given: dict[str, Any] = known | changes
    return Passage(genre="news", split="train", title=TITLE, text=TEXT, published=date(2026, 3, 1), **given)


def event(kind: str = "price_change", subject: str = "圆通", account: str | None = "yto") -> Event:
    arguments = (Argument("subject", subject, 5, 7, account), Argument("date", "3月", 7, 9))
    return Event(kind, "上调", *QUOTE, "圆通3月起上调派费。", Status.ASSERTED, "test", arguments)


def analysis(
    mentions: tuple[Mention, ...] = (), events: tuple[Event, ...] = (), findings: tuple[Finding, ...] = ()
) -> Analysis:
    return Analysis("zh", mentions, events, findings)


def scored(found: Analysis, **changes: object) -> Scores:
    return score([(passage(**changes), found)])


def test_a_mention_found_counts_and_one_missed_lowers_recall() -> None:
    total = scored(analysis(mentions=(Mention("yto", "圆通", 0, 2, True),))).total("accounts")
    assert (total.precision, total.recall) == (1.0, 0.5)


def test_a_mention_stands_outside_the_longer_traps(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        """[[passage]]
id = "a"
split = "train"
title = "南京东路"
text = "她在京东上订的。"
published = 2026-03-01
traps = ["南京东路"]
mentions = [{id = "jd", surface = "京东", about = false}]
""",
        encoding="utf-8",
    )
    [one] = load(tmp_path)
    assert [one.content[m.start - 1 : m.end] for m in one.mentions] == ["在京东"]


def test_another_account_at_the_same_place_is_wrong() -> None:
    total = scored(analysis(mentions=(Mention("sto", "圆通", 0, 2, True),))).total("accounts")
    assert (total.hits, total.spurious, total.missed) == (0, 1, 2)


def test_whether_a_text_is_about_an_account_is_scored_apart() -> None:
    scores = scored(analysis(mentions=(Mention("yto", "圆通", 0, 2, False),)))
    assert scores.rate("accounts.about") == 0.0


def test_an_event_of_the_right_type_with_another_subject_is_a_hit_with_a_wrong_subject() -> None:
    scores = scored(analysis(events=(event(subject="极兔", account="jt"),)))
    assert scores.total("events").f1 == 1.0
    assert scores.rate("events.subject") == 0.0


def test_a_subject_as_written_is_right_where_one_name_holds_the_other() -> None:
    gold = GoldEvent("price_change", Status.ASSERTED, *QUOTE, ("圆通义乌网点",), (), {})
    assert scored(analysis(events=(event(account=None),)), events=(gold,)).rate("events.subject") == 1.0


def test_an_event_of_another_type_is_counted_as_confused() -> None:
    scores = scored(analysis(events=(event("policy"),)))
    assert scores.confusion == {("price_change", "policy"): 1}
    assert scores.total("events").f1 == 0.0


def test_a_denied_event_that_is_told_as_one_is_wrong() -> None:
    gold = GoldEvent("price_change", Status.DENIED, *QUOTE, ("yto",), (), {})
    scores = scored(analysis(events=(event(),)), events=(gold,))
    assert scores.total("events").spurious == 1
    assert scores.rate("events.status") == 0.0


def test_arguments_are_scored_by_role() -> None:
    tally = scored(analysis(events=(event(),))).tallies["arguments"]["date"]
    assert (tally.hits, tally.spurious, tally.missed) == (1, 0, 0)


def test_a_topic_counts_for_its_account_only() -> None:
    finding = Finding("jt", "competitor_landscape", *QUOTE, "", "test")
    total = scored(analysis(findings=(finding,))).total("topics")
    assert (total.hits, total.spurious, total.missed) == (0, 1, 1)


def test_stories_are_scored_by_pairs() -> None:
    scores = Scores()
    passages = [passage(id="a", story="x"), passage(id="b", story="x"), passage(id="c")]
    score_stories(scores, passages, {"a": 1, "b": 1, "c": 1})
    total = scores.total("stories")
    assert (total.hits, total.spurious, total.missed) == (1, 2, 0)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ('[[passage]]\nid = "x"', "x: 'title'"),
        ("[[passage]\n", "Expected"),
        (
            '[[passage]]\nid = "x"\nsplit = "train"\ntitle = "a"\ntext = "b"\n'
            "published = 2026-01-01\ntraps = []\n"
            'mentions = [{ id = "sf", surface = "顺丰", about = true }]',
            "x: '顺丰' does not stand in the passage",
        ),
    ],
)
def test_a_gold_file_that_cannot_be_used_is_refused_by_name(tmp_path: Path, row: str, complaint: str) -> None:
    (tmp_path / "odd.toml").write_text(row, encoding="utf-8")
    with pytest.raises(BadGold, match=r"odd\.toml") as refusal:
        load(tmp_path)
    assert complaint in str(refusal.value)


MARKED = """[[part]]
split = "train"
genre = "news"
marked = ["{org 圆通}{date 3月}收入{money 2亿元=200000000 CNY}。"]
"""


def scored_entities(tmp_path: Path, *found: Entity) -> Scores:
    (tmp_path / "entities.toml").write_text(MARKED, encoding="utf-8")
    scores = Scores()
    score_entities(scores, [(one, found) for one in load_marked(tmp_path)])
    return scores


def test_marks_become_spans_of_the_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "entities.toml").write_text(MARKED, encoding="utf-8")
    [marked] = load_marked(tmp_path, "train")
    assert marked.content == "圆通3月收入2亿元。"
    assert [(one.kind, one.start, one.end, one.value) for one in marked.entities] == [
        ("org", 0, 2, ""), ("date", 2, 4, ""), ("money", 6, 9, "200000000 CNY")
    ]  # fmt: skip
    assert load_marked(tmp_path, "heldout") == ()


def test_an_entity_with_another_border_is_wrong_and_missed(tmp_path: Path) -> None:
    scores = scored_entities(tmp_path, Entity("org", 0, 3, "圆通3"), Entity("date", 2, 4, "3月"))
    total = scores.total("entities")
    assert (total.hits, total.spurious, total.missed) == (1, 1, 2)
    assert scores.total("names").f1 == 0.0
    assert scores.total("measures").recall == 0.5


def test_a_value_counts_where_one_is_marked(tmp_path: Path) -> None:
    right = Entity("money", 6, 9, "2亿元", "200000000 CNY")
    assert scored_entities(tmp_path, right).rates["entities.value"] == [True]
    assert scored_entities(tmp_path, Entity("money", 6, 9, "2亿元", "2 CNY")).rates["entities.value"] == [
        False
    ]


@pytest.mark.parametrize("mark", ["{firm 圆通}", "{org 圆通", "{org }", "圆通}"])
def test_a_mark_that_cannot_be_read_is_refused(tmp_path: Path, mark: str) -> None:
    text = f'[[part]]\nsplit = "train"\ngenre = "news"\nmarked = ["{mark}涨价。"]\n'
    (tmp_path / "entities.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadGold, match=r"entities\.toml: train-news-01"):
        load_marked(tmp_path)


RETOLD = "%% 01a train 2026-03-05\n# 一\n甲。\n乙。\n\n%% 01b heldout 2026-03-06\n# 二\n丙。\n"


def test_texts_of_stories_are_passages_without_labels(tmp_path: Path) -> None:
    assert load_retold(tmp_path) == ()
    (tmp_path / "stories.txt").write_text(RETOLD, encoding="utf-8")
    first, second = load_retold(tmp_path)
    assert (first.story, first.title, first.text, first.published) == (
        "01a",
        "一",
        "甲。\n乙。",
        date(2026, 3, 5),
    )
    assert load_retold(tmp_path, "heldout") == (second,) and not second.events


@pytest.mark.parametrize("head", ["01a train", "01a train soon"])
def test_a_text_of_a_story_that_cannot_be_used_is_named(tmp_path: Path, head: str) -> None:
    (tmp_path / "stories.txt").write_text(f"{RETOLD}\n%% {head}\n# 三\n丁。\n", encoding="utf-8")
    with pytest.raises(BadGold, match=r"stories\.txt: text 3 \(01a train"):
        load_retold(tmp_path)


def test_families_of_reports_are_many_and_a_story_is_of_one_split() -> None:
    train, held = load_retold(GOLD, "train"), load_retold(GOLD, "heldout")
    assert min(len({one.story[:-1] for one in some}) for some in (train, held)) >= 60
    assert not {one.story[:-1] for one in train} & {one.story[:-1] for one in held}


def test_hundreds_of_sentences_with_every_kind_of_entity_are_marked() -> None:
    held = load_marked(GOLD, "heldout")
    assert len(held) >= 150
    assert len(load_marked(GOLD)) >= 350
    assert {entity.kind for one in held for entity in one.entities} == KINDS


def test_a_figure_below_its_floor_is_named() -> None:
    assert below({"events.f1": 0.5}, {"events.f1": 0.6}) == ["events.f1: 0.500 is below the floor 0.600"]


def test_there_are_hundreds_of_passages_of_every_kind_and_half_are_held_out() -> None:
    passages = load(GOLD)
    assert len(passages) >= 400
    assert len({one.genre for one in passages}) >= 10
    assert len(load(GOLD, "heldout")) >= 200
    assert len({one.id for one in passages}) == len(passages)


def test_no_figure_of_the_held_out_passages_is_below_its_floor(accounts: tuple[Account, ...]) -> None:
    figures = evaluate(
        load(GOLD, "heldout"), accounts, load_marked(GOLD, "heldout"), load_retold(GOLD, "heldout")
    ).figures()
    assert below(figures, floors(GOLD)) == []
