"""What the notify tools answer."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.documents import (
    Block,
    Code,
    Column,
    Document,
    Facts,
    Heading,
    Line,
    Span,
    Table,
    Tone,
    tone_of,
)
from offcall.core.findings import Finding, Severity
from offcall.core.render.humane import time_text
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = [
    "ChannelInfo",
    "ChannelList",
    "MessageList",
    "MessageRow",
    "Retried",
    "RunResult",
    "Said",
]

_TONES = {
    "sent": Tone.OK,
    "skipped": Tone.MUTED,
    "replaced": Tone.MUTED,
    "waiting": Tone.WARN,
    "held": Tone.INFO,
    "sending": Tone.INFO,
    "failed": Tone.BAD,
    "would send": Tone.INFO,
    "would hold": Tone.MUTED,
}


class _Zoned(Result):
    """A result that names times in the reader's zone."""

    time_zone: str = Field(default="UTC", description="IANA name of the zone of shown times.")

    @property
    def zone(self) -> tzinfo:
        """The zone; UTC when the machine's zone has no name."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC


class Said(BaseModel):
    """One message of a run: what, to whom, why, and what became of it."""

    model_config = ConfigDict(frozen=True)

    channel: str
    kind: str
    state: str = Field(description="would send, would hold, sent, skipped, waiting, failed, held")
    occasion: str
    severity: Severity
    headline: str
    rule: str = Field(description="The route that asked for it, with file and line.")
    due: datetime | None = None
    outcome: str | None = None
    text: str = ""


class RunResult(_Zoned):
    """A run, or what a run would do."""

    sent: bool = Field(description="False for a dry run.")
    messages: tuple[Said, ...] = ()
    broken: dict[str, str] = Field(default_factory=dict)
    hint: str | None = None
    shown: int = 5

    def outcome(self) -> str:
        """How many messages came to what."""
        counts = Counter(one.state for one in self.messages)
        return ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing to send"

    def document(self, zone: tzinfo) -> Document:
        """A table of all, and the text of the first few."""
        now = [one for one in self.messages if one.state not in ("would hold", "held")]
        later = len(self.messages) - len(now)
        if self.sent:
            sent = sum(one.state == "sent" for one in now)
            subtitle = f"{plural(sent, 'message')} sent"
            if undelivered := len(self._undelivered()):
                subtitle += f", {undelivered:,} not delivered"
        else:
            subtitle = f"{plural(len(now), 'message')} would be sent"
        subtitle += f", {later:,} held for later" if later else ""
        blocks: list[Block] = []
        if self.hint:
            blocks.append(Line(self.hint, Tone.WARN))
        blocks.append(
            Table(
                (
                    Column("State"),
                    Column("Channel"),
                    Column("Message", wide=True),
                    Column("Why", wide=True),
                ),
                tuple(
                    (
                        Span(one.state, _TONES.get(one.state, Tone.PLAIN)),
                        one.channel,
                        Span(one.headline, tone_of(one.severity)),
                        "; ".join(
                            part for part in (one.rule, _when(one, self.zone), one.outcome) if part
                        ),
                    )
                    for one in self.messages
                ),
                empty="nothing new to tell",
            )
        )
        if not self.sent:
            for one in now[: self.shown]:
                blocks.append(Heading(f"{one.channel} ({one.kind})", 3))
                blocks.append(Code(one.text, "text"))
            if len(now) > self.shown:
                more = len(now) - self.shown
                blocks.append(Line(f"… and {more:,} more; --output json has the text of all"))
        title = "Notifications" if self.sent else "Notifications (dry run: nothing was sent)"
        return Document(title, subtitle, tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """None: what was not delivered is in the brief and in `notify list`."""
        return ()

    def _undelivered(self) -> tuple[Said, ...]:
        """What was tried and did not arrive."""
        return tuple(
            one
            for one in self.messages
            if one.state == "failed" or (one.state == "waiting" and one.outcome)
        )

    def failed(self) -> bool:
        """A message was given up, which nobody tries again by itself."""
        return any(one.state == "failed" for one in self.messages)

    def incomplete(self) -> tuple[str, ...]:
        """Channels that could not be used, and messages that did not arrive."""
        broken = (f"channel '{name}': {why}" for name, why in sorted(self.broken.items()))
        lost = (
            f"channel '{one.channel}': not delivered"
            + (", tried again later" if one.state == "waiting" else ", given up")
            + f": {one.outcome}"
            for one in self._undelivered()
        )
        return (*broken, *dict.fromkeys(lost))


def _when(one: Said, zone: tzinfo) -> str | None:
    return f"until {time_text(one.due, zone)}" if one.due is not None else None


class MessageRow(BaseModel):
    """One message in the history."""

    model_config = ConfigDict(frozen=True)

    id: int
    channel: str
    key: str
    occasion: str
    state: str
    severity: Severity
    title: str
    rule: str
    created_at: datetime
    due_at: datetime
    attempts: int
    ended_at: datetime | None
    outcome: str | None


class MessageList(_Zoned):
    """What was told, newest first."""

    messages: tuple[MessageRow, ...]
    findings: tuple[Finding, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table."""
        rows = tuple(
            (
                str(one.id),
                time_text(one.ended_at or one.due_at, self.zone),
                one.channel,
                Span(one.state, _TONES.get(one.state, Tone.PLAIN)),
                one.occasion,
                Span(one.title, tone_of(one.severity)),
                one.outcome or "",
            )
            for one in self.messages
        )
        columns = (
            Column("Id", right=True),
            Column("When"),
            Column("Channel"),
            Column("State"),
            Column("What"),
            Column("Title", wide=True),
            Column("Outcome", wide=True),
        )
        return Document(
            "What was told",
            plural(len(rows), "message"),
            (Table(columns, rows, empty="nothing was told yet"),),
        )

    def all_findings(self) -> tuple[Finding, ...]:
        """Channels to which messages could not be delivered."""
        return self.findings


class Retried(Result):
    """What `notify retry` did."""

    count: int

    def document(self, zone: tzinfo) -> Document:
        """One line."""
        count = plural(self.count, "message")
        text = f"{count} will be tried again by the next `offcall notify run --send`"
        return Document("Retry", None, (Line(text),))


class ChannelInfo(BaseModel):
    """A configured channel. `target` shows references and hosts, never secrets."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str
    target: str
    line: int | None
    problem: str | None = None
    last_sent: datetime | None = None
    failed: int = 0


class ChannelList(_Zoned):
    """The channels and routes of the estate, checked."""

    channels: tuple[ChannelInfo, ...]
    routes: tuple[tuple[str, str], ...]

    def document(self, zone: tzinfo) -> Document:
        """Two tables."""
        rows = tuple(
            (
                one.name,
                one.kind,
                one.target,
                Span(f"not usable: {one.problem}", Tone.BAD)
                if one.problem
                else Span("ready", Tone.OK),
                time_text(one.last_sent, self.zone) if one.last_sent else "never",
            )
            for one in self.channels
        )
        columns = (
            Column("Channel"),
            Column("Kind"),
            Column("Where", wide=True),
            Column("State", wide=True),
            Column("Last sent"),
        )
        blocks: list[Block] = [
            Table(columns, rows, empty="the estate has no `notify: channels:`"),
        ]
        if self.routes:
            blocks += [Heading("Routes, in their order", 2), Facts(self.routes)]
        return Document("Channels", plural(len(rows), "channel"), tuple(blocks))
