"""The query language of search, and what of a text is indexed: character pairs that find two-character names.

Chinese is indexed as overlapping character pairs, Latin script and numbers as whole words. FTS5's own
trigram tokenizer finds nothing for two characters such as 顺丰, without saying so. In: what a person typed.
Out: a SearchQuery, whose phrases say the same of the index (`tokens`) and of a folded text (`spans`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from intel.refusal import Refusal
from pipelines.text import fold

_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
# Quotes as they are typed in China; full-width ones fold to the plain one.
_QUOTES = str.maketrans(dict.fromkeys("“”「」『』＂", '"'))
_WORD = re.compile(r'[-－]?"[^"]*"|[^\s"]+|"')
MOST_CHARACTERS = 200
MOST_PHRASES = 20
_EITHER = "OR"


class BadQuery(Refusal, ValueError):
    """A search that cannot be; the message says what would be right."""


def _is_chinese(run: str) -> bool:
    return "\u3400" <= run[0] <= "\u9fff"


def _pairs(run: str) -> list[str]:
    """A Chinese run as its pairs (one character: itself), any other run as it is."""
    return [a + b for a, b in pairwise(run)] if _is_chinese(run) and len(run) > 1 else [run]


def _whole(run: str) -> list[str]:
    """The tokens of a run with its closing character, so that a search for one character finds that too."""
    return [*_pairs(run), run[-1]] if _is_chinese(run) and len(run) > 1 else [run]


def index_text(content: str) -> str:
    """What is indexed of a text: its tokens, separated by spaces."""
    return " ".join(token for run in _RUN.findall(fold(content)) for token in _whole(run))


@dataclass(frozen=True)
class Phrase:
    """Runs of characters that follow each other with nothing but punctuation between; never empty."""

    runs: tuple[str, ...]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that follow each other in the index of a text that holds the phrase."""
        *inner, last = self.runs
        return (*(token for run in inner for token in _whole(run)), *_pairs(last))

    @property
    def begins(self) -> bool:
        """Whether the last token may be the beginning of one in the text: it is one Chinese character."""
        return len(self.runs[-1]) == 1 and _is_chinese(self.runs[-1])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = [re.escape(self.runs[0])]
        for before, run in pairwise(self.runs):
            apart = "+" if _is_chinese(before) == _is_chinese(run) else "*"
            parts.append(rf"[\W_]{apart}{re.escape(run)}")
        letter = r"[^\W_\u3400-\u9fff]"
        left = "" if _is_chinese(self.runs[0]) else f"(?<!{letter})"
        right = "" if _is_chinese(self.runs[-1]) else f"(?!{letter})"
        return re.compile(left + "".join(parts) + right)

    def spans(self, folded: str) -> Iterator[tuple[int, int]]:
        """Where the phrase stands in a folded text; folding keeps the length, so in the text itself too."""
        return (match.span() for match in self._pattern.finditer(folded))


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What must be in an article: of each group one phrase; and what must not."""

    groups: tuple[tuple[Phrase, ...], ...]
    without: tuple[Phrase, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases that make a hit."""
        return tuple(phrase for group in self.groups for phrase in group)


def parse(text: str) -> SearchQuery:
    """What a person typed as a query: words and "phrases" that must all occur, -word for what must not,
    OR between two of which one is enough.

    Raises BadQuery, which says what is wrong.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadQuery(f"a search of {len(text)} characters is too long; at most {MOST_CHARACTERS}")
    groups: list[list[Phrase]] = []
    without: list[Phrase] = []
    either = False
    for word in _words(text):
        if word == _EITHER:
            if either or not groups:
                raise BadQuery("OR needs a word on both sides: 爆仓 OR 延误")
            either = True
            continue
        excluded = word[0] in "-－"
        phrase = _phrase(word)
        if phrase is None:
            continue
        if excluded and either:
            raise BadQuery("OR cannot be followed by what must not occur: write -word apart from it")
        if excluded:
            without.append(phrase)
        elif either:
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
        either = False
    return _checked(text, either, SearchQuery(tuple(map(tuple, groups)), tuple(without)))


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text.translate(_QUOTES)):
        if match[0] == '"':
            raise BadQuery(f'the quote at {text[match.start() :][:20]!r} is not closed; add another "')
        yield match[0]


def _phrase(word: str) -> Phrase | None:
    runs = _RUN.findall(fold(word))
    return Phrase(tuple(runs)) if runs else None


def _checked(text: str, either: bool, query: SearchQuery) -> SearchQuery:
    if either:
        raise BadQuery("OR needs a word on both sides: 爆仓 OR 延误")
    if not query.groups and query.without:
        raise BadQuery("only what must not occur is given; add a word that must")
    if not query.groups:
        raise BadQuery(f"nothing to search for in {text!r}: give a name or a word")
    if len(query.phrases) + len(query.without) > MOST_PHRASES:
        raise BadQuery(f"too many words; at most {MOST_PHRASES}")
    return query
