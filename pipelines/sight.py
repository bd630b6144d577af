"""An element in, whether readers see it out: by attributes, inline style, the page's own style sheet, colour.

Told while a tree is walked, parents before children; the ground that text stands on is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

_LENGTH = r"(?:px|em|rem|pt|vw|vh|%)"
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|font-size\s{0,3}:\s{0,3}(?:0(?:\.\d{1,3})?|1)(?:px|em|pt|rem|%)?\s{0,3}(?:;|!|$)(?<!1em)(?<!1rem)|"
    rf"(?:text-indent|left|top|right|margin-left|margin-top)\s{{0,3}}:\s{{0,3}}-\d{{3,5}}{_LENGTH}|"
    r"clip\s{0,3}:\s{0,3}rect\(\s{0,3}[01](?:px)?[\s,]{1,3}[01](?:px)?[\s,]{1,3}[01](?:px)?[\s,]{1,3}[01](?:px)?\s{0,3}\)|"
    r"clip-path\s{0,3}:\s{0,3}inset\(\s{0,3}(?:50|100)%|scale\(\s{0,3}0\s{0,3}[,)]",
    re.I,
)
# What scripts undo once a page has loaded; all the text of some pages waits so.
_VEILED = re.compile(
    r"visibility\s{0,3}:\s{0,3}hidden|opacity\s{0,3}:\s{0,3}0(?:\.0{1,3})?\s{0,3}(?:;|!|$)", re.I
)
_NO_HEIGHT = re.compile(
    r"(?<![\w-])(?:max-)?(?:height|width)\s{0,3}:\s{0,3}[01](?:px)?\s{0,3}(?:;|!|$)", re.I
)
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s{0,3}:\s{0,3}hidden", re.I)
_FOR_LISTENERS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-text|visuallyhidden)(?:$|\s)", re.I
)
# The rules of a page's own style sheet that hide a class or an element outright, not under a condition.
_LONGEST_RULE = 400
_NAME = re.compile(r"\s{0,20}([.#][\w-]{1,60})\s{0,20}")
_CONDITION = re.compile(r"@[\w-]{1,30}[^{};]{0,300}\{(?:[^{}]{0,400}\{[^{}]{0,2000}\}){0,200}")
_SHEET = 200_000
_WHITE = r"(?:white|#fff(?:fff)?\b|rgba?\(\s{0,3}255\s{0,3},\s{0,3}255\s{0,3},\s{0,3}255)"
_WHITE_TEXT = re.compile(rf"(?:^|[;\s])color\s{{0,3}}:\s{{0,3}}{_WHITE}", re.I)
_WHITE_ATTRIBUTE = re.compile(rf"\s{{0,3}}{_WHITE}", re.I)
_GROUND = re.compile(r"background(?:-color)?\s{0,3}:\s{0,3}([^;]{1,100})", re.I)


@dataclass(frozen=True, slots=True)
class _Style:
    """What an inline style does: hides, writes white, sets a ground that is not white (None: sets none)."""

    hides: bool
    white: bool
    ground: bool | None


_PLAIN = _Style(False, False, None)


class Sight:
    """What a reader sees of one tree. `unveiled`: as it is once scripts have brought out what they hide.

    Names and styles are looked at once a tree, for most elements share theirs with others.
    """

    def __init__(self, root: etree._Element, *, unveiled: bool) -> None:
        self.unveiled = unveiled
        self.hidden_names: frozenset[str] = frozenset() if unveiled else _hidden_names(root)
        self.grounds: list[tuple[etree._Element, bool]] = []
        self._named: dict[tuple[str, str | None], bool] = {}
        self._styled: dict[str, _Style] = {}

    def hides(self, element: etree._Element, given: Mapping[str, str]) -> bool:
        """Whether an element with the attributes `given` is not seen, the ground around it considered."""
        style = self._style(given["style"]) if "style" in given else _PLAIN
        if style.ground is not None:
            self.grounds.append((element, style.ground))
        elif colour := given.get("bgcolor") or given.get("background"):
            self.grounds.append((element, not _WHITE_ATTRIBUTE.match(colour)))
        if "hidden" in given or given.get("aria-hidden") == "true" or style.hides:
            return True
        if ("class" in given or "id" in given) and self._named_away(given.get("class", ""), given.get("id")):
            return True
        white = style.white
        if "color" in given and element.tag == "font":
            white = white or bool(_WHITE_ATTRIBUTE.fullmatch(given["color"]))
        return white and not (self.grounds and self.grounds[-1][1])

    def _named_away(self, names: str, identity: str | None) -> bool:
        known = self._named.get((names, identity))
        if known is None:
            called = {f".{name}" for name in names.split()} | {f"#{identity}"}
            listeners = bool(names) and bool(_FOR_LISTENERS.search(names))
            known = listeners or not self.hidden_names.isdisjoint(called)
            self._named[names, identity] = known
        return known

    def _style(self, style: str) -> _Style:
        known = self._styled.get(style)
        if known is None:
            ground = _GROUND.search(style)
            known = self._styled[style] = _Style(
                hides=self._styled_away(style),
                white=bool(_WHITE_TEXT.search(style)),
                ground=not _WHITE_ATTRIBUTE.match(ground[1]) if ground and ground[1] else None,
            )
        return known

    def _styled_away(self, style: str) -> bool:
        if _HIDDEN.search(style) or (not self.unveiled and _VEILED.search(style)):
            return True
        return bool(_NO_HEIGHT.search(style) and _CLIPPED.search(style))

    def stand_in(self, element: etree._Element) -> None:
        """Begin inside an element's parents: on the ground that they set."""
        self.grounds.clear()
        for outer in reversed([*element.iterancestors()]):
            self.hides(outer, {str(name): str(value) for name, value in outer.items()})

    def leave(self, element: etree._Element) -> None:
        """The walk has left the element, and the ground that it set."""
        if self.grounds and self.grounds[-1][0] is element:
            self.grounds.pop()


def _hidden_names(root: etree._Element) -> frozenset[str]:
    """The `.class` and `#id` names that the page's own style sheets do not display."""
    names: set[str] = set()
    for sheet in root.iter("style"):
        text = (sheet.text or "")[:_SHEET]
        if "none" in text and not sheet.get("media"):
            for rule in _CONDITION.sub("", text).split("}"):
                before, _, style = rule.rpartition("{")
                if "none" in style and len(style) <= _LONGEST_RULE and _HIDDEN.search(style):
                    called = before.rpartition("{")[2][-_LONGEST_RULE:].split(",")
                    names.update(name[1] for name in map(_NAME.fullmatch, called) if name)
    return frozenset(names)
