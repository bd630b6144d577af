"""The questions of tasks, as they are put of their accounts in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intel.model import Account
from intel.questions import all_questions
from intel.tasks import Task
from intel.web.language import Words


def question_texts(
    words: Words, tasks: Iterable[Task], accounts: Mapping[str, Account]
) -> dict[tuple[str, str], str]:
    """By account and question; a question that is asked no longer is called by its topic."""
    known = {one.id: one for one in all_questions()}
    told: dict[tuple[str, str], str] = {}
    for task in tasks:
        account, question = accounts.get(task.account), known.get(task.question)
        if account is not None and question is not None:
            text = question.put_to(account) if words.chinese else question.put_in_english(account)
        else:
            text = words.short("topics", task.question.partition(".")[0])
        told[task.account, task.question] = text
    return told
