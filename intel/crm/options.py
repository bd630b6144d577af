"""Options of vendors: environment variables INTEL_CRM_VENDOR_OPTION; secrets from there or from a file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from intel.crm.connector import BadDestination

_Options = TypeVar("_Options", bound="Options")


def prefixed(vendor: str) -> SettingsConfigDict:
    """How the options of a vendor are read; errors about them do not show what was given."""
    return SettingsConfigDict(
        env_prefix=f"INTEL_CRM_{vendor}_", extra="ignore", hide_input_in_errors=True, frozen=True
    )


class Options(BaseSettings):
    """What a vendor's own options build on."""

    @classmethod
    def told(cls) -> Self:
        """The options as the environment tells them now, worked out again where that is something else."""
        prefix = str(cls.model_config.get("env_prefix"))
        told = ((name, value) for name, value in os.environ.items() if name.upper().startswith(prefix))
        found: Self = _worked_out(cls, tuple(told))
        return found

    def named(self, option: str) -> str:
        """The variable of an option."""
        return f"{self.model_config.get('env_prefix', '')}{option}".upper()

    def needed(self, option: str) -> str:
        """The text of an option. Raises BadDestination where it is empty."""
        value = str(getattr(self, option))
        if not value:
            raise BadDestination(f"set {self.named(option)}")
        return value

    def secret_of(self, option: str) -> SecretStr:
        """A secret, from its variable or the file that OPTION_FILE names. Raises BadDestination."""
        file: Path | None = getattr(self, f"{option}_file")
        value: SecretStr = getattr(self, option)
        if file is not None:
            try:
                value = SecretStr(file.read_text("utf-8").strip())
            except (OSError, UnicodeDecodeError) as error:
                raise BadDestination(
                    f"cannot read the file of {self.named(option)}_FILE: {type(error).__name__}"
                ) from None
        if not value.get_secret_value():
            raise BadDestination(f"set {self.named(option)}_FILE or {self.named(option)}")
        return value

    def address(self, option: str, allowed: frozenset[str]) -> str:
        """An address that is https, or of a service that is allowed by name. Raises BadDestination."""
        text = self.needed(option)
        try:
            parts = urlsplit(text)
            port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        except ValueError:
            raise BadDestination(f"{self.named(option)} is not an address") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadDestination(f"{self.named(option)} is not an address like https://crm.example.com/")
        if parts.username or parts.password:
            raise BadDestination(f"{self.named(option)} holds a password; it belongs in an option of its own")
        if parts.scheme == "http" and f"{parts.hostname}:{port}" not in allowed:
            raise BadDestination(
                f"{self.named(option)} is not https and not named in {self.named('allowed')}"
            )
        return text


@lru_cache(maxsize=16)
def _worked_out(options: type[_Options], _told: tuple[tuple[str, str], ...]) -> _Options:
    return options()


def services(text: str) -> frozenset[str]:
    """Services as they are allowed: host:port, joined by commas."""
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())
