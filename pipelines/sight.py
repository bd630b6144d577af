"""An element in, whether readers see it out: by attributes, inline style, the page's own style sheet, colour.

Told while a tree is walked, parents before children; the ground that text stands on is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

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
# What a reader presses to bring out the rest of a text.
_UNFOLDING = re.compile(
    r"展开|展開|(?:查看|阅读|閱讀|显示)(?:全文|全部|更多)|剩余|(?:read|show|view) (?:more|all|full)", re.I
)
_CONTROL = 60
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s{0,3}:\s{0,3}hidden", re.I)
_FOR_LISTENERS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-text|visuallyhidden|"
    r"jammer)(?:$|\s)",  # letters that forums strew among a post's against copying
    re.I,
)
# The rules of a page's own style sheet for a class or an element, not under a condition.
_LONGEST_RULE = 400
_NAME = re.compile(r"\s{0,20}([.#][\w-]{1,60})\s{0,20}")
_CONDITION = re.compile(r"@[\w-]{1,30}[^{};]{0,300}\{(?:[^{}]{0,400}\{[^{}]{0,2000}\}){0,200}")
_SHEET = 200_000
_WHITE = r"(?:white|#fff(?:fff)?\b|rgba?\(\s{0,3}255\s{0,3},\s{0,3}255\s{0,3},\s{0,3}255)"
_WHITE_TEXT = re.compile(rf"(?:^|[;\s])color\s{{0,3}}:\s{{0,3}}{_WHITE}", re.I)
_WHITE_ATTRIBUTE = re.compile(rf"\s{{0,3}}{_WHITE}", re.I)
_GROUND = re.compile(r"background(?:-color)?\s{0,3}:\s{0,3}([^;}]{1,100})", re.I)
_COLOUR = re.compile(r"(?<![\w-])color\s{0,3}:\s{0,3}([^;}]{1,60})", re.I)
_SHORT_HEX = re.compile(r"#([0-9a-f]{3})")


@dataclass(frozen=True, slots=True)
class _Style:
    """What an inline style does: hides, leaves no room, writes white, sets a ground that is not white.

    `ground` is None where it sets none.
    """

    hides: bool
    folded: bool
    white: bool
    ground: bool | None


_PLAIN = _Style(False, False, False, None)


class Sight:
    """What a reader sees of one tree. `unveiled`: as it is once scripts have brought out what they hide.

    Names and styles are looked at once a tree, for most elements share theirs with others.
    """

    def __init__(self, root: etree._Element, *, unveiled: bool) -> None:
        self.unveiled = unveiled
        sheets = frozenset[tuple[str, str]]() if unveiled else _rules(root)
        self.hidden_names = frozenset(name for name, style in sheets if _hides(style))
        self.white_names = _white_names(root, sheets)
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
        if style.folded and not _unfolds(element):
            return True
        if ("class" in given or "id" in given) and self._named_away(given.get("class", ""), given.get("id")):
            return True
        white = style.white or bool(self.white_names and not self.white_names.isdisjoint(_called(given)))
        if "color" in given and element.tag == "font":
            white = white or bool(_WHITE_ATTRIBUTE.fullmatch(given["color"]))
        return white and not (self.grounds and self.grounds[-1][1])

    def _named_away(self, names: str, identity: str | None) -> bool:
        known = self._named.get((names, identity))
        if known is None:
            called = _called({"class": names, "id": identity or ""})
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
                folded=bool(_NO_HEIGHT.search(style) and _CLIPPED.search(style)),
                white=bool(_WHITE_TEXT.search(style)),
                ground=not _WHITE_ATTRIBUTE.match(ground[1]) if ground and ground[1] else None,
            )
        return known

    def _styled_away(self, style: str) -> bool:
        return bool(_HIDDEN.search(style) or (not self.unveiled and _VEILED.search(style)))

    def stand_in(self, element: etree._Element) -> None:
        """Begin inside an element's parents: on the ground that they set."""
        self.grounds.clear()
        for outer in reversed([*element.iterancestors()]):
            self.hides(outer, {str(name): str(value) for name, value in outer.items()})

    def leave(self, element: etree._Element) -> None:
        """The walk has left the element, and the ground that it set."""
        if self.grounds and self.grounds[-1][0] is element:
            self.grounds.pop()


def _unfolds(element: etree._Element) -> bool:
    """Whether what readers press to see the rest stands right beside an element without room."""
    for beside in (element.getprevious(), element.getnext()):
        if beside is not None and isinstance(beside.tag, str):
            shown = "".join(islice(map(str, beside.itertext()), _CONTROL))
            if len(shown) <= _CONTROL and _UNFOLDING.search(shown):
                return True
    return False


def _called(given: Mapping[str, str]) -> frozenset[str]:
    """An element's names as style sheets call them."""
    return frozenset([*(f".{name}" for name in given.get("class", "").split()), f"#{given.get('id')}"])


def _rules(root: etree._Element) -> frozenset[tuple[str, str]]:
    """The `.class` and `#id` names in the page's own style sheets, each with what a rule of it says."""
    found: set[tuple[str, str]] = set()
    for sheet in root.iter("style"):
        text = (sheet.text or "")[:_SHEET]
        if not sheet.get("media") and ("none" in text or _COLOUR.search(text)):
            for rule in _CONDITION.sub("", text).split("}"):
                before, _, style = rule.rpartition("{")
                if len(style) <= _LONGEST_RULE and ("none" in style or _COLOUR.search(style)):
                    called = before.rpartition("{")[2][-_LONGEST_RULE:].split(",")
                    found.update((name[1], style) for name in map(_NAME.fullmatch, called) if name)
    return frozenset(found)


def _hides(style: str) -> bool:
    """Whether a rule displays nothing, or writes in the very colour of the ground that it sets."""
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    same = colour and ground and _plain(colour[1]) == _plain(ground[1])
    return bool(same or ("none" in style and _HIDDEN.search(style)))


def _plain(colour: str) -> str:
    """A colour in one way of writing it: #ffffff for white, #FFF and #fff !important."""
    bare = colour.lower().split("!")[0].strip()
    short = _SHORT_HEX.fullmatch(bare)
    return "#ffffff" if bare == "white" else f"#{''.join(2 * one for one in short[1])}" if short else bare


def _white_names(root: etree._Element, sheets: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The names whose text is white, if no style sheet can set a ground that is not white behind it."""
    own = "".join((sheet.text or "")[:_SHEET] for sheet in root.iter("style"))
    grounds = (ground[1] for ground in _GROUND.finditer(own))
    if any(not _WHITE_ATTRIBUTE.match(ground) for ground in grounds) or "background-image" in own:
        return frozenset()
    if any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link")) or "@import" in own:
        return frozenset()
    return frozenset(name for name, style in sheets if _WHITE_TEXT.search(style))
