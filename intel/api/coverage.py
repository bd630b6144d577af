"""What is known of an account and what is not: coverage, verdict, gaps, questions and rules for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Path, Response
from pydantic import BaseModel, Field

from intel import account_file
from intel.account_file import AccountFile
from intel.api.access import Reader, Worker
from intel.api.asked import AsOf, ChosenAccount, KnownThen, OfAccount, OfFile, Reason, Seen, kept_json
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import missing
from intel.api.resource import Resource
from intel.api.tags import IfMatch, require_match, tagged
from intel.bootstrap import Workspace
from intel.coverage import Answer, State
from intel.model import Account, Role
from intel.questions import Ask, Override, Question, questions_of
from intel.tasks import Task
from intel.verdict import Verdict
from intel.views import FindingView

router = Resource(tags=["coverage"])
NEWEST = 10  # findings of an answer: the rest are in the list of findings
QuestionId = Annotated[str, Path(max_length=100, examples=["payment_behaviour.period"])]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What is known of one question; `findings` are the newest of its `reports`, one a story."""

    question: str
    text: str
    must: bool
    state: State
    score: float
    answered: bool
    why: str
    reports: int
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of each question about an account on a day, and whether that is enough to value it."""

    account: str
    day: date
    answers: list[AnswerView]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A key question as it is asked of an account; `ask` is how a person asks it, and whom."""

    id: str
    topic: str
    text: str
    english: str
    must: bool
    fresh: int
    criteria: tuple[str, ...]
    channels: tuple[str, ...]
    search: tuple[str, ...]
    ask: Ask

    @classmethod
    def of(cls, one: Question, account: Account) -> QuestionView:
        """The question, put to an account."""
        text, english = one.put_to(account), one.put_in_english(account)
        sources = (one.criteria, one.channels, one.search, one.ask)
        return cls(one.id, one.topic, text, english, one.must, one.fresh, *sources)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that is not answered, and the task under way about it."""

    account: str
    question: str
    text: str
    must: bool
    state: State
    score: float
    task: Task | None


class Rule(BaseModel):
    """What is different about a question for an account; all left out gives it the table's rule again."""

    must: bool | None = None
    fresh: Annotated[int | None, Field(ge=1, le=36500, description="days", examples=[90])] = None
    skipped: bool = False
    why: Reason


@router.get("/accounts/{account}/coverage", response_model=Coverage)
def get_coverage(
    file: OfFile, who: Reader, desk: AtDesk, as_of: AsOf = None, known_then: KnownThen = False
) -> Response:
    """What is known of each key question about an account, and the verdict."""
    day = as_of or desk.today()
    reading = desk.reading.known_then(known_then)
    asked = ("coverage", day, known_then, who.accounts)
    return kept_json(desk, file, asked, lambda: _coverage(reading, file.account, day))


def _coverage(reading: Workspace, account: Account, day: date) -> Coverage:
    file = account_file.account_file(reading, account, day)
    return Coverage(account.id, file.day, [_answer(one, file) for one in file.answers], file.verdict)


@router.get("/gaps")
def list_gaps(
    account: ChosenAccount,
    _who: Reader,
    seen: Seen,
    desk: AtDesk,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[Gap]:
    """What is not known yet of clients, the most pressing first, and what is being done about it."""
    clients = [one for one in seen.accounts() if one.role is Role.CLIENT]
    found = [gap for one in ([account] if account else clients) for gap in _gaps(desk, one)]
    return paged(found, limit, cursor, lambda gap: (not gap.must, gap.score, gap.account, gap.question))


@router.get("/accounts/{account}/questions")
def list_questions(account: OfAccount, _who: Reader, desk: AtDesk) -> list[QuestionView]:
    """The key questions as they are asked of an account."""
    asked = questions_of(account, desk.reading.files.overrides(account.id))
    return [QuestionView.of(one, account) for one in asked]


@router.get("/accounts/{account}/questions/{question}/rule")
def get_rule(
    account: OfAccount, question: QuestionId, _who: Reader, desk: AtDesk, response: Response
) -> Override:
    """The account's own rule for a question; one that changes nothing where there is none."""
    rule = _rule(desk, account, question)
    tagged(response, rule)
    return rule


@router.put("/accounts/{account}/questions/{question}/rule")
def put_rule(
    who: Worker,
    account: OfAccount,
    question: QuestionId,
    rule: Rule,
    desk: AtDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Override:
    """Give an account its own rule for a question."""
    own = Override(account.id, question, rule.must, rule.fresh, rule.skipped, who.user, rule.why)
    still = desk.when(lambda: require_match(if_match, _rule(desk, account, question)))
    still.files.set_override(own, desk.now())
    return get_rule(account, question, who, desk, response)


def _rule(desk: Desk, account: Account, question: str) -> Override:
    if question not in {one.id for one in questions_of(account)}:
        raise missing("question", question)
    own = {one.question: one for one in desk.reading.files.overrides(account.id)}
    return own.get(question, Override(account.id, question))


def _answer(answer: Answer, file: AccountFile) -> AnswerView:
    return AnswerView(
        question=answer.question.id,
        text=answer.question.put_to(file.account),
        must=answer.question.must,
        state=answer.state,
        score=answer.score,
        answered=answer.answered,
        why=answer.why,
        reports=len(answer.findings),
        findings=answer.findings[:NEWEST],
    )


def _gaps(desk: Desk, account: Account) -> list[Gap]:
    return [
        Gap(
            account=account.id,
            question=one.question.id,
            text=one.question.put_to(account),
            must=one.question.must,
            state=one.state,
            score=one.score,
            task=task,
        )
        for one, task in account_file.gaps(desk.reading, account, desk.today())
    ]
