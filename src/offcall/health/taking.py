"""Taking events in for the tools: files, the Health API, queues."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.core.service import Stop
from offcall.core.snapshots import Unread
from offcall.core.text import plural
from offcall.health.checks.feed_gap import gap_findings
from offcall.health.looking import section
from offcall.health.model import Delivery, Reject
from offcall.health.sources.api import poll
from offcall.health.sources.aws import Access
from offcall.health.sources.files import batches_of, files_of
from offcall.health.sources.reconcile import missed_since
from offcall.health.sources.sqs import Queue
from offcall.health.sources.watch import Limits, Tally, Watcher
from offcall.health.storage import store
from offcall.health.work import ImportResult, Refused, WatchResult
from offcall.history import open_history

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["access", "import_files", "sync", "watch"]

FIRST_FEW = 20


def access(ctx: Context) -> Access:
    """The credentials that the estate names.

    Raises:
        UserError: this is the demo, which has no AWS.
    """
    if ctx.demo:
        raise UserError(
            "the sample estate has no AWS account", hint="leave out --demo to use your own"
        )
    own = section(ctx)
    return Access(profile=own.profile, role_arn=own.role_arn)


class _Rejects:
    """Passes items on, and remembers (and writes down) what was refused."""

    def __init__(self, file: Path | None) -> None:
        self.first: list[Refused] = []
        self._file = file
        self._stack = contextlib.ExitStack()
        self._out = None
        if file is not None:
            try:
                self._out = self._stack.enter_context(file.open("wb"))
            except OSError as error:
                raise UserError(f"cannot write: {error.strerror}", file=str(file)) from error

    def __enter__(self) -> _Rejects:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def through(self, items: Iterable[Delivery | Reject]) -> Iterator[Delivery | Reject]:
        """The same items."""
        for item in items:
            if isinstance(item, Reject):
                self.note((item,))
            yield item

    def note(self, items: Iterable[Reject]) -> None:
        """These were refused."""
        for item in items:
            self._note(item)

    def _note(self, item: Reject) -> None:
        line = item.line or item.origin.line
        where = (item.origin.name or item.origin.how) + (f":{line}" if line else "")
        if len(self.first) < FIRST_FEW:
            self.first.append(Refused(where=where, reason=item.reason))
        if self._out is not None:
            self._out.write(item.body.replace(b"\n", b" ") + b"\n")


def import_files(
    ctx: Context, paths: list[Path], rejects: Path | None, *, strict: bool
) -> ImportResult:
    """See `health import`."""
    files = files_of(paths)
    history = open_history(ctx)
    total = store.IngestReport()
    damaged: list[Unread] = []
    size = sum(one.stat().st_size for one in files if str(one) != "-")
    with (
        _Rejects(rejects) as refused,
        ctx.progress.task(f"importing {plural(len(files), 'file')}", size or None) as advance,
    ):
        for file in files:
            hurt: list[str] = []
            before = total.messages - total.rejected
            for gathered in batches_of(file, ctx.now, history.timestamp):
                refused.note(gathered.rejects)
                total.add(store.ingest_batches(history, (gathered,), ctx.now))
                advance(gathered.read)
                hurt += gathered.damage
            understood = plural(total.messages - total.rejected - before, "event")
            damaged += [
                Unread(
                    what=str(file),
                    why=f"{why}; {understood} before the damage imported",
                    hint="copy the file anew and import it again",
                )
                for why in hurt
            ]
    return _result(
        plural(len(files), "file") if len(files) != 1 else str(files[0]),
        total,
        refused.first,
        rejects,
    ).model_copy(
        update={
            "unread": (*damaged, *_not_understood(total)),
            # Nothing but what is no event: another file was meant.
            "bad": bool(damaged)
            or total.messages == total.rejected
            or (strict and total.rejected > 0),
        }
    )


def _not_understood(total: store.IngestReport) -> list[Unread]:
    if not total.messages:
        return [Unread(what="nothing to import", why="there is no message in it")]
    if not total.rejected:
        return []
    count = plural(total.rejected, "message")
    why = "not understood, and kept in quarantine"
    return [Unread(what=count, why=why, hint="see `offcall health quarantine`")]


def _result(
    source: str, report: store.IngestReport, refused: list[Refused], file: Path | None = None
) -> ImportResult:
    return ImportResult(
        source=source,
        messages=report.messages,
        new=report.new,
        duplicates=report.duplicates,
        rejected=report.rejected,
        noted=report.noted,
        events_new=report.created,
        events_changed=report.changed,
        refused=tuple(refused),
        rejects_file=str(file) if file else None,
    )


def sync(ctx: Context, *, organization: bool | None, everything: bool) -> ImportResult:
    """See `health sync`."""
    own = section(ctx)
    with_aws = access(ctx)
    history = open_history(ctx)
    whole = own.organization if organization is None else organization
    before = [one.last_seen for one in store.feeds(history) if one.how == "api"]
    since = max(before) if before and not everything else None
    account = with_aws.account()
    poller = poll(with_aws.health(), account=account, organization=whole, since=since)
    with _Rejects(None) as refused, ctx.progress.task("asking the Health API") as advance:

        def counted() -> Iterator[Delivery | Reject]:
            for item in refused.through(poller):
                advance(1)
                yield item

        report = store.ingest(history, counted(), ctx.now)
    gaps = missed_since(history, store.feeds(history), ctx.now, since)
    of = f"the organization of {account}" if whole else f"account {account}"
    since_text = f", since {since:%Y-%m-%d %H:%M} UTC" if since else ", the last 90 days"
    return _result(f"Health API, {of}{since_text}", report, refused.first).model_copy(
        update={"findings": tuple(gap_findings(gaps)), "unread": tuple(poller.unread)}
    )


def queues_of(ctx: Context, queues: Sequence[str]) -> list[str]:
    """The queues named, else those of the estate.

    Raises:
        UserError: there is none.
    """
    urls = list(queues) or list(section(ctx).queues)
    if not urls:
        raise UserError(
            "no queue to watch",
            hint="give --queue URL, or health.queues in the estate file; "
            "deploy/ has a template that makes one",
        )
    return urls


def watch(
    ctx: Context,
    queues: list[str],
    limits: Limits,
    poll_every: timedelta | None,
    *,
    stop: Stop | None = None,
    beside: contextlib.AbstractContextManager[None] | None = None,
) -> WatchResult:
    """See `health watch`.

    Args:
        stop: ends the watching from elsewhere too.
        beside: entered while the workers run, after signals are heard.
    """
    ctx.thaw()
    urls = queues_of(ctx, queues)
    with_aws = access(ctx)
    history = open_history(ctx)
    stop = Stop() if stop is None else stop
    idle = _polling(ctx, poll_every) if poll_every else None
    workers = [
        Watcher(
            history,
            Queue(url, with_aws),
            lambda: ctx.fixed_now or datetime.now(UTC),
            limits=limits,
            stop=stop,
            # One of the workers polls; the others only watch.
            idle=idle if number == 0 else None,
        )
        for number, url in enumerate(urls)
    ]
    started = time.monotonic()
    with stop.on_signals(), beside or contextlib.nullcontext():
        # Only now: whoever reads this may stop it.
        ctx.progress.note(f"watching {plural(len(urls), 'queue')}; stop with Ctrl-C")
        tally = workers[0].run() if len(workers) == 1 else _together(workers, stop)
    return WatchResult(
        queues=tuple(urls),
        received=tally.received,
        batches=tally.batches,
        stored=tally.stored,
        duplicates=tally.duplicates,
        rejected=tally.rejected,
        events_new=tally.events_new,
        events_changed=tally.events_changed,
        undeleted=tally.undeleted,
        failures=tally.failures,
        problems=tuple(tally.problems),
        seconds=round(time.monotonic() - started, 3),
    )


def _together(workers: list[Watcher], stop: Stop) -> Tally:
    """Several queues at once, a thread each; the first error stops all."""
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    with ThreadPoolExecutor(len(workers), thread_name_prefix="watch") as pool:
        running = [pool.submit(one.run) for one in workers]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            if any(one.done() and one.exception() for one in running):
                stop.set()
    total = Tally()
    for one in running:
        tally = one.result()
        for name in Tally.__slots__:
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    return total


def _polling(ctx: Context, every: timedelta) -> Callable[[], None]:
    """A function that asks the Health API when it is time."""
    due = 0.0
    lock = threading.Lock()

    def idle() -> None:
        nonlocal due
        with lock:
            if time.monotonic() < due:
                return
            due = time.monotonic() + every.total_seconds()
        result = sync(ctx, organization=None, everything=False)
        ctx.progress.note(
            f"asked the Health API: {result.new:,} new, "
            f"{plural(len(result.findings), 'event')} that the feed did not bring"
        )

    return idle
