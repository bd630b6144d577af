"""A line of a page in, how much it speaks for an article around it out."""

from __future__ import annotations

import re

from pipelines.furniture import furniture
from pipelines.layout import Line

_SENTENCE_END = re.compile(r"[。！？!?；;.：:][”’」』\"')）\]]{0,3}$")


def weight(line: Line) -> float:
    """How much a line speaks for an article around it: its prose, minus its links."""
    plain = line.size - line.linked
    if furniture(line.text):
        return -20.0
    if teaser(line):
        return -float(min(line.size, 30))
    if prose(line):
        return plain + 3.0 * line.marks
    return 0.3 * plain


def teaser(line: Line) -> bool:
    """Whether a line is mostly a link, or a link with a date or a count and no sentence."""
    if line.row:
        return line.linked * 2 > line.size
    if _SENTENCE_END.search(line.text) and line.size - line.linked >= 20:
        return False
    return line.linked * 4 > line.size


def prose(line: Line) -> bool:
    """Whether a line reads like a sentence or a paragraph outside links."""
    plain = line.size - line.linked
    return (line.marks > 0 and plain >= 12) or plain >= 40
