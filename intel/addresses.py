"""IP addresses and host names in, whether we may connect to them out. Standard library only.

Every client that goes out (spiders, webhooks, CRM) asks here about the address it is about to
connect to, after resolution: a name proves nothing, since its owner can point it anywhere.
"""

from __future__ import annotations

import unicodedata
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Not `is_global`: what that means changed between patch releases of Python 3.11.
_CLOSED = tuple(
    (ip_network(network), word)
    for network, word in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared (carrier NAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("100::/64", "discard-only"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "reserved"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
    )
)

# IPv6 addresses that carry an IPv4 address: prefix, and how many bits lie to the right of it.
_CARRIERS = tuple(
    (ip_network(network), shift)
    for network, shift in (
        ("::ffff:0:0/96", 0),
        ("::ffff:0:0:0/96", 0),
        ("::/96", 0),
        ("64:ff9b::/96", 0),
        ("2002::/16", 80),
    )
)
# RFC 8215 leaves the layout inside this prefix to the network's owner, so it cannot be looked through.
_LOCAL_NAT64 = ip_network("64:ff9b:1::/48")


def why_closed(address: Address) -> str | None:
    """The kind of non-public network the address lies in ("loopback", "link-local", …), or None."""
    for network, word in _CLOSED:
        if address.version == network.version and address in network:
            return word
    if isinstance(address, IPv4Address):
        return None
    if address in _LOCAL_NAT64:
        return "private"
    for network, shift in _CARRIERS:
        if address in network:
            return why_closed(IPv4Address((int(address) >> shift) & 0xFFFFFFFF))
    return None


def is_public(address: str | Address) -> bool:
    """Whether an address is on the public internet. Text that is no plain address is not public."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return why_closed(parsed) is None


def is_disguised(host: str) -> bool:
    """Whether a host is an IPv4 address in a spelling other than four plain decimal numbers.

    `2130706433`, `0x7f.1`, `017700000001`, `127.1` and digits of other scripts are all taken for
    127.0.0.1 by some resolver. No honest site is addressed so, public or not.
    """
    plain = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    last = plain.rpartition(".")[2]
    numeric = last.isdigit() or (last.startswith("0x") and all(c in "0123456789abcdef" for c in last[2:]))
    if not numeric:
        return False
    try:
        return str(IPv4Address(plain)) != host
    except ValueError:
        return True
