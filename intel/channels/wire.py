"""One POST to somebody else's server: no redirect followed, nothing of the address said or logged."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx2

from intel.crm.connector import TryLater

TIMEOUT = 15.0  # seconds
BUSY = 60.0  # seconds until a server that has had enough is tried again
# They log every address at level INFO, and the address of a robot is its password.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def post(name: str, address: str, query: Mapping[str, str], **content: Any) -> httpx2.Response:
    """What a server answers; `name` is what errors call it. Raises TryLater where there is no answer."""
    with httpx2.Client(timeout=TIMEOUT, follow_redirects=False, verify=_trusted()) as client:
        try:
            return client.post(httpx2.URL(address).copy_merge_params(query), **content)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # Its own words may hold the address.
            raise TryLater(f"{name}: {type(error).__name__}") from None


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities takes longer than a message."""
    return httpx2.create_ssl_context()
