"""A webhook of the recipient's own: the alert as JSON, signed as Standard Webhooks says."""

from __future__ import annotations

from datetime import datetime

from intel.channels.recipients import BadRecipient, Recipient
from intel.crm.connector import Message, Receipt
from intel.crm.signed import BadSecret, SignedPost


class Webhook:
    """One address; `url` and `secret` (whsec_…) are secrets."""

    def __init__(self, recipient: Recipient) -> None:
        secret = recipient.needed_secret("secret").get_secret_value()
        try:
            self._post = SignedPost.to(recipient.address(), secret, recipient.wire())
        except BadSecret as error:
            raise BadRecipient(f"recipient {recipient.name}: secret is {error}") from error

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Post the alert. Raises TryLater or Refused."""
        return self._post.send("alert", dict(message.content), message, now)
