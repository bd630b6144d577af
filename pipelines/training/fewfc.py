"""The FewFC sentences (CC BY-SA 4.0) in; texts with the organisations and persons labelled in them out.

Only arguments of events are labelled there, so other names in a sentence are not told; see `naming`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from intel.model import Entity
from pipelines.training.variants import Marking

FILES = ("train_base.json", "train_trans.json")
_ORGANISATION = frozenset({"obj-org", "sub-org", "target-company", "institution"})
_PERSON = frozenset({"sub-per", "obj-per"})
_EITHER = frozenset({"obj", "sub"})
# Words that stand for somebody without naming him.
_UNNAMED = re.compile(
    r"法院|公司|.{0,2}子公司|.*股东|实控人|(?:.{0,3}[家名些大])?(?:银行|机构|投资者|企业)们?|公众|二级市场|员工.*"
)


class BadData(ValueError):
    """A file of FewFC that cannot be used; the message names it."""


def of_fewfc(folder: Path) -> Iterator[Marking]:
    """Every sentence once, in the order of the files. Raises BadData."""
    labelled: dict[str, dict[tuple[int, int], str]] = {}
    for name in FILES:
        try:
            for line in (folder / name).read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                roles = labelled.setdefault(row["content"], {})
                for event in row["events"]:
                    roles |= {tuple(one["span"]): one["role"] for one in event["mentions"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadData(f"{folder / name}: {error}") from error
    for content, roles in labelled.items():
        yield Marking(content, tuple(_longest(_entities(content, roles))))


def _entities(content: str, roles: Mapping[tuple[int, int], str]) -> Iterator[Entity]:
    for (start, end), role in roles.items():
        text = content[start:end]
        kind = _kind(text, role)
        if kind:
            yield Entity(kind, start, end, text)


def _kind(text: str, role: str) -> str:
    if role in _PERSON:
        return "person" if 2 <= len(text) <= 4 or "·" in text else ""
    # Either is an organisation or a person there; persons are shorter.
    is_named = len(text) >= (4 if role in _EITHER else 2) and not _UNNAMED.fullmatch(text)
    return "org" if role in _ORGANISATION | _EITHER and is_named else ""


def _longest(entities: Iterable[Entity]) -> Iterator[Entity]:
    at = 0
    for entity in sorted(entities, key=lambda one: (one.start, -one.end)):
        if entity.start >= at:
            at = entity.end
            yield entity
