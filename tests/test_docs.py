"""The documentation names everything there is, and nothing that is not there."""

import io
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer.main

from intel import bookmark_tables, cli, crm, model
from intel.alerts.rule import Kind, Rule, defaults
from intel.analysing import analyse_lines
from intel.channels import CHANNELS
from intel.config import Settings
from intel.db import Base
from intel.taxonomy import taxonomy
from spiders.kinds import KINDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MANUAL = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(DOCS.glob("*.md"))}
PAGES = MANUAL | {
    name: (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
}
EVERYTHING = "\n".join(PAGES.values())
TAXONOMY = taxonomy()
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

FENCE = re.compile(r"^```.*?^```", re.M | re.S)
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.M)
LINK = re.compile(r"\]\(([^)\s]+)\)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*|(?<![\w-])-[a-z]\b")


# ---- reading Markdown


def prose(page: str) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", PAGES[page])


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next of its rank or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", PAGES[page], re.M)
    assert found, f"{page} has no heading {heading!r}"
    rest = PAGES[page][found.end() :]
    return re.split(rf"^#{{1,{len(found[1])}}} ", rest, maxsplit=1, flags=re.M)[0]


def rows(text: str) -> dict[str, tuple[str, ...]]:
    """The rows of the tables in a text by their first cell, which may hold several `names`."""
    found = {}
    for line in text.splitlines():
        if line.startswith("|"):
            first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            for name in re.findall(r"`([^`]+)`", first) or [first]:
                found[name] = tuple(rest)
    return found


def anchors(page: str) -> set[str]:
    """The anchors of a page, as the site and the forges make them from headings."""
    titles = (re.sub(r"[^\w\s-]", "", title.lower()) for _, title in HEADING.findall(prose(page)))
    return {re.sub(r"\s+", "-", title.strip()) for title in titles}


# ---- what there is


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its full name, the root included; Typer keeps the types of these to itself."""
    yield "intel", typer.main.get_command(cli.app)
    waiting = [(f"intel {name}", command.load()) for name, command in cli.COMMANDS.items()]
    while waiting:
        name, command = waiting.pop()
        if hasattr(command, "commands"):
            waiting.extend((f"{name} {word}", one) for word, one in command.commands.items())
        else:
            yield name, command


COMMANDS = dict(commands())


def options(command: str) -> set[str]:
    return {
        spelling
        for parameter in COMMANDS[command].params
        if parameter.param_type_name == "option"
        for spelling in (*parameter.opts, *parameter.secondary_opts)
    }


def committed() -> Iterator[tuple[str, str]]:
    """Every text file that is or would be committed, with its text."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listing, cwd=ROOT, text=True).split("\0"):
        path = ROOT / name
        if name and path.is_file() and b"\0" not in (body := path.read_bytes()):
            yield name, body.decode("utf-8", "replace")


# ---- commands and settings


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_overview_says_of_a_command_what_its_own_help_begins_with(name: str) -> None:
    command = cli.COMMANDS[name]
    said = re.sub(r"\s+", " ", (command.load().help or "").split("\n\n")[0].strip())
    assert command.line == said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_section_with_an_example(command: str) -> None:
    example = "".join(FENCE.findall(section("docs/commands.md", command)))
    assert re.search(rf"\b{command.replace(' ', ' (.* )?')}\b", example)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_stands_in_its_command_s_section_and_no_other_does(command: str) -> None:
    said = {found for name in rows(section("docs/commands.md", command)) for found in OPTION.findall(name)}
    assert said - {"--help"} == options(command) - {"--help"}


def test_every_section_of_the_commands_page_is_a_command() -> None:
    headings = re.findall(r"^## (.+)$", PAGES["docs/commands.md"], re.M)
    assert sorted(headings) == sorted(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_shown_is_one_that_the_program_takes(page: str) -> None:
    for line in re.findall(r"(?:^|`|&& |\| )(intel [^`|#\n]+)", PAGES[page], re.M):
        words = [word for word in line.split() if not word.startswith("-")]
        known = any(" ".join(words[: len(name.split())]) == name for name in COMMANDS if name != "intel")
        assert known or line.startswith("intel -"), line
        assert set(OPTION.findall(line)) <= {"--help"}.union(*map(options, COMMANDS)), line


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_settings_page_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    cell = rows(PAGES["docs/settings.md"])[f"INTEL_{name.upper()}"][0]
    told = default.relative_to(ROOT) if isinstance(default, Path) and default.is_absolute() else default
    assert cell.strip("`").lower() == (str(told).lower() or "empty")


def test_no_setting_is_named_that_does_not_exist() -> None:
    named = set(re.findall(r"\bINTEL_[A-Z_]+", EVERYTHING))
    assert named == {f"INTEL_{name.upper()}" for name in Settings.model_fields} | vendor_options()


def vendor_options() -> set[str]:
    """The variables of all vendors of CRM."""
    return {
        f"INTEL_CRM_{vendor}_{option}".upper()
        for vendor in crm.names()
        for option in import_module(f"intel.crm.vendors.{vendor}").OPTIONS.model_fields
    }


def test_every_vendor_of_crm_is_documented_with_exactly_its_options() -> None:
    told = rows(section("docs/delivery.md", "Destinations")).keys() - {"Vendor", "Variable", "---"}
    assert told == {*crm.names(), *vendor_options()}


# ---- sources


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_is_documented_with_exactly_its_options(kind: str) -> None:
    named = rows(section("docs/sources.md", kind)).keys() - {"Option", "---"}
    assert named == KINDS[kind].options.keys()


def test_no_kind_of_source_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^### (.+)$", section("docs/sources.md", "Kinds of source"), re.M)
    assert set(headings) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_any_kind_takes_is_documented(kind: str) -> None:
    told = rows(section("docs/sources.md", "Options of any kind")).keys() - {"Option", "---"}
    assert KINDS[kind].common.keys() == (told & {"javascript"} if kind == "watch" else told)


def test_every_field_of_an_article_that_takes_a_selector_is_documented() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", section("docs/sources.md", "Selectors of articles"), re.S)
    shown = tomllib.loads(example)["source"]["options"][model.ARTICLE_OPTION]
    assert shown.keys() == {field.name for field in fields(model.Selectors)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_required_option_is_called_so(kind: str) -> None:
    table = rows(section("docs/sources.md", kind))
    assert {name for name, cells in table.items() if "required" in cells[-1]} == KINDS[kind].required


@pytest.mark.parametrize("field", [field.name for field in fields(model.Source)])
def test_every_field_of_a_source_is_documented(field: str) -> None:
    assert field in rows(section("docs/sources.md", "Add a source"))


@pytest.mark.parametrize("state", model.RunState)
def test_every_way_a_run_ends_is_documented(state: str) -> None:
    assert state in rows(section("docs/sources.md", "How a run ends"))


def test_every_reason_not_to_have_a_page_is_documented() -> None:
    spiders = "".join(path.read_text("utf-8") for path in (ROOT / "spiders").glob("*.py"))
    reasons = re.findall(r'(?:\bTrouble\(|^    slug = )"(\w+)"', spiders, re.M)
    named = rows(section("docs/sources.md", "Pages that were not had")).keys() - {"Reason", "---"}
    assert named == {*reasons, "http_NNN"}


# ---- alerts


def test_every_channel_of_alerts_is_documented_and_no_other() -> None:
    assert rows(section("docs/alerts.md", "Recipients")).keys() - {"Channel", "---"} == CHANNELS.keys()


def test_every_kind_field_and_shipped_rule_of_alerts_is_documented() -> None:
    told = rows(section("docs/alerts.md", "Rules")).keys() - {"Rule", "Kind", "Field", "---"}
    own = {field.name for field in fields(Rule)} - {"name", "kind"}
    assert told == {*Kind, *own, *(one.name for one in defaults())}


# ---- the taxonomy and the model


@pytest.mark.parametrize(
    ("page", "identifier", "label"),
    [
        (page, identifier, label)
        for page, table in (
            ("docs/events.md", TAXONOMY.events),
            ("docs/events.md", TAXONOMY.event_roles),
            ("docs/topics.md", TAXONOMY.topics),
            ("docs/sources.md", TAXONOMY.channels),
        )
        for identifier, label in table.items()
    ],
)
def test_every_word_of_the_taxonomy_is_documented_with_its_label(
    page: str, identifier: str, label: str
) -> None:
    assert rows(PAGES[page])[identifier][0] == label


@pytest.mark.parametrize("event", TAXONOMY.events)
def test_every_event_type_shows_a_sentence_that_the_tests_hold_it_to(event: str) -> None:
    table = tomllib.loads((ROOT / "pipelines" / "events.toml").read_text("utf-8"))
    shown = rows(section("docs/events.md", "Event types"))[event][1]
    assert shown in {example["text"] for example in table[event]["examples"]}


@pytest.mark.parametrize("topic", TAXONOMY.topics)
def test_every_topic_shows_its_roles_and_a_sentence_that_the_tests_hold_it_to(topic: str) -> None:
    table = tomllib.loads((ROOT / "pipelines" / "topics.toml").read_text("utf-8"))["topics"][topic]
    _, kept_for, shown = rows(PAGES["docs/topics.md"])[topic]
    assert kept_for.split(", ") == table["roles"]
    assert shown in table["examples"]


@pytest.mark.parametrize("status", model.Status)
def test_every_status_of_an_event_says_rightly_whether_it_counts(status: model.Status) -> None:
    counts = rows(section("docs/events.md", "How an event is asserted"))[status][1]
    assert (counts == "yes") == (status in model.COUNTED)


@pytest.mark.parametrize("role", model.Role)
def test_every_role_of_an_account_is_documented(role: str) -> None:
    assert role in rows(PAGES["docs/accounts.md"])


@pytest.mark.parametrize("precision", model.Precision)
def test_every_precision_of_a_date_is_documented(precision: str) -> None:
    assert f"`{precision}`" in section("docs/reading.md", "intel extract")


def test_every_reason_to_reject_a_page_is_documented() -> None:
    said = re.search(r"Reasons: ([^.]+)\.", model.NotAnArticle.__doc__ or "")
    assert said
    reasons = {*re.findall(r"\w+", said[1]), "reader_error"}
    named = rows(section("docs/reading.md", "Pages that are no article")).keys() - {"Reason", "---"}
    assert named == reasons


WORDS = [name for name, thing in vars(model).items() if is_dataclass(thing)]


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_defines_every_word_of_the_model_in_both_languages(word: str) -> None:
    entries = [
        cells for name, cells in rows(PAGES["docs/glossary.md"]).items() if word in re.split(r"\W+", name)
    ]
    assert entries
    chinese, meaning = entries[0]
    assert re.search(r"[\u4e00-\u9fff]{2}", chinese)
    assert meaning.endswith(".")


def test_every_table_of_the_database_is_documented() -> None:
    named = rows(section("docs/database.md", "Tables")).keys() - {"Table", "---"}
    assert bookmark_tables.SeenRow.metadata is Base.metadata  # the commands do not load the pages
    assert named == {*Base.metadata.tables, "article_search"}


def test_the_example_of_analyse_is_what_it_prints(accounts: tuple[model.Account, ...]) -> None:
    given, printed = re.findall(
        r"^```json\n(.*?)^```", section("docs/reading.md", "intel analyse"), re.M | re.S
    )
    out = io.StringIO()
    assert analyse_lines([given.encode()], out, accounts) == []
    assert json.loads(out.getvalue()) == json.loads(printed)


# ---- the code the documentation speaks of


MODULE = re.compile(r"\b(?:intel|pipelines|spiders)\b(?:\.\w+)?")


def test_the_architecture_tells_the_layers_as_they_are_enforced() -> None:
    contract = (ROOT / ".importlinter").read_text("utf-8").partition("\nlayers =\n")[2]
    enforced = [found for line in contract.splitlines() if (found := MODULE.findall(line))]
    cells = [row[0] for row in rows(section("docs/architecture.md", "Layers")).values()]
    told = [found for cell in cells if (found := MODULE.findall(cell))]
    assert told == enforced


@pytest.mark.parametrize("page", PAGES)
def test_every_module_named_exists(page: str) -> None:
    for dotted in re.findall(r"`((?:intel|pipelines|spiders)(?:\.\w+)+)`", prose(page)):
        path = ROOT / dotted.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), dotted


@pytest.mark.parametrize("page", PAGES)
def test_every_file_named_exists(page: str) -> None:
    for name in re.findall(r"`((?:intel|pipelines|spiders|tests|bench|docs|\.ci)/[\w./-]*)`", PAGES[page]):
        assert (ROOT / name).exists(), name


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M))


def test_every_make_target_is_documented() -> None:
    assert {f"make {target}" for target in targets()} <= rows(PAGES["CONTRIBUTING.md"]).keys()


def test_no_make_target_is_named_that_does_not_exist() -> None:
    named = re.findall(r"(?:^|`)make ((?:[a-z]+ ?)+)", EVERYTHING, re.M)
    assert {word for words in named for word in words.split()} <= targets()


# ---- the README and the other pages


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_readme_shows_the_two_commands(command: str) -> None:
    assert re.search(rf"^{command}\b", section("README.md", "Two commands"), re.M)


@pytest.mark.parametrize("thing", ["a source", "an event type", "a topic", "an account", "a CRM"])
def test_the_readme_says_what_to_touch_to_add(thing: str) -> None:
    touch = rows(section("README.md", "To add …, touch …"))[thing][0]
    assert "`" in touch or "CSV" in touch


def test_the_readme_shows_a_briefing_with_quotes_and_what_is_unknown() -> None:
    shown = re.search(r"<!-- briefing -->(.*)<!-- /briefing -->", PAGES["README.md"], re.S)
    assert shown
    assert "“" in shown[1]
    assert "未知" in shown[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_internal_link_leads_to_a_file_and_a_heading(page: str) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.relative_to(ROOT).as_posix()), link


@pytest.mark.parametrize("page", MANUAL)
def test_every_page_of_the_manual_is_in_the_navigation_and_linked_from_the_readme(page: str) -> None:
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    assert f'"{Path(page).name}"' in json.dumps(navigation)
    assert f"({page})" in PAGES["README.md"] or f"({page}#" in PAGES["README.md"]


def test_the_changelog_s_newest_release_is_this_version() -> None:
    releases = re.findall(r"^## \[(.+?)\] - \d{4}-\d\d-\d\d$", PAGES["CHANGELOG.md"], re.M)
    assert releases[0] == VERSION


# ---- what no committed file may say

HOME = re.compile(r"(?<![\w.~-])/(?:root|work|tmp|(?:home|Users)/\w[\w.-]*)/")
REGISTRY = re.compile(
    r"pypi[.]|python[h]osted|npm[j]s|mirrors?[.][\w-]+[.]\w|artifactor[y]|(?:extra-)?index[-_]url|--find[-]links"
    r"|https?://[\w.:/-]{1,200}/simple\b",
    re.I,
)


@pytest.mark.parametrize(("what", "pattern"), [("a path of a machine", HOME), ("a registry", REGISTRY)])
def test_no_committed_file_names_(what: str, pattern: re.Pattern[str]) -> None:
    found = [f"{name}: {hit[0]}" for name, text in committed() if (hit := pattern.search(text))]
    assert not found, what
