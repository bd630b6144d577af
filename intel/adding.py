"""What a person says of a new source in, a source that is collected from then on out.

In: texts of a form or of options. Out: a `Source` that can be tried, and one that is kept beside the table of
sources. Raises BadField, with the field, for what cannot be taken.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from intel import rounds
from intel.acts import By
from intel.added_sources import AddedSource, AddedSources
from intel.bootstrap import Workspace
from intel.model import Source
from intel.refusal import Refusal
from intel.taxonomy import taxonomy
from spiders.catalogue import ACCOUNT, load_refused
from spiders.source_row import NOT_YET, BadField, one_source
from spiders.urls import BadUrl, canonical_url

if TYPE_CHECKING:
    from spiders.check import CheckResult

_NAME = re.compile(r"[^a-z0-9]+")
_NOT_PART = frozenset({"www", "com", "cn", "net", "org", "gov", "localhost"})


class Untaken(Refusal, ValueError):
    """A source that is not added; the message says why."""


def draft(kind: str, url: str, said: Iterable[str] = ()) -> Source:
    """A source to be tried, of which only kind, address and options are known. Raises BadField."""
    url = url.strip()
    host = _host(url)
    row = {
        "name": _named(host),
        "label": host or "?",
        "kind": kind,
        "channel": next(iter(taxonomy().channels)),
        "url": url,
        "owner": host or "?",
        "reliability": "F",
        "lawful_basis": "tried",
        "options": options(said),
        "terms_reviewed": NOT_YET,
    }
    return one_source(row | ({"delay": 0.0} if _is_ours(host) else {}))


def options(said: Iterable[str]) -> dict[str, Any]:
    """Options from lines such as `item = ul.news li`; quotes may be left out. Raises BadField."""
    written = []
    for line in filter(None, map(str.strip, said)):
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not name:
            raise BadField("options", f"{line!r} is not like name = value")
        written.append(f"{name} = {value if _is_toml(value) else json.dumps(value, ensure_ascii=False)}")
    try:
        return tomllib.loads("\n".join(written))
    except tomllib.TOMLDecodeError as error:
        raise BadField("options", str(error)) from error


def lines(given: Mapping[str, object], below: str = "") -> Iterator[str]:
    """Options as the lines from which `options` reads them."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from lines(value, f"{below}{name}.")
        else:
            yield f"{below}{name} = {json.dumps(value, ensure_ascii=False)}"


def completed(tried: Source, fields: Mapping[str, Any]) -> Source:
    """What was tried with all that a person says of it. Raises BadField."""
    return one_source({**asdict(tried), "options": dict(tried.options), **fields})


def add(workspace: Workspace, source: Source, tried: CheckResult, by: str, now: datetime) -> None:
    """Keep a source beside the table, to be collected by its schedule, with what the try of it showed.

    Raises BadField for a name or address that there is already, Untaken where the owner wants no programs.
    """
    require_new(workspace, source)
    _require_wanted(workspace, source, tried)
    AddedSources(workspace.engine).keep(AddedSource(source, tried.robots, by, now))
    workspace.store.load_sources(rounds.all_sources(workspace))
    workspace.store.keep_checks([replace(tried.kept(now), source=source.name)])


def remove(workspace: Workspace, name: str, by: By) -> None:
    """Collect an added source no more; what it brought in stays. Raises UnknownName."""
    AddedSources(workspace.engine).remove(name, by)
    workspace.store.load_sources(rounds.all_sources(workspace))


def require_new(workspace: Workspace, source: Source) -> None:
    """Refuse a name or an address that there is already, and an unknown account. Raises BadField."""
    for account in rounds.unwatched(workspace, [source]):
        raise BadField(f"options.{ACCOUNT}", f"{account!r} is no account of the watchlist")
    identity = canonical_url(source.url)
    for one in rounds.all_sources(workspace):
        if one.name == source.name:
            raise BadField("name", f"{source.name!r} is the name of {one.label} already")
        if _identity(one.url) == identity and one.kind == source.kind:
            raise BadField("url", f"is collected already, as {one.label} ({one.name})")


def _require_wanted(workspace: Workspace, source: Source, tried: CheckResult) -> None:
    forgotten = workspace.store.redaction().forgotten
    if forgotten.source(source.name) or forgotten.address(source.url):
        raise Untaken(f"{source.name} or its address is forgotten (intel forget); it is not collected again")
    if tried.robots == "forbidden":
        raise Untaken("robots.txt forbids it: its owner wants no programs there")
    for one in load_refused(workspace.settings.sources_table):
        if source.name == one.name or source.label == one.label:
            raise Untaken(f"{one.label} is not collected: {one.reason}")


def _identity(url: str) -> str:
    try:
        return canonical_url(url)
    except BadUrl:  # the sources that are not collected have none
        return ""


def _named(host: str) -> str:
    """A name made of a host's: news.example.com.cn to news-example."""
    parts = [part for part in host.lower().split(".") if part not in _NOT_PART]
    return _NAME.sub("-", "-".join(parts)).strip("-")[:40] or "source"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an address that is none is refused with its field
        return ""


def _is_ours(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _is_toml(value: str) -> bool:
    try:
        return bool(tomllib.loads(f"x = {value}"))
    except tomllib.TOMLDecodeError:
        return False
