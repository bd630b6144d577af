"""A text that somebody pasted with its HTML in; what a reader would see of it, and where each stood, out.

Only what HTML knows is a tag, so that 3<5 and <转> stay text. A page that is fetched is laid out as a tree
(`pipelines.layout`); here every character's place must be kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape

from pipelines.layout import BREAKING, CELL_BORDER, UNSEEN

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code colgroup data del dfn em font html i ins kbd label mark nobr o:p"
    " picture q ruby rb rtc s samp small span strike strong sub sup time tt u var".split()
)
_KNOWN = BREAKING | UNSEEN | _INLINE | _VOID
_CELLS = frozenset({"td", "th"})
_MARKUP = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:]{0,11})(?P<rest>(?:\s[^<>]{0,4000})?)\s{0,9}/?>"
    r"|(?P<comment><!--)|<!(?:doctype|DOCTYPE)[^<>]{0,300}>|(?P<entity>&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,6});)"
)
_HIDDEN = re.compile(
    r"(?:^|\s)hidden(?=[\s=/]|$)|display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|font-size\s{0,4}:\s{0,4}0(?![.\d])"
    r"|opacity\s{0,4}:\s{0,4}0(?![.\d])",
    re.IGNORECASE,
)
_WHITE = re.compile(r"(?<![-\w])color\s{0,4}[:=]\s{0,4}[\"']?(?:white|#fff(?:fff)?)\b", re.IGNORECASE)
_GROUND = re.compile(r"background", re.IGNORECASE)


@dataclass(slots=True)
class _Shown:
    """What is shown so far: characters and their places; `within`: the unseen element that is open.

    `line`: what stands for the end of a line; `depth`: how many of its name are open in it.
    """

    line: str
    letters: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    within: str = ""
    depth: int = 0

    def add(self, words: str, place: int) -> None:
        if not self.within:
            self.letters.extend(words)
            self.places.extend(range(place, place + len(words)))

    def tag(self, found: re.Match[str]) -> None:
        name, closes = found["name"].lower(), bool(found["close"])
        if self.within:
            self.depth += (1 - 2 * closes) * (name == self.within)
            self.within = self.within if self.depth else ""
        elif not closes and name not in _VOID and (name in UNSEEN or _hides(found["rest"])):
            self.within, self.depth = name, 1
        elif name in _CELLS:
            if not closes and self._amid_line():
                self.add(CELL_BORDER, found.start())
        elif name in BREAKING and self._amid_line():
            self.add(self.line, found.start())

    def _amid_line(self) -> bool:
        return bool(self.letters) and self.letters[-1] != "\n"


def shown(text: str) -> tuple[str, Sequence[int]]:
    """What is seen of a title, a line break and a text, and the place of each character seen."""
    if not _MARKUP.search(text):
        return text, range(len(text))
    end = text.find("\n") + 1
    # What a title leaves open, or breaks, must not reach the text: its line break is what parts them.
    title, body = _Shown(" "), _Shown("\n")
    _read(text, (0, max(0, end - 1)), title)
    _read(text, (end, len(text)), body)
    between = ["\n"] if end else []
    return "".join((*title.letters, *between, *body.letters)), [
        *title.places,
        *range(end - len(between), end),
        *body.places,
    ]


def _read(text: str, span: tuple[int, int], into: _Shown) -> None:
    """Add to what is shown what is seen of a span of the text."""
    at, stop = span
    last_comment = text.rfind("-->", at, stop)
    for match in _MARKUP.finditer(text, at, stop):
        name = (match["name"] or "").lower()
        if match.start() < at or (name and name not in _KNOWN):
            continue
        into.add(text[at : match.start()], at)
        at = match.end()
        if match["comment"] and at <= last_comment:
            at = text.find("-->", at, stop) + len("-->")
        elif match["entity"]:
            one = unescape(match["entity"]).replace("\xa0", " ")
            into.add(one if len(one) == 1 else match["entity"], match.start())
        elif name:
            into.tag(match)
    into.add(text[at:stop], at)


def _hides(attributes: str) -> bool:
    if _HIDDEN.search(attributes):
        return True
    return bool(_WHITE.search(attributes)) and not _GROUND.search(attributes)
