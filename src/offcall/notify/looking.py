"""`notify list` and `notify channels`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from offcall.core.checks import checks_of, run_checks
from offcall.core.errors import EstateError, MissingExtra
from offcall.core.findings import Severity
from offcall.core.secrets import shown
from offcall.history import open_history
from offcall.notify.channels import open_sender
from offcall.notify.estate import Channel
from offcall.notify.results import ChannelInfo, ChannelList, MessageList, MessageRow
from offcall.notify.routes import Rule
from offcall.notify.schema import messages as table
from offcall.notify.settings import rules_of, section_of
from offcall.notify.snapshot import read_deliveries

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["list_channels", "list_messages", "target_of"]


def list_messages(
    ctx: Context, *, state: str | None, channel: str | None, key: str | None, limit: int
) -> MessageList:
    """Messages of the history, newest first."""
    history = open_history(ctx)
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(table.c.state == state)
    if channel is not None:
        query = query.where(table.c.channel == channel)
    if key is not None:
        query = query.where(table.c.key.contains(key, autoescape=True))
    with history.read() as conn:
        rows = tuple(
            MessageRow(**{name: getattr(row, name) for name in MessageRow.model_fields})
            for row in conn.execute(query)
        )
    facts = read_deliveries(history, ctx.now)
    return MessageList(
        time_zone=str(ctx.zone),
        messages=rows,
        findings=tuple(run_checks(checks_of("notify"), facts, ctx.now)),
    )


def list_channels(ctx: Context) -> ChannelList:
    """The estate's channels, each opened and closed again, and the routes in words."""
    section = section_of(ctx.estate)
    rules = rules_of(ctx.estate, ctx.zone)
    states = {one.name: one for one in read_deliveries(open_history(ctx), ctx.now).channels}
    infos = []
    for name, channel in section.channels.items():
        problem = None
        try:
            open_sender(name, channel, ctx.estate, zone=rules.places[name].zone, now=ctx.now)
        except MissingExtra as error:
            problem = f"needs {error.module}: {error.hint}"
        except EstateError as error:
            problem = error.message
        state = states.get(name)
        infos.append(
            ChannelInfo(
                name=name,
                kind=channel.kind,
                target=target_of(channel),
                line=ctx.estate.line("notify", "channels", name),
                problem=problem,
                last_sent=state.last_sent if state else None,
                failed=state.failed if state else 0,
            )
        )
    routes = [(rule.where, _words(rule)) for rule in rules.rules]
    if rules.default:
        routes.append((rules.default.where, "→ " + ", ".join(rules.default.to)))
    return ChannelList(time_zone=str(ctx.zone), channels=tuple(infos), routes=tuple(routes))


def target_of(channel: Channel) -> str:
    """Where a channel leads, without its secrets."""
    if channel.kind == "slack":
        return f"channel {channel.channel} ({shown(channel.api_url)})"
    if channel.kind == "pagerduty":
        return f"{shown(channel.api_url)} (class '{channel.event_class}')"
    if channel.kind == "email":
        return f"{', '.join(channel.to)} through {shown(channel.server)}"
    if channel.kind == "sns":
        return channel.topic
    return shown(channel.url)


def _words(rule: Rule) -> str:
    parts = [] if rule.match.severity is Severity.INFO else [f"{rule.match.severity} and above"]
    parts += [f"{name} {', '.join(globs)}" for name, globs in _given(rule.match)]
    without = [f"{name} {', '.join(globs)}" for name, globs in _given(rule.match.exclude)]
    text = "; ".join(parts) or "everything"
    if without:
        text += f", but not {' or '.join(without)}"
    to = ", ".join(rule.to) or "nobody"
    tail = " (stop)" if rule.stop else ""
    return f"{text} → {to}{tail}" + (f", in digest '{rule.digest}'" if rule.digest else "")


def _given(match: object) -> list[tuple[str, tuple[str, ...]]]:
    from offcall.notify.estate import Filters

    return [(name, globs) for name in Filters.model_fields if (globs := getattr(match, name))]
