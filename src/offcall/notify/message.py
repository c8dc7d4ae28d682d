"""What a message says: the same content for every channel, in the reader's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from offcall.core.findings import Runbook, Severity
from offcall.core.render.humane import deadline_text, relative_text, time_text
from offcall.core.text import plural, printable, safe_url
from offcall.notify.alerts import Alert, Change, changes, important
from offcall.notify.plan import Occasion

__all__ = ["Item", "Message", "message_of", "summary_of"]

RESOURCES_SHOWN = 5
TEXT_SHOWN = 1200


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a summary. The runbook's URL is None when it is no link, such as a path."""

    headline: str
    severity: Severity
    state: str
    place: str
    deadline: str | None
    owner: str
    next_step: str | None
    runbook: tuple[str, str | None] | None
    command: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: nothing in it acts on a terminal or a page, and links are only links.

    Attributes:
        headline: one line, with severity and what kind of news it is.
        subject: the headline without the kind of news: the same for a whole thread.
        lead: one sentence that says why this message comes now; "" for a new alert.
        facts: name and value, in the order to show.
        text: AWS's own words, or why it matters; shortened.
        links: title and URL.
        command: shows all there is to know.
        alert: None for a summary.
        items: the lines of a summary.
        loud: it is for everybody on the channel, not only for who follows the thread.
    """

    headline: str
    subject: str
    severity: Severity
    occasion: Occasion
    lead: str
    facts: tuple[tuple[str, str], ...]
    text: str
    next_step: str | None
    links: tuple[tuple[str, str], ...]
    command: str
    alert: Alert | None = None
    items: tuple[Item, ...] = ()
    loud: bool = False

    @property
    def resolved(self) -> bool:
        """Whether it says that something is over."""
        return self.occasion in (Occasion.RESOLVED, Occasion.PASSED)


def message_of(
    alert: Alert, occasion: Occasion, told: Alert | None, *, now: datetime, zone: tzinfo
) -> Message:
    """The message of one alert.

    Args:
        told: what this channel was told before; gives the changes that an update names.
    """
    alert, told = alert.clean(), told.clean() if told else None
    news = occasion in (Occasion.UPDATE, Occasion.REOPENED)
    differences = changes(told, alert) if told and news else ()
    links = []
    facts = _facts(alert, now, zone)
    if alert.runbook:
        title, url = _runbook(alert.runbook)
        if url is None:
            facts.append(("Runbook", title))
        else:
            links.append((f"Runbook: {title}", url))
    if source := _link(alert.source):
        links.append(("Source", source))
    return Message(
        headline=_line(_headline(alert, occasion, now, zone)),
        subject=_line(f"[{alert.severity.upper()}] {alert.title}"),
        severity=alert.severity,
        occasion=occasion,
        lead=_line(_lead(alert, occasion, differences, now, zone)),
        facts=tuple((name, _line(value)) for name, value in facts),
        text=_shorten(printable(alert.what)),
        next_step=_next(alert),
        links=tuple(links),
        command=_line(alert.show),
        alert=alert,
        loud=_loud(alert, occasion, told),
    )


def summary_of(
    told: Sequence[tuple[Alert, Occasion]], title: str, *, now: datetime, zone: tzinfo
) -> Message:
    """One message for many: a digest, or a burst that would bury people."""
    ordered = sorted(
        ((alert.clean(), occasion) for alert, occasion in told),
        key=lambda one: (
            one[0].state == "resolved",
            -one[0].severity.rank,
            one[0].deadline.timestamp() if one[0].deadline else float("inf"),
            one[0].title,
        ),
    )
    open_ = [alert for alert, _ in ordered if alert.state == "open"]
    worst = max((alert.severity for alert in open_), key=lambda s: s.rank, default=Severity.INFO)
    over = len(ordered) - len(open_)
    counts = ", ".join(
        text
        for text in (f"{len(open_)} open" if open_ else "", f"{over} over" if over else "")
        if text
    )
    soonest = min((a.deadline for a in open_ if a.deadline and a.deadline > now), default=None)
    facts = [("First deadline", deadline_text(soonest, now, zone))] if soonest else []
    return Message(
        headline=_line(f"{title}: {counts}"),
        subject=_line(f"{title}: {counts}"),
        severity=worst,
        occasion=Occasion.NEW if open_ else Occasion.RESOLVED,
        lead=f"{plural(len(ordered), 'message')} gathered up to {time_text(now, zone)}.",
        facts=tuple(facts),
        text="",
        next_step=None,
        links=(),
        command="offcall brief",
        items=tuple(_item(alert, occasion, now, zone) for alert, occasion in ordered),
    )


def _item(alert: Alert, occasion: Occasion, now: datetime, zone: tzinfo) -> Item:
    return Item(
        headline=_line(_headline(alert, occasion, now, zone)),
        severity=alert.severity,
        state=alert.state,
        place=_line(_place(alert)),
        deadline=deadline_text(alert.deadline, now, zone) if alert.deadline else None,
        owner=_line(alert.owner.name) if alert.owner else "nobody",
        next_step=_next(alert),
        runbook=_runbook(alert.runbook) if alert.runbook else None,
        command=_line(alert.show),
    )


def _line(text: str) -> str:
    """The text on one line."""
    return " ".join(printable(text).split())


def _next(alert: Alert) -> str | None:
    if alert.state == "resolved" or alert.next_step is None:
        return None
    return printable(alert.next_step)


def _runbook(runbook: Runbook) -> tuple[str, str | None]:
    """Its title and link; a path, and what pretends to be a link, is only text."""
    url = _link(runbook.url)
    return _line(runbook.title if url else f"{runbook.title} ({runbook.url})"), url


def _link(url: str | None) -> str | None:
    """The URL if it is a link, without what ends one in the markup of a chat."""
    safe = safe_url(url)
    if safe is None:
        return None
    for mark in "|<>":
        safe = safe.replace(mark, f"%{ord(mark):02X}")
    return safe


def _headline(alert: Alert, occasion: Occasion, now: datetime, zone: tzinfo) -> str:
    mark = alert.severity.upper()
    if occasion is Occasion.RESOLVED:
        return f"[RESOLVED] {alert.title}"
    if occasion is Occasion.PASSED:
        return f"[OVER] {alert.title}"
    if occasion is Occasion.UPDATE:
        return f"[{mark}] Update: {alert.title}"
    if occasion is Occasion.REOPENED:
        return f"Open again: [{mark}] {alert.title}"
    if occasion is Occasion.REMINDER and alert.deadline:
        when = relative_text(alert.deadline, now, zone)
        return f"[{mark}] {when[0].upper()}{when[1:]}: {alert.title}"
    return f"[{mark}] {alert.title}"


def _loud(alert: Alert, occasion: Occasion, told: Alert | None) -> bool:
    if occasion is Occasion.UPDATE:
        return told is not None and important(told, alert)
    return occasion in (Occasion.REMINDER, Occasion.REOPENED)


def _lead(
    alert: Alert,
    occasion: Occasion,
    differences: Sequence[Change],
    now: datetime,
    zone: tzinfo,
) -> str:
    if occasion is Occasion.RESOLVED:
        if alert.kind == "finding":
            return "This is no longer found."
        return f"This is over: {alert.status}."
    if occasion is Occasion.PASSED:
        return "It began and ended while messages were held back."
    if occasion is Occasion.REMINDER and alert.deadline:
        taken = f"{alert.taken}." if alert.taken else "Nobody has taken it yet."
        return f"Reminder: due {deadline_text(alert.deadline, now, zone)}. {taken}"
    if occasion is Occasion.UPDATE:
        said = "; ".join(_difference(one, zone) for one in differences)
        if all(one.name.startswith("AWS ") for one in differences) and said:
            # Only its text has changed, and that begins with who wrote it.
            return said
        return f"Changed: {_ended(said)}" if said else "Changed."
    if occasion is Occasion.REOPENED:
        said = "; ".join(_difference(one, zone) for one in differences)
        return "Open again, after it was told as over" + (f": {_ended(said)}" if said else ".")
    return ""


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."


def _difference(one: Change, zone: tzinfo) -> str:
    def text(value: str | datetime | None) -> str:
        return time_text(value, zone) if isinstance(value, datetime) else str(value)

    if one.before is None:
        return f"{one.name}: {text(one.after)}"
    after = "not known any more" if one.after is None else text(one.after)
    return f"{one.name}: {text(one.before)} → {after}"


def _facts(alert: Alert, now: datetime, zone: tzinfo) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str | None]] = [
        ("Where", _place(alert)),
        ("Resources", _resources(alert)),
        ("Status", alert.status),
        ("Starts", time_text(alert.starts, zone) if alert.starts else None),
        ("Ends", time_text(alert.ends, zone) if alert.ends else None),
        ("Deadline", deadline_text(alert.deadline, now, zone) if alert.deadline else None),
        ("Owner", _owner(alert)),
        ("Taken", alert.taken),
        ("Code", alert.code),
    ]
    if alert.state == "resolved":
        pairs = [pair for pair in pairs if pair[0] != "Deadline"]
    elif alert.deadline is not None and alert.deadline == alert.starts:
        pairs = [pair for pair in pairs if pair[0] != "Starts"]
    return [(name, value) for name, value in pairs if value]


def _owner(alert: Alert) -> str:
    if len(alert.owners) > 1:
        return ", ".join(alert.owners)
    return f"{alert.owner.name} ({alert.owner.rule})" if alert.owner else "nobody yet"


def _place(alert: Alert) -> str:
    parts = (alert.service, f"account {alert.account}" if alert.account else None, alert.region)
    return " · ".join(part for part in parts if part) or "everywhere"


def _resources(alert: Alert) -> str | None:
    if not alert.resources:
        return None
    names = alert.names or tuple(one.rsplit(":", 1)[-1] for one in alert.resources)
    shown = names[:RESOURCES_SHOWN]
    more = len(alert.resources) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def _shorten(text: str) -> str:
    text = text.strip()
    if len(text) <= TEXT_SHOWN:
        return text
    return text[:TEXT_SHOWN].rsplit(" ", 1)[0] + " …"
