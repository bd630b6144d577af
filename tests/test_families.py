"""Families of stories in the database: read in any order, corrected, taken away, and as they were then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from intel import past
from intel.config import CHINA
from intel.db import ArticleRow, StoryRow
from intel.model import NotAnArticle
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import dedupe
from pipelines.flow import Watchlist, analyse, report_of
from pipelines.reports import Report
from tests.conftest import Kept
from tests.making import page, reading
from tests.test_dedupe import EARNINGS, FESTIVAL, ROUNDUP

TOLD = (*EARNINGS, ROUNDUP, *FESTIVAL)
ROUNDED_UP = 2
DAYS = [datetime(2026, 11, day, 12, tzinfo=CHINA) for day in (18, 19, 20, 20, 20)]

Groups = set[frozenset[int]]


@cache
def report(number: int) -> Report:
    """One of the texts as the reading knows it again."""
    analysis = analyse(TOLD[number], Watchlist.of(load_accounts(ACCOUNTS_CSV)))
    return report_of(TOLD[number], DAYS[number].date(), analysis)


def keep(kept: Kept, number: int) -> None:
    """Read one of the texts; of the reading only the report matters here."""
    kept.store.add_page(page(url=f"http://wire.localhost/{number}"))
    [waiting] = kept.store.pages(0, 1, unread_only=True)
    title, _, text = TOLD[number].partition("\n")
    plain = reading(title=title, text=f"{text}\n淘宝在此。", phrase="淘宝在此。", at=DAYS[number])
    told = report(number)
    kept.store.keep([(waiting.id, replace(plain, report=told.to_bytes(), keys=told.keys))])


def groups(database: Engine | Connection, column: Any = ArticleRow.story_id) -> Groups:
    """The numbers of TOLD by story, or by family."""
    query = select(ArticleRow.url, column).join(StoryRow, StoryRow.id == ArticleRow.story_id)
    found: dict[int, set[int]] = {}
    with Session(database) as session:
        for url, of in session.execute(query):
            found.setdefault(of, set()).add(int(url.rpartition("/")[2]))
    return {frozenset(group) for group in found.values()}


def expected(numbers: Iterable[int]) -> tuple[Groups, Groups]:
    """The stories and families that the texts make, whatever their order."""
    told = {number: report(number) for number in numbers}
    return {*map(frozenset, dedupe.stories(told))}, {*map(frozenset, dedupe.families(told))}


ORDERS = [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (1, 2, 0, 3, 4), (0, 3, 1, 4, 2), (2, 4, 0, 3, 1)]


@pytest.mark.parametrize("order", ORDERS)
def test_stories_and_families_are_the_same_in_any_order_of_reading(
    kept: Kept, order: tuple[int, ...]
) -> None:
    for count, number in enumerate(order, 1):
        keep(kept, number)
        found = groups(kept.engine), groups(kept.engine, StoryRow.family_id)
        assert found == expected(order[:count])
    assert len(groups(kept.engine, StoryRow.family_id)) == 1 < len(groups(kept.engine))


def test_a_report_goes_over_to_the_story_that_it_is_nearer_to_once_that_is_known(kept: Kept) -> None:
    for number in (1, ROUNDED_UP):
        keep(kept, number)
    assert groups(kept.engine) == {frozenset({1, ROUNDED_UP})}
    for number in (0, 3, 4):
        keep(kept, number)
    assert groups(kept.engine) == {frozenset({0, 1}), frozenset({ROUNDED_UP, 3, 4})}


def test_a_family_falls_apart_without_what_linked_it(kept: Kept) -> None:
    for number in range(5):
        keep(kept, number)
    with Session(kept.engine) as session:
        linking = session.scalar(select(ArticleRow.page_id).where(ArticleRow.url.endswith(f"/{ROUNDED_UP}")))
    assert linking is not None
    kept.store.keep([(linking, NotAnArticle("index_page"))])
    assert (
        groups(kept.engine)
        == groups(kept.engine, StoryRow.family_id)
        == {
            frozenset({0, 1}),
            frozenset({3, 4}),
        }
    )
    with Session(kept.engine) as session:
        assert len(session.scalars(select(StoryRow.id)).all()) == 2


@pytest.mark.parametrize("order", ORDERS)
def test_of_a_past_moment_stories_are_what_they_were(kept: Kept, order: tuple[int, ...]) -> None:
    then: list[tuple[datetime, Groups]] = []
    for number in order:
        keep(kept, number)
        then.append((datetime.now(UTC), groups(kept.engine)))
    for moment, stories in then:
        assert groups(past.as_of(past.known_then(kept.engine), moment)) == stories
