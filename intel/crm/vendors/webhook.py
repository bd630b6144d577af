"""A webhook as Standard Webhooks says: signed JSON, with `webhook-id` by which the receiver knows it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr
from standardwebhooks.webhooks import EmptyWebhookSecretError
from standardwebhooks.webhooks import Webhook as Signer

from intel.crm.connector import BadDestination, Message, Receipt
from intel.crm.options import Options, prefixed, services
from intel.crm.wire import Wire


class WebhookOptions(Options):
    """Where to, and the secret (whsec_…) shared with the receiver."""

    model_config = prefixed("WEBHOOK")

    url: str = ""
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    allowed: str = ""


OPTIONS = WebhookOptions


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address and what messages to it are signed with."""

    url: str
    signer: Signer
    wire: Wire

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Post the message. Raises TryLater or Refused."""
        told = {
            "type": f"intel.{message.kind}",
            "timestamp": message.made_at.isoformat(),
            "data": {"key": message.key, "account": message.account, **message.content},
        }
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": message.key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.signer.sign(message.key, now, body),
        }
        answer = self.wire.post(self.url, body.encode(), headers)
        return Receipt(f"HTTP {answer.status}")


def connect(briefings: Path) -> Webhook:
    """The webhook that the options name. Raises BadDestination."""
    options = WebhookOptions()
    allowed = services(options.allowed)
    url = options.address("url", allowed)
    try:
        signer = Signer(options.secret_of("secret").get_secret_value())
    except (ValueError, RuntimeError, EmptyWebhookSecretError):
        raise BadDestination(f"{options.named('secret')} is not like whsec_ and Base64") from None
    return Webhook(url, signer, Wire("webhook", allowed))
