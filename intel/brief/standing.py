"""How well a quote can be understood alone, and whether it speaks of the account: quotes in, factors out."""

from __future__ import annotations

from functools import cache

from intel.brief.figures import numbers
from intel.brief.rules import QuoteRules, Rules
from intel.model import Account
from pipelines.text import fold


def says_something(quote: str) -> bool:
    """Whether a quote can tell anything: the head of a table, a row without a number, cannot."""
    return " | " not in quote or bool(numbers(quote))


def standing(quote: str, account: Account, rules: Rules, title: str = "") -> float:
    """How well a quote can be understood without the text around it; its article's title stands beside it."""
    rule, bare = rules.quote, quote.strip()
    signs = (
        (bare == title.strip(), rule.is_title),
        (len(bare) < rule.short, rule.is_short),
        (bare.endswith(tuple(rule.fragment_ends)), rule.is_fragment),
        (" | " in bare, rule.is_table_row),
        (bare.startswith(rule.leaning), rule.leans_back),
        (any(words in bare for words in rule.hearsay), rule.is_hearsay),
        (bare.rstrip("”").endswith(("？", "?")), rule.is_question),
        (any(words in bare for words in rule.bylines), rule.is_byline),
        (named(bare, account), rule.names_account),
        (named(title, account) and not named(bare, account), rule.title_names),
        (only_in_passing(bare, account, rule), rule.in_passing),
        (bool(numbers(bare)), rule.has_figure),
    )
    factor = 1.0
    for holds, by in signs:
        factor *= by if holds else 1.0
    return factor


def named(text: str, account: Account) -> bool:
    """Whether a text holds a name of an account, in any script and width."""
    folded = fold(text)
    return any(name in folded for name in _names(account))


@cache
def _names(account: Account) -> tuple[str, ...]:
    return tuple(fold(name) for name in account.names)


def only_in_passing(quote: str, account: Account, rule: QuoteRules) -> bool:
    """Whether the account is named only in a clause that leads to what is said of somebody else."""
    opening, _, rest = quote.partition("，")
    return opening.startswith(rule.openings) and named(opening, account) and not named(rest, account)
