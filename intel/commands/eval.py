"""`intel eval`: how well the reading does on passages annotated by hand, step by step, and where it fails."""

from __future__ import annotations

import json as json_format
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from intel import screen
from intel.gold import Passage, load
from intel.gold_entities import Marked, load_marked
from intel.gold_stories import load_retold
from intel.model import Account
from intel.scoring import Mistake, Scores, score, score_stories
from intel.scoring_entities import score_entities
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import entities
from pipelines.dedupe import grouped
from pipelines.flow import Analysis, Watchlist, analyse, report_of


class Step(StrEnum):
    """The steps whose mistakes can be asked for."""

    ENTITIES = "entities"
    ACCOUNTS = "accounts"
    EVENTS = "events"
    SUBJECT = "subject"
    ARGUMENTS = "arguments"
    TOPICS = "topics"
    STORIES = "stories"


GOLD = Path("tests/gold")
FLOORS = "floors.json"
SIGNS = {"+": "found wrongly", "-": "missed", "~": "confused"}


def evaluate(
    passages: Iterable[Passage],
    accounts: Iterable[Account],
    marked: Iterable[Marked] = (),
    retold: Iterable[Passage] = (),
) -> Scores:
    """Read the passages as if they had just been published, and score what came out.

    `marked` are sentences whose entities are scored, `retold` texts of which the stories alone are.
    """
    watchlist = Watchlist.of(accounts)
    read = [(one, analyse(one.content, watchlist)) for one in passages]
    scores = score(read)
    score_stories(scores, *_stories([*read, *((one, analyse(one.content, watchlist)) for one in retold)]))
    score_entities(scores, [(one, entities.find(one.content, watchlist.lexicon)) for one in marked])
    return scores


def _stories(read: Sequence[tuple[Passage, Analysis]]) -> tuple[Sequence[Passage], Mapping[str, int]]:
    """The passages, and the story that each is put into, by its id."""
    passages = [passage for passage, _ in read]
    reports = [report_of(one.content, one.published, analysis) for one, analysis in read]
    return passages, dict(zip((one.id for one in passages), grouped(reports), strict=True))


def floors(folder: Path) -> Mapping[str, float]:
    """The least figures that a change may have, by name; they hold for the held-out passages."""
    text = (folder / FLOORS).read_text(encoding="utf-8")
    return {name: float(value) for name, value in json_format.loads(text).items()}


def below(figures: Mapping[str, float], least: Mapping[str, float]) -> list[str]:
    """What is below its floor, a line each."""
    return [
        f"{name}: {figures.get(name, 0.0):.3f} is below the floor {floor:.3f}"
        for name, floor in least.items()
        if figures.get(name, 0.0) < floor
    ]


def evaluation(
    folder: Annotated[Path, typer.Argument(help="Folder of annotated passages.")] = GOLD,
    split: Annotated[str, typer.Option(help="Which passages: heldout or train.")] = "heldout",
    step: Annotated[Step | None, typer.Option(help="Only mistakes of this step.")] = None,
    worst: Annotated[int, typer.Option(min=0, help="Mistakes to show for each step.")] = 5,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure the reading on annotated passages; exit code 1 where a floor is broken."""
    scores = evaluate(
        load(folder, split),
        load_accounts(ACCOUNTS_CSV),
        load_marked(folder, split),
        load_retold(folder, split),
    )
    figures = scores.figures()
    is_guarded = split == "heldout" and (folder / FLOORS).is_file()
    broken = below(figures, floors(folder)) if is_guarded else []
    if json:
        screen.print_json({"figures": figures, "below": broken})
    else:
        _show(scores, step, worst)
        for line in broken:
            screen.err.print(line, style="red", markup=False)
    if broken:
        raise typer.Exit(1)


def _show(scores: Scores, step: Step | None, worst: int) -> None:
    for name, tallies in scores.tallies.items():
        rows = [*sorted(tallies.items()), ("all", scores.total(name))]
        screen.out.print(f"\n{name}", style="bold")
        screen.table(
            ("", "precision", "recall", "F1", "hits", "wrong", "missed"),
            [(label, _share(t.precision), _share(t.recall), _share(t.f1), t.hits, t.spurious, t.missed)
             for label, t in rows],
        )  # fmt: skip
    screen.out.print("\nright among those matched", style="bold")
    screen.table(("", "share", "of"), [(n, _share(scores.rate(n)), len(a)) for n, a in scores.rates.items()])
    screen.out.print("\nevents taken for another, or for nothing", style="bold")
    screen.table(("gold", "found", "times"), [(*pair, n) for pair, n in scores.confusion.most_common(15)])
    _show_mistakes(scores.mistakes, step, worst)


def _show_mistakes(mistakes: Iterable[Mistake], step: Step | None, worst: int) -> None:
    groups: dict[tuple[str, str], list[Mistake]] = {}
    for mistake in mistakes:
        if step in (None, mistake.step):
            groups.setdefault((mistake.step, mistake.sign), []).append(mistake)
    for (name, sign), some in groups.items():
        if worst:
            screen.out.print(f"\n{name}: {SIGNS[sign]} ({len(some)})", style="bold")
            screen.table(("passage", "what", "text"), [(m.passage, m.label, m.text) for m in some[:worst]])


def _share(value: float) -> str:
    return f"{value:.3f}"
