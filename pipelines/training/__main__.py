"""`python -m pipelines.training`: train every model on our own labelled text, and say how each label does."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from intel.gold import load
from intel.gold_entities import load_marked
from intel.gold_stories import load_retold
from intel.model import Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from pipelines import accounts, entities, retelling, spacy_zh, wording
from pipelines.aliases import Lexicon
from pipelines.flow import Watchlist
from pipelines.linear import MODELS
from pipelines.text import fold
from pipelines.topic_model import NEUTRAL
from pipelines.training.examples import tasks
from pipelines.training.fewfc import of_fewfc
from pipelines.training.figures import Figures
from pipelines.training.labelled import (
    CORPUS,
    Labelled,
    of_corpus,
    of_corpus_passages,
    of_examples,
    of_passages,
)
from pipelines.training.naming import (
    card,
    of_corpus_lines,
    of_corpus_parties,
    of_gold,
    of_marked,
    train_names,
)

try:
    from pipelines.training.fit import train
    from pipelines.training.stories import train_stories
except ModuleNotFoundError as missing:
    sys.exit(f"training needs {missing.name}, which `make model` installs before it trains")

EXCLUSIVE = ("event-statuses", "topic-stances")


def main() -> None:
    """Train on the train half of the gold, on the corpus and, for the names, on FewFC."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=Path("tests/gold"), help="folder of annotated passages")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of labelled sentences")
    parser.add_argument("--models", type=Path, default=MODELS, help="where to write the models")
    parser.add_argument(
        "--fewfc",
        type=Path,
        default=os.environ.get("FEWFC") or None,
        help="folder of FewFC (CC BY-SA 4.0), for the names; without it they are learned from ours alone",
    )
    parser.add_argument(
        "--only", choices=("names", "judgements"), help="train only the names, or all but the names"
    )
    given = parser.parse_args()
    # The judgements read the names, so the names are learned first.
    if given.only != "judgements":
        learn_names(given.gold, given.corpus, given.fewfc, given.models)
    if given.only != "names":
        learn_judgements(given.gold, given.corpus, given.models)
        learn_stories(given.gold, given.models)


def learn_names(gold: Path, corpus: Path, few: Path | None, models: Path) -> None:
    """Write the spaCy pipeline with the model of names; say so where it has to do without FewFC."""
    known = [
        *of_gold(load(gold, "train")),
        *of_corpus_lines(of_corpus(corpus)),
        *of_corpus_parties(of_corpus_passages(corpus)),
    ]
    if few is None:
        print("names: WITHOUT FewFC, the model will be weaker than the shipped one; name its folder: FEWFC=…")
    else:
        known += of_fewfc(few)
    lexicon = Lexicon.build(load_accounts(ACCOUNTS_CSV))
    varied, whole = ([*of_marked(load_marked(folder, "train"))] for folder in (gold, corpus))
    model = train_names(varied, whole, known, lexicon)
    spacy_zh.save(spacy_zh.build(model, dict(card(few is not None))), models / spacy_zh.SHIPPED.name)
    print(f"names: {len(model.data) / 2**20:.1f} MiB")


def learn_judgements(gold: Path, corpus: Path, models: Path) -> None:
    """Write the linear models of events and topics, and print F1 on folds the fitting did not see."""
    texts = [
        *of_passages(load(gold, "train")),
        *of_corpus(corpus),
        *of_corpus_passages(corpus),
        *of_examples(),
    ]
    watchlist = Watchlist.of(load_accounts(ACCOUNTS_CSV))
    count_pairs(texts, models / "wording.npz", watchlist)
    labels: dict[str, Sequence[str]] = {
        "event-types": tuple(taxonomy().events),
        "event-statuses": tuple(Status),
        "event-parties": ("subject", "counterparty"),
        "topics": tuple(taxonomy().topics),
        "topic-stances": ("raises", "lowers", "satisfied", "dissatisfied", NEUTRAL),
    }
    for name, task in tasks(texts, watchlist).items():
        figures = train(task, labels[name], models / f"{name}.npz", exclusive=name in EXCLUSIVE)
        _print(f"{name}, {len(task.features)} questions", figures)


def learn_stories(gold: Path, models: Path) -> None:
    """Write the model of retellings. It reads events and rare words, so these are learned first."""
    passages = [*load(gold, "train"), *load_retold(gold, "train")]
    f1 = train_stories(passages, Watchlist.of(load_accounts(ACCOUNTS_CSV)), models / retelling.FILE)
    print(f"\nretellings: F1 of stories {f1:.3f}")


def count_pairs(texts: Iterable[Labelled], file: Path, watchlist: Watchlist) -> None:
    """Write how rare each pair of characters is in the texts, names of accounts left out."""
    found = []
    for text in texts:
        mentions = accounts.link(text.content, entities.find(text.content, watchlist.lexicon))
        found.append(wording.pairs(fold(text.content), [(one.start, one.end) for one in mentions]))
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(file, rarity=wording.rarity(found))


def _print(heading: str, figures: Sequence[Figures]) -> None:
    hits = sum(one.hits for one in figures)
    asked = sum(one.positives + one.found for one in figures)
    print(f"\n{heading}: F1 {2 * hits / asked:.3f}")
    for one in figures:
        print(f"  {one.label:22s} {one.positives:5d} F1 {one.f1:.3f} at {one.threshold:+.2f}")


if __name__ == "__main__":
    main()
