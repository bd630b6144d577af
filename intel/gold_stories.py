"""Reports told several times in, as passages without labels out: what stories are measured against.

The files stories.txt and stories-hard.txt of a gold folder hold one text after another: `%% story split
date`, `# ` and the title, then the text. Texts of one story are one report; what follows it up, or happens
elsewhere, is another story. The hard ones were written to be taken for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from intel.gold import BadGold, Passage

FILE, HARD = "stories.txt", "stories-hard.txt"
_HEAD, _TITLE = "%% ", "# "


def load_retold(folder: Path, split: str | None = None) -> tuple[Passage, ...]:
    """The texts of a folder, or those of one split; none where it has no such files. Raises BadGold."""
    files = [file for name in (FILE, HARD) if (file := folder / name).is_file()]
    return tuple(one for file in files for one in _texts(file) if split is None or one.split == split)


def _texts(file: Path) -> Iterator[Passage]:
    _, *texts = f"\n{file.read_text(encoding='utf-8')}".split(f"\n{_HEAD}")
    return _passages(file, texts)


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
