"""Everything that runs all the time, in one process: take events in, look, tell people."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offcall.core.errors import UserError
from offcall.core.service import Beside, Stop, repeat
from offcall.surfaces.cli.options import Command, with_common

if TYPE_CHECKING:
    from offcall.brief.remembering import Remembered
    from offcall.core.context import Context
    from offcall.surfaces.cli.duties import Duties

__all__ = ["command"]


@with_common("worker")
@click.command("worker", cls=Command, short_help="Watch, look and tell people, in one process")
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
    "--alive",
    type=click.Path(path_type=Path),
    envvar="OFFCALL_ALIVE",
    metavar="FILE",
    help="Touched in every round, so that a probe can see whether rounds go on; or OFFCALL_ALIVE.",
)
def command(
    *,
    queue: tuple[str, ...],
    send: bool,
    every: str,
    look_every: str,
    poll_every: str,
    alive: Path | None,
    **common: Any,
) -> int:
    """Watch the queues, ask the Health API, look at the estate, and tell people: all in one.

    The same as `offcall health watch --poll-every 15m`, `offcall notify run --send --every 60s`,
    and a look at the estate each hour whose findings `notify` tells. The estate file is read anew
    for each round. Stops after the batch in hand on SIGTERM and Ctrl-C.

    Without a queue it does the rest, and says so: events then come from the Health API alone.

    Without --send nothing leaves this machine but the requests that read.
    """
    from offcall.health.looking import section
    from offcall.history import open_history
    from offcall.surfaces.cli.duties import Duties, looks_at
    from offcall.surfaces.cli.session import open_context, show

    with open_context(common) as ctx:
        # A mistake in the file is told now, not in the first round.
        ctx.estate.check()
        rounds = Rounds(
            open_context=lambda: open_context(common),
            note=ctx.progress.note,
            send=send,
            every=ctx.length(every),
            look_every=ctx.length(look_every),
            alive=alive,
        )
        duties = Duties(
            queues=queue or section(ctx).queues,
            poll=None if poll_every == "never" else ctx.length(poll_every),
            looks=looks_at(ctx),
            tells=bool(ctx.estate.node.get("notify")),
        )
        for line in duties.told(rounds):
            ctx.progress.note(line)
        open_history(ctx)
        rounds.beat()
        with _recorded(ctx, duties, send=send) as said:
            result = duties.work(ctx, rounds)
            said(result.outcome())
        return show(result, ctx, common)


@contextlib.contextmanager
def _recorded(ctx: Context, duties: Duties, *, send: bool) -> Iterator[Callable[[str], None]]:
    """In the audit, as every tool that changes something outside is."""
    if not duties.queues and not send:
        yield lambda _outcome: None
        return
    from offcall.core.changes import Change
    from offcall.core.people import account
    from offcall.core.secrets import without_password

    arguments = {"queue": [without_password(one) for one in duties.queues], "send": send}
    with ctx.journal(Change(account(), "worker", arguments)) as said:
        yield said


@dataclass(slots=True)
class Rounds:
    """Looks and tells, again and again, beside the watching."""

    open_context: Callable[[], Context]
    note: Callable[[str], None]
    send: bool
    every: timedelta
    look_every: timedelta
    alive: Path | None = None
    _looked: float = float("-inf")

    def beside(self, stop: Stop) -> Beside:
        """A block during which the rounds go on; their end ends what is in the block."""

        def rounds() -> None:
            repeat(self.once, every=self.every, stop=stop, note=self.note)

        return Beside(rounds, stop, "rounds")

    def once(self) -> None:
        """One round: a look when it is time, then what is to tell.

        Raises:
            OffcallError: what AWS, the history or the estate refuses.
        """
        from offcall.brief.remembering import remember
        from offcall.notify.running import run_once, said_of

        self.beat()
        started = time.monotonic()
        with self.open_context() as ctx:
            try:
                if started - self._looked >= self.look_every.total_seconds():
                    self._told_of(remember(ctx))
                    self._looked = started
            finally:
                # What was known before is told, also when looking fails.
                for line in said_of(run_once(ctx, send=self.send, shown=0), ctx.now):
                    self.note(line)

    def beat(self) -> None:
        """Show that rounds go on, whether what they do works or not.

        Raises:
            UserError: the file cannot be written.
        """
        if self.alive is None:
            return
        try:
            self.alive.touch()
        except OSError as error:
            raise UserError(f"cannot write: {error.strerror}", file=str(self.alive)) from error

    def _told_of(self, seen: Remembered) -> None:
        self.note(
            f"looked at the estate: {seen.new} new, {seen.still} still there, "
            f"{seen.resolved} resolved"
        )
        for one in seen.unread:
            self.note(f"could not read {one.what}: {one.why}")
