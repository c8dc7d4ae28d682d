"""The `offcall health` commands, and the tools of the same names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from offcall.core.errors import UserError
from offcall.core.parameters import Account, Limit, Owner, Region, Service, Window
from offcall.core.registry import By, Effect, Param, tool
from offcall.health.results import Around, ChangeList, EventDetail, EventList
from offcall.health.work import ActionDone, Doctor, ImportResult, QuarantineList, WatchResult

if TYPE_CHECKING:
    from offcall.core.context import Context

Arn = Annotated[
    str,
    Param("its id in the list, its ARN, or a piece of that that no other has", positional=True),
]
Of = Annotated[str | None, Param("the affected account, when the event is there for several")]
Entity = Annotated[
    str | None, Param("only this resource of the event: its ARN, id or the end of it")
]
Note = Annotated[str | None, Param("why, a ticket, a change number")]


@tool("health list", snapshot=True)
def list_events(
    ctx: Context,
    status: Annotated[
        Literal["active", "open", "upcoming", "closed", "all"],
        Param("active is open and upcoming; closed is also what is done"),
    ] = "active",
    window: Annotated[str | None, Param('only what is under way then: "last 24h"')] = None,
    region: Region | None = None,
    account: Account | None = None,
    service: Service | None = None,
    category: Annotated[
        Literal["issue", "accountNotification", "scheduledChange", "investigation"] | None,
        Param("only this kind of event"),
    ] = None,
    owner: Owner | None = None,
    noted: Annotated[bool, Param("only those with something odd in their messages")] = False,
    limit: Limit = 200,
) -> EventList:
    """Health events that are known, soonest first, with owner and next step.

    Reads offcall's own history; `offcall health sync`, `watch` and `import` fill it. With a
    region there are global events too, and with an account public ones. An event counts as closed
    also when people closed it, or when AWS calls all its resources resolved.
    """
    from offcall.health.looking import listed

    return listed(
        ctx,
        window=ctx.window(window) if window else None,
        region=region,
        account=account,
        service=service,
        category=category,
        status=status,
        owner=owner,
        noted=noted,
        limit=limit,
    )


@tool("health show", snapshot=True)
def show_event(
    ctx: Context,
    event: Arn,
    account: Of = None,
    raw: Annotated[bool, Param("also the messages as they came")] = False,
) -> EventDetail:
    """One event: what it is, what to do, its resources, its timeline, what people said."""
    from offcall.health.showing import detail

    return detail(ctx, event, account, raw=raw)


@tool("health changes", snapshot=True)
def changes(
    ctx: Context,
    window: Window = "next 7 days",
    region: Region | None = None,
    account: Account | None = None,
    service: Service | None = None,
    owner: Owner | None = None,
) -> ChangeList:
    """What AWS is going to change, each with deadline, owner, runbook and next step.

    Also notices that begin in the window, and what AWS calls by no kind that is known. Changes
    whose date has passed and that are not done are listed after those in the window. With a
    region there are global events too, and with an account public ones.
    """
    from offcall.health.looking import changes as found

    return found(
        ctx, ctx.window(window), region=region, account=account, service=service, owner=owner
    )


@tool("health during", snapshot=True)
def during(
    ctx: Context,
    at: Annotated[str, Param('when it went wrong: "2026-11-18T02:15Z", "yesterday 02:15"')],
    resource: Annotated[str | None, Param("ARN or name of what went wrong")] = None,
    service: Annotated[str | None, Param("its service, when offcall cannot know it")] = None,
    region: Annotated[str | None, Param("its region, when offcall cannot know it")] = None,
    account: Annotated[
        str | None, Param("the account it is in, when several have one of that name")
    ] = None,
    within: Annotated[str, Param("how far before and after to look: 2h, 1d, PT90M")] = "2h",
    limit: Limit = 10,
) -> Around:
    """Was it AWS? Events that touch a resource around a moment, ranked, with the reasons.

    An event that names the resource itself counts most, then its service in its region, then
    what the service is built on. When nothing from AWS explains it, the answer says so.
    """
    from offcall.health.around import around

    return around(
        ctx,
        ctx.time(at),
        resource=resource,
        service=service,
        region=region,
        account=account,
        within=ctx.length(within),
        limit=limit,
    )


@tool("health import", effect=Effect.RECORD)
def import_events(
    ctx: Context,
    files: Annotated[
        list[Path], Param("files or folders; - is standard input", positional=True, metavar="FILE")
    ],
    rejects: Annotated[
        Path | None, Param("also write what could not be understood there", metavar="FILE")
    ] = None,
    strict: Annotated[bool, Param("exit with 2 when anything was not understood")] = False,
) -> ImportResult:
    """Take events in from files: JSON, JSON Lines, gzip of both, in any of AWS's shapes.

    EventBridge events, what SNS, SQS, Kinesis, Firehose and CloudWatch Logs make of them, answers
    of the Health API, AHA's events. Importing a file again changes nothing. What cannot be
    understood is kept in quarantine; a file in which nothing is understood gives exit code 2.
    """
    from offcall.health.taking import import_files

    if not files:
        raise UserError("no file given", expected="files or folders, or - for standard input")
    return import_files(ctx, files, rejects, strict=strict)


@tool("health sync", effect=Effect.RECORD)
def sync(
    ctx: Context,
    organization: Annotated[
        bool, Param("ask for the whole organization, also when the estate does not say so")
    ] = False,
    everything: Annotated[
        bool, Param("ask for all of the last 90 days, not only for news")
    ] = False,
) -> ImportResult:
    """Ask the AWS Health API, store what it knows, and say what EventBridge did not bring."""
    from offcall.health.taking import sync as run

    return run(ctx, organization=organization or None, everything=everything)


@tool("health watch", effect=Effect.CHANGE, ends_with=("until_empty", "once"))
def watch(
    ctx: Context,
    queue: Annotated[
        list[str] | None, Param("URL of a queue; those of the estate by default", metavar="URL")
    ] = None,
    until_empty: Annotated[bool, Param("stop when the queue is empty")] = False,
    once: Annotated[bool, Param("stop after one batch")] = False,
    max_messages: Annotated[int | None, Param("stop after so many messages", least=1)] = None,
    batch: Annotated[int, Param("messages in one transaction", least=1)] = 100,
    poll_every: Annotated[str | None, Param("also ask the Health API so often: 15m, 1h")] = None,
) -> WatchResult:
    """The worker: takes events from an SQS queue, and deletes each message once it is stored.

    A message is deleted only after its transaction is committed; what cannot be understood goes
    into quarantine first. Several workers may watch one queue. Stops after the batch in hand on
    SIGTERM and Ctrl-C.
    """
    from offcall.health.sources.watch import Limits
    from offcall.health.taking import watch as run

    limits = Limits(until_empty=until_empty, once=once, messages=max_messages, batch=batch)
    return run(ctx, queue or [], limits, ctx.length(poll_every) if poll_every else None)


@tool("health ack", effect=Effect.RECORD)
def acknowledge(
    ctx: Context,
    event: Arn,
    account: Of = None,
    resource: Entity = None,
    by: By = None,
    note: Note = None,
) -> ActionDone:
    """Say that somebody has seen an event, or one of its resources, and takes it."""
    from offcall.health.people import act

    return act(ctx, "acknowledge", event, account, resource, by, note)


@tool("health plan", effect=Effect.RECORD)
def plan(
    ctx: Context,
    event: Arn,
    on: Annotated[str | None, Param('when it will be done: "2026-12-01 03:00", "monday 9am"')],
    account: Of = None,
    resource: Entity = None,
    by: By = None,
    note: Note = None,
) -> ActionDone:
    """Say when somebody will do what an event asks for."""
    from offcall.health.people import act

    planned = ctx.time(on) if on else None
    return act(ctx, "plan", event, account, resource, by, note, planned_for=planned)


@tool("health close", effect=Effect.RECORD)
def close(
    ctx: Context,
    event: Arn,
    account: Of = None,
    resource: Entity = None,
    by: By = None,
    note: Note = None,
) -> ActionDone:
    """Say that an event, or one of its resources, is done with.

    The brief and the lists show it no more, unless they are asked for what is closed.
    """
    from offcall.health.people import act

    return act(ctx, "close", event, account, resource, by, note)


@tool("health reopen", effect=Effect.RECORD)
def reopen(
    ctx: Context,
    event: Arn,
    account: Of = None,
    resource: Entity = None,
    by: By = None,
    note: Note = None,
) -> ActionDone:
    """Take back what was said of an event, or of one of its resources."""
    from offcall.health.people import act

    return act(ctx, "reopen", event, account, resource, by, note)


@tool("health quarantine")
def quarantine(
    ctx: Context,
    id: Annotated[int | None, Param("show this one, with its body", positional=True)] = None,
    settled: Annotated[bool, Param("also what has left quarantine")] = False,
    limit: Limit = 50,
) -> QuarantineList:
    """Messages that could not be understood, with the reason, newest first."""
    from offcall.health.people import quarantined

    return quarantined(ctx, id, settled=settled, limit=limit)


@tool("health quarantine-retry", effect=Effect.RECORD)
def quarantine_retry(
    ctx: Context,
    ids: Annotated[list[int] | None, Param("only these; all by default", positional=True)] = None,
    by: By = None,
) -> QuarantineList:
    """Try again to understand messages in quarantine, after an upgrade of offcall."""
    from offcall.health.people import retried

    return retried(ctx, ids or None, by)


@tool("health quarantine-discard", effect=Effect.RECORD)
def quarantine_discard(
    ctx: Context,
    id: Annotated[int, Param("which one", positional=True)],
    why: Annotated[str, Param("the reason, for those who look later")],
    by: By = None,
) -> QuarantineList:
    """Take a message out of quarantine that is no event; its body is kept."""
    from offcall.health.people import discarded

    return discarded(ctx, id, why, by)


@tool("health doctor", effect=Effect.RECORD, snapshot=True)
def doctor(
    ctx: Context,
    queue: Annotated[
        list[str] | None, Param("also look at this queue; those of the estate anyway")
    ] = None,
) -> Doctor:
    """Whether Health events can reach offcall, and do: rules, queues, plan, feeds, quarantine.

    What it finds is kept in offcall's history, so that the brief tells it until the next look.
    """
    from offcall.health.people import examined

    return examined(ctx, queue or [])
