"""A webhook as Standard Webhooks says: signed JSON, with `webhook-id` to know it again by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from intel.crm.connector import BadDestination, Message, Receipt
from intel.crm.options import Options, prefixed, services
from intel.crm.signed import BadSecret, SignedPost
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
    """One address."""

    post: SignedPost

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Post the message. Raises TryLater or Refused."""
        data = {"key": message.key, "account": message.account, **message.content}
        return self.post.send(f"intel.{message.kind}", data, message, now)


def connect(briefings: Path) -> Webhook:
    """The webhook that the options name. Raises BadDestination."""
    options = WebhookOptions.told()
    allowed = services(options.allowed)
    url = options.address("url", allowed)
    secret = options.secret_of("secret").get_secret_value()
    try:
        return Webhook(SignedPost.to(url, secret, Wire("webhook", allowed)))
    except BadSecret as error:
        raise BadDestination(f"{options.named('secret')} is {error}") from None
