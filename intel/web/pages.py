"""All pages in one router: a new page is a line here."""

from __future__ import annotations

from fastapi import APIRouter

from intel.web import (
    accounts,
    alerts,
    audit,
    briefings,
    couriers,
    entrance,
    field,
    jobs,
    missing,
    outbox,
    overview,
    people,
    plan,
    reports,
    review,
    search,
    series,
    source_trials,
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
    audit,
    field,
    search,
    couriers,
    series,
    sources,
    source_trials,
    alerts,
    jobs,
    outbox,
    people,
    missing,  # the last: it takes every address that nothing else took
):
    router.include_router(one.router)
