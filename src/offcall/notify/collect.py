"""Read what there is to tell from the history: events, findings, and what has a thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.health.interest import OPEN, section, shown
from offcall.health.model import Category, EventState
from offcall.notify.alerts import Alert
from offcall.notify.events import alert_of_event, alert_of_finding, event_key, finding_key
from offcall.notify.plan import Thread
from offcall.notify.queueing import told_of

if TYPE_CHECKING:
    from offcall.catalog.book import Catalog
    from offcall.core.context import Context
    from offcall.history.database import History

__all__ = ["collect"]

# AWS does not close most account notifications, so an old one is no news on a first run.
NOTICE_AGE = timedelta(days=30)

MIRRORS = "health-event"
"""Rules that begin so say only what a Health event says, which is told as the event itself."""


def collect(
    ctx: Context,
    history: History,
    threads: Mapping[tuple[str, str], Thread],
    now: datetime,
) -> list[Alert]:
    """Everything that is open, and the present state of what has an open thread.

    Args:
        threads: the open ones.

    Raises:
        StoreError: the history cannot be read.
        EstateError: the catalog's section does not fit.
    """
    from offcall.catalog import open_catalog

    open_keys = {key for (_, key), one in threads.items() if one.alert.state == "open"}
    catalog = open_catalog(ctx)
    told = [alert_of_event(event, catalog, now) for event in _events(ctx, history, open_keys, now)]
    return [*told, *_joined(told, _findings(catalog, history, open_keys, now))]


def _joined(told: list[Alert], findings: Iterable[Alert]) -> Iterator[Alert]:
    """The findings; the end of a version's support names the open events that announce it."""
    announced: dict[tuple[str | None, str], list[str]] = {}
    for one in told:
        if one.state == "open" and one.code.endswith("_PLANNED_LIFECYCLE_EVENT"):
            for name in one.resources:
                announced.setdefault((one.account, name.casefold()), []).append(one.key)
    for finding in findings:
        keys = [
            key
            for name in finding.resources
            for key in announced.get((finding.account, name.casefold()), ())
        ]
        same = keys and finding.category == "support"
        yield finding.model_copy(update={"same_as": tuple(keys)}) if same else finding


def _events(
    ctx: Context, history: History, open_keys: set[str], now: datetime
) -> Iterator[EventState]:
    """Open events that are news here or have a thread, and those with one that have ended."""
    from offcall.health.storage.phases import Phases
    from offcall.health.storage.store import events

    found = {event_key(*one.key): one for one in events(history, phases=Phases(OPEN, now))}
    wanted = {one.key for one in shown(ctx, found.values())}
    regions = section(ctx).regions
    news = {
        key
        for key, event in found.items()
        if event.key in wanted and not _elsewhere(event, regions) and not _stale(event, now)
    }
    others = found.keys() - news - open_keys
    with history.read() as conn:
        told = told_of(conn, others) if others else set()
    for key, event in found.items():
        if key in news or key in open_keys or key in told:
            yield event
    for key in sorted(open_keys - found.keys()):
        if not key.startswith("finding|") and (ended := _event(history, key)) is not None:
            yield ended


def _event(history: History, key: str) -> EventState | None:
    from offcall.health.storage.store import event

    account, _, arn = key.partition("|")
    try:
        return event(history, arn, None if account == "public" else account)
    except UserError:
        # The history no longer has it, so nothing new can be said of it.
        return None


def _elsewhere(event: EventState, regions: Sequence[str]) -> bool:
    """A public event of a region in which the estate runs nothing, as far as it says."""
    if event.account is not None or not regions or event.region in (None, "global"):
        return False
    return event.region not in regions


def _stale(event: EventState, now: datetime) -> bool:
    if event.category != Category.ACCOUNT_NOTIFICATION:
        return False
    last = event.last_updated or event.start or event.first_seen
    return last is not None and now - last > NOTICE_AGE


def _findings(
    catalog: Catalog, history: History, open_keys: set[str], now: datetime
) -> Iterator[Alert]:
    from offcall.history.findings import lookup

    with history.read() as conn:
        present = lookup(conn, now=now, present=True, without=MIRRORS)
        gone = lookup(conn, now=now, present=False, among=_fingerprints(open_keys))
    seen = set()
    for known in present:
        fingerprint = known.finding.fingerprint
        # One problem that two rooms see is one alert; muted ones are not told.
        if fingerprint in seen or known.mute is not None:
            continue
        seen.add(fingerprint)
        yield alert_of_finding(known, catalog)
    for known in gone:
        alert = alert_of_finding(known, catalog)
        if known.finding.fingerprint not in seen and alert.key in open_keys:
            seen.add(known.finding.fingerprint)
            yield alert


def _fingerprints(keys: set[str]) -> set[str]:
    prefix = finding_key("")
    return {key.removeprefix(prefix) for key in keys if key.startswith(prefix)}
