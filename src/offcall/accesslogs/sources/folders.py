"""New files of a folder as they land, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.local import find_local, unreadable
from offcall.accesslogs.sources.selecting import LeftOut, Selection
from offcall.core.errors import SourceError, UserError
from offcall.core.windows import Window

__all__ = ["FolderFollower"]

SETTLED_SECONDS = 5.0
"""A file that was written to since is still being copied."""

_CHANGED = "it was changed after it was read; what was added is not read"


class FolderFollower:
    """What lands in a folder, or fits a pattern; it looks as `following.Follower` does.

    A file is taken once, when nobody has written to it for some seconds: balancers write a file in
    one go, and never again. One that changes afterwards comes as a file that cannot be read.

    Args:
        since: files whose names tell that all their lines are older are left out.
        regions, balancers: the same for files of others.

    Raises:
        UserError: there is no such place.
    """

    def __init__(
        self,
        place: str,
        since: datetime,
        *,
        regions: Sequence[str] = (),
        balancers: Sequence[str] = (),
    ) -> None:
        self.place = place
        self._selection = Selection(Window(since, None, "new", UTC), regions, balancers)
        self._taken: dict[str, int] = {}
        self._next: dict[str, int] = {}
        # A misspelt name must not be waited for.
        next(iter(find_local(place, self._selection, LeftOut())), None)

    def look(self, now: datetime) -> list[File]:
        """What is new; `done` says that it was dealt with, otherwise it comes again.

        Raises:
            UserError: the place is gone.
        """
        new: list[File] = []
        here: dict[str, int] = {}
        for one in find_local(self.place, self._selection, LeftOut()):
            try:
                status = Path(one.name).stat()
            except OSError as error:
                if one.name not in self._taken:
                    raise UserError(f"cannot be read: {error.strerror}", file=one.name) from error
                continue
            known = self._taken.get(one.name)
            if known is not None:
                here[one.name] = status.st_size
                if status.st_size != known:
                    new.append(unreadable(one.name, SourceError(_CHANGED)))
            elif not 0 <= now.timestamp() - status.st_mtime < SETTLED_SECONDS:
                # A time to come is that of another machine's clock.
                here[one.name] = status.st_size
                new.append(one)
        # What was taken away is forgotten.
        self._next = here
        return new

    def done(self) -> None:
        """What the last look gave was dealt with."""
        self._taken = self._next
