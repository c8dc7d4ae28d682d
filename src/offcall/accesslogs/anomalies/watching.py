"""`logs watch`: follow a prefix or a folder, and tell each new incident once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Protocol

from offcall.accesslogs.anomalies.results import Watched
from offcall.accesslogs.needs import need_reader
from offcall.accesslogs.parameters import (
    Balancer,
    CacheFolder,
    Profile,
    Region,
    RequesterPays,
    Routes,
    Threads,
)
from offcall.accesslogs.results.answers import first_of
from offcall.core.errors import UserError
from offcall.core.parameters import Param
from offcall.core.registry import Effect, tool
from offcall.core.service import Stop, repeat

if TYPE_CHECKING:
    from offcall.accesslogs.anomalies.model import Incident
    from offcall.accesslogs.anomalies.state import State
    from offcall.accesslogs.asked import Asked
    from offcall.accesslogs.reading.stream import File
    from offcall.core.context import Context
    from offcall.core.findings import Finding

__all__ = ["SCOPE", "Watch", "watch_logs"]

SCOPE = "logs-watch"
"""Whose findings they are in the history: those of the brief are found again by the brief."""
SETTLED = timedelta(hours=1)
"""An incident that ended longer ago is over, and its finding is resolved."""
_NEAR = timedelta(minutes=15)


@tool("logs watch", effect=Effect.RECORD, ends_with=("once",))
def watch_logs(
    ctx: Context,
    place: Annotated[
        str,
        Param(
            "what to follow: a folder, a pattern, s3://bucket/prefix",
            positional=True,
            metavar="PLACE",
            examples=("s3://my-logs/prod",),
        ),
    ],
    since: Annotated[
        str,
        Param("from when on: what is usual is learned from it", metavar="TIME"),
    ] = "1 day ago",
    every: Annotated[str, Param("how often to look", metavar="TIME", examples=("1m", "5m"))] = "1m",
    record: Annotated[
        bool, Param("keep findings in the history, so that offcall notify tells them")
    ] = False,
    once: Annotated[bool, Param("look once, and stop")] = False,
    routes: Routes = None,
    region: Region = None,
    balancer: Balancer = None,
    profile: Profile = None,
    requester_pays: RequesterPays = False,
    cache: CacheFolder = None,
    threads: Threads = None,
) -> Watched:
    """Follow logs as they land, and tell each new incident once.

    What it knows is kept in bounded memory: counts of eight days, and the requests of the last
    four hours, which explain what is found. Stops after the files in hand on SIGTERM and Ctrl-C.
    """
    need_reader()
    from offcall.accesslogs.anomalies.state import State
    from offcall.accesslogs.asked import Asked
    from offcall.accesslogs.questions.filters import Filter
    from offcall.accesslogs.sources.bucket import Options

    pause = ctx.length(every)
    begin = ctx.time(since, prefer="past")
    asked = Asked(
        (place,),
        Filter.of(since=begin),
        threads=threads,
        routes=tuple(routes or ()),
        regions=tuple(region or ()),
        balancers=tuple(balancer or ()),
        options=Options(profile=profile, requester_pays=requester_pays),
        cache=cache,
    )
    follower = _follower(ctx, place, begin, asked)
    route = asked.route
    ctx.thaw()
    stop = Stop()
    with State(asked.workers(), route) as state:
        watch = Watch(ctx, follower, state, record=record, place=place, since=begin)
        if once:
            watch.step()
        else:
            with stop.on_signals():
                ctx.progress.note(f"watching {place}; stop with Ctrl-C")
                repeat(watch.step, every=pause, stop=stop, note=ctx.progress.note)
        return watch.result()


class _Follows(Protocol):
    """What gives new files: see `sources.following.Follower`."""

    def look(self, now: datetime) -> list[File]: ...

    def done(self) -> None: ...


def _follower(ctx: Context, place: str, since: datetime, asked: Asked) -> _Follows:
    from offcall.accesslogs.sources.bucket import Place, is_place
    from offcall.accesslogs.sources.cache import Cache
    from offcall.accesslogs.sources.folders import FolderFollower
    from offcall.accesslogs.sources.following import Follower

    if place == "-":
        raise UserError("standard input cannot be followed", value=place, expected="a folder")
    if not is_place(place):
        return FolderFollower(place, since, regions=asked.regions, balancers=asked.balancers)
    return Follower(
        Place.parse(place),
        since,
        cache=Cache.default(asked.cache),
        options=asked.options,
        progress=ctx.progress,
        regions=asked.regions,
        balancers=asked.balancers,
    )


class Watch:
    """What was read and told so far."""

    def __init__(
        self,
        ctx: Context,
        follower: _Follows,
        state: State,
        *,
        record: bool,
        place: str,
        since: datetime,
    ) -> None:
        self._ctx, self._follower, self._state = ctx, follower, state
        self._record = record
        self._told: list[Incident] = []
        self._findings: dict[str, Finding] = {}
        self._result = Watched(place=place, since=since, recorded=record)

    def step(self) -> None:
        """Read what is new, and tell what is found in it.

        Raises:
            OffcallError: the place cannot be listed, or the history fails us. The next step goes
                on from there.
        """
        now = self._ctx.fixed_now or datetime.now(UTC)
        files = self._follower.look(now)
        if files:
            self._take(files)
            self._look(now)
        self._follower.done()

    def result(self) -> Watched:
        """All of it."""
        return self._result.model_copy(
            update={"incidents": tuple(self._told), "findings": tuple(self._findings.values())}
        )

    def _take(self, files: list[File]) -> None:
        tally = self._state.take(files)
        problems = [f"{one.file}: {one.reason}" for one in tally.problems]
        for one in first_of(problems):
            self._ctx.progress.note(f"not read: {one}")
        before = self._result
        self._result = before.model_copy(
            update={
                "files": before.files + len(files) - len(problems),
                "lines": before.lines + tally.lines,
                "rejected": before.rejected + tally.rejected,
                "problems": (*before.problems, *problems)[-_KEPT:],
            }
        )

    def _look(self, now: datetime) -> None:
        from offcall.accesslogs.anomalies.looking import findings_of
        from offcall.accesslogs.anomalies.wording import sentence

        found, named = self._state.look()
        current = []
        for one in found.incidents:
            known = next((i for i, told in enumerate(self._told) if _same(told, one)), None)
            if known is None:
                self._ctx.progress.note(sentence(one, self._ctx.zone))
                self._told.append(one)
            else:
                # It keeps the time at which it was told first, and with it its name.
                one = one.model_copy(  # noqa: PLW2901 - the same one, as it is known
                    update={"start": self._told[known].start, "route": self._told[known].route}
                )
                self._told[known] = one
            if one.ongoing or now - one.end <= SETTLED:
                current.append(one)
        del self._told[:-_KEPT]
        findings = findings_of(self._ctx, named, current)
        self._findings |= {one.fingerprint: one for one in findings}
        for print_ in list(self._findings)[:-_KEPT]:
            del self._findings[print_]
        if self._record:
            from offcall.history import open_history
            from offcall.history.recording import record

            record(open_history(self._ctx), SCOPE, findings, now)


_KEPT = 1000


def _same(told: Incident, one: Incident) -> bool:
    """They are of one kind, and at the same time."""
    near = told.start - _NEAR < one.end and one.start < told.end + _NEAR
    return near and told.kind == one.kind
