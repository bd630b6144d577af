"""The names are learned alike each time, from marks that are read right, and FewFC is read as it is."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from intel.gold import load
from intel.gold_entities import load_marked
from intel.model import Entity
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.aliases import Lexicon
from pipelines.training.fewfc import FILES, BadData, of_fewfc
from pipelines.training.labelled import Labelled, LabelledEvent
from pipelines.training.naming import card, of_corpus_parties, of_gold, of_marked, train_names
from pipelines.training.variants import Marking, variants

GOLD = Path(__file__).parent / "gold"
LEXICON = Lexicon.build(load_accounts(ACCOUNTS_CSV))
SENTENCE = "青禾纸业与晋商银行董事长梁自牧签约，法院未受理其股东之诉。"


def row(*mentions: tuple[str, str]) -> str:
    told = [
        {"word": word, "span": [at := SENTENCE.index(word), at + len(word)], "role": role}
        for word, role in mentions
    ]
    return json.dumps({"id": "1", "content": SENTENCE, "events": [{"type": "签约", "mentions": told}]})


def write(folder: Path, first: str) -> None:
    (folder / FILES[0]).write_text(first + "\n", encoding="utf-8")
    (folder / FILES[1]).write_text(
        row(("梁自牧", "sub-per"), ("法院", "institution"), ("签约", "trigger")) + "\n", encoding="utf-8"
    )


def test_parties_and_persons_of_fewfc_are_names_and_words_for_somebody_are_not(tmp_path: Path) -> None:
    write(tmp_path, row(("青禾纸业", "sub-org"), ("银行", "obj-org"), ("晋商银行", "obj"), ("股东", "sub")))
    [marking] = of_fewfc(tmp_path)
    assert [(one.kind, one.text) for one in marking.entities] == [
        ("org", "青禾纸业"), ("org", "晋商银行"), ("person", "梁自牧"),
    ]  # fmt: skip


def test_of_the_corpus_s_parties_those_with_a_name_of_their_own_are_names() -> None:
    content = "上周，远洲仓配与三家商户、平台的司机谈妥了运费。"
    told = LabelledEvent(1, len(content) + 1, "partnership", "asserted", ("远洲仓配",), ("三家商户", "司机"))
    [marking] = of_corpus_parties([Labelled(f"\n{content}", "a", 1, True, (told,))])
    assert [marking.content[one.start : one.end] for one in marking.entities] == ["远洲仓配"]


@pytest.mark.parametrize("line", ["{", "{}", '{"content": "a", "events": [{"mentions": [{"span": 3}]}]}'])
def test_a_file_of_fewfc_that_cannot_be_used_is_named(tmp_path: Path, line: str) -> None:
    write(tmp_path, line)
    with pytest.raises(BadData, match=FILES[0].replace(".", r"\.")):
        list(of_fewfc(tmp_path))
    with pytest.raises(BadData, match=r"train_base\.json"):
        list(of_fewfc(tmp_path / "nowhere"))


def test_variants_mark_their_own_names_and_keep_the_words_between() -> None:
    [marked] = [one for one in load_marked(GOLD, "train") if one.id == "train-people-01"]
    marking = next(of_marked([marked]))
    several = list(variants(marking, (), 20, random.Random(1)))
    assert all(one.content[e.start : e.end] == e.text for one in several for e in one.entities)
    assert all(len(one.entities) == len(marking.entities) for one in several)
    assert all("跳槽过来。" in one.content for one in several)
    assert len({one.content for one in several}) > 15


def test_gold_passages_give_the_names_of_mentions_and_arguments() -> None:
    passages = [one for one in load(GOLD, "train") if one.mentions]
    markings = list(of_gold(passages))
    surfaces = {(m.start, m.end) for m in passages[0].mentions}
    assert surfaces & {(one.start, one.end) for one in markings[0].entities}
    kinds = {one.kind for marking in markings for one in marking.entities}
    assert {"org", "person", "position", "place"} <= kinds


def test_the_same_texts_give_the_same_model_and_it_finds_what_it_was_shown() -> None:
    whole = list(of_marked(load_marked(GOLD, "train")))[:12]
    partly = [Marking(SENTENCE, (Entity("org", 0, 4, "青禾纸业"),))]
    first, second = (train_names(whole[:8], whole[8:], partly, LEXICON) for _ in range(2))
    assert first.data == second.data
    found = first.names(SENTENCE, SENTENCE, ())
    assert ("org", 0, 4) in {(one.kind, one.start, one.end) for one in found}


def test_a_model_without_fewfc_does_not_claim_its_licence() -> None:
    assert "CC BY-SA 4.0" not in json.dumps(card(with_fewfc=False))
    assert card(with_fewfc=True)["license"] == "CC BY-SA 4.0"
