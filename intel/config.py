"""The environment, read once into one typed object. Every setting is INTEL_ and its name."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CHINA = ZoneInfo("Asia/Shanghai")
RUN_PAGES = 200  # that one run of a source fetches at most
HEARTBEAT = timedelta(seconds=5)  # between two accounts of a run that is under way
PROJECT = Path(__file__).parent.parent


class Settings(BaseSettings):
    """How this installation runs. Defaults serve one analyst on one machine."""

    model_config = SettingsConfigDict(env_prefix="INTEL_", extra="ignore")

    home: Path = Field(Path("var"), description="folder of the database and of written briefings")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the home folder")
    sources: Path = Field(PROJECT / "spiders" / "sources.toml", description="the table of sources")
    retention: Path = Field(PROJECT / "intel" / "retention.toml", description="how long what is kept")
    crm: str = Field("folder", description="where briefings are delivered to, joined by commas")
    recipients: Path = Field(Path("var/recipients.toml"), description="whom alerts can be sent to")
    contact: str = Field("", description="address that site owners can write to, part of the user agent")
    ours: str = Field("sf", description="the account that is our own company")
    demo: bool = Field(False, description="work on the demo city instead of the public web")
    demo_port: int = Field(8760, ge=1, le=65535, description="loopback port of the demo city")
    host: str = Field("127.0.0.1", description="address that `intel serve` listens on")
    port: int = Field(8750, ge=1, le=65535, description="its port")
    takeover_seconds: int = Field(
        60, ge=2, description="after which a worker that is not heard of has its jobs taken over"
    )
    log_level: str = Field("WARNING", description="DEBUG, INFO, WARNING or ERROR")

    @property
    def url(self) -> str:
        """The database to use."""
        return self.database_url or f"sqlite:///{self.folder / 'intel.db'}"

    @property
    def shown_url(self) -> str:
        """The same without its password, for messages."""
        return re.sub(r"(?<=://)([^/@]*?):.*@", r"\1:***@", self.url)

    @property
    def folder(self) -> Path:
        """Where the database and briefings lie; the demo's are kept apart from real ones."""
        return self.home / "demo" if self.demo else self.home

    @property
    def sources_table(self) -> Path:
        """The table of sources to crawl."""
        return PROJECT / "spiders" / "city" / "sources.toml" if self.demo else self.sources

    @property
    def environment(self) -> dict[str, str]:
        """What was set, as another process of this installation reads it."""
        return {f"INTEL_{name.upper()}": str(getattr(self, name)) for name in self.model_fields_set}

    def for_demo(self) -> Settings:
        """The same installation, working on the demo city."""
        return self.model_copy(update={"demo": True})
