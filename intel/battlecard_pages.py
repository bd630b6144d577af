"""A battlecard as Markdown, HTML or JSON, with Chinese or English headings."""

from __future__ import annotations

from enum import StrEnum

from pydantic_core import to_json

from intel.battlecard import Battlecard
from intel.battlecard_questions import Question
from intel.battlecard_rules import card_table
from intel.rendering import environment

MOST = 3  # quotes of a group on a page: a card is read in the lift, JSON has them all


class Format(StrEnum):
    """How a battlecard can be written."""

    MD = "md"
    HTML = "html"
    JSON = "json"


class Language(StrEnum):
    """Of which language the headings are; quotes stay as they were published."""

    ZH = "zh"
    EN = "en"


def render(card: Battlecard, form: Format, language: Language, most: int | None = MOST) -> str:
    """Write a battlecard; Markdown and HTML show at most `most` quotes of a group, then how many more."""
    if form is Format.JSON:
        return to_json(card, indent=2).decode() + "\n"
    headings = card_table().headings[language]

    def because(question: Question) -> str:
        return headings[question.because].format(*question.filling)

    page = (
        environment()
        .get_template(f"battlecard.{form.value}.jinja")
        .render(
            card=card,
            heading=headings,
            most=most,
            because=because,
            # What the cells quote already is not quoted again below the figures.
            seen={
                one.quote
                for cell in card.cells
                for group in cell.groups
                if not group.measure
                for one in group.evidence[:most]
            },
            english=language is Language.EN,
            lang="en" if language is Language.EN else "zh-CN",
        )
    )
    return page.rstrip("\n") + "\n"
