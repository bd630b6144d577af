"""A source is tried as a crawl would, under all guards and keeping nothing, then collected by schedule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from intel import adding, rounds, trying
from intel.added_sources import AddedSources
from intel.bootstrap import Workspace
from intel.forgetting import Clearing
from intel.jobs.schedule import plan
from intel.model import RunState, Source
from intel.query import UnknownName
from intel.trying import TooMany, Trials
from pipelines.flow import Watchlist
from spiders.check import CheckResult, Sample
from spiders.city.server import start as running_city
from spiders.source_row import BadField
from spiders.terms import terms_links
from tests import crawling
from tests.conftest import Command
from tests.hostile_server import Site
from tests.making import page, root
from tests.trying import STORY, ended, furnish, installed

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
SAID = {
    "name": "site",
    "label": "现场",
    "channel": "news",
    "owner": "现场社",
    "reliability": "C",
    "lawful_basis": "公开网页，条款 2026-11-20 读过",
    "schedule": "15 7 * * *",
}


@pytest.fixture
def workspace(tmp_path: Path, site: Site) -> Iterator[Workspace]:
    made = installed(tmp_path, site.port)
    yield made
    made.engine.dispose()


def result(robots: str = "allowed", **fields: object) -> CheckResult:
    """What a try found where all is well."""
    sample = Sample("http://site.localhost/1", "韵达华东爆仓", NOW, text=STORY)
    made = CheckResult(
        "site", "", True, robots, RunState.OK, "", listed=9, expected_minimum=1, newest=NOW,
        samples=(sample,), problems=(),
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


def source(url: str = "http://site.localhost/feed.xml", **said: object) -> Source:
    """A source as it is added."""
    return adding.completed(adding.draft("feed", url), SAID | said)


# ---- trying


def test_a_try_shows_what_it_would_bring_and_what_not_and_keeps_nothing(
    workspace: Workspace, site: Site
) -> None:
    trials = Trials.of(workspace.settings)
    begun = trials.start(workspace.settings, adding.draft("feed", furnish(site)), "ops")
    found = ended(trials, begun)
    assert found.failure == "" and found.result is not None and found.pages == 2
    told = found.result
    assert {one.title for one in told.samples} == {"韵达华东爆仓", "极兔续约"}
    assert all(STORY[:20] in one.text for one in told.samples)
    assert (told.listed, told.robots, told.rejected) == (4, "partly", {"http_404": 1, "robots": 1})
    assert told.terms == (f"{site.url}/terms.html",)
    assert site.hits["/closed/4.html"] == 0
    assert workspace.store.page_count(unread_only=False) == 0


def test_a_try_asks_no_more_than_a_few_pages(workspace: Workspace, site: Site) -> None:
    trials = Trials.of(workspace.settings)
    ended(trials, trials.start(workspace.settings, adding.draft("feed", furnish(site)), "ops"))
    assert site.hits["/robots.txt"] == 1
    assert sum(site.hits.values()) <= 2 + trying.SAMPLES


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/feed.xml", "http://192.168.0.1/", "http://[::1]/"])
def test_a_try_reaches_no_address_that_is_not_public(workspace: Workspace, inside: Site, url: str) -> None:
    trials = Trials.of(workspace.settings)
    draft = adding.draft("feed", url.format(port=inside.port))
    found = ended(trials, trials.start(workspace.settings, draft, "ops"))
    assert found.result is not None and not found.result.ok
    assert found.result.robots == "unknown" and " address" in found.result.problems[0]
    assert not inside.hits


def test_a_try_that_takes_too_long_is_ended_and_says_so(workspace: Workspace, site: Site) -> None:
    trials = Trials(workspace.settings.folder / "trials", seconds=0.2)
    found = ended(trials, trials.start(workspace.settings, adding.draft("feed", furnish(site)), "ops"))
    assert found.result is None and "at most 0 seconds" in found.failure


def test_a_try_can_be_stopped(workspace: Workspace, site: Site) -> None:
    trials = Trials.of(workspace.settings)
    begun = trials.start(workspace.settings, adding.draft("feed", furnish(site)), "ops")
    trials.stop(begun.id)
    assert not ended(trials, begun).running


def test_every_server_of_an_installation_knows_and_ends_a_try(workspace: Workspace, site: Site) -> None:
    feed = furnish(site)
    begun = Trials.of(workspace.settings).start(workspace.settings, adding.draft("feed", feed), "ops")
    other = Trials.of(workspace.settings)
    assert [one.id for one in other.listed()] == [begun.id]
    found = ended(other, begun)
    assert found.result is not None and {one.title for one in found.result.samples} == {
        "韵达华东爆仓",
        "极兔续约",
    }
    [kept] = (workspace.settings.folder / "trials").glob("*.json")
    assert kept.stat().st_mode & 0o077 == 0
    again = Trials.of(workspace.settings).start(workspace.settings, adding.draft("feed", feed), "ops")
    other.stop(again.id)
    assert not ended(other, again).running


def test_tries_of_all_servers_count_for_what_may_run_at_once(
    workspace: Workspace, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "AT_ONCE", 1)
    draft = adding.draft("feed", furnish(site))
    begun = Trials.of(workspace.settings).start(workspace.settings, draft, "ops")
    with pytest.raises(TooMany):
        Trials.of(workspace.settings).start(workspace.settings, draft, "ops")
    ended(Trials.of(workspace.settings), begun)
    Trials.of(workspace.settings).start(workspace.settings, draft, "ops")


def test_a_try_whose_server_is_gone_has_ended_and_is_forgotten_after_a_day(workspace: Workspace) -> None:
    draft = adding.draft("feed", "http://site.localhost/feed")
    trials, now = Trials.of(workspace.settings), datetime.now(UTC)
    folder = workspace.settings.folder / "trials"
    folder.mkdir()
    for name, ago in (("a" * 12, timedelta(minutes=5)), ("b" * 12, timedelta(seconds=5))):
        left = trying.Trial(name, draft, "ops", now - ago)
        (folder / f"{name}.json").write_bytes(TypeAdapter(trying.Trial).dump_json(left))
    assert [(one.id[0], one.running) for one in trials.listed()] == [("b", True), ("a", False)]
    assert trials.trial("../" + "a" * 9) is None and trials.trial("a") is None
    trials.forget(now + timedelta(hours=23))
    assert len(trials.listed()) == 2
    trials.forget(now + timedelta(hours=25))
    assert trials.listed() == []


def test_no_more_tries_run_than_may_run_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "AT_ONCE", 0)
    with pytest.raises(TooMany):
        Trials.of(workspace.settings).start(
            workspace.settings, adding.draft("feed", "http://site.localhost/feed"), "ops"
        )


@pytest.mark.parametrize(
    ("kind", "url", "lines", "field"),
    [
        ("nope", "https://a.example/", (), "kind"),
        ("feed", "ftp://a.example/", (), "url"),
        ("feed", "http://[", (), "url"),
        ("listing", "https://a.example/", (), "options.item"),
        ("feed", "https://a.example/", ("days",), "options"),
        ("feed", "https://a.example/", ("days = 0",), "options.days"),
        ("feed", "https://a.example/", ("days = 1", "days = 2"), "options"),
    ],
)
def test_what_cannot_be_tried_is_told_by_its_field(
    kind: str, url: str, lines: tuple[str, ...], field: str
) -> None:
    with pytest.raises(BadField) as refused:
        adding.draft(kind, url, lines)
    assert refused.value.field == field


def test_options_are_written_in_lines_with_or_without_quotes() -> None:
    said = ["item = ul.news li", 'link="a[href]"', "", "pages = 2", "article.title = h1", "javascript=true"]
    told = {
        "item": "ul.news li",
        "link": "a[href]",
        "pages": 2,
        "article": {"title": "h1"},
        "javascript": True,
    }
    assert adding.options(said) == told
    assert adding.options(adding.lines(told)) == told


def test_links_to_terms_are_found_by_what_they_are_called() -> None:
    headline = "快递服务条款引发争议：一条很长的新闻标题，说到了条款，但它自己不是条款，而是一篇报道"
    body = f'<a href="/t">服务条款</a><a href="/n">{headline}</a>'
    body += '<a href="javascript:x()">版权声明</a><a href="https://b.example/legal">Legal notice</a>'
    assert terms_links([page(body=body)]) == ("http://wire.localhost/t", "https://b.example/legal")
    assert terms_links([page(body="")]) == ()


# ---- adding


def test_an_added_source_is_collected_by_its_schedule_and_outlasts_an_update(workspace: Workspace) -> None:
    adding.add(workspace, source(), result(), "ops", NOW)
    planned = {one.subject: one.cron for one in plan(workspace) if one.kind == "collect"}
    assert planned["site"] == "15 7 * * *"
    [added] = AddedSources(workspace.engine).listed()
    assert (added.source, added.robots, added.by, added.at) == (source(), "allowed", "ops", NOW)
    again = rounds.init(workspace.settings)
    assert "site" in {one.name for one in again.query.enabled_sources()}
    assert rounds.known_sources(workspace.settings)[-1].name == "site"
    again.engine.dispose()


def test_a_removed_source_is_collected_no_more(workspace: Workspace) -> None:
    adding.add(workspace, source(), result(), "ops", NOW)
    adding.remove(workspace, "site", root(NOW))
    assert "site" not in {one.name for one in rounds.listed_sources(workspace)}
    assert "site" not in {one.name for one in workspace.query.enabled_sources()}
    with pytest.raises(UnknownName):
        adding.remove(workspace, "site", root(NOW))


def test_a_name_or_an_address_that_there_is_already_is_refused(workspace: Workspace) -> None:
    known = rounds.table_sources(workspace.settings)[0]
    with pytest.raises(BadField, match=r"^name: "):
        adding.add(workspace, source(name=known.name), result(), "ops", NOW)
    with pytest.raises(BadField, match=f"^url: is collected already, as {known.label}"):
        adding.add(workspace, source(known.url), result(), "ops", NOW)


def test_an_account_that_nobody_watches_is_refused(workspace: Workspace) -> None:
    options = {"account": "nobody", "topic": "competitor_landscape"}
    watched = adding.completed(adding.draft("watch", "https://prices.example/"), SAID | {"options": options})
    with pytest.raises(BadField, match=r"^options\.account: 'nobody' is no account of the watchlist"):
        adding.add(workspace, watched, result(), "ops", NOW)


def test_what_its_owner_forbids_is_not_added(workspace: Workspace) -> None:
    with pytest.raises(adding.Untaken, match=r"robots\.txt forbids"):
        adding.add(workspace, source(), result("forbidden"), "ops", NOW)
    assert AddedSources(workspace.engine).listed() == []


def test_what_the_table_says_is_not_collected_is_not_added(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "sources.toml"
    row = 'name = "known"\nlabel = "a"\nkind = "feed"\nchannel = "news"\nurl = "https://a.example/"\n'
    refused = 'name = "site"\nlabel = "b"\nchannel = "news"\nowner = "o"\nreason = "a wall of logins"\n'
    rest = 'owner = "o"\nreliability = "C"\nlawful_basis = "test"\n'
    table.write_text(f"[[source]]\n{row}{rest}\n[[refused]]\n{refused}", "utf-8")
    here = replace(
        workspace, settings=workspace.settings.model_copy(update={"demo": False, "sources": table})
    )
    with pytest.raises(adding.Untaken, match="a wall of logins"):
        adding.add(here, source(), result(), "ops", NOW)


def test_a_forgotten_source_goes_from_what_was_added_and_is_not_added_again(workspace: Workspace) -> None:
    adding.add(workspace, source(), result(), "ops", NOW)
    workspace.tombstones.bury("source", "site", "", root(NOW))
    forgotten = workspace.store.redaction().forgotten
    Clearing(workspace.engine, Watchlist.of(workspace.query.watched()), workspace.briefings).of(forgotten)
    assert AddedSources(workspace.engine).listed() == []
    with pytest.raises(adding.Untaken, match="forgotten"):
        adding.add(workspace, source(), result(), "ops", NOW)


# ---- on the command line


def test_a_source_is_tried_added_and_removed_by_command(
    intel: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_city(0) as city:
        monkeypatch.setenv("INTEL_DEMO_PORT", str(city.port))

        # A place that the demo's table does not list.
        place = f"http://kuaidi-guancha.localhost:{city.port}/sitemap-none.xml"
        second = f"http://wuliu-shibao.localhost:{city.port}/html/list_2.htm"
        assert intel("--demo", "init").code == 0
        tried = crawling.command("--demo", "sources", "try", place, "--kind", "sitemap")
        assert tried.code == 1 and "HTTP 404" in tried.out
        said = ["--label", "观察", "--channel", "news", "--owner", "观察", "--reliability", "B"]
        said += ["--lawful-basis", "公开网页", "--by", "ops", "--terms-read", "--schedule", "0 * * * *"]
        said += ["--kind", "listing", "--option", "item = table.list tr.entry"]
        doubtful = crawling.command("--demo", "sources", "add", second, "--name", "seen", *said)
        assert doubtful.code == 1 and "not added" in doubtful.err
        added = crawling.command("--demo", "sources", "add", second, "--name", "seen", *said, "--anyway")
        assert added.code == 0, added.err
        assert "robots.txt: allowed" in added.out and "added seen" in added.out
        assert "0 * * * *" in intel("--demo", "jobs", "schedule").out
        again = intel("--demo", "sources", "add", second, "--name", "seen", *said)
        assert (again.code, again.err.count("\n")) == (2, 1) and "seen" in again.err
        assert intel("--demo", "sources", "remove", "seen").code == 0
        assert intel("--demo", "sources", "remove", "seen").code == 2
