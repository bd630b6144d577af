"""The address guard: every connection of the crawl goes through this resolver, and only public
addresses come out of it.

Twisted asks the reactor's name resolver for every connection, literal addresses included, and
connects to exactly the addresses it is given. So the address checked is the address connected to,
for every hop of every redirect, and a name that changes its address between two look-ups gains
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol, Self

from scrapy.settings import BaseSettings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from intel.addresses import is_disguised, why_closed

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

# mypy reads a zope interface as a class whose methods lack `self`; what is passed on is untyped here.
Receiver = Any

ALLOWED_SETTING = "INTEL_ALLOWED_LOOPBACK"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A loopback service that may be reached all the same. `localhost` covers NAME.localhost."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "host:port". Raises ValueError for anything else."""
        host, _, port = text.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"{text!r} is not host:port")
        return cls(host.strip("[]").lower(), int(port))

    def covers(self, host: str, port: int) -> bool:
        """Whether a request for this host and port is meant."""
        below = self.host == "localhost" and host.endswith(".localhost")
        return port == self.port and (host == self.host or below)


class WithSettings(Protocol):
    """What Scrapy builds a resolver from: the process, which has settings as a crawler has."""

    settings: BaseSettings


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way."""


@implementer(IResolutionReceiver)
class _Filter:
    """Passes on the addresses that may be connected to and notes why the others may not."""

    def __init__(self, receiver: Receiver, name: str, refused: dict[str, str], allowed: bool) -> None:
        self._receiver = receiver
        self._name = name
        self._refused = refused
        self._allowed = allowed

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: object) -> None:  # noqa: N802
        if not isinstance(address, IPv4Address | IPv6Address):
            return
        word = why_closed(ip_address(address.host))
        if word is None or (word == "loopback" and self._allowed):
            self._receiver.addressResolved(address)
        else:
            itself = self._name == address.host
            kind = f"a {word} address" if itself else f"{address.host}, a {word} address"
            self._refused[self._name] = f"{self._name} is {kind}; only public ones are collected"

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's TWISTED_DNS_RESOLVER."""

    def __init__(self, reactor: ReactorBase, allowances: Iterable[Allowance]) -> None:
        self._reactor: Any = reactor
        self._resolver: Any = reactor.nameResolver
        self._allowances = tuple(allowances)
        self._refused: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: WithSettings, reactor: ReactorBase) -> Self:
        """As Scrapy builds it, with the allowances of the settings."""
        allowed = crawler.settings.getlist(ALLOWED_SETTING)
        return cls(reactor, (Allowance.parse(text) for text in allowed))

    def install_on_reactor(self) -> None:
        """Stand in front of every connection from now on."""
        self._reactor.installNameResolver(self)

    def why_refused(self, host: str) -> str | None:
        """What was wrong with the addresses of a host when last asked for; None if nothing was."""
        return self._refused.get(_plain(host))

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Receiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name to those of its addresses that may be connected to, perhaps none."""
        host = _plain(hostName)
        allowed = any(allowance.covers(host, portNumber) for allowance in self._allowances)
        self._refused.pop(host, None)
        receiver = _Filter(resolutionReceiver, host, self._refused, allowed)
        if is_disguised(hostName):
            self._refused[host] = f"{hostName} is an address in disguise"
            return _answer(receiver, hostName, ())
        if host == "localhost" or host.endswith(".localhost"):
            # RFC 6761: always loopback; libc knows only the bare name.
            return _answer(receiver, hostName, (IPv4Address("TCP", "127.0.0.1", portNumber),))
        return self._resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


def _plain(host: str) -> str:
    """One spelling for names that Scrapy writes in punycode and Twisted in Unicode."""
    with suppress(UnicodeError):  # no valid name in either spelling will not resolve
        host = host.encode("idna").decode("ascii")
    return host.rstrip(".").lower()


def _answer(receiver: _Filter, name: str, addresses: Sequence[IPv4Address]) -> Any:
    resolution = _Resolution(name)
    receiver.resolutionBegan(resolution)
    for address in addresses:
        receiver.addressResolved(address)
    receiver.resolutionComplete()
    return resolution
