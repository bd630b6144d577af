"""One request to somebody else's server: public addresses only, no redirect, no proxy, bounded.

The address is looked up and checked where the connection is made, so the one that was checked is the one
connected to. Nothing of what a server answers goes into an error: it may repeat what it was told.
"""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from typing import Any

import httpcore2
import httpx2

from intel.addresses import is_disguised, why_closed
from intel.crm.connector import Refused, TryLater

QUIET = 15.0  # seconds without a byte
WHOLE = 45.0  # seconds for an answer
MOST = 1_000_000  # bytes of an answer
BUSY = frozenset({408, 425, 429})
# Credentials and rights are set right by people, and then the message can go.
OURS = frozenset({401, 403})

# It logs the headers of answers at level DEBUG, and a server may repeat in them what it was told.
logging.getLogger("httpcore2").setLevel(logging.WARNING)


class ClosedAddress(httpcore2.ConnectError):
    """A name that leads to an address we must not connect to."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a server is asked: to look for what was made (GET), to make it (POST), to change it (PATCH)."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Wire:
    """The way out of one destination; `allowed` are services (host:port) that may be on a private network.

    `answers` are statuses beside 2xx whose body says how it went.
    """

    name: str
    allowed: frozenset[str] = frozenset()
    answers: frozenset[int] = frozenset()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post and give back a good answer. Raises TryLater or Refused for every other, and for none."""
        return self.ask(Request("POST", url, headers, body))

    def ask(self, request: Request) -> Answer:
        """The same for any method. Raises TryLater or Refused."""
        backend = _Guarded(self.allowed)
        try:
            with httpcore2.ConnectionPool(ssl_context=_trusted(), network_backend=backend) as pool:
                status, said, after = _exchanged(pool, request)
        except ClosedAddress as error:
            raise Refused(f"{self.name}: {error}") from None
        except (
            httpcore2.NetworkError,
            httpcore2.TimeoutException,
            httpcore2.ProtocolError,
            OSError,
        ) as error:
            raise TryLater(f"{self.name}: {type(error).__name__}") from None
        return self._judged(status, said, after)

    def _judged(self, status: int, said: bytes, after: float | None) -> Answer:
        told = f"{self.name}: HTTP {status}"
        if status in self.answers:
            return Answer(status, said)
        if status in BUSY or status in OURS or status >= 500:
            raise TryLater(told, after=after)
        if not 200 <= status < 300:
            raise Refused(told)
        return Answer(status, said)


def _exchanged(pool: httpcore2.ConnectionPool, request: Request) -> tuple[int, bytes, float | None]:
    """Status, body and the seconds to wait, if told. Raises httpcore2's errors."""
    until = time.monotonic() + WHOLE
    timeout = {"connect": QUIET, "read": QUIET, "write": QUIET, "pool": QUIET}
    target = httpx2.URL(request.url)
    own = {"Host": target.netloc.decode(), "User-Agent": "intel"}
    sent = [(name.encode(), value.encode()) for name, value in {**own, **request.headers}.items()]
    more = {"timeout": timeout}
    with pool.stream(
        request.method, request.url, headers=sent, content=request.body, extensions=more
    ) as response:
        said = bytearray()
        for chunk in response.iter_stream():
            said += chunk
            if time.monotonic() > until:
                raise httpcore2.ReadTimeout
            if len(said) > MOST:
                raise httpcore2.RemoteProtocolError
        found = {name.lower(): value for name, value in response.headers}
        return response.status, bytes(said), _seconds(found.get(b"retry-after", b"").decode("latin-1"))


def _seconds(text: str) -> float | None:
    """Retry-After: seconds, or a date; None for anything else."""
    text = text.strip()
    if text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


class _Guarded(httpcore2.NetworkBackend):
    """Connects to what a name leads to, if all of that is public or the service is allowed."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address that answers. Raises ClosedAddress."""
        failed: Exception = httpcore2.ConnectError()
        for address in self._addresses(host, port):
            try:
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        if is_disguised(host):
            raise ClosedAddress(f"{host} is an address in disguise")
        try:
            found = list(
                dict.fromkeys(
                    str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                )
            )
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(type(error).__name__) from error
        for address in found:
            word = why_closed(ip_address(address.partition("%")[0]))
            if word and f"{host.lower()}:{port}" not in self._allowed:
                raise ClosedAddress(
                    f"{host} is at a {word} address, and {host}:{port} is not allowed by name"
                )
        return found


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities takes longer than a message."""
    return httpx2.create_ssl_context(trust_env=False)
