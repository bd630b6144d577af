"""The page of a field report in; the article of what was said there, and who its words mean, out.

What is read are the report's points alone. Its ideas and next step are ours: they are kept in the page and
never read, and so are remarks of that kind among the points. 客户, 对方, 他们 and 贵方 mean the client that
was visited, as does 我们 in its own mouth.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from intel.config import CHINA
from intel.model import Article, Dated, Entity, NotAnArticle, Page, Precision
from pipelines.text import fold, language, sentences

SOURCE = "field"
SCHEME = "field:"
CONTENT_TYPE = "application/json; charset=utf-8"
_TABLE = Path(__file__).parent / "field_report.toml"
_BESIDE = 6
_QUOTED = re.compile('[“「"](?P<said>[^”」"\n]{1,2000})[”」"]')
_CLAUSE = re.compile(r"[,。!?;\n]")


@dataclass(frozen=True, slots=True)
class FieldArticle(Article):
    """An Article out of a field report. `pages` is its one place; `reliability` is its author's judgement."""

    pages: tuple[tuple[int, int, str], ...] = ()
    reliability: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One [[word]] of the table, its patterns compiled; None where it has none."""

    name: re.Pattern[str]
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    nearest: bool
    ours_in_quotes: bool
    only_in_quotes: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """field_report.toml, ready to use."""

    words: tuple[Word, ...]
    we: re.Pattern[str]
    lines: re.Pattern[str]
    sentences: re.Pattern[str]


@cache
def rules() -> Rules:
    """The table shipped with the product."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    own = {name: re.compile("|".join(patterns)) for name, patterns in table["own"].items()}
    return Rules(tuple(map(_word, table["word"])), **own)


def _word(row: dict[str, Any]) -> Word:
    names = (rf"(?<![a-z]){name}(?![a-z])" if name.isascii() else name for name in row["names"])
    before, after = row.get("not_before"), row.get("not_after")
    return Word(
        name=re.compile("|".join(names)),
        not_before=re.compile(f"(?:{'|'.join(before)})$") if before else None,
        not_after=re.compile("|".join(after)) if after else None,
        nearest=row.get("nearest", False),
        ours_in_quotes=row.get("ours_in_quotes", False),
        only_in_quotes=row.get("only_in_quotes", False),
    )


def is_report(page: Page) -> bool:
    """Whether the page is a field report; nothing that is fetched or imported is."""
    return page.source == SOURCE and page.url.startswith(SCHEME)


def read_report(page: Page) -> FieldArticle:
    """The points of a report as an article that says whose they are and where they were heard.

    Raises NotAnArticle for a body that `intel.field` did not write, or without points.
    """
    try:
        told = json.loads(page.body)
        day = date.fromisoformat(told["happened_on"])
        points, place = told["points"].strip(), _place(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAnArticle("broken_document", f"{type(error).__name__}: {error}") from error
    if not points:
        raise NotAnArticle("no_text", "a report without points")
    title = f"{told['name']} {told['way']}记录"
    return FieldArticle(
        url=page.url,
        title=title,
        text=points,
        lang=language(points),
        encoding="utf-8",
        author=told["author"],
        published=Dated(_midnight(day), Precision.DAY, told["happened_on"], "report"),
        pages=((0, len(title) + 1 + len(points), place),),
        reliability=told["reliability"],
        account=told["account"],
    )


def _place(told: dict[str, str]) -> str:
    where = f"（{told['place']}）" if told["place"] else ""
    return f"{told['happened_on']} {told['way']}{where} {told['author']}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def without_own(content: str) -> str:
    """A content (title + line break + text) of the same length with our own remarks blotted out."""
    folded = fold(content)
    letters = list(content)
    said = [(one.start(), one.end()) for one in _QUOTED.finditer(folded)]
    at = folded.find("\n") + 1
    for line in folded[at:].split("\n"):
        if rules().lines.match(line):
            letters[at : at + len(line)] = " " * len(line)
        at += len(line) + 1
    for start, end in sentences(content):
        quoted = any(first < start < last for first, last in said)
        if not quoted and rules().sentences.match(folded, start, end):
            letters[start:end] = " " * (end - start)
    return "".join(letters)


def with_client(content: str, entities: Sequence[Entity], account: str) -> tuple[Entity, ...]:
    """The entities of a content and, in order, the words in it that mean the client."""
    folded = fold(content)
    taken = [(one.start, one.end) for one in entities]
    quotes = tuple(_client_quotes(folded, entities, account))
    found: list[Entity] = list(entities)
    for start, end, word in sorted(_words(folded), key=lambda hit: (hit[0], -hit[1])):
        if any(first < end and start < last for first, last in taken):
            continue
        quoted = any(first <= start < last for first, last in quotes)
        if (word.only_in_quotes and not quoted) or (word.ours_in_quotes and quoted):
            continue
        if word.nearest and _is_other(folded, start, found, account):
            continue
        taken.append((start, end))
        found.append(Entity("org", start, end, content[start:end], accounts=(account,)))
    return tuple(sorted(found, key=lambda one: one.start))


def _words(folded: str) -> Iterator[tuple[int, int, Word]]:
    """Where words for the client stand in the text, beside nothing that forbids them."""
    for word in rules().words:
        for hit in word.name.finditer(folded, folded.find("\n") + 1):
            before = folded[max(0, hit.start() - _BESIDE) : hit.start()]
            if word.not_before and word.not_before.search(before):
                continue
            if not (word.not_after and word.not_after.match(folded, hit.end())):
                yield hit.start(), hit.end(), word


def _client_quotes(folded: str, entities: Iterable[Entity], account: str) -> Iterator[tuple[int, int]]:
    """The spans within quotation marks that the client says: its clause does not begin with us."""
    named = [one.start for one in entities if account in one.accounts]
    named += [start for start, _, word in _words(folded) if not word.only_in_quotes]
    for quote in _QUOTED.finditer(folded):
        clause = max((hit.end() for hit in _CLAUSE.finditer(folded, 0, quote.start())), default=0)
        us = rules().we.search(folded, clause, quote.start())
        client = min((start for start in named if clause <= start < quote.start()), default=quote.start())
        if us is None or client < us.start():
            yield quote.start("said"), quote.end("said")


def _is_other(folded: str, at: int, named: Iterable[Entity], account: str) -> bool:
    """Whether the organisation named last, in this sentence or the one before, is not the client."""
    spans = [start for start, _ in sentences(folded) if start <= at][-2:]
    near = [one for one in named if one.kind == "org" and spans and spans[0] <= one.start < at]
    last = max(near, key=lambda one: one.start, default=None)
    return last is not None and account not in last.accounts
