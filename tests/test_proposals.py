"""Organisations that recur beside watched accounts are proposed with their sentences, never just added."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intel.acts import By
from intel.model import Account, Entity, Mention, Role, Stranger
from intel.proposals import BadProposal, Proposals
from intel.query import Query
from pipelines import strangers
from tests.conftest import Command, Kept
from tests.making import NOON, page, reading

NAME = "远洲供应链"
BY = By("分析员", "客户在公告里写明", NOON)
LINES = (
    f"淘宝把华东仓交给{NAME}运营，双方签了三年。",
    f"淘宝与{NAME}在杭州开了新的分拨中心。",
    f"淘宝称{NAME}的差错率低于同行。",
)


def read(kept: Kept, number: int, line: str, name: str = NAME) -> None:
    """Keep an article about 淘宝 in which a stranger stands beside it."""
    text = f"{line}第{number}篇。" + f"其余内容各不相同{number}。" * 30
    made = reading(f"第{number}则", text, phrase=line, at=NOON + timedelta(days=number * 9))
    start = made.article.content.index(line)
    url = f"http://wire.localhost/{number}"
    kept.store.add_page(page(url, text))
    [unread] = kept.store.pages(0, 10, unread_only=True)
    stranger = Stranger(name, "taobao", start, start + len(line))
    kept.store.keep([(unread.id, replace(made, strangers=(stranger,)))])


@pytest.fixture
def proposals(kept: Kept) -> Proposals:
    """Three stories of one stranger beside 淘宝, and one of another."""
    for number, line in enumerate(LINES):
        read(kept, number, line)
    read(kept, 7, "淘宝见了溪山资本。", "溪山资本")
    return Proposals(kept.engine)


def test_who_recurs_is_proposed_with_counts_and_its_newest_sentences(proposals: Proposals) -> None:
    [one] = proposals.waiting(least=2, most=20)
    assert (one.name, one.stories, one.beside, one.holds) == (NAME, 3, {"taobao": 3}, ())
    assert [sentence.quote for sentence in one.sentences] == [LINES[2], LINES[1]]


def test_nothing_is_watched_before_somebody_accepts(kept: Kept, proposals: Proposals) -> None:
    before = kept.query.watched()
    proposals.waiting(least=1, most=20)
    assert kept.query.watched() == before


def test_an_accepted_name_stays_when_the_watchlist_is_loaded_again(
    kept: Kept, proposals: Proposals, accounts: tuple[Account, ...]
) -> None:
    proposals.accept_alias(NAME, "taobao", BY)
    kept.store.load_accounts(accounts)
    assert kept.query.account(NAME).id == "taobao"
    assert proposals.waiting(least=2, most=20) == []


def test_an_organisation_can_become_an_account(kept: Kept, proposals: Proposals) -> None:
    proposals.accept_account(Account("yuanzhou", NAME, Role.COMPETITOR), BY)
    assert Query(kept.engine).account(NAME) == Account("yuanzhou", NAME, Role.COMPETITOR)
    [decided] = proposals.decided()
    assert (decided.name, decided.decision, decided.account, decided.who) == (
        NAME, "account", "yuanzhou", "分析员",
    )  # fmt: skip


def test_who_is_dismissed_is_not_proposed_again_but_can_still_be_accepted(
    kept: Kept, proposals: Proposals
) -> None:
    proposals.dismiss(NAME, BY)
    read(kept, 8, LINES[0])
    assert proposals.waiting(least=2, most=20) == []
    proposals.accept_alias(NAME, "taobao", BY)
    assert [one.decision for one in proposals.decided()] == ["alias"]


def test_decisions_that_cannot_be_are_refused(proposals: Proposals) -> None:
    with pytest.raises(BadProposal, match="no organisation '某某' was proposed"):
        proposals.dismiss("某某", BY)
    with pytest.raises(BadProposal, match="who takes it and why"):
        proposals.dismiss(NAME, By("分析员", " ", NOON))
    with pytest.raises(BadProposal, match="there is an account taobao already"):
        proposals.accept_account(Account("taobao", NAME, Role.PARTNER), BY)
    proposals.accept_alias(NAME, "taobao", BY)
    with pytest.raises(BadProposal, match="accepted already, as alias of taobao"):
        proposals.dismiss(NAME, BY)


def test_the_command_shows_proposals_and_takes_decisions(intel: Command) -> None:
    intel("init")
    assert intel("accounts", "proposals", "--json").out.strip() == "[]"
    said = intel("accounts", "accept", NAME, "--of", "taobao", "--why", "x", "--by", "y")
    assert (said.code, "was proposed; see: intel accounts proposals" in said.err) == (2, True)
    said = intel("accounts", "accept", NAME, "--why", "x")
    assert (said.code, "--of ACCOUNT" in said.err) == (2, True)
    said = intel("accounts", "accept", "手机淘宝", "--new", "x", "--why", "x")
    assert (said.code, "is a name of taobao already" in said.err) == (2, True)


CONTENT = "标题\n淘宝与远洲供应链签约。远洲供应链上月扩建。国家邮政局约谈淘宝与腾讯。"


def entity(text: str, nth: int = 0, **changes: object) -> Entity:
    start = -1
    for _ in range(nth + 1):
        start = CONTENT.index(text, start + 1)
    return replace(Entity("org", start, start + len(text), text), **changes)  # type: ignore[arg-type]


def test_strangers_stand_in_a_sentence_with_an_account_and_in_no_list() -> None:
    mentions = [
        Mention("taobao", "淘宝", entity("淘宝", n).start, entity("淘宝", n).end, True) for n in (0, 1)
    ]
    found = [entity("远洲供应链"), entity("远洲供应链", 1), entity("国家邮政局"), entity("腾讯")]
    assert strangers.find(CONTENT, found, mentions) == (Stranger("远洲供应链", "taobao", 3, 14),)
    unsure = [replace(one, certainty=0.9) for one in found]
    assert strangers.find(CONTENT, unsure, mentions) == ()
