"""A webhook of the recipient's own: the alert as JSON, signed as Standard Webhooks says."""

from __future__ import annotations

import json
from datetime import datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError
from standardwebhooks.webhooks import Webhook as Signer

from intel.channels.alert import Alert
from intel.channels.recipients import BadRecipient, Recipient
from intel.channels.wire import BUSY, post
from intel.crm.connector import Refused, TryLater


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

    def send(self, alert: Alert, key: str, now: datetime) -> str:
        """Post the alert. Raises TryLater or Refused."""
        said = {"type": "alert", "timestamp": now.isoformat(), "data": alert.to_json()}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(key, now, body),
        }
        name = self._recipient.name
        answer = post(name, self._recipient.address(), {}, content=body.encode(), headers=headers)
        told = f"{name}: HTTP {answer.status_code}"
        if answer.status_code in (408, 429) or answer.status_code >= 500:
            raise TryLater(told, after=BUSY)
        if not answer.is_success:
            raise Refused(told)
        return "sent"
