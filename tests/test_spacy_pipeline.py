"""The spaCy pipeline loads from the package, finds what entities.find finds, and no text breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from os import environ
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from intel.gold_entities import Marked, load_marked
from intel.model import Account, Role
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.entities import Lexicon, find
from pipelines.flow import require_models
from pipelines.linear import BadModel
from pipelines.name_features import LONGEST, sequences
from pipelines.name_model import DIGEST, FILE, labels, load, shipped, spans
from pipelines.spacy_zh import COMPONENTS, SHIPPED, Aliases, save

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold"
LEXICON = Lexicon.build(load_accounts(ACCOUNTS_CSV))
NLP = spacy.load(SHIPPED)


def told(doc: Doc) -> list[tuple[str, int, int, str, str]]:
    return [
        (span.label_, span.start_char, span.end_char, span._.value, " ".join(span.kb_id_.split()))
        for span in doc.ents
    ]


def found(content: str) -> list[tuple[str, int, int, str, str]]:
    return [(e.kind, e.start, e.end, e.value, " ".join(e.accounts)) for e in find(content, LEXICON)]


def declared() -> dict[str, dict[str, str]]:
    """The entry points for spaCy that the package declares, by group."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    return {group: points for group, points in groups.items() if group.startswith("spacy_")}


def test_every_component_is_declared_to_spacy() -> None:
    assert set(declared()["spacy_factories"]) == set(COMPONENTS)


def test_spacy_alone_loads_the_pipeline_by_its_path(tmp_path: Path) -> None:
    # As the installer writes it, so that a tree that was not installed anew is told by its own table.
    installed = tmp_path / "courier-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: courier\nVersion: 0\n", encoding="utf-8")
    lines = (
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in points.items())
        for group, points in declared().items()
    )
    (installed / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    program = (
        "import sys, spacy\n"
        "nlp = spacy.load(sys.argv[1])\n"
        "print(nlp.lang, *nlp.pipe_names, *(e.text for e in nlp('圆通速递董事长喻明川昨日到访杭州。').ents))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(SHIPPED)],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env=environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    assert run.stdout.split() == ["zh", *COMPONENTS, "圆通速递", "董事长", "喻明川", "昨日", "杭州"]


@pytest.mark.parametrize("marked", load_marked(GOLD, "heldout")[::4], ids=lambda marked: marked.id)
def test_the_pipeline_and_the_step_find_the_same(marked: Marked) -> None:
    assert told(NLP(marked.content)) == found(marked.content)


def test_english_goes_through_the_same_components() -> None:
    doc = NLP("J&T Express paid $12 million to Harbour Logistics in Singapore on 3 November 2026.")
    assert [(span.label_, span.text) for span in doc.ents] == [
        ("org", "J&T Express"),
        ("money", "$12 million"),
        ("org", "Harbour Logistics"),
        ("place", "Singapore"),
        ("date", "3 November 2026"),
    ]
    assert doc.ents[0].kb_id_ == "jt"
    assert doc.ents[1]._.value == "12000000 USD"


def test_another_watchlist_can_be_watched() -> None:
    nlp = spacy.load(SHIPPED)
    aliases = nlp.get_pipe("courier_aliases")
    assert isinstance(aliases, Aliases)
    aliases.watch([Account("twin", "双星快递", Role.COMPETITOR)])
    assert [span.kb_id_ for span in nlp("双星快递涨价，圆通没有。").ents if span.kb_id_] == ["twin"]


def test_a_pipeline_without_the_names_still_has_the_rest() -> None:
    with NLP.select_pipes(disable=["courier_names"]):
        assert [span.label_ for span in NLP("申通10月营收48.5亿元。").ents] == ["org", "date", "money"]


def test_a_saved_pipeline_is_the_same_when_loaded_again(tmp_path: Path) -> None:
    save(NLP, tmp_path / "new" / "again")
    text = "德邦快递副总裁尤嘉树称，新线路覆盖鄂州。"
    assert told(spacy.load(tmp_path / "new" / "again")(text)) == told(NLP(text))


def test_the_pipeline_is_small() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()) < 20 * 2**20


def test_the_card_in_the_package_gives_sources_and_licences() -> None:
    sources = NLP.meta["sources"]
    assert {"name": "FewFC", "license": "CC BY-SA 4.0"}.items() <= sources[1].items()


@pytest.mark.parametrize("name", [FILE, DIGEST])
def test_a_missing_model_is_said_with_its_name(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "zh")
    (folder / "courier_names" / name).unlink()
    with pytest.raises(BadModel, match=rf"{name} is missing: .*make model"):
        load(folder / "courier_names")
    with pytest.raises(BadModel, match=rf"{name} is missing"):
        spacy.load(folder)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def one_bit_changed(data: bytes) -> bytes:
    return data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]


@pytest.mark.parametrize("spoil", [cut, emptied, one_bit_changed])
def test_a_damaged_model_is_said_with_its_name(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    folder = shutil.copytree(SHIPPED / "courier_names", tmp_path / "names")
    (folder / FILE).write_bytes(spoil((folder / FILE).read_bytes()))
    with pytest.raises(BadModel, match=rf"{FILE} cannot be read \(damaged\)"):
        load(folder)


def test_the_reading_stops_where_the_model_of_names_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.name_model.SHIPPED", tmp_path)
    shipped.cache_clear()
    try:
        with pytest.raises(BadModel, match=rf"{FILE} is missing"):
            require_models()
    finally:
        shipped.cache_clear()


def test_names_without_a_model_are_refused() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("courier_names")
    with pytest.raises(BadModel, match=r"courier_names has no names\.crfsuite"):
        nlp("圆通")


def test_what_is_written_as_labels_is_read_back() -> None:
    content = "圆通董事长喻明川、尤某到访杭州"
    names = [one for one in find(content, LEXICON) if one.kind != "other"]
    starts = list(range(len(content)))
    ends = [start + 1 for start in starts]
    back = spans(labels(names, starts), starts, ends)
    assert [(one.kind, one.start, one.end) for one in back] == [(o.kind, o.start, o.end) for o in names]


HOSTILE = [
    "",
    "\0",
    "\ud800圆通\udfff说",
    "圆通\0速递董事长",
    "\U0001f4e6申通📦👨‍👩‍👧",
    "\n\n",
    "　 \t",
    "‮顺丰‬",
    "a" * 300,
]


@pytest.mark.parametrize("content", HOSTILE)
def test_hostile_characters_are_taken_and_change_no_place(content: str) -> None:
    doc = NLP(content)
    assert len(doc.text) == len(content)
    assert told(doc) == found(content)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(HOSTILE)), max_size=8).map("".join))
def test_pipeline_and_step_agree_on_any_text(content: str) -> None:
    assert told(NLP(content)) == found(content)


class Spy:
    """A segmenter that remembers how long the pieces were that it was given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def tag(self, piece: str, hmm: bool) -> list[tuple[str, str]]:
        self.sizes.append(len(piece))
        return [(character, "x") for character in piece]


@pytest.mark.parametrize(
    "piece", ["圆通速递董事长喻明川到访杭州", "有限公司", "1,", "董事长", "a.", "王", "a" * 50]
)
def test_whatever_takes_more_than_linear_time_gets_pieces_of_bounded_length(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = Spy()
    monkeypatch.setattr("pipelines.name_features.segmenter", lambda: spy)
    content = piece * (20_000 // len(piece))
    units = [len(one.starts) for one in sequences(content, content, ())]
    assert max(spy.sizes) <= LONGEST
    assert sum(spy.sizes) == len(content)
    assert max(units) <= LONGEST


@pytest.mark.soak
def test_five_megabytes_on_one_line_are_read() -> None:
    content = "圆通速递董事长喻明川到访杭州，" * (5_000_000 // 45)
    doc = NLP(content)
    assert len(doc.text) == len(content)
    assert doc.ents[-1].end_char > len(content) - 20


def test_commands_that_need_no_spacy_do_not_import_it() -> None:
    program = (
        "import sys, intel.cli, pipelines.flow; sys.exit('spacy' in sys.modules or 'thinc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
