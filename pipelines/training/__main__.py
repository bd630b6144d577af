"""`python -m pipelines.training`: train every model on our own labelled text, and say how each label does."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from intel.gold import load
from intel.model import Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from pipelines import accounts, entities, wording
from pipelines.flow import Watchlist
from pipelines.linear import MODELS
from pipelines.text import fold
from pipelines.topic_model import NEUTRAL
from pipelines.training.examples import tasks
from pipelines.training.fit import Figures, train
from pipelines.training.labelled import CORPUS, Labelled, of_corpus, of_examples, of_passages

EXCLUSIVE = ("event-statuses", "topic-stances")


def main() -> None:
    """Train on the train half of the gold and on the corpus; print F1 on folds the fitting did not see."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=Path("tests/gold"), help="folder of annotated passages")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of labelled sentences")
    parser.add_argument("--models", type=Path, default=MODELS, help="where to write the models")
    given = parser.parse_args()
    texts = [*of_passages(load(given.gold, "train")), *of_corpus(given.corpus), *of_examples()]
    watchlist = Watchlist.of(load_accounts(ACCOUNTS_CSV))
    count_pairs(texts, given.models / "wording.npz", watchlist)
    labels: dict[str, Sequence[str]] = {
        "event-types": tuple(taxonomy().events),
        "event-statuses": tuple(Status),
        "event-parties": ("subject", "counterparty"),
        "topics": tuple(taxonomy().topics),
        "topic-stances": ("raises", "lowers", "satisfied", "dissatisfied", NEUTRAL),
    }
    for name, task in tasks(texts, watchlist).items():
        figures = train(task, labels[name], given.models / f"{name}.npz", exclusive=name in EXCLUSIVE)
        _print(f"{name}, {len(task.features)} questions", figures)


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
