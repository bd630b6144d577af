"""The key questions of each topic: topics.toml in, typed questions out, and whether a finding answers one.

A question is not the same for every account: what an account's own rules say (Override) goes first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intel.model import Account, Role
from intel.taxonomy import taxonomy
from intel.views import FindingView
from pipelines.text import fold
from pipelines.topic_rules import topic_table

TOPICS_TOML = Path(__file__).parent / "topics.toml"
_CLIENT = "{client}"
_FIGURE = re.compile(r"[\d一二三四五六七八九十百千万亿半两]")


class BadQuestions(ValueError):
    """A table of questions that cannot be taken; the message names the question and the fault."""


class Way(StrEnum):
    """How a person asks what no public source tells."""

    CALL = "call"
    VISIT = "visit"
    EXHIBITION = "exhibition"
    OLD_CUSTOMER = "old_customer"


class Ask(BaseModel):
    """Who is to be asked by a person, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    way: Way
    whom: str


class Question(BaseModel):
    """One key question (KIQ). The fields are described at the head of topics.toml; `id` is topic.name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    topic: str
    text: str
    english: str
    must: bool = False
    fresh: int = Field(ge=1)
    criteria: tuple[str, ...] = Field(min_length=1)
    events: frozenset[str] = frozenset()
    problems: frozenset[str] = frozenset()
    stances: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    number: bool = False
    channels: tuple[str, ...] = Field(min_length=1)
    search: tuple[str, ...] = Field(min_length=1)
    ask: Ask

    def answered_by(self, finding: FindingView) -> bool:
        """Whether a finding says something to this question."""
        if finding.topic != self.topic:
            return False
        if finding.event in self.events or finding.problem in self.problems:
            return True
        if finding.stance in self.stances:
            return True
        quote = fold(finding.quote)
        has_word = self._pattern is not None and bool(self._pattern.search(quote))
        return has_word and (not self.number or bool(_FIGURE.search(quote)))

    def put_to(self, account: Account) -> str:
        """The question about an account, as a person would ask it."""
        return self.text.replace(_CLIENT, account.name)

    def put_in_english(self, account: Account) -> str:
        """The question about an account in English."""
        return self.english.replace(_CLIENT, account.name)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        return re.compile("|".join(re.escape(fold(word)) for word in self.words)) if self.words else None


@dataclass(frozen=True, slots=True)
class Override:
    """What is different about a question for one account; None leaves what the table says.

    `skipped` takes the question away. `by` and `why` say who decided it.
    """

    account: str
    question: str
    must: bool | None = None
    fresh: int | None = None
    skipped: bool = False
    by: str = ""
    why: str = ""

    @property
    def differs(self) -> bool:
        """Whether it says anything else than the table."""
        return self.must is not None or self.fresh is not None or self.skipped


@cache
def all_questions() -> tuple[Question, ...]:
    """The questions shipped with the product, in the order of the taxonomy's topics."""
    return read_questions(TOPICS_TOML.read_text(encoding="utf-8"))


def read_questions(source: str) -> tuple[Question, ...]:
    """Read a table of questions. Raises BadQuestions naming the first question that cannot be taken."""
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise BadQuestions(f"topics.toml: {error}") from error
    unknown = sorted(set(table) - set(taxonomy().topics))
    if unknown:
        raise BadQuestions(f"topics.toml: no topic {unknown[0]!r} in the taxonomy")
    return tuple(
        _question(topic, name, row)
        for topic in taxonomy().topics
        for name, row in table.get(topic, {}).items()
    )


def _question(topic: str, name: str, row: Mapping[str, object]) -> Question:
    where = f"{topic}.{name}"
    try:
        question = Question.model_validate({"id": where, "topic": topic, **row})
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise BadQuestions(f"topics.toml: {where}: {place}: {fault['msg']}") from error
    words = taxonomy()
    kinds: Iterable[tuple[str, Iterable[str], Iterable[str]]] = (
        ("criterion", question.criteria, words.criteria),
        ("event", question.events, words.events),
        ("channel", question.channels, words.channels),
        ("problem", question.problems, topic_table().problems),
    )
    for kind, used, known in kinds:
        for word in used:
            if word not in set(known):
                raise BadQuestions(f"topics.toml: {where}: no {kind} {word!r}")
    return question


def questions_of(account: Account, overrides: Sequence[Override] = ()) -> tuple[Question, ...]:
    """The questions that are asked about an account, with its own rules applied."""
    own = {one.question: one for one in overrides if one.account == account.id}
    asked = [one for one in all_questions() if _is_asked(one, account.role)]
    return tuple(
        _overridden(question, own.get(question.id))
        for question in asked
        if not (question.id in own and own[question.id].skipped)
    )


def _is_asked(question: Question, role: Role) -> bool:
    """Clients are asked about in everything; of the others only the topics are kept that are theirs."""
    return role is Role.CLIENT or role in topic_table().topics[question.topic].roles


def _overridden(question: Question, own: Override | None) -> Question:
    if own is None:
        return question
    changes = {"must": own.must, "fresh": own.fresh}
    return question.model_copy(update={name: value for name, value in changes.items() if value is not None})
