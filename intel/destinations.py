"""All that messages in the outbox can be delivered to: the CRM's vendors and the recipients of alerts."""

from __future__ import annotations

from collections.abc import Mapping

from intel import channels, crm
from intel.bootstrap import Workspace
from intel.crm.connector import Connector


def destinations(workspace: Workspace) -> Mapping[str, Connector]:
    """The connectors by the destinations' names. Raises BadDestination, BadRecipient."""
    vendors = crm.connected(workspace.settings.crm, workspace.briefings)
    return {**vendors, **channels.connected(workspace.settings.recipients)}
