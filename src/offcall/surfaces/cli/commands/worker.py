"""Everything that runs all the time, in one process: take events in, look, tell people."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

__all__ = ["command"]


@click.command("worker", short_help="Watch, look and tell people, in one process")
@click.option(
    "--queue",
    multiple=True,
    metavar="URL",
    help="A queue to watch; those of the estate by default.",
)
@click.option("--send", is_flag=True, help="Really send; without it messages are only named.")
@click.option("--every", default="60s", show_default=True, help="How often people are told.")
@click.option(
    "--look-every",
    default="1h",
    show_default=True,
    help="How often versions and all else of the estate are looked at.",
)
@click.option(
    "--poll-every",
    default="15m",
    show_default=True,
    help="How often the Health API is asked; 'never' without Business Support or better.",
)
@click.option(
    "--estate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The estate file; offcall.yaml here or above by default.",
)
@click.option("--time-zone", metavar="NAME", help="IANA zone for windows and shown times.")
@click.option("-q", "--quiet", is_flag=True, help="Only the summary at the end and errors.")
@click.option("-v", "--verbose", count=True, help="Say what is done; -vv also how.")
def command(
    *,
    queue: tuple[str, ...],
    send: bool,
    every: str,
    look_every: str,
    poll_every: str,
    **common: Any,
) -> int:
    """Watch the queues, ask the Health API, look at the estate, and tell people: all in one.

    The same as `offcall health watch --poll-every 15m`, `offcall notify run --send --every 60s`,
    and a look at the estate each hour whose findings `notify` tells. The estate file is read anew
    for each round. Stops after the batch in hand on SIGTERM and Ctrl-C.

    Without --send nothing leaves this machine but the requests that read.
    """
    from offcall.health.taking import queues_of, watch
    from offcall.health.watch import Limits
    from offcall.notify.running import interval
    from offcall.surfaces.cli.session import open_context, show

    options = {
        **common,
        "demo": False,
        "now": None,
        "no_color": False,
        "output": None,
        "fail_on": "never",
    }
    rounds = Rounds(
        open_context=lambda: open_context(options),
        send=send,
        every=interval(every),
        look_every=interval(look_every),
    )
    with open_context(options) as ctx:
        # A mistake in the file is told now, not in the first round.
        ctx.estate.check()
        urls = queues_of(ctx, queue)
        result = watch(
            ctx,
            urls,
            Limits(),
            None if poll_every == "never" else interval(poll_every),
            beside=rounds.running(ctx.progress.note),
        )
        return show(result, ctx, options)


@dataclass(slots=True)
class Rounds:
    """Looks and tells, again and again, in a thread beside the watching."""

    open_context: Callable[[], Any]
    send: bool
    every: timedelta
    look_every: timedelta

    def running(self, note: Callable[[str], None]) -> _Running:
        """A block during which the rounds go on."""
        return _Running(self, note)

    def once(self, note: Callable[[str], None], *, look: bool) -> None:
        """One round. What AWS, the history or a channel refuses is noted, and tried again."""
        from offcall.brief.remembering import remember
        from offcall.core.errors import OffcallError
        from offcall.notify.running import run_once, said_of

        try:
            with self.open_context() as ctx:
                if look:
                    seen = remember(ctx)
                    note(
                        f"looked at the estate: {seen.new} new, {seen.still} still there, "
                        f"{seen.resolved} resolved"
                    )
                    for one in seen.unread:
                        note(f"could not read {one.what}: {one.why}")
                for line in said_of(run_once(ctx, send=self.send, shown=0), ctx.now):
                    note(line)
        except OffcallError as error:
            note(str(error))


class _Running:
    def __init__(self, rounds: Rounds, note: Callable[[str], None]) -> None:
        self._rounds = rounds
        self._note = note
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="rounds")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _go_on(self) -> None:
        looked = float("-inf")
        while not self._stop.is_set():
            started = time.monotonic()
            look = started - looked >= self._rounds.look_every.total_seconds()
            if look:
                looked = started
            self._rounds.once(self._note, look=look)
            self._stop.wait(
                max(0.0, self._rounds.every.total_seconds() - time.monotonic() + started)
            )
