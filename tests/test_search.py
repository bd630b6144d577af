import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intel import passages, ranking, search_index, search_query
from intel.config import CHINA
from intel.db import ArticleRow, SourceRow
from intel.model import NotAnArticle
from intel.query import UnknownName
from intel.search import BadQuery, index_text, parse
from intel.search_query import Search
from intel.views import Facets, Hit, SearchFilter, SearchPage, pieces
from pipelines.text import fold
from tests.conftest import Command, Kept, stocked
from tests.databases import Databases
from tests.making import NOON, SOURCES, TEXT, page, reading
from tests.test_cli import refused, saved  # noqa: F401 (a fixture)

TITLES = ("华东爆仓", "顺丰业绩", "双11包裹创新高")
TEXTS = (
    TEXT,
    "淘宝平台：順豐速運与京东物流在华东签约，Ｊ＆Ｔ未参加，A股当日上涨。",
    "淘宝商家说，顺丰速运涨价，顺丰回应；圆通，申通没有爆仓。",
)


class Library:
    """A database that a test fills with articles, and searches."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.search = Search(kept.engine)
        self._pages = 0

    def put(
        self,
        text: str = TEXT,
        title: str = "第一篇",
        *,
        at: datetime = NOON,
        source: str = "wire",
        account: str = "taobao",
        topic: str = "carrier_problems",
    ) -> None:
        """Keep an article that says something of 淘宝, whichever account and topic it is put down to."""
        self._pages += 1
        told = text if "淘宝" in text else f"{text}\n淘宝"
        self.kept.store.add_page(page(f"http://wire.localhost/{self._pages}", text, source))
        read = reading(title, told, account=account, topic=topic, phrase=told[:5], at=at)
        self.kept.store.keep([(self._pages, read)])

    def titles(self, words: str, chosen: SearchFilter = search_query.EVERYTHING) -> list[str]:
        """The titles of the hits, the best first."""
        return [hit.title for hit in self.search.page(words, chosen).hits]


@pytest.fixture
def library(kept: Kept) -> Library:
    """Without articles yet."""
    return Library(kept)


@pytest.fixture
def three(library: Library) -> Library:
    """Three articles of different days and sources."""
    for number, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True)):
        at = datetime(2026, 9 + number, 1, 0, 30, tzinfo=CHINA)
        library.put(text, title, at=at, source=("wire", "forum", "wire")[number])
    return library


# ---- what is found


# Which of the three articles are found.
FOUND = {
    "韵达": {0},
    "韻達": {0},
    "顺丰": {1, 2},
    "順豐": {1, 2},
    "达": {0},
    "讯": {0},
    "1.9亿件": {0},
    "J&T": {1},
    "ｊ＆ｔ": {1},
    "A股": {1},
    "a股当日": {1},
    "爆仓": {0, 2},
    "顺丰 爆仓": {2},
    '"圆通，申通"': {2},
    '"圆通申通"': set(),
    "“顺丰速运”": {1, 2},
    "爆仓 -顺丰": {0},
    "爆仓 -“顺丰速运”": {0},
    "爆仓 －“顺丰 涨价”": {0, 2},
    "韵达 OR 签约": {0, 1},
    "韵达华东 OR 顺丰速运 涨价": {2},
    "爆仓 -涨 -华东多": set(),
    "业绩": {1},
    "包裹": {0, 2},
    "达韵": set(),
    "韵达 极兔": set(),
    "仓爆": set(),
    "NOT": set(),
    "韵*达": set(),
    "terms:wire": set(),
    "source:wire": set(),
}


def test_names_phrases_exclusion_and_either_find_exactly_what_holds_them(three: Library) -> None:
    assert {words: {TITLES.index(title) for title in three.titles(words)} for words in FOUND} == FOUND


ALPHABET = st.text(st.sampled_from("顺丰速运韵达順豐仓，。 \nJTａ1&"), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ALPHABET, words=ALPHABET)
def test_a_text_is_found_by_any_pair_of_its_characters_and_by_no_other_phrase(
    kept: Kept, text: str, words: str
) -> None:
    with kept.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM article_search")
        entry = search_index.Entry(1, "", index_text(text), ())
        search_index._INDEXES[connection.dialect.name].put(connection, [entry])
        pairs = re.findall(r"(?=([\u3400-\u9fff]{2}))", text)
        for one in {*pairs, *re.findall(r"[\u3400-\u9fff]", text)}:
            assert search_index.newest(connection, parse(one), search_index.Chosen(), 2) == [1]
        try:
            query = parse(f'"{words}"')
        except BadQuery:
            return
        expected = [1] if list(query.phrases[0].spans(fold(text))) else []
        assert search_index.newest(connection, query, search_index.Chosen(), 2) == expected


# ---- filters


CHOSEN = {
    SearchFilter(accounts=("淘宝",)): {0, 1, 2},
    SearchFilter(accounts=("jd",)): set(),
    SearchFilter(events=("service_disruption",)): {0, 1, 2},
    SearchFilter(events=("tender",)): set(),
    SearchFilter(topics=("carrier_problems", "delivery_performance")): {0, 1, 2},
    SearchFilter(topics=("delivery_performance",)): set(),
    SearchFilter(sources=("forum",)): {1},
    SearchFilter(channels=("news",)): {0, 2},
    SearchFilter(channels=("forum", "news"), sources=("wire",)): {0, 2},
    SearchFilter(since=date(2026, 10, 1)): {1, 2},
    SearchFilter(since=date(2026, 10, 1), until=date(2026, 10, 1)): {1},
    SearchFilter(until=date(2026, 9, 30)): {0},
    SearchFilter(readers=frozenset({"taobao"})): {0, 1, 2},
    SearchFilter(readers=frozenset({"jd"})): set(),
    SearchFilter(readers=frozenset()): set(),
}


def test_filters_choose_by_account_event_topic_source_channel_and_day_in_china(three: Library) -> None:
    found = {chosen: {TITLES.index(title) for title in three.titles("淘宝", chosen)} for chosen in CHOSEN}
    assert found == CHOSEN


UNKNOWN = {
    SearchFilter(accounts=("淘宝王",)): "no account '淘宝王'; did you mean 淘宝",
    SearchFilter(events=("tendr",)): "no event 'tendr'; did you mean tender",
    SearchFilter(topics=("carrier_problem",)): "did you mean carrier_problems",
    SearchFilter(sources=("wires",)): "no source 'wires'; did you mean wire",
    SearchFilter(channels=("newss",)): "no channel 'newss'; did you mean news",
}


def test_an_unknown_value_of_a_filter_is_told_with_the_nearest(library: Library) -> None:
    for chosen, why in UNKNOWN.items():
        with pytest.raises(UnknownName, match=re.escape(why)):
            library.search.page("爆仓", chosen)


def test_days_in_the_wrong_order_are_told(library: Library) -> None:
    with pytest.raises(BadQuery, match="since 2026-11-02 is after until 2026-11-01"):
        library.search.page("爆仓", SearchFilter(since=date(2026, 11, 2), until=date(2026, 11, 1)))


# ---- a bad query is explained


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('韵达 "爆仓', "the quote at '\"爆仓' is not closed"),
        ("，。！ &", "nothing to search for in '，。！ &'"),
        ("", "nothing to search for"),
        ("-顺丰", "only what must not occur is given"),
        ("OR 顺丰", "OR needs a word on both sides"),
        ("顺丰 OR", "OR needs a word on both sides"),
        ("顺丰 OR OR 韵达", "OR needs a word on both sides"),
        ("顺丰 OR -韵达", "OR cannot be followed by what must not occur"),
        ("顺" * 201, "is too long; at most 200"),
        ("a " * 21, "too many words; at most 20"),
    ],
)
def test_a_bad_query_is_explained(words: str, why: str) -> None:
    with pytest.raises(BadQuery, match=re.escape(why)):
        parse(words)


@given(st.text(st.sampled_from('顺丰ORa1-－"“” ，\x00𠮷é\n*:()^{}'), max_size=30) | st.text(max_size=30))
def test_any_text_is_a_query_or_a_bad_one(words: str) -> None:
    try:
        query = parse(words)
    except BadQuery:
        return
    assert query.groups
    assert all(phrase.tokens for phrase in (*query.phrases, *query.without))


def test_whatever_is_typed_the_database_takes_it(three: Library) -> None:
    for words in ("a' | b\\", "x:* & y", "^淘 +宝", "NEAR(淘 宝)", "淘宝*", "𠮷野家 é", "ﬁ ² Ⅳ ½"):
        three.titles(words)


# ---- order


def test_twice_as_relevant_equals_half_a_year_newer(library: Library) -> None:
    once = "淘宝说起爆仓。" + "此外还有许多别的消息，" * 20
    library.put(once, "旧", at=NOON - timedelta(days=150))
    library.put(once, "爆仓的旧", at=NOON - timedelta(days=150))
    library.put(once, "爆仓的老", at=NOON - timedelta(days=1500))
    library.put(once, "新", at=NOON)
    assert library.titles("爆仓") == ["爆仓的旧", "新", "旧", "爆仓的老"]


def test_a_text_that_says_it_more_often_comes_first(library: Library) -> None:
    library.put("淘宝说起爆仓。" + "此外还有许多别的消息，" * 20, "一次", at=NOON)
    library.put("淘宝说起爆仓。" + "此外又是爆仓的消息，" * 20, "常说", at=NOON - timedelta(days=1))
    assert library.titles("爆仓") == ["常说", "一次"]


def everything(library: Library, words: str, limit: int) -> list[SearchPage]:
    pages = [library.search.page(words, limit=limit)]
    while after := pages[-1].after:
        pages.append(library.search.page(words, limit=limit, after=after))
    return pages


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_page_after_page_gives_every_hit_once_also_those_past_the_ranked(
    library: Library, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(ranking, "RANKED", 4)
    monkeypatch.setattr(search_query, "COUNTED", 10)
    for number in range(11):
        title = f"华东爆仓{number}" if number % 3 else f"{number}"
        library.put("淘宝商家说，华东爆仓。", title, at=NOON - timedelta(days=number))
    pages = everything(library, '"华东爆仓"', limit)
    titles = [hit.title for one in pages for hit in one.hits]
    assert titles == [
        *("华东爆仓1", "华东爆仓2", "0", "3"),
        *("华东爆仓4", "华东爆仓5", "华东爆仓7", "6"),
        *("华东爆仓8", "华东爆仓10", "9"),
    ]
    assert {(one.total, one.exact) for one in pages} == {(10, False)}
    assert all(len(one.hits) == limit for one in pages[:-1])


def test_what_is_kept_between_two_pages_neither_repeats_nor_hides_a_hit(library: Library) -> None:
    for number in range(4):
        library.put("淘宝爆仓。", f"{number}", at=NOON - timedelta(days=number))
    first = library.search.page("爆仓", limit=2)
    library.put("淘宝爆仓。", "新", at=NOON + timedelta(days=1))
    assert first.after
    second = library.search.page("爆仓", limit=2, after=first.after)
    assert [hit.title for hit in (*first.hits, *second.hits)] == ["0", "1", "2", "3"]


def test_a_place_that_is_none_is_refused(library: Library) -> None:
    for after in ("x", "W10=", "bnVsbA==", "é", "WzEsMl0=", "a" * 400, "W1tbW1tbW1tb"):
        with pytest.raises(BadQuery, match="begin with the first page"):
            library.search.page("爆仓", after=after)


def test_a_place_in_other_hits_is_refused(library: Library) -> None:
    for number in range(2):
        library.put(title=f"{number}")
    place = library.search.page("爆仓", limit=1).after
    for words, chosen in (("延误", SearchFilter()), ("爆仓", SearchFilter(readers=frozenset({"taobao"})))):
        with pytest.raises(BadQuery, match="another search"):
            library.search.page(words, chosen, 1, place)


# ---- passages


def marked(text: str, marks: tuple[tuple[int, int], ...]) -> list[str]:
    return [piece for piece, mark in pieces(text, marks) if mark]


def only(page: SearchPage) -> Hit:
    [hit] = page.hits
    return hit


def test_a_hit_shows_the_passage_with_its_matches_as_they_were_written(library: Library) -> None:
    library.put("开头。" * 100 + "淘宝称，順豐速運与Ｊ＆Ｔ签约。" + "结尾。" * 100, "ＪＤ与順豐")
    hit = only(library.search.page("顺丰 J&T"))
    assert marked(hit.snippet, hit.marks) == ["順豐", "Ｊ＆Ｔ"]
    assert marked(hit.title, hit.title_marks) == ["順豐"]
    assert hit.more
    assert hit.start > len(hit.title) + 1


def test_the_passage_is_the_one_with_most_of_the_words(library: Library) -> None:
    library.put("爆仓。" + "其他。" * 100 + "淘宝的爆仓与延误。", "题")
    assert marked(*passage(library, "爆仓 延误")) == ["爆仓", "延误"]


def passage(library: Library, words: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    hit = only(library.search.page(words))
    return hit.snippet, hit.marks


def test_markup_of_a_text_stays_text(library: Library) -> None:
    library.put("淘宝<script>爆仓</script>[red]爆仓[/]", "<b>爆仓</b>")
    hit = only(library.search.page("爆仓"))
    assert "<script>爆仓</script>[red]爆仓[/]" in hit.snippet
    assert marked(hit.snippet, hit.marks) == ["爆仓", "爆仓"]


HOSTILE = st.text(st.sampled_from("顺丰順豐ＪjT&，\n ﬁß𠮷é<"), min_size=1, max_size=300)


@settings(max_examples=200, deadline=None)
@given(
    title=HOSTILE, text=HOSTILE, words=st.sampled_from(["顺丰", "J", "丰 j", '"丰，顺"', "jt OR ß", "<丰"])
)
def test_marks_are_spans_of_what_is_shown_that_fold_to_the_words(title: str, text: str, words: str) -> None:
    query = parse(words)
    article = ArticleRow(id=1, story_id=1, title=title, text=text, url="", dated_at=NOON)
    hit = passages.hit(article, SourceRow(name="", label="", channel=""), query)
    assert hit.snippet == f"{title}\n{text}"[hit.start : hit.end].replace("\n", " ")
    folded = fold(text)
    spans = {span for phrase in query.phrases for span in phrase.spans(folded)}
    told = {at for span in spans for at in range(*span)}
    covered = {at + hit.start - len(title) - 1 for start, end in hit.marks for at in range(start, end)}
    assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)
    assert covered <= told
    assert bool(spans) == bool(hit.marks)
    for start, end in hit.title_marks:
        assert any(list(phrase.spans(fold(title[start:end]))) for phrase in query.phrases)


# ---- facets


def counted(facets: Facets, name: str) -> dict[str, int]:
    return {one.id: one.articles for one in getattr(facets, name)}


def test_facets_count_what_the_matches_are_about(three: Library) -> None:
    facets = three.search.facets("顺丰 OR 韵达")
    assert (facets.total, facets.exact) == (3, True)
    assert counted(facets, "accounts") == {"taobao": 3}
    assert counted(facets, "topics") == {"carrier_problems": 3}
    assert counted(facets, "events") == {"service_disruption": 3}
    assert counted(facets, "sources") == {"wire": 2, "forum": 1}
    assert counted(facets, "channels") == {"news": 2, "forum": 1}
    assert list(counted(facets, "months").items()) == [("2026-11", 1), ("2026-10", 1), ("2026-09", 1)]
    assert facets.sources[0].label == "快递观察网"
    narrowed = three.search.facets("顺丰 OR 韵达", SearchFilter(sources=("forum",)))
    assert counted(narrowed, "months") == {"2026-10": 1}


def test_facets_of_many_matches_are_those_of_the_newest(
    three: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_query, "COUNTED", 2)
    facets = three.search.facets("淘宝")
    assert (facets.total, facets.exact) == (2, False)
    assert counted(facets, "months") == {"2026-11": 1, "2026-10": 1}


def test_facets_tell_a_team_nothing_of_accounts_that_are_not_its_own(library: Library) -> None:
    library.put(account="jd", topic="carrier_problems")
    readers = SearchFilter(readers=frozenset({"taobao"}))
    assert library.search.facets("爆仓", readers).accounts == ()
    assert counted(library.search.facets("爆仓", SearchFilter(readers=frozenset({"jd"}))), "accounts") == {
        "jd": 1
    }


# ---- the index follows what is kept


def test_an_article_that_is_read_again_is_found_by_its_new_text_and_day_alone(library: Library) -> None:
    library.put()
    later = reading(text="淘宝签约极兔。", phrase="淘宝签约极兔。", at=NOON + timedelta(days=30))
    library.kept.store.keep([(1, later)])
    assert library.titles("爆仓") == []
    assert library.titles("极兔", SearchFilter(until=NOON.date())) == []
    assert len(library.titles("极兔")) == 1


def test_a_source_that_moves_to_another_channel_takes_its_articles_along(library: Library) -> None:
    library.put(source="forum")
    library.kept.store.load_sources([replace(one, channel="news") for one in SOURCES])
    assert library.titles("爆仓", SearchFilter(channels=("forum",))) == []
    assert library.titles("爆仓", SearchFilter(channels=("news",))) == ["第一篇"]


def test_a_page_that_turns_out_to_be_no_article_or_confidential_is_not_found(library: Library) -> None:
    for number, reason in ((1, "no_body"), (2, "confidential")):
        library.put(title=reason)
        library.kept.store.keep([(number, NotAnArticle(reason, "内部资料"))])
    assert library.search.page("爆仓").total == 0
    assert library.search.facets("爆仓").total == 0


def test_the_same_articles_give_the_same_hits_in_the_same_order_on_both_databases(
    tmp_path_factory: pytest.TempPathFactory, on_sqlite: Databases, on_postgresql: Databases
) -> None:
    found = []
    for databases in (on_sqlite, on_postgresql):
        folder = tmp_path_factory.mktemp("both")
        url = databases.url(folder, stocked)
        library = Library(Kept(url, folder / "intel.db"))
        for number in range(12):
            at = NOON - timedelta(days=37 * number)
            library.put(TEXTS[number % 3] * (1 + number % 4), TITLES[number % 2], at=at)
        queries = ("顺丰", "爆仓", "淘宝 -签约", '"顺丰速运" OR 圆通', "达")
        found.append(
            [
                [(hit.url, hit.marks) for one in everything(library, words, 5) for hit in one.hits]
                for words in queries
            ]
        )
        library.kept.engine.dispose()
        databases.drop(url)
    assert found[0] == found[1]
    assert all(found[0])


# ---- in the terminal


def test_the_command_filters_marks_counts_and_goes_on_page_by_page(
    intel: Command,
    saved: Path,  # noqa: F811 (the fixture)
) -> None:
    intel("init")
    intel("import", str(saved))
    asked = ("search", "爆仓", "--account", "淘宝", "--event", "service_disruption")
    found = json.loads(intel(*asked, "--json").out)
    assert (found["total"], found["exact"], found["after"]) == (1, True, None)
    hit = found["hits"][0]
    assert [hit["snippet"][start:end] for start, end in hit["marks"]] == ["爆仓"]
    assert hit["snippet"] in intel(*asked).out
    assert re.search(r"account +taobao +淘宝 +1", intel(*asked, "--facets").out)
    assert refused(intel("search", "爆仓", "--source", "nowhere"), "no source 'nowhere'", "import")
    assert intel("search", "爆仓", "OR", "延误").out == intel("search", "爆仓 OR 延误").out
    assert refused(intel("search", "“爆仓"), "not closed")
    assert refused(
        intel("search", "爆仓", "--since", "2026-12-01", "--until", "2026-11-01"), "is after until"
    )
    assert refused(intel("search", "爆仓", "--since", "soon"), "no such day 'soon'")
