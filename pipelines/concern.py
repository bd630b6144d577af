"""A collected text and the watchlist in; the part of it that is worth a full reading out.

The cheap step before the dear ones: one pass over the folded text for the names of the watchlist, whatever
they mean there (淘宝 at a flea market), and one for words of the trade. Where no name stands no account is
mentioned, so there is no finding and no stranger; what happened to others is not our subject, but where the
trade is spoken of.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from functools import cache
from pathlib import Path

import ahocorasick

from pipelines import aliases
from pipelines.aliases import Lexicon
from pipelines.focus import trade_words
from pipelines.text import fold

_TABLE = Path(__file__).parent / "concern.toml"


def concerning(content: str, lexicon: Lexicon) -> str:
    """The part of a text (title + "\\n" + body) that concerns us, at its place, blanks for the rest.

    All of it if it may name a watched account or has a word of the trade in its title; else the paragraphs
    with such a word; "" if there are none. Linear time.
    """
    folded = fold(content)
    if aliases.holds_watched(folded, lexicon):
        return content
    words = [last for last, _ in _words().iter(folded)]
    if not words or words[0] < len(content.partition("\n")[0]):
        return content if words else ""
    kept, at = [], 0
    for line in content.split("\n"):
        end = at + len(line)
        ours = bisect_left(words, at) < bisect_left(words, end)
        kept.append(line if ours else " " * len(line))
        at = end + 1
    return "\n".join(kept)


@cache
def _words() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for word in (*trade_words(), *tomllib.loads(_TABLE.read_text(encoding="utf-8"))["words"]):
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton
