"""The ways to reach a person: one file each, and the table that names them.

A channel is a `Connector` made for a `Recipient`, which says whether it lacks something; its messages hold an
`Alert`. To add one: a file with its class, and a line in CHANNELS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from intel.channels.dingtalk import DINGTALK
from intel.channels.email import Email
from intel.channels.feishu import FEISHU
from intel.channels.recipients import BadRecipient, Recipient, load_recipients
from intel.channels.robot import Robot
from intel.channels.webhook import Webhook
from intel.channels.wecom import WECOM
from intel.crm.connector import Connector
from intel.query import unknown

KIND = "alert"  # of a message

CHANNELS: Mapping[str, Callable[[Recipient], Connector]] = {
    "email": Email,
    "webhook": Webhook,
    "wecom": partial(Robot, WECOM),
    "dingtalk": partial(Robot, DINGTALK),
    "feishu": partial(Robot, FEISHU),
}


def channel(recipient: Recipient) -> Connector:
    """The way to a recipient. Raises BadRecipient where its table lacks something."""
    made = CHANNELS.get(recipient.channel)
    if made is None:
        named = ", ".join(CHANNELS)
        raise BadRecipient(f"recipient {recipient.name}: no channel {recipient.channel!r}; there are {named}")
    return made(recipient)


def destination(recipient: str) -> str:
    """What a recipient is called in the outbox, where vendors of CRMs have names too."""
    return f"{KIND}:{recipient}"


def recipient(file: Path, name: str) -> Recipient:
    """The recipient of a name in a file, whose channel there is. Raises UnknownName, BadRecipient."""
    recipients = load_recipients(file)
    if name not in recipients:
        raise unknown("recipient", name, recipients, recipients or [f"none yet in {file}"])
    channel(recipients[name])
    return recipients[name]
