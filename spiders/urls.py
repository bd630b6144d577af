"""A URL as a page lists it in, its identity out."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import safe_url_string

# Where a reader came from, never which page it is.
_TRACKING = re.compile(r"utm_\w*|spm|scm|from|share|share_\w*|gclid|fbclid|msclkid|bd_vid", re.IGNORECASE)
# Whose visit it was: another for every visit, so that no page would ever be known.
_SESSION = re.compile(
    r"(?:j|php|asp\.?net)?_?sess(?:ion)?_?(?:id|key)|aspsessionid\w*|sid|oscsid|zenid|cfid|cftoken",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(
    r";(?:jsession|php)?(?:sess)?_?(?:ion)?id=[^/;?]{1,200}|/\(S\(\w{1,64}\)\)(?=/)", re.I
)
# Longer, deeper or more repetitive than any address a person would publish.
_LONGEST, _DEEPEST = 2000, 20
_REPEATED = re.compile(r"(?:(/[^/]{1,200})\1\1|((?:/[^/]{1,200}){2,4})\2)(?=/|$)")
_NO_HOST = re.compile(r"""[\s%<>"'^`{|}]|^\.|\.\.""")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """Not an address that can be fetched over HTTP."""


def canonical_url(url: str) -> str:
    """The identity of a page: two addresses of one page that differ only in dress give the same.

    Lower-cases scheme and host, drops the fragment, the default port, tracking parameters and session ids;
    keeps the order of the others, since some sites mind it. Raises BadUrl for anything but http(s) with a
    host and without a login.
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
    except ValueError as error:
        raise BadUrl(f"{url!r}: {error}") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadUrl(f"{url!r} is not an http or https address")
    if _NO_HOST.search(parts.hostname):
        raise BadUrl(f"{url!r}: {parts.hostname!r} is no name of a host")
    if parts.username is not None:
        raise BadUrl(f"{url!r} carries a login")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.rstrip(".")
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = _PATH_SESSION.sub("", parts.path) or "/"
    return urlunsplit((parts.scheme, netloc, path, _identifying(parts.query), ""))


def is_trap(url: str) -> bool:
    """Whether an address looks made by a site that links ever deeper into itself: /a/b/a/b, or endless."""
    path = urlsplit(url).path
    return len(url) > _LONGEST or path.count("/") > _DEEPEST or _REPEATED.search(path) is not None


def _identifying(query: str) -> str:
    """The parameters that tell one page from another."""
    return "&".join(field for field in query.split("&") if not _is_dress(field.partition("=")[0]))


def _is_dress(name: str) -> bool:
    return bool(_TRACKING.fullmatch(name) or _SESSION.fullmatch(name))
