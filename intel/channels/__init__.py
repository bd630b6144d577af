"""The ways to reach a person: one file each, and the table that names them.

A channel is made for a `Recipient`, which says whether it lacks something, and sends an `Alert`. To add one:
a file with its class, and a line in CHANNELS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

from intel.channels.alert import Alert
from intel.channels.dingtalk import DINGTALK
from intel.channels.email import Email
from intel.channels.feishu import FEISHU
from intel.channels.recipients import BadRecipient, Recipient
from intel.channels.robot import Robot
from intel.channels.webhook import Webhook
from intel.channels.wecom import WECOM


class Channel(Protocol):
    """One way to one recipient."""

    def send(self, alert: Alert, key: str, now: datetime) -> str:
        """Send an alert; `key` is the same when it is sent again. A word on how it went.

        Raises TryLater where it may go better later, Refused where it will not.
        """
        ...


CHANNELS: Mapping[str, Callable[[Recipient], Channel]] = {
    "email": Email,
    "webhook": Webhook,
    "wecom": partial(Robot, WECOM),
    "dingtalk": partial(Robot, DINGTALK),
    "feishu": partial(Robot, FEISHU),
}


def channel(recipient: Recipient) -> Channel:
    """The way to a recipient. Raises BadRecipient where its table lacks something."""
    made = CHANNELS.get(recipient.channel)
    if made is None:
        named = ", ".join(CHANNELS)
        raise BadRecipient(f"recipient {recipient.name}: no channel {recipient.channel!r}; there are {named}")
    return made(recipient)
