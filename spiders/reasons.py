"""What went wrong with a request: an exception or a status in, a slug to count by and words out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web.client import ResponseFailed

from intel.model import NO_SUCH_HOST


class QuietErrors(LogFormatter):
    """Logs a failed download for who asks for it: the account of the run says why, without a traceback."""

    def download_error(self, *told: Any, **more: Any) -> LogFormatterResult:
        """As Scrapy words it, at level INFO."""
        return {**super().download_error(*told, **more), "level": logging.INFO}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a page was not had. `passing`: it may well be had next time, so the run is not complete."""

    slug: str
    words: str
    passing: bool


class Refusal(IgnoreRequest):
    """A request that we ourselves do not send, or do not repeat; its message is for a person."""

    slug: ClassVar[str]
    passing: ClassVar[bool]


# The first that fits counts, so the special stand before the general.
_TROUBLES: tuple[tuple[type[BaseException], Trouble], ...] = (
    (TlsError, Trouble("tls", "TLS certificate or handshake refused", True)),
    (DownloadTimeoutError, Trouble("timeout", "no answer in time", True)),
    (DownloadConnectionRefusedError, Trouble("connection_refused", "connection refused", True)),
    (CannotResolveHostError, Trouble("no_such_host", NO_SUCH_HOST, True)),
    (DownloadCancelledError, Trouble("too_large", "answer too large", False)),
    (ResponseDataLossError, Trouble("truncated", "answer cut short", True)),
    (DownloadFailedError, Trouble("connection_lost", "connection lost or answer is not HTTP", True)),
    (ConnectionClosed, Trouble("connection_lost", "connection lost", True)),
    (ConnectError, Trouble("no_connection", "cannot connect", True)),
)
# All that a download can end with, short of a defect of ours.
FAILURES: tuple[type[BaseException], ...] = (IgnoreRequest, OSError, *(kind for kind, _ in _TROUBLES))
_BAD_REQUEST = Trouble("bad_request", "address cannot be fetched", False)

# How Scrapy words the two refusals that it gives no type of their own.
_TOO_LARGE = "DOWNLOAD_MAXSIZE"
_REDIRECTS = "max redirections"


def trouble(error: BaseException) -> Trouble:
    """What an exception of the downloader means."""
    if isinstance(error, Refusal):
        return Trouble(error.slug, str(error), error.passing)
    causes = tuple(_chain(error))
    for kind, meaning in _TROUBLES:
        if any(isinstance(cause, kind) for cause in causes):
            return meaning
    return _scrapy_refusal(error) if isinstance(error, IgnoreRequest) else _BAD_REQUEST


def status_trouble(status: int) -> Trouble:
    """What a status other than 200 means."""
    return Trouble(f"http_{status}", f"HTTP {status}", status >= 500 or status in (408, 429))


def in_words(error: BaseException) -> str:
    """What an exception means, for a person."""
    return trouble(error).words


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what lies behind it; Twisted keeps several reasons in a list."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        if isinstance(cause, ResponseFailed):
            yield from (failure.value for failure in cause.reasons)
        cause = cause.__cause__


def _scrapy_refusal(error: IgnoreRequest) -> Trouble:
    words = str(error)
    if _TOO_LARGE in words:
        return Trouble("too_large", "answer too large when unpacked", False)
    if _REDIRECTS in words:
        return Trouble("redirects", "redirected too often", False)
    return Trouble("refused", words, False)
