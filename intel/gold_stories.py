"""Reports told several times in, as passages without labels out: what stories are measured against.

The file stories.txt of a gold folder holds one text after another: `%% story split date`, `# ` and the title,
then the text. Texts of one story are one report; what follows it up, or happens elsewhere, is another story.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from intel.gold import BadGold, Passage

FILE = "stories.txt"
_HEAD, _TITLE = "%% ", "# "


def load_retold(folder: Path, split: str | None = None) -> tuple[Passage, ...]:
    """The texts of a folder, or those of one split; none where it has no such file. Raises BadGold."""
    file = folder / FILE
    if not file.is_file():
        return ()
    _, *texts = f"\n{file.read_text(encoding='utf-8')}".split(f"\n{_HEAD}")
    return tuple(one for one in _passages(file, texts) if split is None or one.split == split)


def _passages(file: Path, texts: list[str]) -> Iterator[Passage]:
    for number, text in enumerate(texts, 1):
        head, title, *lines = text.strip().split("\n")
        try:
            story, split, day = head.split()
            yield Passage(
                id=f"{story}-{number}",
                genre=file.stem,
                split=split,
                title=title.removeprefix(_TITLE),
                text="\n".join(lines),
                published=date.fromisoformat(day),
                story=story,
            )
        except ValueError as error:
            raise BadGold(f"{file}: text {number} ({head}): {error}") from error
