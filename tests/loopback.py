"""A server on loopback for the time of a `with`."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def listening(
    handler: type[BaseHTTPRequestHandler],
    at: tuple[str, int] = ("127.0.0.1", 0),
    prepare: Callable[[ThreadingHTTPServer], None] = lambda server: None,
) -> Iterator[ThreadingHTTPServer]:
    """A running server on a free port, or where told; `prepare` is called before it takes requests."""
    server = ThreadingHTTPServer(at, handler)
    server.daemon_threads = True
    prepare(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
