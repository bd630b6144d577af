"""The city on loopback: virtual hosts NAME.localhost on one port, answers printed beforehand.

`start` is the context manager for programs and tests, `serve` the bare server.
"""

from __future__ import annotations

import errno
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from intel.refusal import Refusal
from spiders.city.answer import Answer
from spiders.city.content import City, load
from spiders.city.press import HOME, IDENTITY, Answers, printed, searches

LOOPBACK = "127.0.0.1"
PORT = 8760
_ASK_SECONDS = 2.0
# How long the end of `start` may wait for the server to notice.
_POLL_SECONDS = 0.05
_WORTH_PACKING = 500
_PACKABLE = ("text/", "application/rss", "application/atom", "application/xml", "application/json")


class CityPortTaken(Refusal):
    """The port belongs to another program; the message says what to do."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} of {LOOPBACK} is taken by something that is not this demo city: "
            f"stop it, or set INTEL_DEMO_PORT to a free port"
        )
        self.port = port


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running city is."""

    port: int

    def url(self, site: str = "", path: str = "/") -> str:
        """The address of a path on a site, or on the city's front page if no site is named."""
        host = f"{site}.localhost" if site else HOME
        return f"http://{host}:{self.port}{path}"


class CityServer(ThreadingHTTPServer):
    """Serves the answers of one city."""

    daemon_threads = True
    # Two servers must never share the port: the second has to find out that it is taken.
    allow_reuse_port = False

    def __init__(self, port: int, city: City) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.answers: Mapping[str, Answers] = printed(city, self.server_port)
        self.searches = searches(city, self.server_port)

    @property
    def address(self) -> Address:
        """Where it listens; the port the system chose if 0 was asked for."""
        return Address(self.server_port)

    def answer(self, host: str, target: str) -> Answer:
        """The answer to a request target on a host name; 404 for what the city does not have."""
        name = "localhost" if host == LOOPBACK else host
        paths = self.answers.get(name, {})
        return paths.get(target) or paths.get(_untracked(target)) or self._found(name, target)

    def _found(self, host: str, target: str) -> Answer:
        """The results of a site's own search."""
        start, sign, query = target.partition("=")
        search = self.searches.get((host, start + sign))
        return search(unquote_plus(query)) if search else _NOT_FOUND


def serve(port: int = PORT, city: City | None = None) -> CityServer:
    """A server bound to the port (0: any free one); call its serve_forever. Raises CityPortTaken."""
    city = city or load()
    try:
        return CityServer(port, city)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise CityPortTaken(port) from error


@contextmanager
def start(port: int = PORT, city: City | None = None) -> Iterator[Address]:
    """Run the city in a thread for the time of the block, or use the same city if it runs already.

    Raises CityPortTaken where anything else has the port.
    """
    city = city or load()
    try:
        server = serve(port, city)
    except CityPortTaken:
        if _running(port) != city.digest:
            raise
        yield Address(port)
        return
    thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True, name="demo city")
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _running(port: int) -> str:
    """The digest of the city that has the port, "" if what answers there is no city."""
    connection = HTTPConnection(LOOPBACK, port, timeout=_ASK_SECONDS)
    try:
        connection.request("GET", IDENTITY)
        document = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError):
        return ""
    finally:
        connection.close()
    return str(document.get("city", "")) if isinstance(document, dict) else ""


def _untracked(target: str) -> str:
    """The target without utm_ parameters, which no server of the city minds."""
    parts = urlsplit(target)
    query = [(name, value) for name, value in parse_qsl(parts.query) if not name.startswith("utm_")]
    return parts.path + (f"?{urlencode(query)}" if query else "")


_NOT_FOUND = Answer("404 没有这个页面 Not Found".encode(), "text/plain; charset=utf-8", 404)


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD with validators and gzip; everything else is the base class's 501."""

    protocol_version = "HTTP/1.1"
    # Header and body are two writes; on a kept connection Nagle would hold the second for 40 ms.
    disable_nagle_algorithm = True
    server_version = "city"
    sys_version = ""
    server: CityServer

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Keep quiet: the city is a backdrop."""

    def _send(self, with_body: bool) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        answer = self.server.answer(host, self.path)
        unchanged = answer.status == 200 and self._has(answer)
        body, packed = (b"", False) if unchanged else self._packed(answer)
        self.send_response(304 if unchanged else answer.status)
        for name, value in _headers(answer).items():
            self.send_header(name, value)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        if not unchanged:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _has(self, answer: Answer) -> bool:
        """Whether the client holds this answer; an ETag it sends decides alone (RFC 9110, 13.1.3)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return answer.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        if since is None or answer.modified is None:
            return False
        try:
            return answer.modified <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def _packed(self, answer: Answer) -> tuple[bytes, bool]:
        accepted = "gzip" in (self.headers.get("Accept-Encoding") or "")
        packable = answer.content_type.startswith(_PACKABLE) and len(answer.body) >= _WORTH_PACKING
        if accepted and packable:
            return gzip.compress(answer.body, mtime=0), True
        return answer.body, False


def _headers(answer: Answer) -> dict[str, str]:
    headers = {"Content-Type": answer.content_type}
    if answer.status == 200:
        headers["ETag"] = answer.etag
    if answer.modified:
        headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
    if answer.location:
        headers["Location"] = answer.location
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    return headers
