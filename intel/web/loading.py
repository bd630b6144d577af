"""What pages are made of and with, loaded before the first is asked for: templates and tables of rules."""

from __future__ import annotations

from intel.assessment import model
from intel.battlecard_rules import card_table
from intel.brief import Lang
from intel.comparison_lines import lines
from intel.factor_table import factor_table
from intel.factor_words import factor_words
from intel.questions import all_questions
from intel.signal_table import signal_table
from intel.web.language import words
from intel.web.site import load_templates
from pipelines.series_rules import rules as series_rules


def load() -> None:
    """Load them. It takes half a second, which the first look at a page would take longer."""
    load_templates()
    for table in (model, card_table, lines, factor_table, factor_words, all_questions, signal_table):
        table()
    series_rules()
    for lang in Lang:
        words(lang)
