import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from sqlite3 import connect

import pytest

from intel import screen
from intel.bootstrap import open_workspace
from intel.cli import COMMANDS
from intel.config import Settings
from pipelines import event_model, topic_model, wording
from tests import crawling
from tests.conftest import Command
from tests.crawling import Said
from tests.making import TEXT


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder of two saved pages, one of them without an article."""
    folder = tmp_path / "pages"
    folder.mkdir()
    paragraphs = "".join(f"<p>{sentence}。</p>" for sentence in TEXT.rstrip("。").split("。"))
    (folder / "good.html").write_text(
        "<html><head><meta charset=utf-8><title>双11包裹创新高</title></head><body><h1>双11包裹创新高</h1>"
        f"<div>发布时间：2026年11月12日 09:30</div><article>{paragraphs}</article></body></html>"
    )
    (folder / "empty.html").write_text("")
    return folder


def refused(said: Said, *parts: str) -> bool:
    """One line on standard error, exit code 2, nothing on standard output."""
    lines = said.err.strip().splitlines()
    return said.code == 2 and len(lines) == 1 and not said.out and all(part in lines[0] for part in parts)


def test_without_a_database_every_read_says_how_to_make_one(intel: Command) -> None:
    for command in (["accounts", "list"], ["findings", "taobao"], ["search", "淘宝"], ["read"], ["run"]):
        assert refused(intel(*command), "no database", "intel init"), command


def test_init_makes_the_database_and_a_second_init_changes_nothing(intel: Command) -> None:
    first, second = intel("init"), intel("init")
    assert first.code == second.code == 0
    assert first.out == second.out
    accounts = json.loads(intel("accounts", "list", "--json").out)
    assert {"taobao", "jt"} <= {account["id"] for account in accounts}


def test_saved_pages_become_findings_and_a_briefing(intel: Command, saved: Path, tmp_path: Path) -> None:
    intel("init")
    said = intel("import", str(saved), "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out) == {
        "new": 2,
        "known": 0,
        "bad": 0,
        "articles": 1,
        "rejected": {"empty_body": 1},
    }
    findings = json.loads(intel("findings", "淘宝", "--json").out)
    assert findings and all(finding["quote"] in f"双11包裹创新高\n{TEXT}" for finding in findings)
    assert "双11包裹创新高" in intel("search", "爆仓").out
    brief = tmp_path / "brief.html"
    assert intel("brief", "淘宝", "--format", "html", "-o", str(brief)).code == 0
    assert findings[0]["quote"] in brief.read_text()


def test_importing_the_same_folder_again_adds_nothing(intel: Command, saved: Path) -> None:
    intel("init")
    intel("import", str(saved))
    before = intel("findings", "淘宝", "--json").out
    assert json.loads(intel("import", str(saved), "--json").out)["known"] == 2
    assert intel("findings", "淘宝", "--json").out == before


def test_reading_all_again_changes_nothing(intel: Command, saved: Path) -> None:
    intel("init")
    intel("import", str(saved))
    before = intel("findings", "淘宝", "--json").out
    assert intel("read", "--all").code == 0
    after = json.loads(intel("findings", "淘宝", "--json").out)
    assert [f["quote"] for f in after] == [f["quote"] for f in json.loads(before)]


def test_an_account_loaded_from_a_csv_is_found_after_reading_again(
    intel: Command, saved: Path, tmp_path: Path
) -> None:
    intel("init")
    intel("import", str(saved))
    table = tmp_path / "mine.csv"
    table.write_text("id,name,role,aliases\nlastmile,末端派送,competitor,\n")
    assert intel("accounts", "load", str(table)).code == 0
    assert intel("read", "--all").code == 0
    assert json.loads(intel("accounts", "show", "lastmile", "--json").out)["account"]["articles"] == 1


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (["findings", "淘宝网店"], ["淘宝网店", "did you mean"]),
        (["brief", "qqqq"], ["no account 'qqqq'", "known: "]),
        (["findings", "taobao", "--since", "yesterday"], ["'yesterday'", "2026-11-20"]),
        (["findings", "taobao", "--topic", "carier_problems"], ["did you mean carrier_problems"]),
        (["findings", "taobao", "--event", "strike"], ["no event 'strike'", "service_disruption"]),
        (["collect", "--source", "nowhere"], ["no source 'nowhere'"]),
        (["search", "！？"], ["nothing to search for"]),
        (["import", "no-such-folder"], ["no file or folder no-such-folder"]),
        (["extract", "missing.html"], ["no file missing.html"]),
        (["analyse", "missing.jsonl"], ["no file missing.jsonl"]),
        (["accounts", "load", "missing.csv"], ["no file missing.csv"]),
    ],
)
def test_a_wrong_name_day_or_file_gets_one_line_that_says_what_would_be_right(
    intel: Command, command: list[str], parts: list[str]
) -> None:
    intel("init")
    assert refused(intel(*command), *parts)


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        ("id,name\na,b\n", ["no column", "aliases, role"]),
        ("id,name,role,aliases\na,甲,clients,\n", ["mine.csv:2", "'clients'", "client"]),
        ("id,name,role,aliases\na,甲,client,\na,乙,client,\n", ["mine.csv:3", "a stands twice"]),
        ("id,name,role,aliases\n,甲,client,\n", ["mine.csv:2", "empty"]),
    ],
)
def test_a_bad_account_table_is_refused_whole_naming_the_line(
    intel: Command, tmp_path: Path, table: str, parts: list[str]
) -> None:
    intel("init")
    before = intel("accounts", "list", "--json").out
    (tmp_path / "mine.csv").write_text(table)
    assert refused(intel("accounts", "load", str(tmp_path / "mine.csv")), *parts)
    assert intel("accounts", "list", "--json").out == before


def test_analyse_tags_each_line_with_offsets_into_title_newline_text(intel: Command) -> None:
    item = {"id": 7, "title": "圆通速递股份有限公司公告", "text": "圆通与ＴＡＯＢＡＯ签署年度合作协议。"}
    said = intel("analyse", "-", stdin=json.dumps(item, ensure_ascii=False) + "\n")
    assert said.code == 0, said.err
    [tagged] = [json.loads(line) for line in said.out.splitlines()]
    assert set(tagged) == {"id", "lang", "story", "accounts", "entities", "events", "topics"}
    assert {"kind": "org", "text": "ＴＡＯＢＡＯ", "start": 16, "end": 22} in tagged["entities"]
    assert (tagged["id"], tagged["lang"]) == (7, "zh")
    content = f"{item['title']}\n{item['text']}"
    assert [(a["id"], a["surface"]) for a in tagged["accounts"]] == [
        ("yto", "圆通速递股份有限公司"),
        ("yto", "圆通"),
        ("taobao", "ＴＡＯＢＡＯ"),
    ]
    assert all(content[a["start"] : a["end"]] == a["surface"] for a in tagged["accounts"])
    [event] = tagged["events"]
    assert set(event) == {"type", "subject", "counterparty", "trigger", "quote", "args", "values"}
    assert (event["type"], event["subject"], event["counterparty"]) == ("partnership", ["yto"], ["taobao"])
    assert event["quote"] in content


def test_analyse_dates_what_the_text_names_by_the_day_of_publication(intel: Command) -> None:
    item = {"id": 1, "title": "", "text": "圆通昨日与淘宝签约。", "published": "2026-11-20"}
    said = intel("analyse", "-", stdin=json.dumps(item, ensure_ascii=False) + "\n")
    entities = json.loads(said.out)["entities"]
    assert [one["value"] for one in entities if one["text"] == "昨日"] == ["2026-11-19"]


@pytest.fixture
def without_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation that has lost its models."""
    loaded = (event_model.model, topic_model.model, wording.rarity_table)
    monkeypatch.setattr("pipelines.linear.load.__defaults__", (tmp_path / "lost",))
    for one in loaded:
        one.cache_clear()
    yield
    for one in loaded:
        one.cache_clear()


@pytest.mark.usefixtures("without_models")
def test_a_missing_model_stops_the_reading_and_rejects_no_page(intel: Command, saved: Path) -> None:
    item = json.dumps({"id": 1, "title": "淘宝", "text": "圆通为淘宝送货。"}, ensure_ascii=False)
    assert refused(intel("analyse", "-", stdin=item), "event-types.npz is missing", "make model")
    intel("init")
    said = intel("import", str(saved))
    assert said.code == 2 and "event-types.npz is missing" in said.err
    kept = open_workspace(Settings()).query.kept()
    assert (kept.unread, kept.rejected) == (2, {})


def test_analyse_names_bad_lines_and_still_tags_the_others(intel: Command, tmp_path: Path) -> None:
    lines = ['{"id": 1, "title": "淘宝", "text": ""}', "{oops", '{"title": "no id"}', '{"id": 2, "text": 3}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    said = intel("analyse", str(tmp_path / "in.jsonl"))
    assert said.code == 1
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == [1]
    assert [f"in.jsonl:{number}:" in said.err for number in (2, 3, 4)] == [True, True, True]


def test_analyse_reads_past_what_nobody_sees_and_gives_the_text_back(intel: Command) -> None:
    lines = [
        r'{"id": "\udc80", "text": "\ud83d顺丰\udc00速运自12月\u200b1日起与唯品会终止合作。", '
        r'"published": "2026-11-20"}',
        r'{"id": 2, "title": null, "text": "申\u200b通\u200d快\u0000递被圆通收购。"}',
    ]
    said = intel("analyse", "-", stdin="\n".join(lines))
    assert said.code == 0, said.err
    first, second = [json.loads(line) for line in said.out.splitlines()]
    for line, tagged in zip(lines, (first, second), strict=True):
        given = json.loads(line)
        content = "\n" + given["text"]
        assert tagged["id"] == given["id"]
        for one in tagged["accounts"]:
            assert content[one["start"] : one["end"]] == one["surface"]
        for one in tagged["entities"]:
            assert content[one["start"] : one["end"]] == one["text"]
        assert all(one["quote"] in content for one in tagged["events"] + tagged["topics"])
    assert [(one["id"], one["surface"]) for one in first["accounts"]] == [
        ("sf", "顺丰\udc00速运"),
        ("vipshop", "唯品会"),
    ]
    assert [event["values"]["date"] for event in first["events"]] == ["2026-12-01"]
    assert [one["surface"] for one in second["accounts"]] == ["申\u200b通\u200d快\0递", "圆通"]
    assert "merger_acquisition" in [event["type"] for event in second["events"]]


def test_analyse_takes_the_day_of_a_moment_in_china(intel: Command) -> None:
    line = '{"id": "%s", "text": "圆通昨日起涨价。", "published": "%s"}'
    moments = ["2026-11-12T09:30:00+08:00", "2026-11-11T20:00:00Z", "2026-11-12T23:00:00", "2026-11-12"]
    said = intel("analyse", "-", stdin="\n".join(line % (moment, moment) for moment in moments))
    assert said.code == 0, said.err
    dated = [json.loads(line)["events"][0]["values"]["date"] for line in said.out.splitlines()]
    assert dated == ["2026-11-11"] * 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": 1e400, "text": ""}', '"id" holds a number that JSON cannot write'),
        ('{"id": [NaN], "text": ""}', '"id" holds a number that JSON cannot write'),
        ("顺丰涨价。", "JSON lines are expected"),
        ("<html><body>", "JSON lines are expected"),
        ("[" * 100_000, "JSON lines are expected"),
        ('{"id": 1, "published": "昨天"}', '"published" is neither a day'),
        ('{"id": 1, "published": 20261112}', '"published" is neither a day'),
        ('{"id": 1, "published": "0001-01-01T00:00:00+14:00"}', '"published" is neither a day'),
    ],
)
def test_analyse_says_what_is_wrong_with_a_line(intel: Command, line: str, reason: str) -> None:
    said = intel("analyse", "-", stdin=line)
    assert (said.code, said.out) == (1, "")
    assert reason in said.err and "-:1:" in said.err


def test_extract_prints_what_it_read_with_the_evidence_for_the_date(intel: Command, saved: Path) -> None:
    said = intel("extract", str(saved / "good.html"), "--url", "http://news.example/1", "--json")
    read = json.loads(said.out)
    assert read["title"] == "双11包裹创新高"
    assert read["published"] == "2026-11-12T09:30:00+08:00"
    assert (read["precision"], read["encoding"], read["author"]) == ("minute", "utf-8", None)
    assert "2026年11月12日 09:30" in read["date_evidence"]
    assert read["body"].startswith("本报讯 淘宝物流业务负责人")


def test_extract_names_the_reason_where_there_is_no_article(intel: Command, saved: Path) -> None:
    said = intel("extract", str(saved / "empty.html"), "--json")
    assert said.code == 1
    assert json.loads(said.out)["rejected"] == "empty_body"


def test_help_names_every_command(intel: Command) -> None:
    said = intel("--help")
    assert said.code == 0
    assert [name for name in COMMANDS if f"│ {name} " not in said.out] == []


def test_the_version_is_that_of_the_package(intel: Command) -> None:
    assert intel("--version").out == f"intel {metadata.version('courier-intel')}\n"


@pytest.mark.parametrize(
    ("asked", "never"),
    [
        ("--help", "sqlalchemy scrapy numpy"),
        ("coverage --help", "scrapy twisted alembic spacy matplotlib jinja2 fastapi"),
        ("findings --help", "scrapy twisted alembic spacy matplotlib jinja2 fastapi"),
        ("run --help", "pypdfium2 rjieba pycrfsuite docx matplotlib spacy fastapi dbos"),
    ],
)
def test_a_command_loads_no_more_than_it_needs(asked: str, never: str) -> None:
    program = (
        "import sys\n"
        "from intel.cli import app\n"
        f"try: app({asked.split()!r})\n"
        f"except SystemExit: sys.exit(' '.join(set({never.split()!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (1, "")


@pytest.mark.parametrize("command", [["init"], ["accounts", "list"], ["tenders", "list"], ["series", "list"]])
def test_a_file_that_is_no_database_is_named(intel: Command, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "intel.db").write_text("garbage " * 100)
    assert refused(intel(*command), "intel.db", "not a database")


@pytest.mark.parametrize("command", [["sources", "list"], ["init"], ["db", "upgrade"]])
def test_a_database_of_a_newer_release_is_left_as_it_is(
    intel: Command, tmp_path: Path, command: list[str]
) -> None:
    intel("init")
    with connect(tmp_path / "home" / "intel.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert refused(intel(*command), "newer release (schema 9999;", "intel db restore")


def test_ctrl_c_ends_a_command_with_one_line(intel: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    intel("init")
    monkeypatch.setattr("intel.rounds.read", interrupted)
    said = intel("read")
    assert (said.code, said.out) == (130, "")
    assert said.err == "intel: interrupted; what was kept stays, and the same command goes on\n"


@pytest.mark.parametrize("command", [["tenders", "list"], ["series", "list"], ["sources", "health"]])
def test_a_missing_database_is_not_made_by_a_read(intel: Command, tmp_path: Path, command: list[str]) -> None:
    assert refused(intel(*command), "no database", "intel init")
    assert not (tmp_path / "home" / "intel.db").exists()


def test_a_setting_that_cannot_be_is_named(intel: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEL_DEMO_PORT", "abc")
    assert refused(intel("accounts", "list"), "INTEL_DEMO_PORT=abc", "integer")


def test_a_briefing_that_cannot_be_written_is_refused(intel: Command, tmp_path: Path) -> None:
    intel("init")
    (tmp_path / "file").write_text("")
    assert refused(intel("brief", "淘宝", "-o", str(tmp_path / "file" / "x.md")), "cannot use", "file")


# ---- sources check


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a table of sources whose only one has a host name that does not exist."""
    row = {
        "name": "nowhere",
        "label": "无",
        "kind": "feed",
        "channel": "news",
        "url": "http://news.invalid/feed",
        "owner": "无",
        "reliability": "C",
        "lawful_basis": "公开网页",
    }
    table = tmp_path / "sources.toml"
    lines = "\n".join(f'{name} = "{value}"' for name, value in row.items())
    table.write_text(f"[[source]]\n{lines}\n", encoding="utf-8")
    for name, value in (("HOME", tmp_path / "home"), ("SOURCES", table)):
        monkeypatch.setenv(f"INTEL_{name}", str(value))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


@pytest.mark.usefixtures("home")
def test_a_check_without_a_network_fails_says_so_and_is_kept() -> None:
    assert crawling.command("init").code == 0
    said = crawling.command("sources", "check", "--json")
    (result,) = json.loads(said.out)
    assert said.code == 1
    assert "checking" in said.err and "has this machine a network" in said.err
    assert (result["ok"], result["robots"]) == (False, "unreachable")
    assert result["problems"] == ["robots.txt unreachable: host name not found"]
    (health,) = json.loads(crawling.command("sources", "health", "--json").out)
    assert health["state"] == "failing" and health["check"]["problems"] == result["problems"]
    assert health["last"] is None and "mend url" in health["what_to_do"]


def test_a_row_on_an_account_that_nobody_watches_is_refused_by_every_command(home: Path) -> None:
    table = home.parent / "sources.toml"
    row = table.read_text("utf-8").replace('"feed"', '"watch"')
    options = '[source.options]\naccount = "nobody"\ntopic = "competitor_landscape"\n'
    table.write_text(f"{row}{options}", encoding="utf-8")
    says = f"{table}:1: source nowhere: options.account: 'nobody' is no account of the watchlist"
    for words in (("init",), ("collect",), ("sources", "health"), ("sources", "check")):
        said = crawling.command(*words)
        assert said.code == 2 and says in said.err, words


def test_a_check_without_a_database_says_that_nothing_is_kept(home: Path) -> None:
    said = crawling.command("sources", "check")
    assert said.code == 1 and "host name not found" in said.out
    assert "not kept for the health view" in said.err and "intel init" in said.err
    assert not (home / "intel.db").exists()


@pytest.mark.usefixtures("home")
def test_a_check_of_an_unknown_source_is_refused() -> None:
    assert refused(
        crawling.command("sources", "check", "--source", "nowhere-else"), "nowhere-else", "nowhere"
    )


# ---- one style of refusal, and hints that can be typed as they stand

PAST = {
    "coverage": ("coverage", "淘宝"),
    "assess show": ("assess", "show", "淘宝"),
    "signals": ("signals",),
    "factors": ("factors", "淘宝"),
    "compare": ("compare",),
    "battlecard": ("battlecard", "极兔"),
}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("brieff",), "intel: no such command 'brieff'"),
        (("brief", "--nope"), "see: intel brief --help"),
        (("findings",), "intel: missing argument 'ACCOUNT'; see: intel findings --help"),
        (("brief", "淘宝", "--format", "pdf"), "'pdf' is not one of 'md', 'html', 'docx', 'json'"),
        (("--demo", "jobs", "nope"), "see: intel --demo jobs --help"),
        (
            ("stage", "list", "--search"),
            "intel: option '--search' requires an argument; see: intel stage list --help",
        ),
        (("brief", "--kind"), "see: intel brief --help"),
        (
            ("review", "merge", "1", "x"),
            "intel: 'OTHER' must be a whole number; see: intel review merge --help",
        ),
        (("jobs", "list", "--limit", "0"), "intel: '--limit' must be greater than or equal to 1; see"),
        *(
            ((*command, "--known-then"), f"add --as-of DAY; see: intel {shown} --help")
            for shown, command in PAST.items()
        ),
    ],
)
def test_a_mistyped_command_is_refused_in_one_line(intel: Command, words: tuple[str, ...], said: str) -> None:
    assert refused(intel(*words), said)


@pytest.mark.parametrize("command", PAST.values(), ids=PAST)
def test_what_was_known_then_is_told_of_a_past_day_in_either_order(
    intel: Command, command: tuple[str, ...]
) -> None:
    intel("init")
    day = ("--as-of", "2026-11-20")
    assert intel(*command, "--known-then", *day).code == intel(*command, *day, "--known-then").code == 0


def test_a_group_without_a_command_shows_its_help(intel: Command) -> None:
    said = intel("accounts")
    assert said.code == 2 and "Usage: intel accounts" in said.out + said.err


def test_a_hint_says_demo_to_who_works_with_the_demo(intel: Command) -> None:
    assert refused(intel("--demo", "accounts", "list"), "make one with: intel --demo init")
    assert refused(intel("accounts", "list"), "make one with: intel init")


@pytest.mark.parametrize("setting", ["INTEL_RECIPIENTS", "INTEL_SOURCES", "INTEL_RETENTION"])
def test_a_setting_that_names_a_file_that_is_not_there_is_refused(
    intel: Command, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "gone.toml"
    monkeypatch.setenv(setting, str(file))
    assert refused(intel("accounts", "list"), f"{setting}={file}: no such file")


def test_a_home_that_is_a_file_is_refused(intel: Command, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert refused(intel("init"), "is no folder")


def test_a_table_breaks_long_cells_and_leaves_figures_days_and_identifiers_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    question, why = (
        "淘宝每天发多少件？平日与高峰各多少？",
        "二十二篇独立报道、九家来源主体，最近一次在十一月二十日",
    )
    screen.table(["question", "newest", "reports", "why"], [[question, "2026-11-20", 22, why]])
    screen.table(["id", "why"], [["procurement_process.tender_rounds", why * 2]])
    shown = capsys.readouterr().out
    assert all(whole in shown for whole in ("2026-11-20", "reports", "procurement_process.tender_rounds"))
    assert question not in shown


@pytest.mark.parametrize("width", [60, 80])
def test_a_table_wider_than_the_terminal_is_a_block_a_row_and_breaks_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    columns = ["source", "channel", "pages", "last run", "state", "last check", "why"]
    why = "HTTP 503 again after waiting as asked (Retry-After)"
    row = ["expressdelivery-association", "institution", 15, "2026-11-28 09:18", "failed", "", why]
    screen.table(columns, [row, ["import", "", 0, "", "", "", ""]])
    name, *rest = capsys.readouterr().out.splitlines()
    assert name == row[0] and all(len(line) <= width for line in rest)
    told = " ".join(" ".join(rest).split())
    assert told == (
        f"channel: institution · pages: 15 · last run: 2026-11-28 09:18 · state: failed · why: {why} "
        "import pages: 0"
    )


def test_what_fetches_is_not_loaded_by_commands_that_only_look() -> None:
    program = (
        "import sys, intel.commands.sources, intel.commands.coverage;"
        "print([name for name in sys.modules if name.partition('.')[0] in ('scrapy', 'twisted')])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"
