"""The page of an address that is none; addresses of the API are left to it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from intel.api.access import PUBLIC, Principal
from intel.api.desk import FoundCaller
from intel.api.problem import Problem
from intel.web.edge import PageRoute


class _PagePath(Convertor[str]):
    """A path that is not one of the API."""

    regex = "(?!api/).*"

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("page", _PagePath())
router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/{name:page}", dependencies=[PUBLIC])
def missing(name: str, request: Request, found: FoundCaller) -> Response:
    """There is none. Raises Problem (404)."""
    if found is not None:
        request.state.who = Principal.of(found)
    raise Problem(404, name)
