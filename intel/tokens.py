"""Secrets that are drawn by us: 256 random bits as text, and the digest under which they are kept.

A digest without salt or work is enough for them, other than for passwords: nobody can guess 256 bits.
"""

from __future__ import annotations

import hashlib
import secrets


def new() -> str:
    """A new secret, 43 characters that may stand in a URL."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The SHA-256 of a secret, hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets or digests are the same, in a time that does not tell where they differ."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
