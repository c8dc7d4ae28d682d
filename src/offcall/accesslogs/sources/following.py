"""New files of a prefix as they land: late ones and ones out of order too, none twice.

What was seen is kept in a file, so that a run goes on where the one before ended. It is written
after a batch was dealt with: what was in hand when a run was killed comes again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.ahead import files_of
from offcall.accesslogs.sources.bucket import Bucket, Options, Place, Remote
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.listing import list_place
from offcall.accesslogs.sources.local import unreadable
from offcall.accesslogs.sources.naming import LATE, parse_name
from offcall.accesslogs.sources.selecting import Selection
from offcall.core.context import Progress, Silent
from offcall.core.errors import AccessDenied, UserError
from offcall.core.service import Stop
from offcall.core.windows import Window

__all__ = ["LOOK_BACK", "PAUSE_SECONDS", "Follower", "follow"]

LOOK_BACK = timedelta(hours=1)
"""What landed up to so long before the last look is looked for again: clocks differ, and a
listing may be older than it seems."""
PAUSE_SECONDS = 60.0
"""Between two looks; AWS writes every 5 minutes."""


@dataclass(slots=True)
class _State:
    """What a run hands on to the next.

    Attributes:
        since: files of lines before are not wanted.
        looked: when the last look began; None before the first.
        seen: ETag and time of what landed lately, by key.
    """

    since: datetime
    looked: datetime | None = None
    seen: dict[str, tuple[str, datetime]] = field(default_factory=dict)


class Follower:
    """What lands in a place.

    Args:
        since: from when on lines are wanted. A state that was kept knows it better.
        state: the file that keeps what was seen; None forgets it at the end.

    Raises:
        UserError: the state is not readable, or is that of another place.
    """

    def __init__(
        self,
        place: Place,
        since: datetime,
        *,
        cache: Cache,
        state: Path | None = None,
        options: Options | None = None,
        progress: Progress | None = None,
        regions: Sequence[str] = (),
        balancers: Sequence[str] = (),
    ) -> None:
        self.place = place
        self._cache, self._file = cache, state
        self._options, self._progress = options or Options(), progress or Silent()
        self._regions, self._balancers = regions, balancers
        self._state = _load(state, place) or _State(since)
        self._next = self._state
        self._told: set[str] = set()

    def look(self, now: datetime) -> list[File]:
        """What is new; `done` says that it was dealt with, otherwise it comes again.

        Raises:
            UserError, AwsError, AwsDenied: the place cannot be listed.
        """
        state = self._state
        start = state.since
        if state.looked is not None:
            start = max(start, state.looked - LOOK_BACK - LATE)
        selection = Selection(
            Window(start, None, "new", UTC), tuple(self._regions), tuple(self._balancers)
        )
        listing = list_place(self.place, selection, options=self._options, progress=self._progress)
        new = [one for one in listing.objects if self._is_new(one)]
        seen = {**state.seen, **{one.key: (one.etag, one.modified) for one in new}}
        # What could not be listed this time is looked for next time, as far back as this time.
        again = any(not isinstance(error, AccessDenied) for _, error in listing.problems)
        looked = state.looked if again else now
        if looked is not None:
            seen = {key: one for key, one in seen.items() if one[1] >= looked - LOOK_BACK}
        self._next = _State(state.since, looked, seen)
        problems = [one for one in listing.problems if one[0] not in self._told]
        self._told |= {prefix for prefix, _ in problems}
        new.sort(key=lambda one: (one.modified, one.key))
        return files_of(Bucket(self.place.bucket, self._options), new, self._cache) + [
            unreadable(f"s3://{self.place.bucket}/{prefix}", error) for prefix, error in problems
        ]

    def done(self) -> None:
        """What the last look gave was dealt with."""
        self._state = self._next
        if self._file is not None:
            _save(self._file, self.place, self._state)

    def _is_new(self, one: Remote) -> bool:
        known = self._state.seen.get(one.key)
        if known is not None and known[0] == one.etag:
            return False
        if self._state.looked is not None:
            return one.modified >= self._state.looked - LOOK_BACK
        return parse_name(one.key) is not None or one.modified >= self._state.since


def follow(
    follower: Follower,
    *,
    stop: Stop,
    pause_seconds: float = PAUSE_SECONDS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[list[File]]:
    """What lands, in batches, until stopped; whoever asks for the next has dealt with the last.

    Raises:
        UserError, AwsError, AwsDenied: as `Follower.look`. Another call goes on from there.
    """
    while not stop:
        files = follower.look(clock())
        if files:
            yield files
        follower.done()
        if not stop:
            stop.pause(pause_seconds)


def _load(file: Path | None, place: Place) -> _State | None:
    if file is None:
        return None
    try:
        kept: Any = json.loads(file.read_text(encoding="utf-8"))
        state = _State(
            datetime.fromisoformat(kept["since"]),
            datetime.fromisoformat(kept["looked"]) if kept["looked"] else None,
            {
                str(key): (str(etag), datetime.fromisoformat(when))
                for key, (etag, when) in kept["seen"].items()
            },
        )
        follows = kept["follows"]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", file=str(file)) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(
            "this is not what an earlier run kept",
            file=str(file),
            hint="delete it to begin anew",
        ) from error
    if follows != str(place):
        raise UserError(
            "this was kept by a run that followed something else",
            file=str(file),
            value=follows,
            expected=str(place),
        )
    return state


def _save(file: Path, place: Place, state: _State) -> None:
    body = {
        "follows": str(place),
        "since": state.since.isoformat(),
        "looked": state.looked.isoformat() if state.looked else None,
        "seen": {key: (etag, when.isoformat()) for key, (etag, when) in state.seen.items()},
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
        ) as temporary:
            temporary.write(json.dumps(body))
        Path(temporary.name).replace(file)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", file=str(file)) from error
