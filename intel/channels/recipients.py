"""The table of recipients (`INTEL_RECIPIENTS`): who is reached by which channel, and where its secrets lie.

In: a TOML file with a table [recipient.NAME] each and, for what all of a channel share, [channel.NAME]. A
secret is never written in it but named: { env = "VARIABLE" } or { file = "path" }. Out: `Recipient`s.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from intel.crm.wire import Wire
from intel.refusal import Refusal


class BadRecipient(Refusal, ValueError):
    """A recipient that is not in the table, or lacks what its channel needs; the message says what."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a channel sends to. Secrets are read when they are asked for, and never shown."""

    name: str
    channel: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def text(self, option: str, default: str | None = None) -> str:
        """An option that is no secret. Raises BadRecipient where there is neither it nor a default."""
        found = self.options.get(option, default)
        if not isinstance(found, str):
            raise BadRecipient(f"recipient {self.name}: {option} must be a text")
        return found

    def texts(self, option: str) -> tuple[str, ...]:
        """An option that lists texts. Raises BadRecipient."""
        found = self.options.get(option)
        if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
            raise BadRecipient(f'recipient {self.name}: {option} must be a list like ["a", "b"]')
        return tuple(found)

    def secret(self, option: str) -> SecretStr | None:
        """A secret from where the table says it lies; None where the option is not given.

        Raises BadRecipient where it is not there; no message holds a secret.
        """
        place = self.options.get(option)
        if place is None:
            return None
        match place:
            case {"env": str(variable)}:
                found = os.environ.get(variable, "")
            case {"file": str(file)}:
                try:
                    found = Path(file).read_text("utf-8").strip()
                except (OSError, UnicodeDecodeError) as error:
                    raise BadRecipient(f"recipient {self.name}: cannot read {file} of {option}") from error
            case _:
                raise BadRecipient(
                    f'recipient {self.name}: {option} is a secret; say {{ env = "VARIABLE" }}'
                    ' or { file = "path" }'
                )
        if not found:
            raise BadRecipient(f"recipient {self.name}: {next(iter(place.values()))} of {option} is empty")
        return SecretStr(found)

    def needed_secret(self, option: str) -> SecretStr:
        """A secret that the channel cannot do without. Raises BadRecipient."""
        found = self.secret(option)
        if found is None:
            raise BadRecipient(f"recipient {self.name}: {self.channel} needs {option}")
        return found

    def address(self) -> str:
        """The address that is posted to, itself a secret. Raises BadRecipient where it could be overheard."""
        found = self.needed_secret("url").get_secret_value()
        try:
            parts = urlsplit(found)
            service = f"{parts.hostname}:{parts.port or 80}"
        except ValueError:
            raise BadRecipient(f"recipient {self.name}: url is no address") from None
        if parts.scheme != "https" and (parts.scheme != "http" or service not in self.allowed):
            raise BadRecipient(f"recipient {self.name}: url must begin with https://")
        return found

    @property
    def allowed(self) -> frozenset[str]:
        """Services (host:port) that may be on a private network, and without TLS."""
        return (
            frozenset(one.lower() for one in self.texts("allowed"))
            if self.options.get("allowed")
            else frozenset()
        )

    def wire(self, *answers: int) -> Wire:
        """The way out; `answers` are statuses beside 2xx whose body says how it went."""
        return Wire(self.name, self.allowed, frozenset(answers))


def load_recipients(file: Path) -> Mapping[str, Recipient]:
    """The recipients of a file by name; none where there is no file. Raises BadRecipient."""
    if not file.exists():
        return {}
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRecipient(f"{file}: {error}") from error
    shared = read.get("channel", {})
    found = {}
    for name, options in read.get("recipient", {}).items():
        channel = options.get("channel")
        if not isinstance(channel, str):
            raise BadRecipient(f"recipient {name}: no channel")
        own = {key: value for key, value in options.items() if key != "channel"}
        found[name] = Recipient(name, channel, {**shared.get(channel, {}), **own})
    return found
