"""Commands in our messages as a person has to type them: with --demo, if that is what they typed."""

from __future__ import annotations

import re
from contextvars import ContextVar

_PROGRAM: ContextVar[str] = ContextVar("program", default="intel")
_HINT = re.compile(r"(?<![\w./-])intel(?= [a-z])")


def typing(program: str) -> None:
    """From now on hints begin with these words."""
    _PROGRAM.set(program)


def hinting(text: str) -> str:
    """A text of ours with its commands as they are to be typed: intel --demo init."""
    return _HINT.sub(_PROGRAM.get(), text)
