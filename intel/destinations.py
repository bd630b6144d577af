"""All that messages in the outbox can be delivered to: the CRM's vendors and the recipients of alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from intel import channels, crm
from intel.bootstrap import Workspace
from intel.channels.recipients import BadRecipient, load_recipients
from intel.crm.connector import BadDestination, Connector


@dataclass(frozen=True, slots=True)
class Destinations:
    """The connectors by the destinations' names, and what is `wrong` with the others: one stops no other."""

    connectors: Mapping[str, Connector]
    wrong: tuple[str, ...]


def destinations(workspace: Workspace) -> Destinations:
    """The destinations as they are set up now."""
    connectors: dict[str, Connector] = {}
    wrong: list[str] = []
    for several in (_vendors, _recipients):
        try:
            for name, connect in several(workspace):
                try:
                    connectors[name] = connect()
                except (BadDestination, BadRecipient) as error:
                    wrong.append(str(error))
        except (BadDestination, BadRecipient) as error:
            wrong.append(str(error))
    return Destinations(connectors, tuple(wrong))


def _vendors(workspace: Workspace) -> Iterator[tuple[str, Callable[[], Connector]]]:
    for name in crm.chosen(workspace.settings.crm):
        yield name, partial(crm.connect, name, workspace.briefings)


def _recipients(workspace: Workspace) -> Iterator[tuple[str, Callable[[], Connector]]]:
    for name, recipient in load_recipients(workspace.settings.recipients).items():
        yield channels.destination(name), partial(channels.channel, recipient)
