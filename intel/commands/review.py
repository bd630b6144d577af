"""`intel review` and `intel audit`: an analyst's decisions on what was read, and all that were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from intel import bootstrap, screen
from intel.acts import Acts, ActView, By
from intel.bootstrap import Workspace
from intel.commands.options import AsJson
from intel.config import CHINA
from intel.model import Review, Status
from intel.query import unknown
from intel.review import Correction, Reviewer
from intel.review_force import BadReview
from intel.review_views import Reviews, ReviewView

app = typer.Typer(
    no_args_is_help=True, help="An analyst's word on what was read; never lost, always reversible."
)

_NAMED = 3  # articles of merged stories that a line names
NOBODY = "none"  # a name that means no account we watch

Who = Annotated[str, typer.Option("--by", envvar="USER", help="Who decides; $USER if not given.")]
Why = Annotated[str, typer.Option(help="Why, for those who look at it later.")]
Finding = Annotated[int, typer.Argument(metavar="FINDING", help="As `intel findings` numbers it.")]
Event = Annotated[int, typer.Argument(metavar="EVENT", help="As `intel review show` numbers it.")]
Article = Annotated[str, typer.Argument(metavar="ARTICLE", help="Number or address.")]
Story = Annotated[int, typer.Argument(metavar="STORY", help="As `intel review show` numbers it.")]
Other = Annotated[int, typer.Argument(metavar="OTHER", help="The number of the story that is the same.")]


@app.command("confirm")
def review_confirm(
    context: typer.Context, finding: Finding, who: Who = "", why: Why = "", json: AsJson = False
) -> None:
    """Confirm a finding: it counts as at least probably true."""
    _tell(_reviewer(context).confirm(finding, _by(who, why)), json)


@app.command("reject")
def review_reject(
    context: typer.Context, finding: Finding, who: Who = "", why: Why = "", json: AsJson = False
) -> None:
    """Reject a finding, and the same sentence for the same account and topic wherever it stands."""
    _tell(_reviewer(context).reject(finding, _by(who, why)), json)


@app.command("relink")
def review_relink(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="FINDING", help="A finding; with --mention a mention.")],
    to: Annotated[str, typer.Option(help="The account that is meant, or none.")],
    mention: Annotated[bool, typer.Option("--mention", help="The number is that of a mention.")] = False,
    who: Who = "",
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Link a finding or a name to another account or to none, here and where the same stands beside it."""
    workspace = bootstrap.open_workspace(context.obj)
    account = None if to == NOBODY else workspace.query.account(to).id
    reviewer = Reviewer(workspace.engine)
    relink = reviewer.relink_mention if mention else reviewer.relink
    _tell(relink(number, account, _by(who, why)), json)


@app.command("event")
def review_event(
    context: typer.Context,
    event: Event,
    kind: Annotated[str, typer.Option("--type", help="The event type that it is.")] = "",
    status: Annotated[str, typer.Option(help="How it is asserted: asserted, denied …")] = "",
    subject: Annotated[str, typer.Option(help="The account that it happened to or that did it.")] = "",
    who: Who = "",
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Correct an event's type, status or subject."""
    workspace = bootstrap.open_workspace(context.obj)
    if status and status not in tuple(Status):
        raise unknown("status", status, tuple(Status), tuple(Status))
    correction = Correction(
        type=workspace.query.known("events", kind) if kind else None,
        status=status or None,
        subject=workspace.query.account(subject).id if subject else None,
    )
    _tell(Reviewer(workspace.engine).event(event, correction, _by(who, why)), json)


@app.command("date")
def review_date(
    context: typer.Context,
    article: Article,
    day: Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="The day of publication.")],
    who: Who = "",
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Correct the day on which an article was published."""
    try:
        right = date.fromisoformat(day)
    except ValueError:
        raise BadReview(f"no such day {day!r}; write it like 2026-11-20") from None
    _tell(_reviewer(context).date(article, right, _by(who, why)), json)


@app.command("merge")
def review_merge(
    context: typer.Context, story: Story, other: Other, who: Who = "", why: Why = "", json: AsJson = False
) -> None:
    """Say that two stories are one report: they count as one witness."""
    _tell(_reviewer(context).merge(story, other, _by(who, why)), json)


@app.command("split")
def review_split(
    context: typer.Context, article: Article, who: Who = "", why: Why = "", json: AsJson = False
) -> None:
    """Say that an article is no copy of the others of its story: it stands alone from now on."""
    _tell(_reviewer(context).split(article, _by(who, why)), json)


@app.command("undo")
def review_undo(
    context: typer.Context,
    review: Annotated[int, typer.Argument(metavar="REVIEW", help="As `intel audit` numbers it.")],
    who: Who = "",
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Take a review back, an undo too; both stay in the audit."""
    _tell(_reviewer(context).undo(review, _by(who, why)), json)


@app.command("list")
def review_list(context: typer.Context, json: AsJson = False) -> None:
    """The reviews in force, newest first, each with what it took in which article."""
    views = Reviews(bootstrap.open_workspace(context.obj).engine).in_force()
    if json:
        screen.print_json(views)
        return
    for view in views:
        screen.out.print(f"[bold]#{view.review.id}[/] {escape(_said(view.review))}")
        for one in view.took:
            screen.out.print(f"  {one.kind} “{escape(one.text)}” {escape(one.url)}", style="dim")
    screen.err.print(f"{len(views)} reviews in force")


@app.command("show")
def review_show(context: typer.Context, article: Article, json: AsJson = False) -> None:
    """An article with the numbers of its story, findings, events and mentions."""
    view = Reviews(bootstrap.open_workspace(context.obj).engine).article(article)
    if json:
        screen.print_json(view)
        return
    head = (
        f"article {view.article}, story {view.story}, {screen.shown(view.dated_at)}: {view.title} {view.url}"
    )
    screen.out.print(head, markup=False)
    for url in view.members:
        if url != view.url:
            screen.out.print(f"  same story: {url}", markup=False)
    for what, rows in (("finding", view.findings), ("event", view.events), ("mention", view.mentions)):
        for row in rows:
            told = " ".join(str(value) for name, value in row.items() if name not in ("id", "quote"))
            screen.out.print(f"{what} {row['id']} {told} “{row['quote']}”", markup=False)


def audit(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option(help="Only what concerns this account: id, name or alias.")
    ] = None,
    acts: Annotated[
        bool,
        typer.Option("--acts", help="Instead all that was done to users, keys, sources, rules and the data."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Every decision ever taken, oldest first: who, when, what, why, and whether it was undone."""
    workspace = bootstrap.open_workspace(context.obj)
    if acts:
        _acts(Acts(workspace.engine).listed()[::-1], json)
        return
    chosen = workspace.query.account(account).id if account else None
    views = Reviews(workspace.engine).audit(chosen)
    if json:
        screen.print_json(views)
        return
    columns = ("review", "when", "who", "decision", "why", "state")
    screen.table(
        columns,
        [_row(view) for view in views],
        "no decision to show; take one with: intel review confirm FINDING --why WHY",
    )


def _acts(acts: Sequence[ActView], json: bool) -> None:
    if json:
        screen.print_json(acts)
        return
    columns = ("act", "when", "who", "what", "of", "change", "why")
    rows = [(str(a.id), a.at, a.who, a.action, a.subject, _changed(a.before, a.after), a.why) for a in acts]
    screen.table(
        columns,
        rows,
        "no change of users, accounts, sources or data is kept here yet; intel users add would make one",
    )


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return ", ".join(f"{name} {before.get(name, '')} → {after.get(name, '')}" for name in names)


def _reviewer(context: typer.Context) -> Reviewer:
    workspace: Workspace = bootstrap.open_workspace(context.obj)
    return Reviewer(workspace.engine)


def _by(who: str, why: str) -> By:
    return By(who, why, datetime.now(CHINA))


def _tell(review: Review, json: bool) -> None:
    if json:
        screen.print_json(review)
        return
    screen.out.print(f"review {review.id}: {_said(review)}", markup=False)
    screen.out.print(screen.hinting(f"take it back with: intel review undo {review.id}"), style="dim")


def _row(view: ReviewView) -> tuple[object, ...]:
    one = view.review
    state = f"undone by {view.undone_by}" if view.undone_by else "in force"
    return str(one.id), one.at, one.who, _said(one), one.why, state


def _said(review: Review) -> str:
    """A decision in one line."""
    undoes = f" {review.undoes}" if review.undoes else ""
    what = review.target.get("quote") or review.target.get("url") or _merged(review.target["articles"])
    topic = review.target.get("topic", "")
    parts = (f"{review.action}{undoes}", review.target.get("account", ""), topic, f"“{what}”")
    return " ".join(filter(None, (*parts, _change(review.after))))


def _merged(articles: Sequence[str]) -> str:
    """Whose stories became one; of many the first, as `--json` has all."""
    more = len(articles) - _NAMED
    return " + ".join(articles[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _change(after: Mapping[str, Any]) -> str:
    """What a correction says instead."""
    if set(after) == {"account"}:
        return f"→ {after['account'] or NOBODY}"
    told = [f"{name} {after[name]}" for name in ("day", "type", "status", "subject") if name in after]
    return f"→ {', '.join(told)}" if told else ""
