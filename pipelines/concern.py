"""A collected text and the watchlist in; whether it is worth a full reading out.

The cheap step before the dear ones: one pass over the folded text for the names of the watchlist, whatever
they mean there (淘宝 at a flea market), and one for words of the trade. Where neither stands no account is
mentioned, so there is no finding and no stranger; what happened to others is not our subject.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import ahocorasick

from pipelines import aliases
from pipelines.aliases import Lexicon
from pipelines.focus import trade_words
from pipelines.text import fold

_TABLE = Path(__file__).parent / "concern.toml"


def concerns(content: str, lexicon: Lexicon) -> bool:
    """Whether a text may name a watched account, or speaks of the trade without naming one. Linear time."""
    folded = fold(content)
    return aliases.holds_watched(folded, lexicon) or any(_words().iter(folded))


@cache
def _words() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for word in (*trade_words(), *tomllib.loads(_TABLE.read_text(encoding="utf-8"))["words"]):
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton
