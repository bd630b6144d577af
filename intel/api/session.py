"""Logging in and out: a name and a password, or a link for once, to the cookie of a session.

`open_session` and `close_session` are also what the pages' forms do.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from intel import tokens
from intel.api.access import PUBLIC, Principal, Reader, csrf_token, proof_of, require_same_origin
from intel.api.desk import COOKIE, Desk, WholeDesk
from intel.api.problem import Problem
from intel.api.resource import Resource
from intel.callers import Caller
from intel.users import Scope, User, UserRole
from intel.web_sessions import HOLDS

router = Resource(prefix="/session", tags=["session"])


class Login(BaseModel):
    """A name and its password."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "wang", "password": "一句够长的话，谁也猜不到"}]}
    )
    name: Annotated[str, Field(max_length=40)]
    password: Annotated[str, Field(max_length=256)]


class Link(BaseModel):
    """The token of a link that `intel users link` made."""

    token: Annotated[str, Field(max_length=64, examples=["iVjh0uv3Ck1t0bM6kM2w9b0b0Uqk3m8yQh0n0m8mS2c"])]


class Whoami(BaseModel):
    """Who asks, what is allowed, and which accounts' files may be seen (null: all)."""

    user: Annotated[str, Field(examples=["wang"])]
    role: UserRole
    scopes: list[Scope]
    accounts: list[str] | None
    csrf_token: Annotated[str, Field(description="to be sent as X-CSRF-Token; empty where a key was used")]


@router.post("", status_code=201, dependencies=[PUBLIC])
def log_in(login: Login, request: Request, response: Response, desk: WholeDesk) -> Whoami:
    """Log in with a password."""
    user = check_password(desk, request, login.name, login.password)
    return _begun(desk, request, response, user)


@router.post("/link", status_code=201, dependencies=[PUBLIC])
def log_in_by_link(link: Link, request: Request, response: Response, desk: WholeDesk) -> Whoami:
    """Log in with a link, which holds once."""
    return _begun(desk, request, response, check_link(desk, request, link.token))


@router.get("")
def whoami(who: Reader, request: Request) -> Whoami:
    """Who asks, and what is allowed."""
    return _told(who, "" if who.key is not None else csrf_token(request))


@router.delete("", status_code=204)
def log_out(_who: Reader, request: Request, desk: WholeDesk) -> Response:
    """End the session."""
    response = Response(status_code=204)
    close_session(desk, request, response)
    return response


def check_password(desk: Desk, request: Request, name: str, password: str) -> User:
    """The user of a name and a password. Raises Problem (401, 403, 429)."""
    require_same_origin(request)
    address = address_of(request)
    desk.limits.log_in(name, address)
    user = desk.users.checked(name, password)
    if user is None:
        raise Problem(401, "name or password are wrong, or the user is disabled")
    desk.limits.logged_in(name, address)
    return user


def check_link(desk: Desk, request: Request, token: str) -> User:
    """The user of a link, which is used up. Raises Problem (401, 403, 429)."""
    require_same_origin(request)
    # A link as a name: whoever tries others does not use up what this one has.
    name, address = f"link {tokens.digest(token)}", address_of(request)
    desk.limits.log_in(name, address)
    user = desk.users.redeem(token, desk.now())
    if user is None:
        raise Problem(
            401, "the link was used, or its ten minutes are over; make one with: intel users link NAME"
        )
    desk.limits.logged_in(name, address)
    return user


def open_session(desk: Desk, request: Request, response: Response, user: User) -> str:
    """Begin a session and set its cookie; gives the token. An earlier session of the browser ends."""
    if earlier := request.cookies.get(COOKIE):
        desk.sessions.end(earlier)
    token = desk.sessions.begin(user.name, desk.now())
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(HOLDS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return token


def close_session(desk: Desk, request: Request, response: Response) -> None:
    """End the browser's session and take its cookie away."""
    desk.sessions.end(request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")


def _begun(desk: Desk, request: Request, response: Response, user: User) -> Whoami:
    token = open_session(desk, request, response, user)
    caller = desk.callers.by_session(token, desk.now())
    if caller is None:  # disabled this very moment
        raise Problem(401, "the user is disabled")
    return _told(caller, proof_of(token))


def _told(who: Caller | Principal, proof: str) -> Whoami:
    return Whoami(
        user=who.user,
        role=who.role,
        scopes=sorted(who.scopes),
        accounts=None if who.accounts is None else sorted(who.accounts),
        csrf_token=proof,
    )


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""
