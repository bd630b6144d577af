"""`intel alerts`: rules of alerts, what they told, a test of the way out, and an account's feed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from intel import bootstrap, screen
from intel.alerts.atom import atom
from intel.alerts.book import RuleBook
from intel.alerts.evaluation import evaluate
from intel.alerts.posting import try_out
from intel.alerts.rule import BadRule, Digest, Kind, Rule, rule
from intel.alerts.triggers import require_states
from intel.bootstrap import Workspace
from intel.channels import recipient
from intel.channels.recipients import Recipient, load_recipients
from intel.commands.options import AsJson, By, Why, acting

alerts_app = typer.Typer(no_args_is_help=True, help="Telling people what is new, by rule.")

RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its name.")]


@alerts_app.command("list")
def alerts_list(context: typer.Context, json: AsJson = False) -> None:
    """The rules, whom they tell and when."""
    rules = RuleBook(bootstrap.open_workspace(context.obj).engine).rules()
    if json:
        screen.print_json([one.to_json() for one in rules])
        return
    recipients = load_recipients(context.obj.recipients)
    columns = ("rule", "kind", "of", "threshold", "urgent", "when", "quiet", "cap", "to")
    screen.table(
        columns,
        [_row(one, recipients.keys()) for one in rules],
        "there are no rules; add one with: intel alerts add RULE",
    )
    if silent := [one.name for one in rules if not one.recipients]:
        screen.err.print(
            screen.hinting(f"tell nobody yet: {', '.join(silent)}; intel alerts add RULE --to RECIPIENT")
        )


def _row(one: Rule, known: Sequence[str] | Any) -> tuple[object, ...]:
    chosen = [*one.accounts, *one.events, *one.topics, *one.states]
    to = [name if name in known else f"{name} (not configured)" for name in one.recipients]
    when = f"{one.digest} {one.at}" if one.digest else "at once"
    return (
        one.name,
        one.kind.value,
        " ".join(chosen) or "all",
        f"{one.threshold:g}",
        f"{one.urgent:g}" if one.urgent else "",
        when,
        one.quiet,
        one.cap,
        ", ".join(to) or "nobody",
    )


@alerts_app.command("add")
def alerts_add(
    context: typer.Context,
    name: RuleName,
    by: By,
    kind: Annotated[Kind | None, typer.Option(help="What it looks at; needed for a new rule.")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help="A recipient; may be repeated.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only of this account; may be repeated.")] = None,
    event: Annotated[list[str] | None, typer.Option(help="Only this type of event; may be repeated.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be repeated.")] = None,
    state: Annotated[
        list[str] | None, typer.Option(help="Only a change to this state; may be repeated.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0, max=100, help="Least weight × credibility, or least score.")
    ] = None,
    urgent: Annotated[
        float | None, typer.Option(min=0, max=10, help="From this weight × credibility on, never wait.")
    ] = None,
    digest: Annotated[Digest | None, typer.Option(help="Gather what is found.")] = None,
    at: Annotated[str | None, typer.Option(help="When a digest is sent: 08:30.")] = None,
    quiet: Annotated[str | None, typer.Option(help='Quiet hours: 22:00-08:00; "" for none.')] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of these.")] = None,
    cap: Annotated[int | None, typer.Option(help="Most messages a day to a recipient.")] = None,
    days: Annotated[int | None, typer.Option(help="How many days old may be what is told.")] = None,
    why: Why = "",
) -> None:
    """Add a rule, or change the one of that name: what is not given stays as it is."""
    workspace = bootstrap.open_workspace(context.obj)
    given = {
        "kind": kind,
        "recipients": [recipient(context.obj.recipients, one).name for one in to] if to else None,
        "accounts": [workspace.query.account(one).id for one in account] if account else None,
        "events": [workspace.query.known("events", one) for one in event] if event else None,
        "topics": [workspace.query.known("topics", one) for one in topic] if topic else None,
        "states": state or None,
        "threshold": threshold,
        "urgent": urgent,
        "digest": digest,
        "at": at,
        "quiet": quiet,
        "zone": zone,
        "cap": cap,
        "days": days,
    }
    book = RuleBook(workspace.engine)
    before = {one.name: one.to_json() for one in book.rules()}.get(name, {"name": name})
    new = rule({**before, **{field: value for field, value in given.items() if value is not None}})
    require_states(new)
    known = book.keep(new, acting(by, why))
    screen.out.print(f"{'changed' if known else 'added'} {new.name}", markup=False)


@alerts_app.command("drop")
def alerts_drop(context: typer.Context, name: RuleName, by: By, why: Why = "") -> None:
    """Forget a rule; what it told stays told."""
    RuleBook(bootstrap.open_workspace(context.obj).engine).drop(name, acting(by, why))
    screen.out.print(f"dropped {name}", markup=False)


@alerts_app.command("test")
def alerts_test(context: typer.Context, name: RuleName) -> None:
    """Send one message that is marked as a test to each recipient of a rule, at once."""
    workspace = bootstrap.open_workspace(context.obj)
    one = RuleBook(workspace.engine).rule(name)
    if not one.recipients:
        raise BadRule(f"rule {name} tells nobody; name a recipient: intel alerts add {name} --to RECIPIENT")
    tried = [_tried(workspace, one, recipient(context.obj.recipients, to)) for to in one.recipients]
    if not all(tried):
        raise typer.Exit(1)


def _tried(workspace: Workspace, one: Rule, to: Recipient) -> bool:
    trouble = try_out(workspace.engine, one, to, datetime.now(UTC))
    screen.out.print(f"{to.name}: {trouble or 'sent'}", markup=False)
    return not trouble


@alerts_app.command("run")
def alerts_run(context: typer.Context, json: AsJson = False) -> None:
    """Look at all rules now; what they tell goes into the outbox."""
    outcome = evaluate(bootstrap.open_workspace(context.obj), datetime.now(UTC))
    if json:
        screen.print_json(outcome)
        return
    for name, count in outcome.sent.items():
        screen.out.print(f"{name}: {count} messages", markup=False)
    screen.err.print(
        screen.hinting(f"{outcome.waiting} wait for their hour; send with: intel deliver"), markup=False
    )
    if outcome.missing:
        missing = ", ".join(outcome.missing)
        screen.err.print(f"not configured in {context.obj.recipients}: {missing}", markup=False)


@alerts_app.command("log")
def alerts_log(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only of this rule.")] = None,
    most: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    json: AsJson = False,
) -> None:
    """What was told to whom, the last first."""
    sent = RuleBook(bootstrap.open_workspace(context.obj).engine).log(most, name)
    if json:
        screen.print_json(sent)
        return
    columns = ("id", "at", "rule", "to", "form", "title", "lines")
    screen.table(
        columns,
        [(o.id, o.at, o.rule, o.recipient, o.form, o.title, o.lines) for o in sent],
        "nothing was told yet; give a rule somebody to tell with: intel alerts add RULE --to RECIPIENT",
    )


@alerts_app.command("feed")
def alerts_feed(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, name or alias.")],
) -> None:
    """An account's news as an Atom feed, on standard output."""
    workspace = bootstrap.open_workspace(context.obj)
    sys.stdout.write(atom(workspace, workspace.query.account(name), datetime.now(UTC)).decode())
