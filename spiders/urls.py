"""A URL as a page lists it in, its identity out."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import safe_url_string

# Where a reader came from, never which page it is.
_TRACKING = re.compile(r"utm_\w*|spm|scm|from|share|share_\w*|gclid|fbclid|msclkid|bd_vid", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """Not an address that can be fetched over HTTP."""


def canonical_url(url: str) -> str:
    """The identity of a page: two addresses of one page that differ only in dress give the same.

    Lower-cases scheme and host, drops the fragment, the default port and tracking parameters; keeps
    the order of the others, since some sites mind it. Raises BadUrl for anything but http(s) with a
    host and without a login.
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
    except ValueError as error:
        raise BadUrl(f"{url!r}: {error}") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadUrl(f"{url!r} is not an http or https address")
    if parts.username is not None:
        raise BadUrl(f"{url!r} carries a login")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.rstrip(".")
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path or "/", _without_tracking(parts.query), ""))


def _without_tracking(query: str) -> str:
    kept = (field for field in query.split("&") if not _TRACKING.fullmatch(field.partition("=")[0]))
    return "&".join(kept)
