"""Chinese names sound like their English spelling, so that reports in both languages find each other."""

from __future__ import annotations

from datetime import date

import pytest

from intel.model import Entity
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.dedupe import related, stories
from pipelines.flow import Watchlist, analyse, report_of
from pipelines.reports import Report
from pipelines.sounds import sounds
from pipelines.text import fold

WATCHLIST = Watchlist.of(load_accounts(ACCOUNTS_CSV))


def named(text: str, **names: str) -> list[Entity]:
    return [
        Entity(kind, text.index(name), text.index(name) + len(name), name) for kind, name in names.items()
    ]


def read(content: str, day: int = 18) -> Report:
    return report_of(content, date(2026, 11, day), analyse(content, WATCHLIST))


@pytest.mark.parametrize(
    ("content", "names", "spelled"),
    [
        ("赤岭速运换帅\n岑立新接任。", {"org": "赤岭速运", "person": "岑立新"}, {"chiling", "lixin"}),
        ("一则消息\n总部在重庆市。", {"place": "重庆市"}, {"chongqing"}),
        ("一則消息\n總部在長沙。", {"place": "長沙"}, {"changsha"}),
    ],
)
def test_a_name_sounds_as_it_is_spelled_in_english(
    content: str, names: dict[str, str], spelled: set[str]
) -> None:
    assert spelled <= sounds(fold(content), named(content, **names), english=False)


def test_a_headline_begins_with_a_name_that_nothing_knows() -> None:
    assert "chiling" in sounds("赤岭停运两天\n……", (), english=False)


def test_of_english_only_what_may_be_pinyin_is_kept() -> None:
    content = "chiling names cen lixin president\nthe chongqing firm strengthened its board"
    found = sounds(content, (), english=True)
    assert {"chiling", "lixin", "chongqing"} <= found
    assert found.isdisjoint({"president", "firm", "strengthened", "board", "names"})


ENGLISH = (
    "Chiling Express halts service in Quzhou for two days\n"
    "Chiling Express shut 14 outlets in Quzhou on Wednesday after a flood, and 23,000 parcels are waiting."
)
CHINESE = (
    "赤岭速运衢州停运两天\n因洪水，赤岭速运在衢州的14个网点11月18日起停运，2.3万件包裹滞留，预计两天后恢复。"
)
NEXT = "赤岭速运拟在台州建分拨中心\n赤岭速运11月18日说，将投资3.6亿元在台州建分拨中心，日处理能力85万件。"


def test_a_report_of_an_unknown_firm_finds_its_telling_in_english() -> None:
    english, chinese = read(ENGLISH), read(CHINESE)
    assert english.english and not chinese.english
    assert {"sound:chiling", "sound:quzhou"} <= {key.rpartition(":")[0] for key in english.keys}
    assert related(english, chinese)


def test_the_firms_other_news_of_the_day_is_another_story() -> None:
    told = dict(enumerate(map(read, (ENGLISH, CHINESE, NEXT))))
    assert stories(told) == [(0, 1), (2,)]


def test_a_report_reads_back_from_its_bytes_with_its_sounds() -> None:
    assert Report.from_bytes(read(CHINESE).to_bytes()) == read(CHINESE)
