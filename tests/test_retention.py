"""What has been kept longer than its class is kept goes, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intel import bootstrap, reader, retention
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.model import Page, RunState, SourceCheck, SourceRun
from intel.retention import BadRetention, load_days
from intel.search_query import Search
from tests import documents
from tests.conftest import Command
from tests.making import NOON, SOURCES, TEXT, root

WATCH = replace(SOURCES[0], name="prices", kind="watch", options={})
DAYS = load_days()
HTML = """<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>
<div>发布时间：2026年11月12日 09:30</div><article>{body}</article></body></html>"""
IDLE = "某市举办秋季花展，市民可以免费参观，展期到月底结束，周末有音乐表演和手工市集，欢迎前来。" * 3


def html(title: str, text: str) -> bytes:
    body = "".join(f"<p>{sentence}。</p>" for sentence in text.rstrip("。").split("。"))
    return HTML.format(title=title, body=body).encode()


def page(name: str, body: bytes, source: str = "wire") -> Page:
    return Page(f"http://{source}.localhost/{name}", source, NOON, body, "text/html")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A page of each class, all of one day."""
    made = bootstrap.init(Settings(home=tmp_path_factory.mktemp("home")), (*SOURCES, WATCH))
    for one in (
        page("telling", html("双11包裹创新高", TEXT)),
        page("idle", html("秋季花展开幕", IDLE)),
        page("empty", b""),
        page("paper", documents.pdf("双11包裹创新高", *[TEXT] * 3)),
        page("marked", html("【内部资料】双11成本", TEXT)),
        page("watched", html("价目", TEXT), "prices"),
    ):
        made.store.add_page(one)
    reader.read_pages(made.store, made.query.watched())
    for day in range(2):
        at = NOON + timedelta(days=day)
        made.store.add_run(SourceRun("wire", at, at, RunState.OK))
    made.store.keep_checks([SourceCheck("wire", NOON, "allowed", 3)])
    yield made
    made.engine.dispose()


def after(days: int, workspace: Workspace) -> dict[str, int]:
    # A page in quarantine is found when it is read: now, and not on the day of the others.
    when = NOON + timedelta(days=days)
    return {
        one.name: one.rows for one in retention.due(workspace.engine, DAYS, when) if one.name != "undecided"
    }


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (29, {}),
        (31, {"document_bytes": 1, "rejected_bytes": 1}),
        (181, {"document_bytes": 1, "rejected_bytes": 1, "idle_articles": 1}),
        (
            367,
            {
                "page_bytes": 2,
                "document_bytes": 1,
                "rejected_bytes": 1,
                "idle_articles": 1,
                "source_runs": 1,
                "source_checks": 1,
            },
        ),
    ],
)
def test_each_class_goes_after_its_days(workspace: Workspace, days: int, due: dict[str, int]) -> None:
    assert {name: rows for name, rows in after(days, workspace).items() if rows} == due


def test_after_five_years_articles_go_too_but_nothing_that_a_watched_page_is_compared_with(
    workspace: Workspace,
) -> None:
    assert after(1826, workspace)["articles"] == 2


def test_letting_go_keeps_what_is_younger_and_is_done_once(tmp_path: Path) -> None:
    made = bootstrap.init(Settings(home=tmp_path), SOURCES)
    for name, at in (("old", NOON), ("new", NOON + timedelta(days=300))):
        made.store.add_page(replace(page(name, html("双11包裹创新高", TEXT)), fetched_at=at))
    reader.read_pages(made.store, made.query.watched())
    now = NOON + timedelta(days=400)
    gone = {one.name: one.rows for one in retention.let_go(made.engine, DAYS, root(now))}
    assert gone["page_bytes"] == 1 and sum(gone.values()) == 1
    assert made.store.last_page("http://wire.localhost/old") is None
    assert made.store.last_page("http://wire.localhost/new") is not None
    assert len(Search(made.engine).page("淘宝").hits) == 2
    assert reader.read_pages(made.store, made.query.watched(), again=True).read == 1
    assert len(Search(made.engine).page("淘宝").hits) == 2
    assert sum(one.rows for one in retention.let_go(made.engine, DAYS, root(now))) == 0
    made.engine.dispose()


def test_an_article_that_went_is_not_brought_back_by_reading_everything(tmp_path: Path) -> None:
    made = bootstrap.init(Settings(home=tmp_path), SOURCES)
    made.store.add_page(page("idle", html("秋季花展开幕", IDLE)))
    reader.read_pages(made.store, made.query.watched())
    list(retention.let_go(made.engine, DAYS, root(NOON + timedelta(days=200))))
    reader.read_pages(made.store, made.query.watched(), again=True)
    assert made.query.kept().articles == 0
    made.engine.dispose()


def test_a_page_on_which_nobody_decided_is_dropped_with_that_reason(tmp_path: Path, intel: Command) -> None:
    made = bootstrap.init(Settings(home=tmp_path / "home"), SOURCES)
    made.store.add_page(page("marked", html("【内部资料】双11成本", TEXT)))
    reader.read_pages(made.store, made.query.watched())
    list(retention.let_go(made.engine, DAYS, root(NOON + timedelta(days=400))))
    made.engine.dispose()
    [held] = json.loads(intel("quarantine", "list", "--all", "--json").out)
    assert (held["decision"], held["decided_by"], held["why"]) == (
        "dropped",
        "intel retain",
        "nobody decided",
    )


def test_a_dry_run_of_the_command_tells_and_keeps(tmp_path: Path, intel: Command) -> None:
    made = bootstrap.init(Settings(home=tmp_path / "home"), SOURCES)
    made.store.add_page(replace(page("empty", b""), fetched_at=NOON - timedelta(days=4000)))
    reader.read_pages(made.store, made.query.watched())
    for arguments in (["--dry-run"], ["--dry-run"], []):
        told = json.loads(intel("retain", *arguments, "--json").out)
        assert {one["name"]: one["rows"] for one in told if one["rows"]} == {"rejected_bytes": 1}
    assert all(one["rows"] == 0 for one in json.loads(intel("retain", "--json").out))
    made.engine.dispose()


@pytest.mark.parametrize("text", ["page_bytes = 1", "nothing = [", "\n".join([*map("{} = -1".format, DAYS)])])
def test_a_table_that_cannot_be_followed_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "retention.toml"
    file.write_text(text)
    with pytest.raises(BadRetention, match=r"retention\.toml"):
        load_days(file)


def test_zero_days_keep_for_ever(workspace: Workspace) -> None:
    forever = dict.fromkeys(DAYS, 0)
    assert {one.rows for one in retention.due(workspace.engine, forever, NOON + timedelta(days=9999))} == {0}
