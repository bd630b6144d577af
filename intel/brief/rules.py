"""The briefing rules (`intel/briefing.toml`): what weighs how much, how far back, how many."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES_TOML = Path(__file__).parent.parent / "briefing.toml"


@dataclass(frozen=True, slots=True)
class QuoteRules:
    """How well a quote stands alone; the factors multiply."""

    short: int
    is_short: float
    is_title: float
    is_fragment: float
    is_table_row: float
    leans_back: float
    is_hearsay: float
    is_question: float
    is_byline: float
    names_account: float
    title_names: float
    in_passing: float
    has_figure: float
    fragment_ends: str
    openings: tuple[str, ...]
    leaning: tuple[str, ...]
    hearsay: tuple[str, ...]
    bylines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitRules:
    """A briefing before a visit: the first screen."""

    days: int
    first: int
    same_event: int
    asks: int
    questions: int


@dataclass(frozen=True, slots=True)
class WeeklyRules:
    """A weekly digest."""

    days: int
    first: int
    same_event: int
    each: int


@dataclass(frozen=True, slots=True)
class FlashRules:
    """What is urgent. `threshold` is for weight × credibility; `witness` for each further source."""

    days: int
    threshold: float
    witness: float
    each: int


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them. Weights are 0 to 10, `stale` and the half-lives days."""

    default: float
    half_life: float
    half_life_known: float
    stale: int
    doubt: float
    events: Mapping[str, float]
    topics: Mapping[str, float]
    credibility: Mapping[str, float]
    quote: QuoteRules
    visit: VisitRules
    weekly: WeeklyRules
    flash: FlashRules


@cache
def rules() -> Rules:
    """The shipped rules."""
    read = tomllib.loads(RULES_TOML.read_text(encoding="utf-8"))
    quote = read["quote"]
    return Rules(
        default=read["default"],
        half_life=read["half_life"],
        half_life_known=read["half_life_known"],
        stale=read["stale"],
        doubt=read["doubt"],
        events=read["events"],
        topics=read["topics"],
        credibility=read["credibility"],
        quote=QuoteRules(
            **quote | {name: tuple(quote[name]) for name in ("openings", "leaning", "hearsay", "bylines")}
        ),
        visit=VisitRules(**read["visit"]),
        weekly=WeeklyRules(**read["weekly"]),
        flash=FlashRules(**read["flash"]),
    )
