"""A request signed as Standard Webhooks says: JSON, with `webhook-id` to know it again by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from intel.crm.connector import Message, Receipt
from intel.crm.wire import Wire


class BadSecret(ValueError):
    """A secret that is not of the form whsec_ and Base64."""


@dataclass(frozen=True, slots=True)
class SignedPost:
    """One address, the way to it, and what posts are signed with."""

    url: str
    signer: Webhook
    wire: Wire

    @classmethod
    def to(cls, url: str, secret: str, wire: Wire) -> SignedPost:
        """Posts to an address with a secret (whsec_…). Raises BadSecret."""
        try:
            return cls(url, Webhook(secret), wire)
        except (ValueError, RuntimeError, EmptyWebhookSecretError):
            raise BadSecret("not like whsec_ and Base64") from None

    def send(self, kind: str, data: Mapping[str, Any], message: Message, now: datetime) -> Receipt:
        """Post what a message comes to. Raises TryLater or Refused."""
        told = {"type": kind, "timestamp": message.made_at.isoformat(), "data": data}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": message.key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.signer.sign(message.key, now, body),
        }
        answer = self.wire.post(self.url, body.encode(), headers)
        return Receipt(f"HTTP {answer.status}")
