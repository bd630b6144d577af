"""What every page is made with: who looks and in which language, the templates, and what a browser may do.

In: a request. Out: a `Visit`, whose `show` writes a page. Views are prepared in the modules of the pages;
templates only show them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from markupsafe import Markup
from pydantic import BeforeValidator

from intel.api import Principal, csrf_token
from intel.api.desk import AtDesk, Desk
from intel.api.sight import Sight
from intel.brief import Lang
from intel.config import CHINA
from intel.model import Account
from intel.rendering import environment, plain
from intel.users import Scope
from intel.views import pieces
from intel.web.language import Words, chosen, words

HERE = Path(__file__).parent
_CHINESE, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]")
THEME = "intel_theme"
THEMES = ("light", "dark")
# Everything lies in files of our own: no inline script, no inline style, nothing from elsewhere.
# Where a kept part goes in, as bytes; text that is shown never has this character (`rendering.plain`).
PLACE = Markup("\ufdd0")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a page: the desk, and the words of its language."""

    request: Request
    desk: Desk
    words: Words

    def sight(self, who: Principal) -> Sight:
        """What may be seen of one thing or another."""
        return Sight(who, self.desk)

    @property
    def htmx(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("HX-Request") == "true"

    def show(
        self,
        template: str,
        view: object = None,
        who: Principal | None = None,
        status: int = 200,
        part: bytes = b"",
    ) -> HTMLResponse:
        """A page. `view` is all that its template shows, with a `part` that is written out already."""
        place = PLACE if part else ""
        text = _environment().get_template(template).render(self._around(who), view=view, part=place)
        body = text.encode().replace(PLACE.encode(), part, 1)
        return HTMLResponse(body, status, {"Content-Security-Policy": POLICY, "Vary": "Cookie, HX-Request"})

    def part(self, template: str, view: object) -> Markup:
        """What a template shows of a view to everybody in this language, to stand in a page."""
        return Markup(_environment().get_template(template).render(self._told(), view=view))

    def _told(self) -> dict[str, Any]:
        said = self.words
        return {
            "say": said.say, "label": said.label, "short": said.short, "words": said,
            "day": _day, "moment": _moment, "pieces": pieces,
            "nothing_read": self.desk.reading.query.is_empty,
        }  # fmt: skip

    def kept_part(
        self,
        template: str,
        who: Principal,
        accounts: Iterable[Account],
        work: Callable[[], object],
        asked: Hashable = None,
        seen: int | None = None,
        alone: bool = False,
    ) -> bytes:
        """What a template shows of accounts' files, for a page's `part`, worked out once until one changes.

        `asked` is what it depends on besides the day, the language and who may see what; `seen` is their
        version where it was just looked at. `alone`: it rests on what is told of these accounts alone.
        """
        query, numbers = self.desk.reading.query, [one.id for one in accounts]
        version = query.own_version if alone else query.version
        wanted = (template, *numbers, asked, self.desk.today(), self.words.lang, who.accounts)
        return self.desk.kept.answer(
            wanted, lambda: version(*numbers), lambda: self.part(template, work()).encode(), seen
        )

    def _around(self, who: Principal | None) -> dict[str, Any]:
        theme = self.request.cookies.get(THEME, "")
        return {
            **self._told(),
            "who": who,
            "may": {scope.value: who is not None and who.may(scope) for scope in Scope},
            "menu": _menu(self.words, who.scopes, self.request.url.path) if who else "",
            "theme": theme if theme in THEMES else "",
            "csrf": csrf_token(self.request),
            "here": self.request.url.path,
            "address": link(self.request.url.path, **self.request.query_params),
            "asked": dict(self.request.query_params),
            "demo": self.desk.workspace.settings.demo,
        }


def visit(request: Request, desk: Desk) -> Visit:
    """The visit of a request."""
    return Visit(request, desk, words(chosen(request)))


async def _visit(request: Request, desk: AtDesk) -> Visit:
    return visit(request, desk)


Asked = Annotated[Visit, Depends(_visit)]
# A form sends an empty text for what was left out.
EMPTY = BeforeValidator(lambda value: None if value == "" else value)


def link(path: str, /, **query: object) -> str:
    """An address within the site with the parameters that are set."""
    told = {name: value for name, value in query.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(told)}" if told else path


@cache
def asset(name: str) -> str:
    """The address of a static file; its digest is in it, so that browsers may keep it for ever."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def _environment() -> Environment:
    made = environment(HERE / "templates")
    made.globals.update(asset=asset, link=link, tongue=tongue)
    return made


def load_templates() -> None:
    """Make every template ready."""
    templates = _environment()
    for name in templates.list_templates():
        templates.get_template(name)


def tongue(text: str | None) -> str:
    """The language of what a source wrote, as HTML names it: without a Chinese character it is English."""
    told = text or ""
    return "en" if _LATIN.search(told) and not _CHINESE.search(told) else "zh-CN"


def _menu(said: Words, scopes: frozenset[Scope], path: str) -> Markup:
    """The menu with the entry of a page marked: of the paths in it the first step tells which."""
    return _menu_at(said.lang, scopes, "/" + path.split("/")[1])


@lru_cache(maxsize=256)
def _menu_at(lang: Lang, scopes: frozenset[Scope], here: str) -> Markup:
    menu = _environment().get_template("menu_part.html.jinja")
    return Markup(menu.render(say=words(lang).say, allowed={one.value for one in scopes}, here=here))


def _moment(at: datetime | None) -> Markup:
    """A moment in China's time; a script of the site turns it into the reader's."""
    if at is None:
        return Markup("—")
    local = at.astimezone(CHINA)
    return Markup('<time datetime="{}" title="{} (UTC+8)" data-moment>{}</time>').format(
        at.isoformat(timespec="seconds"), f"{local:%Y-%m-%d %H:%M}", f"{local:%Y-%m-%d %H:%M}"
    )


def _day(on: date | datetime | None) -> Markup:
    """A day; a moment's in China."""
    if on is None:
        return Markup("—")
    if not isinstance(on, datetime):
        return Markup('<time datetime="{}">{}</time>').format(on, on)
    local = on.astimezone(CHINA)
    return Markup('<time datetime="{}" title="{} (UTC+8)">{}</time>').format(
        on.isoformat(timespec="seconds"), f"{local:%Y-%m-%d %H:%M}", local.date()
    )


def highlighted(text: str, spans: Mapping[tuple[int, int], str]) -> Markup:
    """A text with spans marked, each with a class; spans that overlap an earlier one are left out."""
    told, at = [], 0
    for (start, end), kind in sorted(spans.items()):
        if start < at or end > len(text):
            continue
        anchor = Markup(' id="finding"') if kind == "chosen" else ""
        mark = Markup('<mark class="{}"{}>{}</mark>').format(kind, anchor, plain(text[start:end]))
        told += [Markup.escape(plain(text[at:start])), mark]
        at = end
    return Markup("").join([*told, Markup.escape(plain(text[at:]))])
