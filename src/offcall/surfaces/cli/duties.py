"""What a worker does in an estate, what it does not, and the work itself but for its rounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from offcall.core.errors import OffcallError, UserError
from offcall.core.service import Stop, repeat
from offcall.core.text import plural

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.results import Result
    from offcall.surfaces.cli.answers import Polled

__all__ = ["Duties", "looks_at"]

NOT_LOOKED_AT = frozenset({"name", "time_zone", "history", "health", "notify"})
"""What stands in an estate file and gives a look at the estate nothing to look at."""

_QUEUE = "--queue URL, or health.queues in the estate file"
_LONG = 3600.0


def looks_at(ctx: Context) -> tuple[str, ...]:
    """The sections of the estate that say what to look at."""
    return tuple(
        str(name) for name, node in ctx.estate.node.items() if name not in NOT_LOOKED_AT and node
    )


class Paced(Protocol):
    """The rounds that go on beside."""

    every: timedelta
    look_every: timedelta
    send: bool

    def beside(self, stop: Stop) -> AbstractContextManager[None]:
        """A block during which they go on."""
        ...


@dataclass(frozen=True, slots=True)
class Duties:
    """What there is to do.

    Attributes:
        queues: their URLs.
        poll: how often the Health API is asked; None for never.
        looks: the sections of the estate that say what to look at.
        tells: there is somebody to tell.
    """

    queues: Sequence[str]
    poll: timedelta | None
    looks: tuple[str, ...]
    tells: bool

    def told(self, rounds: Paced) -> Iterator[str]:
        """What it does, and what it does not, in two lines.

        Raises:
            UserError: there is nothing to do.
        """
        if not (self.queues or self.poll or self.looks or self.tells):
            raise UserError(
                "there is nothing for the worker to do",
                expected=f"a queue ({_QUEUE}), --poll-every 15m, "
                "or an estate with lifecycle or notify",
                hint="`offcall estate init` writes one to start with",
            )
        from offcall.core.render.humane import duration_text

        every = f"every {duration_text(rounds.every)}"
        parts = {
            f"take events from {plural(len(self.queues), 'queue')}": (
                bool(self.queues),
                f"take events as they happen (no queue: {_QUEUE})",
            ),
            f"ask the Health API every {duration_text(self.poll or timedelta())}": (
                self.poll is not None,
                "ask the Health API (--poll-every never)",
            ),
            f"look at {', '.join(self.looks)} every {duration_text(rounds.look_every)}": (
                bool(self.looks),
                "look at versions (no lifecycle in the estate file)",
            ),
            f"tell people {every}": (
                self.tells and rounds.send,
                f"send, but say {every} what it would (no --send)"
                if self.tells
                else "tell anybody (no notify in the estate file)",
            ),
        }
        yield "does: " + "; ".join(text for text, (does, _) in parts.items() if does)
        if missing := [text for does, text in parts.values() if not does]:
            yield "does not: " + "; ".join(missing)

    def work(self, ctx: Context, rounds: Paced) -> Result:
        """Until it is stopped; what was done.

        Raises:
            OffcallError: the only thing to do does not work.
        """
        stop = Stop()
        if not self.queues:
            return self._without_queue(ctx, rounds, stop)
        from offcall.health.sources.watch import Limits
        from offcall.health.taking import watch

        beside = rounds.beside(stop)
        return watch(ctx, list(self.queues), Limits(), self.poll, stop=stop, beside=beside)

    def _without_queue(self, ctx: Context, rounds: Paced, stop: Stop) -> Polled:
        from offcall.health.taking import sync
        from offcall.surfaces.cli.answers import Polled

        ctx.thaw()
        total = Polled()

        def ask() -> None:
            total.asked += 1
            try:
                got = sync(ctx, organization=None, everything=False)
            except OffcallError:
                total.failed_asks += 1
                raise
            for name in ("new", "duplicates", "rejected", "events_new", "events_changed"):
                setattr(total, name, getattr(total, name) + getattr(got, name))
            ctx.progress.note(f"asked the Health API: {plural(got.new, 'new message')}")

        with stop.on_signals(), rounds.beside(stop):
            if self.poll is None:
                while not stop:
                    stop.pause(_LONG)
            else:
                if not (self.looks or self.tells):
                    # When all that there is to do does not work, better told than tried for ever.
                    ask()
                    stop.pause(self.poll.total_seconds())
                repeat(ask, every=self.poll, stop=stop, note=ctx.progress.note)
        return total
