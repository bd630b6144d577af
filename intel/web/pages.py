"""All pages in one router: a new page is a line here."""

from __future__ import annotations

from fastapi import APIRouter

from intel.web import accounts, entrance, missing

router = APIRouter()
for one in (
    entrance,
    accounts,
    missing,  # the last: it takes every address that nothing else took
):
    router.include_router(one.router)
