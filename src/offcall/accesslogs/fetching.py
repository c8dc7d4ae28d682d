"""`logs fetch`: logs from S3 into a folder."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from offcall.accesslogs.parameters import Balancer, Profile, Region, RequesterPays
from offcall.accesslogs.sources.pricing import Estimate
from offcall.core.documents import Block, Bullets, Cell, Document, Heading, Line, Span, Tone
from offcall.core.errors import UserError
from offcall.core.registry import Effect, Param, tool
from offcall.core.render.humane import bytes_text
from offcall.core.results import Result
from offcall.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offcall.accesslogs.sources.bucket import Options, Remote
    from offcall.accesslogs.sources.selecting import Selection
    from offcall.core.context import Context, Progress

__all__ = ["Fetched", "Missing", "fetch", "fetch_logs"]

SHOWN = 20
"""Problems that people see; JSON has all."""


class Missing(BaseModel):
    """Something that is not in the folder, or not as it is in S3."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    why: str


class Fetched(Result):
    """What `logs fetch` copied, or would copy."""

    folder: Path
    dry_run: bool
    estimate: Estimate
    copied: int = Field(default=0, description="Objects that were copied.")
    copied_bytes: int = 0
    different: tuple[Missing, ...] = Field(
        default=(), description="Files in the folder that are not the objects of their names."
    )
    problems: tuple[Missing, ...] = Field(default=(), description="What could not be copied.")
    left_out: str = Field(default="", description="What was not looked at, in words.")

    def document(self, zone: tzinfo) -> Document:
        """What was done, then what is missing."""
        blocks: list[Block] = []
        if self.dry_run:
            blocks += [
                Bullets(self.estimate.lines()),
                Line("Nothing was copied. Without --dry-run it is.", Tone.MUTED),
            ]
        else:
            said = f"Copied {plural(self.copied, 'object')}, {bytes_text(self.copied_bytes)}"
            here = self.estimate.present
            blocks.append(Line(f"{said}; {here:,} were there already." if here else f"{said}."))
        if self.left_out:
            blocks.append(Line(f"Left out: {self.left_out}.", Tone.MUTED))
        title = "Not overwritten: another file has the name (--overwrite replaces it)"
        blocks += _list(title, self.different, Tone.WARN)
        blocks += _list("Not copied", self.problems, Tone.BAD)
        return Document(f"Logs for {self.folder}", "", tuple(blocks))

    def failed(self) -> bool:
        """Not everything is in the folder that should be."""
        return bool(self.different or self.problems)


def _list(title: str, missing: tuple[Missing, ...], tone: Tone) -> list[Block]:
    if not missing:
        return []
    items: list[Cell] = [Span(f"{one.name}: {one.why}", tone) for one in missing[:SHOWN]]
    if len(missing) > SHOWN:
        items.append(f"and {len(missing) - SHOWN:,} more")
    return [Heading(f"{title} ({len(missing):,})"), Bullets(tuple(items))]


def fetch(
    places: Sequence[str],
    folder: Path,
    selection: Selection,
    *,
    options: Options,
    progress: Progress,
    dry_run: bool = False,
    overwrite: bool = False,
) -> Fetched:
    """Copy what is asked for into a folder, each object under its key.

    What is there already is not copied again, what was cut off is continued, and another file of
    the same name stays as it is. With several buckets, each has a folder of its own.

    Raises:
        UserError: a place is not in S3, or has nothing of what is asked for; no room.
        AwsError, AwsDenied: a place cannot be listed.
    """
    from offcall.accesslogs.sources.bucket import Place, is_place
    from offcall.accesslogs.sources.copying import copy
    from offcall.accesslogs.sources.listing import list_place
    from offcall.accesslogs.sources.pricing import estimate
    from offcall.accesslogs.sources.resolving import nothing
    from offcall.accesslogs.sources.selecting import LeftOut

    for text in places:
        if not is_place(text):
            raise UserError("only what is in S3 is fetched", value=text, expected="s3://…")
    listings, left_out = [], LeftOut()
    problems: list[Missing] = []
    known = [Place.parse(text) for text in places]
    for place in dict.fromkeys(known):
        one = list_place(place, selection, options=options, progress=progress)
        if not one.objects and not one.problems:
            raise nothing(str(place), selection, one.left_out)
        listings.append(one)
        left_out.merge(one.left_out)
        problems += [
            Missing(name=f"s3://{place.bucket}/{prefix}", why=error.message)
            for prefix, error in one.problems
        ]
    apart = len({place.bucket for place in known}) > 1
    plan = _Plan(folder, apart=apart, overwrite=overwrite)
    for remote in dict.fromkeys(remote for one in listings for remote in one.objects):
        plan.add(remote)
    needed = {remote for remote, _ in plan.copies}
    costs = estimate(listings, lambda remote: remote not in needed)
    copied = size = 0
    if not dry_run:
        for line in costs.lines():
            progress.note(line)
        outcome = copy(plan.copies, options=options, progress=progress)
        copied, size = outcome.objects, outcome.size
        problems += [Missing(name=name, why=why) for name, why in outcome.problems]
    return Fetched(
        folder=folder,
        dry_run=dry_run,
        estimate=costs,
        copied=copied,
        copied_bytes=size,
        different=tuple(plan.different),
        problems=(*plan.impossible, *problems),
        left_out=left_out.text(),
    )


class _Plan:
    """Which object goes where."""

    def __init__(self, folder: Path, *, apart: bool, overwrite: bool) -> None:
        self._folder, self._apart, self._overwrite = folder, apart, overwrite
        self.copies: list[tuple[Remote, Path]] = []
        self.different: list[Missing] = []
        self.impossible: list[Missing] = []

    def add(self, remote: Remote) -> None:
        from offcall.accesslogs.sources.copying import is_copy, target_of

        folder = self._folder / remote.bucket if self._apart else self._folder
        target = target_of(remote, folder)
        if target is None:
            self.impossible.append(
                Missing(name=remote.url, why="its key is no path below a folder")
            )
        elif not target.exists() or (self._overwrite and not is_copy(target, remote)):
            self.copies.append((remote, target))
        elif not is_copy(target, remote):
            why = f"{target} is not what is in S3"
            self.different.append(Missing(name=remote.url, why=why))


@tool("logs fetch", effect=Effect.RECORD, changes="files in the folder that --to names")
def fetch_logs(
    ctx: Context,
    places: Annotated[
        list[str],
        Param("where the logs are", positional=True, metavar="S3", examples=("s3://my-logs/prod",)),
    ],
    to: Annotated[Path, Param("the folder to copy to", metavar="FOLDER")],
    since: Annotated[
        str | None, Param("from when on", metavar="TIME", examples=("2 hours ago",))
    ] = None,
    until: Annotated[str | None, Param("until when", metavar="TIME", examples=("now",))] = None,
    region: Region = None,
    balancer: Balancer = None,
    dry_run: Annotated[
        bool, Param("only say how many objects and bytes there are, and what it costs")
    ] = False,
    overwrite: Annotated[
        bool, Param("replace other files that have an object's name in the folder")
    ] = False,
    requester_pays: RequesterPays = False,
    profile: Profile = None,
) -> Fetched:
    """Copy load balancer logs from S3 into a folder.

    Only the days, regions and load balancers that are asked for are listed. The number of objects
    and bytes and the price of the requests are said first. A copy that was interrupted goes on
    where it was, and what is in the folder already is not copied again.
    """
    from offcall.accesslogs.sources.bucket import Options
    from offcall.accesslogs.sources.selecting import Selection
    from offcall.core.windows import Window

    start = ctx.time(since, prefer="past") if since else None
    end = ctx.time(until, prefer="past") if until else None
    if start is not None and end is not None and start >= end:
        raise UserError("this ends before it begins", value=f"{since} .. {until}")
    words = f"{since or ''}..{until or ''}"
    window = Window(start, end, words, ctx.zone) if since or until else None
    return fetch(
        places,
        to,
        Selection(window, tuple(region or ()), tuple(balancer or ())),
        options=Options(profile=profile, requester_pays=requester_pays),
        progress=ctx.progress,
        dry_run=dry_run,
        overwrite=overwrite,
    )
