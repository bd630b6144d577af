"""Coming in and going out, the language and the colours of pages, the files they are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import FileResponse, RedirectResponse

from intel.api.access import PUBLIC, Reader, require_same_origin
from intel.api.problem import Problem
from intel.api.session import check_link, check_password, close_session, open_session
from intel.brief import Lang
from intel.users import User
from intel.web import language
from intel.web.edge import PageRoute
from intel.web.site import HERE, THEME, THEMES, Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
YEAR = int(timedelta(days=365).total_seconds())
# Browsers take a backslash for a slash, leave tabs and line breaks out, and lead //host to another site.
_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]{0,2000}")
_STATIC = HERE / "static"
_FILES = frozenset(path.relative_to(_STATIC).as_posix() for path in _STATIC.rglob("*.*") if path.is_file())


@dataclass(frozen=True, slots=True)
class LoginView:
    """The form: where it leads, whom it names, what was wrong, and what came before it."""

    next: str
    name: str = ""
    wrong: str = ""
    by_link: bool = False
    expired: bool = False
    unsent: bool = False


@router.get("/static/{name:path}", dependencies=[PUBLIC])
def static(name: str) -> Response:
    """A file of the site. Raises Problem (404)."""
    if name not in _FILES:
        raise Problem(404, "")
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(_STATIC / name, headers=kept)


@router.get("/favicon.ico", dependencies=[PUBLIC])
def favicon() -> Response:
    """The sign of the site."""
    return static("icon.svg")


@router.get("/login", dependencies=[PUBLIC])
def login_page(asked: Asked, expired: int = 0, unsent: int = 0, next: str = "/") -> Response:  # noqa: A002
    """The form to log in."""
    return asked.show("login.html.jinja", LoginView(next, expired=bool(expired), unsent=bool(unsent)))


@router.post("/login", dependencies=[PUBLIC])
def log_in(
    asked: Asked,
    name: Annotated[str, Form(max_length=40)] = "",
    password: Annotated[str, Form(max_length=256)] = "",
    next: Annotated[str, Form(max_length=2000)] = "",  # noqa: A002 (the name of the field)
) -> Response:
    """Log in with a password."""
    try:
        user = check_password(asked.desk, asked.request, name.strip(), password)
    except Problem as problem:
        return _refused(asked, problem, LoginView(next, name.strip(), "login_wrong"))
    return _entered(asked, user, next)


@router.post("/login/link", dependencies=[PUBLIC])
def log_in_by_link(
    asked: Asked,
    token: Annotated[str, Form(max_length=64)] = "",
    next: Annotated[str, Form(max_length=2000)] = "",  # noqa: A002
) -> Response:
    """Log in with a link, which holds once."""
    try:
        user = check_link(asked.desk, asked.request, token.strip())
    except Problem as problem:
        return _refused(asked, problem, LoginView(next, wrong="link_wrong", by_link=True))
    return _entered(asked, user, next)


@router.post("/logout")
def log_out(asked: Asked, _who: Reader) -> Response:
    """End the session."""
    answer = RedirectResponse("/login", 303)
    close_session(asked.desk, asked.request, answer)
    return answer


@router.post("/language", dependencies=[PUBLIC])
def choose_language(
    asked: Asked,
    language_: Annotated[Lang, Form(alias="language")],
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Read on in another language."""
    return _kept(asked, language.COOKIE, language_.value, back)


@router.post("/theme", dependencies=[PUBLIC])
def choose_theme(
    asked: Asked,
    theme: Annotated[str, Form(max_length=10)],
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Read on in light or dark, or as the system has it."""
    return _kept(asked, THEME, theme if theme in THEMES else "", back)


def within(target: str) -> str:
    """The address if it is one of this site, else the first page: nobody is sent elsewhere."""
    return target if _INSIDE.fullmatch(target) else "/"


def _entered(asked: Visit, user: User, target: str) -> Response:
    answer = RedirectResponse(within(target), 303)
    open_session(asked.desk, asked.request, answer, user)
    return answer


def _refused(asked: Visit, problem: Problem, view: LoginView) -> Response:
    if problem.status != 401:
        raise problem
    return asked.show("login.html.jinja", view, status=401)


def _kept(asked: Visit, cookie: str, value: str, back: str) -> Response:
    require_same_origin(asked.request)
    answer = RedirectResponse(within(back), 303)
    answer.set_cookie(cookie, value, max_age=YEAR, samesite="lax", httponly=True)
    return answer
