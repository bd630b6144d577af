"""Every regular expression of the reading in; those that text could keep busy out.

    python -m tests.pumping

Expressions are recorded as they are compiled while all modules of the reading are loaded and a text is read.
For each repetition in one a text is made of what it repeats, as long as a sentence can be, and of what then
breaks it. An expression that has not done with such a text after some seconds of processor time backtracks
without end.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as code
from re import _parser as parser
from types import FrameType
from typing import Any

LENGTH = 600  # a sentence is cut where it is longer
SECONDS = 5  # of processor time; most take a thousandth
_MANY = 20  # a repetition of fewer is no loop
_BREAK = "\x01"
_Tree = Sequence[tuple[Any, Any]]


def main() -> int:
    """Print each expression that is kept busy, and how many were looked at."""
    found = recorded()
    busy = [one for one in found if keeps_busy(one)]
    for one in busy:
        sys.stdout.write(f"kept busy: {one.pattern[:300]}\n")
    sys.stdout.write(f"{len(found)} expressions\n")
    return bool(busy)


def recorded() -> list[re.Pattern[str]]:
    """The expressions over text that the reading compiles."""
    kept: dict[tuple[str, int], re.Pattern[str]] = {}
    compile_ = re.compile

    def recording(pattern: Any, flags: int = 0) -> Any:
        made = compile_(pattern, flags)
        if isinstance(made.pattern, str) and _is_ours(sys._getframe(1)):
            kept[made.pattern, made.flags] = made
        return made

    re.compile = recording
    pipelines = importlib.import_module("pipelines")
    for module in pkgutil.iter_modules(pipelines.__path__, "pipelines."):
        if not module.ispkg:
            importlib.import_module(module.name)
    _read()
    re.compile = compile_
    return list(kept.values())


def _is_ours(frame: FrameType | None) -> bool:
    """Whether our code is at work, be it in a comprehension; a library that it loads is not."""
    return frame is not None and frame.f_globals.get("__name__", "").startswith(("pipelines.", "intel."))


def _read() -> None:
    """Read a text, so that what is compiled when it is first needed is there."""
    flow = importlib.import_module("pipelines.flow")
    taxonomy = importlib.import_module("intel.taxonomy")
    watchlist = flow.Watchlist.of(taxonomy.load_accounts(taxonomy.ACCOUNTS_CSV))
    flow.require_models()
    flow.analyse("淘宝招标\n圆通昨日中标淘宝项目1.2亿元，商家称韵达丢件。", watchlist)


def keeps_busy(expression: re.Pattern[str]) -> bool:
    """Whether some text of LENGTH characters is not searched through in SECONDS of processor time."""
    texts = [*pumped(parser.parse(expression.pattern, expression.flags & ~re.UNICODE))]
    if not texts:
        return False
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        for text in texts:
            expression.search(text)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def pumped(tree: _Tree, before: str = "") -> Iterator[str]:
    """A text for each repetition of a parsed expression, what stands before it first."""
    for kind, value in tree:
        if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            least, most, body = value
            unit = example(body)
            if unit and most >= _MANY:
                yield before + unit * (LENGTH // len(unit)) + _BREAK
                yield (before + unit) * (LENGTH // len(before + unit)) + _BREAK
            yield from pumped(body, before)
            before += unit * max(least, 1 if most else 0)
        else:
            for branch in _inside(kind, value):
                yield from pumped(branch, before)
            before += example([(kind, value)])


def _inside(kind: Any, value: Any) -> Iterable[_Tree]:
    if kind is code.SUBPATTERN:
        return [value[3]]
    if kind is code.BRANCH:
        return list(value[1])
    if kind in (code.ASSERT, code.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is code.ATOMIC_GROUP else []


def example(tree: _Tree) -> str:
    """A short text that a parsed expression matches, as far as that can be told from its parts."""
    return "".join(_part(kind, value) for kind, value in tree)


def _part(kind: Any, value: Any) -> str:
    if kind is code.LITERAL:
        return chr(value)
    if kind is code.NOT_LITERAL:
        return "x" if value != ord("x") else "y"
    if kind is code.ANY:
        return "x"
    if kind is code.IN:
        return _of_set(value)
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        return example(value[2]) * max(int(value[0]), 1 if value[1] else 0)
    if kind is code.BRANCH:
        return example(value[1][0])
    return example(next(iter(_inside(kind, value)), ())) if kind is code.SUBPATTERN else ""


def _of_set(members: _Tree) -> str:
    negated = members[0][0] is code.NEGATE
    tried = re.compile(_set_source(members))
    usual = "x中1 ,。\nA%-“"
    firsts = (chr(v if k is code.LITERAL else v[0]) for k, v in members if k in (code.LITERAL, code.RANGE))
    return next((one for one in (*(() if negated else firsts), *usual) if tried.fullmatch(one)), "x")


def _set_source(members: _Tree) -> str:
    parts = []
    for kind, value in members:
        if kind is code.NEGATE:
            parts.append("^")
        elif kind is code.LITERAL:
            parts.append(re.escape(chr(value)))
        elif kind is code.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            parts.append(_CLASSES[value])
    return f"[{''.join(parts)}]"


_CLASSES = {
    code.CATEGORY_DIGIT: r"\d",
    code.CATEGORY_NOT_DIGIT: r"\D",
    code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S",
    code.CATEGORY_WORD: r"\w",
    code.CATEGORY_NOT_WORD: r"\W",
}

if __name__ == "__main__":
    sys.exit(main())
