"""All pages in one router: a new page is a line here."""

from __future__ import annotations

from fastapi import APIRouter

from intel.web import (
    accounts,
    briefings,
    couriers,
    entrance,
    field,
    missing,
    overview,
    people,
    plan,
    reports,
    review,
    search,
    series,
    sources,
)

router = APIRouter()
for one in (
    entrance,
    overview,
    accounts,
    plan,
    briefings,
    reports,
    review,
    field,
    search,
    couriers,
    series,
    sources,
    people,
    missing,  # the last: it takes every address that nothing else took
):
    router.include_router(one.router)
