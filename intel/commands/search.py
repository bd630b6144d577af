"""`intel search`: articles that hold a text, and what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from intel import bootstrap, screen
from intel.config import CHINA
from intel.search import BadQuery
from intel.search_query import Search
from intel.views import Facets, SearchFilter, SearchPage, Spans, pieces

Many = list[str] | None


def search(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help='Words and "phrases" that must occur, OR for either; in quotes with -word for not.'
        ),
    ],
    account: Annotated[Many, typer.Option(help="Only what tells of this account: id, name, alias.")] = None,
    event: Annotated[Many, typer.Option(help="Only with an event of this type.")] = None,
    topic: Annotated[Many, typer.Option(help="Only with a finding on this topic.")] = None,
    source: Annotated[Many, typer.Option(help="Only from this source.")] = None,
    channel: Annotated[Many, typer.Option(help="Only from sources of this channel.")] = None,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Up to and with this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many.")] = 20,
    after: Annotated[
        str | None, typer.Option(help="The page after this place, as the page before says it.")
    ] = None,
    facets: Annotated[bool, typer.Option("--facets", help="Count what the matches are about.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Articles that hold a text, the best first."""
    chosen = SearchFilter(
        accounts=tuple(account or ()),
        events=tuple(event or ()),
        topics=tuple(topic or ()),
        sources=tuple(source or ()),
        channels=tuple(channel or ()),
        since=_day(since),
        until=_day(until),
    )
    wanted = " ".join(words)
    kept = Search(bootstrap.open_workspace(context.obj).engine)
    found: SearchPage | Facets = (
        kept.facets(wanted, chosen) if facets else kept.page(wanted, chosen, limit, after)
    )
    if json:
        screen.print_json(found)
    elif isinstance(found, Facets):
        _show_facets(found)
    else:
        _show_page(found)


def _show_page(page: SearchPage) -> None:
    for hit in page.hits:
        day = f"{hit.dated_at.astimezone(CHINA):%Y-%m-%d} "
        screen.out.print(Text(day, "bold") + _marked(hit.title, hit.title_marks))
        before, after = "…" * (hit.start > len(hit.title) + 1), "…" * hit.more
        screen.out.print(Text(f"  {before}") + _marked(hit.snippet, hit.marks) + Text(after))
        screen.out.print(Text(f"  {hit.source_label} {hit.url}\n", "dim"))
    screen.err.print(f"{len(page.hits)} of {_total(page.total, page.exact)}")
    if page.after:
        screen.err.print(f"more: --after {page.after}", markup=False)


def _show_facets(facets: Facets) -> None:
    groups = ("accounts", "topics", "events", "sources", "channels", "months")
    rows: list[Sequence[object]] = [
        (group.removesuffix("s"), count.id, count.label, count.articles)
        for group in groups
        for count in getattr(facets, group)
    ]
    screen.table(("of", "id", "label", "articles"), rows)
    newest = "" if facets.exact else "the newest of "
    screen.err.print(f"counted over {newest}{_total(facets.total, facets.exact)}")


def _total(total: int, exact: bool) -> str:
    return f"{'' if exact else 'at least '}{total} articles"


def _marked(text: str, marks: Spans) -> Text:
    """Never as markup: the text is a stranger's."""
    shown = Text()
    for piece, mark in pieces(text, marks):
        shown.append(piece, "bold yellow" if mark else "")
    return shown


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadQuery(f"no such day {text!r}; write it like 2026-11-20") from None
