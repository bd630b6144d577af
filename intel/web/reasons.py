"""Why a question counts as known or not, in the page's language: from the same facts as `Answer.why`."""

from __future__ import annotations

from datetime import date

from intel.config import CHINA
from intel.coverage import Answer, State, sides
from intel.model import Account
from intel.verdict import Lack, Verdict
from intel.web.language import Words


def question_text(words: Words, answer: Answer, account: Account) -> str:
    """A question as it is put of an account."""
    asked = answer.question
    return asked.put_to(account) if words.chinese else asked.put_in_english(account)


def why(words: Words, answer: Answer, day: date) -> str:
    """The reason of a question's state."""
    told = answer.findings
    if answer.state is State.UNKNOWN:
        return words.say("why_unknown")
    if answer.state is State.STALE:
        age = (day - told[0].dated_at.astimezone(CHINA).date()).days
        return words.say("why_stale", age=age, fresh=answer.question.fresh)
    sure = [one for one in told if not one.hardly_certain]
    doubt, counted = _doubt(words, len(sure), len(told)), sure or told
    if answer.state is State.CONTRADICTED:
        said = [
            words.label("sides", side or "none").format(n=count) for side, count in sides(counted).items()
        ]
        sided = words.say("comma").join(said)
        return words.say("why_contradicted", reports=len(counted), sides=sided) + doubt
    if answer.state is State.CORROBORATED:
        return words.say("why_corroborated", reports=len(sure), sources=len({o.owner for o in sure})) + doubt
    first = counted[0]
    rating = f"{first.reliability}{first.credibility}"
    return words.say("why_single", source=first.source_label, rating=rating) + doubt


def _doubt(words: Words, sure: int, told: int) -> str:
    """What is said of the reports whose reading is hardly certain, where there are any."""
    if sure == told:
        return ""
    return (
        words.say("why_some_unsure", reports=told - sure) if sure else words.say("why_unsure", reports=told)
    )


def verdict_sentence(words: Words, verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.sufficient:
        return words.say("enough_why", must=verdict.must_have)
    left = verdict.must_have - verdict.answered
    bare = sum(1 for lack in verdict.lacks if lack.criterion)
    parts = [words.say("lacking_questions", must=verdict.must_have, left=left)] if left else []
    parts += [words.say("lacking_criteria", bare=bare)] if bare else []
    return words.say("comma").join(parts)


def lack_step(words: Words, lack: Lack) -> str:
    """What would take a lack away."""
    step = words.label("steps", "criterion" if lack.criterion else lack.state.value)
    return step + words.say("step_check") if lack.doubted else step
