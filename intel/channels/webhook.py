"""A webhook of the recipient's own: the alert as JSON, signed as Standard Webhooks says."""

from __future__ import annotations

import json
from datetime import datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError
from standardwebhooks.webhooks import Webhook as Signer

from intel.channels.recipients import BadRecipient, Recipient
from intel.crm.connector import Message, Receipt


class Webhook:
    """One address; `url` and `secret` (whsec_…) are secrets."""

    def __init__(self, recipient: Recipient) -> None:
        self._recipient = recipient
        recipient.address()
        secret = recipient.needed_secret("secret").get_secret_value()
        try:
            self._signer = Signer(secret)
        except (ValueError, RuntimeError, EmptyWebhookSecretError) as error:
            raise BadRecipient(f"recipient {recipient.name}: secret is not like whsec_ and Base64") from error

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Post the alert. Raises TryLater or Refused."""
        said = {"type": "alert", "timestamp": message.made_at.isoformat(), "data": dict(message.content)}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": message.key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(message.key, now, body),
        }
        answer = self._recipient.wire().post(self._recipient.address(), body.encode(), headers)
        return Receipt(f"HTTP {answer.status}")
