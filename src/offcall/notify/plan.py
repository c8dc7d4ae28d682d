"""What to say to whom, and when: a pure function of alerts, rules, and what was said before.

An alert has one thread on each channel. A thread remembers the revision that was last queued;
there is something to say when the alert is new, has another revision, is resolved, or comes
nearer to its deadline than any reminder so far. What is queued is not queued again, whatever
restarts; what is queued and still waits (for the end of quiet hours, a digest, a retry) is
replaced by what is newer, so that people read one message with the present state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from offcall.notify.alerts import Alert
from offcall.notify.estate import Match
from offcall.notify.quiet import next_digest, quiet_until
from offcall.notify.routes import Place, Rule, Rules, Target, targets

__all__ = ["Occasion", "Sending", "Thread", "as_delivered", "plan", "threshold"]


class Occasion(StrEnum):
    """Why a message is sent."""

    NEW = "new"
    UPDATE = "update"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    """It was told as over, and is open again."""
    PASSED = "passed"
    """It began and ended before anybody could be told (quiet hours, a digest)."""
    UNSAID = "unsaid"
    """It is again as it was told: what still waits is taken back."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What one channel knows of one alert.

    Attributes:
        version: how many messages were queued.
        alert: as it was last queued.
        told: as it was last sent; None when nothing was sent yet.
        covered: the least number of days before the deadline that a message covered.
        waiting: when a message that is queued, and not being sent just now, is due.
    """

    version: int
    alert: Alert
    told: Alert | None = None
    covered: int | None = None
    waiting: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to queue.

    Attributes:
        seen: the thread's version that this was decided on; 0 when there was no thread.
        due: when it may go; in the future for quiet hours and digests.
        held: why it does not go at once, in words.
        digest: name of the digest that it is gathered in.
        rule: the route that asked for it.
        told: what the channel was told before.
    """

    place: Place
    alert: Alert
    occasion: Occasion
    due: datetime
    seen: int
    rule: str
    told: Alert | None = None
    covered: int | None = None
    held: str | None = None
    digest: str | None = None


_FOLLOWS = Rule(where="it follows its first message", match=Match(), to=())


def plan(
    alerts: Iterable[Alert],
    rules: Rules,
    threads: Mapping[tuple[str, str], Thread],
    now: datetime,
) -> list[Sending]:
    """What must be queued now.

    Args:
        alerts: the present state of all that is open, and of what has a thread.
        rules: the routes.
        threads: by channel name and alert key.
        now: aware.
    """
    by_key: dict[str, dict[str, Thread]] = {}
    for (channel, key), thread in threads.items():
        by_key.setdefault(key, {})[channel] = thread
    wanted = [
        (alert, target)
        for alert in alerts
        for target in _with_followers(alert, rules, by_key.get(alert.key, {}))
    ]
    heard = {(target.place.name, alert.key) for alert, target in wanted if alert.state == "open"}
    planned = [
        sending
        for alert, target in wanted
        if not _heard_elsewhere(alert, target, by_key, heard)
        and (sending := _sending(alert, target, by_key, rules, now)) is not None
    ]
    return sorted(planned, key=_worst_first)


def _heard_elsewhere(
    alert: Alert,
    target: Target,
    by_key: Mapping[str, Mapping[str, Thread]],
    heard: Set[tuple[str, str]],
) -> bool:
    """Whether the channel hears of the same thing from an open event, so that it is no news."""
    name = target.place.name
    if alert.state == "resolved" or name in by_key.get(alert.key, {}):
        return False
    return any((name, key) in heard for key in alert.same_as)


def _worst_first(one: Sending) -> tuple[int, float, str, str]:
    deadline = one.alert.deadline.timestamp() if one.alert.deadline else float("inf")
    return (-one.alert.severity.rank, deadline, one.alert.title, one.place.name)


def _with_followers(alert: Alert, rules: Rules, threads: Mapping[str, Thread]) -> Iterator[Target]:
    """The routed channels, and those that were told before though no rule names them now.

    Who was told that something is wrong is also told that it is over.
    """
    named = set()
    for target in targets(alert, rules):
        named.add(target.place.name)
        yield target
    for channel, thread in threads.items():
        if channel not in named and channel in rules.places and thread.alert.state == "open":
            place = rules.places[channel]
            yield Target(place, _FOLLOWS)


def _sending(
    alert: Alert,
    target: Target,
    by_key: Mapping[str, Mapping[str, Thread]],
    rules: Rules,
    now: datetime,
) -> Sending | None:
    thread = by_key.get(alert.key, {}).get(target.place.name)
    near = threshold(alert, target.rule.reminders, now)
    occasion = _occasion(alert, thread, near)
    if occasion is None:
        return None
    due, held = _due(alert, target, rules, now)
    if thread is not None and thread.waiting is not None and thread.waiting < due:
        # An alert that changes all the time must not push its own message before it for ever.
        due, held = max(thread.waiting, now), held if thread.waiting > now else None
    return Sending(
        place=target.place,
        alert=alert,
        occasion=occasion,
        due=due,
        seen=thread.version if thread else 0,
        rule=target.rule.where,
        told=thread.told if thread else None,
        covered=_covered(alert, thread, near),
        held=held,
        digest=target.rule.digest,
    )


def _occasion(alert: Alert, thread: Thread | None, near: int | None) -> Occasion | None:
    resolved = alert.state == "resolved"
    if thread is None:
        # What was over before it was ever seen is history, not news.
        return None if resolved else Occasion.NEW
    if alert.revision != thread.alert.revision:
        if thread.told and thread.told.revision == alert.revision and thread.waiting is not None:
            return Occasion.UNSAID
        return as_delivered(Occasion.UPDATE, alert, thread.told)
    if resolved or near is None or (thread.covered is not None and near >= thread.covered):
        return None
    return as_delivered(Occasion.REMINDER, alert, thread.told)


def as_delivered(occasion: Occasion, alert: Alert, told: Alert | None) -> Occasion:
    """What a queued message is when it goes out: others may have gone out before it meanwhile."""
    resolved = alert.state == "resolved"
    if told is None:
        return Occasion.PASSED if resolved else Occasion.NEW
    if resolved:
        return Occasion.RESOLVED
    if told.state == "resolved":
        return Occasion.REOPENED
    # A reminder that replaced an update which was still waiting carries the change.
    same = told.revision == alert.revision
    return Occasion.REMINDER if same and occasion is Occasion.REMINDER else Occasion.UPDATE


def threshold(alert: Alert, days: Iterable[int], now: datetime) -> int | None:
    """The nearest reminder whose time has come: the least of `days` that is not in the future.

    None when the deadline is far, or has passed by a day or more.
    """
    if alert.deadline is None or alert.state == "resolved":
        return None
    left = alert.deadline - now
    if left <= timedelta(days=-1):
        return None
    return min((day for day in days if left <= timedelta(days=day)), default=None)


def _covered(alert: Alert, thread: Thread | None, near: int | None) -> int | None:
    """What later reminders are measured against; a deadline that moves starts anew."""
    if thread is None or thread.alert.deadline != alert.deadline:
        return near
    known = [day for day in (thread.covered, near) if day is not None]
    return min(known, default=None)


def _due(alert: Alert, target: Target, rules: Rules, now: datetime) -> tuple[datetime, str | None]:
    place, rule = target.place, target.rule
    if rule.digest is not None:
        digest = (rules.digests or {})[rule.digest]
        return next_digest(digest, now, place.zone), f"digest '{rule.digest}'"
    quiet = rule.quiet or place.quiet
    until = quiet_until(quiet, alert.severity, now, place.zone) if quiet else None
    return (until, "quiet hours") if until else (now, None)
