"""Who and what must not come back, known by keyed digests alone; and where a text names them.

A digest is HMAC-SHA256 under the installation's key of a kind and a value in normal form. Whoever has the
database without the key can neither read a name out of it nor try names on it.
"""

from __future__ import annotations

import hmac
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.names import names as name_table
from pipelines.personal_data import Edit
from pipelines.text import fold

PERSON, URL, SOURCE = "person", "url", "source"
KEY = "key"  # a digest that tells whether a key is the one that others were made with

_TABLE = Path(__file__).parent / "personal_data.toml"
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,10}(?:·[\u3400-\u9fff]{1,10}){1,4}")
# 陈　默, as tables set names of two characters.
_SPACED = re.compile(
    r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?:[ \t]{1,4}[\u3400-\u9fff]){1,2}(?![\u3400-\u9fff])"
)
_WORD = re.compile(r"[a-z][a-z'’-]{0,30}\.?")
_ENDING = re.compile(r"(?:['’]s)?\.?$")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅", "·"))
LONGEST = 5  # characters of a Chinese name without a dot, words of a Latin one


def normal_name(name: str) -> str:
    """A person's name as digests are made of it: folded; Chinese without spaces, Latin with single ones."""
    folded = " ".join(fold(name).translate(_DOTS).split())
    return folded if folded.isascii() else folded.replace(" ", "")


def normal_address(url: str) -> str:
    """An address without its fragment; scheme and host in lower case."""
    bare = url.strip().partition("#")[0]
    try:
        parts = urlsplit(bare)
    except ValueError:  # [ without ]
        return bare
    return parts._replace(netloc=parts.netloc.lower()).geturl()


_NORMAL: Mapping[str, Callable[[str], str]] = {
    PERSON: normal_name,
    URL: normal_address,
    SOURCE: str.strip,
    KEY: str,
}


def digest(key: bytes, kind: str, value: str) -> str:
    """The digest of a person's name, an address or a source's name, hex."""
    return _digest(key, kind, _NORMAL[kind](value))


def _digest(key: bytes, kind: str, normal: str) -> str:
    return hmac.digest(key, f"{kind}\0{normal}".encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is forgotten. `persons`: digest to the names of an organisation (folded) that a text must hold
    for the person in it to be the forgotten one, or none of it for any.

    `plain` are names whose digests are among them, where they happen to be known: for speed alone. With
    `plain_only` no other is looked for.
    """

    key: bytes = b""
    persons: Mapping[str, frozenset[str]] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    plain: tuple[str, ...] = ()
    plain_only: bool = False

    def address(self, url: str) -> bool:
        """Whether an address is forgotten."""
        return bool(self.addresses) and digest(self.key, URL, url) in self.addresses

    def source(self, name: str) -> bool:
        """Whether a source is forgotten."""
        return bool(self.sources) and digest(self.key, SOURCE, name) in self.sources

    def find(self, text: str) -> Iterator[Edit]:
        """Where a text names a forgotten person, in full or, in a text that does, as 陆总 or 陆先生."""
        yield from find_names(text, self.named(text))

    def named(self, text: str) -> tuple[str, ...]:
        """The forgotten persons, in normal form, that a text names in full."""
        folded = fold(text).translate(_DOTS)
        return tuple(name for name in self._among(folded) if any(True for _ in _in_full(folded, name)))

    def _among(self, folded: str) -> Iterator[str]:
        if not self.persons:
            return
        if self.plain_only:
            candidates: Iterable[str] = map(normal_name, self.plain)
        else:
            candidates = _candidates(folded)
        for name in candidates:
            scope = self.persons.get(_digest(self.key, PERSON, name))
            if scope is not None and (not scope or any(organisation in folded for organisation in scope)):
                yield name


def _candidates(folded: str) -> Iterator[str]:
    """Everything in a text that could be a name, each once, in normal form."""
    seen: set[str] = set()
    for run in _HAN.finditer(folded):
        text = run[0]
        for length in range(2, LONGEST + 1):
            seen.update(text[at : at + length] for at in range(len(text) - length + 1))
    for dotted in _DOTTED.finditer(folded):
        seen.update(_cut(dotted[0]))
    seen.update(re.sub(r"\s", "", match[0]) for match in _SPACED.finditer(folded))
    words = [(match.start(), match.end()) for match in _WORD.finditer(folded)]
    for first in range(len(words)):
        for last in range(first + 1, min(first + LONGEST, len(words))):
            if words[last][0] - words[last - 1][1] > 3:
                break
            name = " ".join(folded[words[first][0] : words[last][1]].split())
            seen.add(_ENDING.sub("", name))
    yield from seen


def _cut(dotted: str) -> Iterator[str]:
    """A name with dots without what runs on before and after it: 阿迪力·买买提 of 记者阿迪力·买买提说."""
    first, last = dotted.index("·"), len(dotted) - dotted.rindex("·") - 1
    for before in range(first):
        for after in range(last):
            yield dotted[before : len(dotted) - after]


def find_names(text: str, names: Iterable[str]) -> Iterator[Edit]:
    """Where a text, or a part of one, speaks of persons (in normal form) that the whole names in full."""
    folded = fold(text).translate(_DOTS)
    for name in names:
        spans = [*_in_full(folded, name)]
        spans += [match.span() for called in _called(name) for match in called.finditer(folded)]
        for start, end in spans:
            yield Edit(start, end, "name", _table().mark)


def _in_full(folded: str, name: str) -> Iterator[tuple[int, int]]:
    return (span for span in _spans(folded, name) if _is_person(folded, span, name))


def _spans(folded: str, name: str) -> Iterator[tuple[int, int]]:
    letters = [re.escape(letter) for letter in name.replace(" ", "\0")]
    if name.isascii():
        pattern = "".join(r"\s{1,3}" if letter == re.escape("\0") else letter for letter in letters)
        pattern = rf"(?<![a-z]){pattern}(?![a-z])"
    else:
        pattern = r"[ \t\n]{0,4}".join(letters)
    for match in re.finditer(pattern, folded):
        yield match.span()


def _is_person(folded: str, span: tuple[int, int], name: str) -> bool:
    """Whether a name that is also a word (高峰) stands for a person here; every other name does."""
    table = _table()
    if name not in table.ordinary:
        return True
    return bool(table.before.search(folded[max(0, span[0] - 8) : span[0]])) and bool(
        table.after.match(folded, span[1])
    )


@cache
def _called(name: str) -> tuple[re.Pattern[str], ...]:
    """What else the person is called where the full name stands too."""
    if name.isascii():
        last = re.escape(name.rpartition(" ")[2])
        return (re.compile(rf"(?<![a-z])(?:mr|ms|mrs|miss|dr)\.?\s{{1,3}}{last}(?![a-z])"),)
    if "·" in name:
        return ()
    family = name[: 2 if name[:2] in name_table().people.compound else 1]
    return (re.compile(rf"{re.escape(family)}(?:{'|'.join(_table().called)})(?![\u3400-\u9fff]*公司)"),)


@dataclass(frozen=True, slots=True)
class _Words:
    mark: str
    ordinary: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    called: tuple[str, ...]


@cache
def _table() -> _Words:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    words = table["names"]
    return _Words(
        mark=table["marks"]["name"],
        ordinary=frozenset(words["ordinary"]),
        before=re.compile(rf"(?:^|[^\u3400-\u9fff]|{'|'.join(words['before'])})$"),
        after=re.compile(rf"$|[^\u3400-\u9fff]|{'|'.join(words['after'])}"),
        called=tuple(words["called"]),
    )
