"""What a tool may ask of the world around it: the time, the estate, snapshots, progress."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from offcall.core.changes import Change, Journal
    from offcall.core.estate import Estate
    from offcall.core.snapshots import Snapshot
    from offcall.core.windows import Prefer, Window

__all__ = ["Context", "Progress", "Silent"]

S = TypeVar("S", bound="Snapshot")
T = TypeVar("T")


class Progress(Protocol):
    """How long work says where it is."""

    def task(
        self, title: str, total: float | None = None
    ) -> contextlib.AbstractContextManager[Callable[[float], None]]:
        """Show `title` while the block runs; call the value with how much more was done."""
        ...

    def note(self, text: str) -> None:
        """Say something on the side (standard error, a log), not part of the answer."""
        ...


class Silent:
    """Progress that says nothing."""

    @contextlib.contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """See `Progress.task`."""
        yield lambda amount: None

    def note(self, text: str) -> None:
        """See `Progress.note`."""


class Context:
    """One run: a CLI call, an MCP session, a console request.

    Args:
        estate: what is looked at, who owns it.
        now: the time to judge at, aware; the wall clock when None.
        zone: the user's time zone, for windows and for showing times.
        demo: use the bundled sample estate.
        load: judge this saved snapshot instead of reading ("-" is standard input).
        save: also write what was read there.
        progress: where to show long work.
        prepare: called with a history that was just opened; the demo fills it.
        journal: where what changes something outside is recorded; without it, nothing is changed.

    Attributes:
        records: what runs writes into the history. A run that only reads makes none.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        now: datetime | None = None,
        zone: tzinfo = UTC,
        demo: bool = False,
        load: Path | None = None,
        save: Path | None = None,
        progress: Progress | None = None,
        prepare: Callable[[Context, Any], None] | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.estate = estate
        self.fixed_now = now
        self.zone = zone
        self.demo = demo
        self.load = load
        self.save = save
        self.progress: Progress = progress or Silent()
        self.prepare = prepare
        self.records = True
        self._journal = journal
        self._frozen: datetime | None = None
        self._kept: dict[str, Any] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *exc: object) -> None:
        self._kept.clear()
        self._stack.close()

    def again(self) -> Context:
        """A context for the next round of a service: the estate file is read anew.

        Raises:
            EstateError: the file is no longer one.
        """
        from offcall.core.estate import Estate

        return Context(
            Estate.load(self.estate.path) if self.estate.path else self.estate,
            now=self.fixed_now,
            zone=self.zone,
            demo=self.demo,
            progress=self.progress,
            prepare=self.prepare,
            journal=self._journal,
        )

    @property
    def now(self) -> datetime:
        """The time to judge at, in UTC."""
        return self.fixed_now or self._frozen or datetime.now(UTC)

    def freeze(self) -> None:
        """Let it be one time from now on: what one run reads, judges and shows fits together."""
        self._frozen = datetime.now(UTC)

    def thaw(self) -> None:
        """Let time go on again, in what runs until it is interrupted."""
        self._frozen = None

    def window(self, text: str) -> Window:
        """Parse a time window ("next week", "2026-03-01..2026-03-31", "P7D") at this run's time."""
        from offcall.core.windows import parse_window

        return parse_window(text, now=self.now, zone=self.zone)

    def time(self, text: str, *, prefer: Prefer | None = None) -> datetime:
        """Parse a point in time ("2026-03-01T02:15Z", "yesterday 02:15") at this run's time.

        `prefer` says which "monday 9am" or "02:15" is meant: the latest past one or the next.
        """
        from offcall.core.windows import parse_time

        return parse_time(text, now=self.now, zone=self.zone, prefer=prefer)

    def length(self, text: str) -> timedelta:
        """Parse a length of time ("15m", "1d", "PT2H"), the same wherever one is asked for."""
        from offcall.core.windows import parse_length

        return parse_length(text, now=self.now, zone=self.zone)

    def person(self, by: str | None) -> str:
        """Who does this: `by`, OFFCALL_USER, or the operating system's user; the audit keeps it.

        Raises:
            UserError: nobody is named, and the system's user is no person (see `core.people`).
        """
        from offcall.core.people import named, person

        # What is done in the sample estate is forgotten, whoever does it.
        return (named(by) or "you") if self.demo else person(by)

    def journal(self, change: Change) -> contextlib.AbstractContextManager[Callable[[str], None]]:
        """A block in which something outside is changed; its value is told how that ended.

        Raises:
            TypeError: whoever made this context has no place for records of changes.
            StoreError: it cannot be recorded now.
        """
        if self._journal is None:
            raise TypeError("a context without a journal changes nothing outside")
        return self._journal(self, change)

    @contextlib.contextmanager
    def running(self, *, records: bool) -> Iterator[None]:
        """A block that writes into the history, or does not."""
        before, self.records = self.records, records
        try:
            yield
        finally:
            self.records = before

    def snapshot(self, kind: type[S], read: Callable[[], S]) -> S:
        """The facts to judge: from `--from` when given, else read now; kept with `--save`."""
        facts = kind.load(self.load) if self.load is not None else read()
        if self.save is not None:
            facts.save(self.save)
            self.progress.note(f"saved {kind.kind} to {self.save}")
        return facts

    def has(self, key: str) -> bool:
        """Whether a thing is kept already."""
        return key in self._kept

    def keep(self, key: str, make: Callable[[], contextlib.AbstractContextManager[T]]) -> T:
        """A thing that one run shares, such as the history: made once, closed at the end."""
        if key not in self._kept:
            self._kept[key] = self._stack.enter_context(make())
        value: T = self._kept[key]
        return value
