"""A site on loopback that answers as told and counts who came: the far end of the network in tests."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback import listening


@dataclass(frozen=True)
class Answer:
    """What one address answers. `body` may be endless: an iterator is sent until the client hangs up."""

    body: bytes | Callable[[], Iterator[bytes]] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Site:
    """A running site: `pages` maps paths (with query) to answers, `hits` counts the requests for each."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Answer | Callable[[Mapping[str, str]], Answer]] = {}
        self.hits: Counter[str] = Counter()
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.busiest = 0
        self._busy = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its address, to which a path is added."""
        return f"http://site.localhost:{self.port}"

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Count a request and say what it gets; robots.txt and unknown pages are 404."""
        self.hits[path] += 1
        self.asked.append((path, headers))
        page = self.pages.get(path, Answer(b"nothing here", 404))
        return page(headers) if callable(page) else page

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Note how many requests are served at the same time."""
        with self._lock:
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1


@contextmanager
def serving(host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site on a free port (or the one given) for the time of a `with`; over TLS where that is given."""
    site = Site(port)

    def prepare(server: ThreadingHTTPServer) -> None:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        site.port = server.server_port
        server.site = site  # type: ignore[attr-defined]

    with listening(_handler_class(), (host, port), prepare):
        yield site


def _handler_class() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site: Site = self.server.site  # type: ignore[attr-defined]
            with site.busy():
                self._send(site.answer(self.path, dict(self.headers)))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                self.send_header(name, value)
            if isinstance(answer.body, bytes):
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
                return
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            try:
                for part in answer.body():
                    self.wfile.write(part)
            except (BrokenPipeError, ConnectionResetError):
                return

        def handle(self) -> None:
            with suppress(ssl.SSLError, ConnectionResetError):  # a client that refuses the certificate
                super().handle()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    return Handler
