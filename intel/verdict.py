"""Coverage in, the sufficiency verdict out: is what we know enough to value this account?

Enough is: every must-have question is answered (see coverage.ENOUGH), and each criterion of the assessment
rests on an answered question or on the judgement of our own people. The verdict depends on nothing else, so
the same findings on the same day always give the same one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from intel.coverage import Answer, State

# What would change the verdict, by what is known of the question now.
_STEPS: Mapping[State, str] = {
    State.UNKNOWN: "需要两家独立来源，或一家 A 级来源",
    State.SINGLE_SOURCE: "再有一家独立来源印证即可",
    State.CORROBORATED: "现有来源可信度低，需要更可靠的来源",
    State.CONTRADICTED: "说法不一，需要当面核实或更可靠的来源",
    State.STALE: "需要有效期内的新来源",
}
_CHECK = "；或核对读得没有把握的报道，读得对就确认（intel review confirm）"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something without which no value can be given: a question, or a criterion nobody can judge yet.

    `step` says what would take it away; `doubted` reports might, were they confirmed to be read right.
    """

    question: str
    criterion: str
    text: str
    state: State
    why: str
    step: str
    doubted: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the value assessment can be made, and what stands in its way, the most pressing first."""

    sufficient: bool
    must_have: int
    answered: int
    lacks: tuple[Lack, ...]

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.sufficient:
            return f"信息足够：{self.must_have} 个必答问题都有可靠回答，可以做价值评估"
        left = self.must_have - self.answered
        parts = [f"{self.must_have} 个必答问题中 {left} 个还没有可靠回答"] if left else []
        bare = sum(1 for lack in self.lacks if lack.criterion)
        parts += [f"{bare} 项评估标准没有依据"] if bare else []
        return "信息不足：" + "，".join(parts)


def verdict(
    answers: Sequence[Answer], criteria: Mapping[str, str], judged: Collection[str] = (), client: str = ""
) -> Verdict:
    """Judge the coverage of one account.

    `criteria` are the taxonomy's, `judged` those on which our own people have given a judgement, `client` is
    the account's name for the text of the questions.
    """
    must = [answer for answer in answers if answer.question.must]
    open_questions = sorted(
        (answer for answer in must if not answer.answered), key=lambda answer: answer.score
    )
    founded = {name for answer in answers if answer.answered for name in answer.question.criteria}
    bare = [name for name in criteria if name not in founded and name not in judged]
    lacks = (
        *(_lack(answer, client) for answer in open_questions),
        *(_bare(name, criteria[name]) for name in bare),
    )
    return Verdict(not lacks, len(must), len(must) - len(open_questions), lacks)


def _lack(answer: Answer, client: str) -> Lack:
    text = answer.question.text.replace("{client}", client)
    step = _STEPS[answer.state] + (_CHECK if answer.doubted else "")
    return Lack(answer.question.id, "", text, answer.state, answer.why, step, answer.doubted)


def _bare(criterion: str, label: str) -> Lack:
    why = "没有一个相关问题有可靠回答"
    step = "回答一个相关问题，或由本公司人员给出判断（intel assess judge）"
    return Lack("", criterion, label, State.UNKNOWN, why, step)
