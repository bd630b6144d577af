import json
from itertools import permutations

import pytest
import typer
from typer.testing import CliRunner

from intel.commands import signals as signals_command
from intel.config import Settings
from intel.factor_words import spoken
from intel.factors import FactorRanking, rank
from intel.views import EvidenceView
from tests.conftest import Kept
from tests.making import page, reading
from tests.telling import DAY, TAOBAO, told

ALL = "质量40分、价格30分、服务20分、长期合作10分，这是评分权重。"


def said(quote: str, **changes: object) -> EvidenceView:
    return told(quote, **({"topic": "decision_factors"} | changes))


def ranked(*views: EvidenceView) -> FactorRanking:
    return rank(TAOBAO, views, DAY)


def places(ranking: FactorRanking) -> dict[str, int | None]:
    return {factor.id: factor.place for factor in ranking.factors}


# ---- what a sentence says


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        ("他把质量放在第一位，其次是价格。", {("quality", "price")}),
        ("最看重的是服务，价格排第二。", {("service", "price")}),
        ("价格当然重要，但它排在质量后面。", {("quality", "price")}),
        ("质量第一次排到价格前面。", {("quality", "price")}),
        ("快递便宜两毛抵不过体验分掉0.1。", {("quality", "price")}),
        ("评分中服务占50分，价格占35分。", {("service", "price")}),
        ("质量占四成、价格占两成。", {("quality", "price")}),
        ("评分权重也要调：质量由20分增加到45分，价格由30分降到25分。", {("quality", "price")}),
        ("Bids were scored 50 points for service, 35 for price.", {("service", "price")}),
        ("Quality weighs 40 points out of 100, price 30.", {("quality", "price")}),
    ],
)
def test_an_order_is_read_from_words_and_from_points(sentence: str, pairs: set[tuple[str, str]]) -> None:
    assert spoken(sentence).above == pairs


@pytest.mark.parametrize(
    "sentence",
    [
        "质量和价格都重要。",
        "准时率95%，上门率71%。",
        "准时率不低于97%，报价低于成本15%的废标。",
        "评分60分的企业，价格与质量都要整改。",
        "第一次谈质量和价格。",
        "",
    ],
)
def test_a_sentence_without_an_order_tells_none(sentence: str) -> None:
    assert not spoken(sentence).above


def test_a_word_in_a_longer_one_that_means_something_else_is_no_factor() -> None:
    assert spoken("客单价高的服务商").named == ()
    assert spoken("单价和服务").named == ("price", "service")


def test_what_is_said_not_to_decide_is_heard() -> None:
    assert spoken("运费已经不是最重要的事。").against == {"price"}


# ---- the ranking


def test_without_evidence_nothing_has_a_place() -> None:
    ranking = ranked()
    assert (ranking.known, ranking.kind) == (False, "推断")
    assert set(places(ranking).values()) == {None}
    assert not any(factor.confidence for factor in ranking.factors)


def test_points_tell_the_places() -> None:
    assert places(ranked(said(ALL))) == {"quality": 1, "price": 2, "service": 3, "long_term": 4}


def test_points_told_in_several_sentences_of_an_article_count_together() -> None:
    first, second = (
        said("评分里质量占40分；", article=800, story=800),
        said("价格30分；", article=800, story=800),
    )
    assert places(ranked(first, second))["price"] == 2
    [order] = ranked(first, second).orders
    assert order.told == "质量 40 > 价格 30"


def test_an_article_that_tells_points_of_two_years_is_taken_sentence_by_sentence() -> None:
    views = [
        said(quote, article=801, story=801, start=start)
        for start, quote in enumerate(("2020年价格占50分；", "今年质量40分、价格30分。"))
    ]
    assert places(ranked(*views)) == {"quality": 1, "price": 2, "service": None, "long_term": None}


def test_a_story_that_tells_both_ways_round_is_no_vote() -> None:
    views = [
        said(quote, article=803, story=803, start=start)
        for start, quote in enumerate(("2024年评分价格40分、质量30分；", "今年评分质量40分、价格30分。"))
    ]
    ranking = ranked(*views)
    assert ranking.orders == ()
    assert {factor.basis for factor in ranking.factors} == {"mentions", ""}


def test_a_copy_is_no_second_vote() -> None:
    one = said("最看重服务，其次是质量。", story=802)
    others = [said(f"最看重质量，其次是服务。{day}", days=day) for day in (1, 2)]
    ranking = ranked(one, one._replace(article=1), one._replace(article=2), *others)
    assert places(ranking)["quality"] == 1
    assert [order.agrees for order in ranking.orders] == [False, True, True]


def test_orders_that_contradict_each_other_leave_a_shared_place() -> None:
    ranking = ranked(said("最看重服务，其次是质量。"), said("最看重质量，其次是服务。"))
    assert (places(ranking)["quality"], places(ranking)["service"]) == (1, 1)
    assert not any(order.agrees for order in ranking.orders)


def test_a_factor_that_is_only_mentioned_comes_after_those_that_are_ordered_with_low_confidence() -> None:
    ranking = ranked(said("最看重质量，其次是服务。"), said("报价很低。"), said("便宜就行。"))
    price = next(factor for factor in ranking.factors if factor.id == "price")
    assert (price.place, price.basis, price.confidence) == (3, "mentions", "low")
    assert len(price.evidence) == 2


def test_a_factor_said_not_to_decide_as_often_as_it_is_named_has_no_place() -> None:
    ranking = ranked(said("选它是因为便宜。"), said("运费已经不是最重要的事。"))
    price = next(factor for factor in ranking.factors if factor.id == "price")
    assert (price.place, len(price.evidence), len(price.against)) == (None, 1, 1)


def test_mentions_on_other_topics_do_not_count() -> None:
    assert not ranked(told("质量问题很多。", topic="quality_handling")).known


@pytest.mark.parametrize(
    ("owners", "level"),
    [
        (("甲",), "low"),
        (("甲", "甲"), "medium"),
        (("甲", "甲", "甲"), "medium"),
        (("甲", "乙", "乙"), "high"),
    ],
)
def test_confidence_grows_with_stories_and_owners(owners: tuple[str, ...], level: str) -> None:
    views = [said(ALL.replace("这", f"这{day}"), owner=owner, days=day) for day, owner in enumerate(owners)]
    assert {factor.confidence for factor in ranked(*views).factors} == {level}


def test_contradiction_lowers_confidence() -> None:
    views = [said(f"最看重质量，其次是服务。{day}", owner=str(day)) for day in range(3)]
    against = [said(f"最看重服务，其次是质量。{day}", owner=str(day)) for day in range(2)]
    quality = next(factor for factor in ranked(*views, *against).factors if factor.id == "quality")
    assert (quality.place, quality.confidence) == (1, "medium")


def test_the_order_in_which_sentences_come_changes_nothing() -> None:
    views = (said(ALL), said("最看重服务，其次是质量。"), said("报价很低。"))
    assert len({repr(ranked(*order)) for order in permutations(views)}) == 1


# ---- the command

HOSTILE = "淘宝选[red]快递[/red]最看重质量，其次是价格{x}。"


def ran(kept: Kept, *words: str) -> str:
    app = typer.Typer()
    app.command()(signals_command.factors_command)
    settings = Settings(database_url=kept.url)
    result = CliRunner().invoke(app, words, obj=settings, env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_shows_places_as_inference_and_quotes_verbatim(kept: Kept) -> None:
    kept.store.add_page(page())
    told_of = reading("淘宝", HOSTILE, topic="decision_factors", phrase=HOSTILE)
    kept.store.keep([(1, told_of)])
    shown = ran(kept, "淘宝", "--as-of", "2026-11-20")
    assert "推断" in shown and "质量 > 价格" in shown and f"“{HOSTILE}”" in shown
    assert json.loads(ran(kept, "淘宝", "--json"))["factors"][0]["id"] == "quality"


def test_the_command_says_unknown_where_nothing_is_known(kept: Kept) -> None:
    shown = ran(kept, "唯品会")
    assert "决策关注因素：未知" in shown and shown.count("未知") == 5
