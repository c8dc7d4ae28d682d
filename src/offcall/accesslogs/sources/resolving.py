"""What a person names, as files to read."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.ahead import files_of
from offcall.accesslogs.sources.bucket import Bucket, Options, Place, is_place
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.listing import Listing, list_place
from offcall.accesslogs.sources.local import STDIN, find_local, unreadable
from offcall.accesslogs.sources.selecting import LeftOut, Selection
from offcall.core.context import Progress, Silent
from offcall.core.errors import UserError
from offcall.core.text import did_you_mean
from offcall.core.windows import Window

__all__ = ["Found", "find", "nothing", "resolve"]

_EXPECTED = "a file, a folder, a pattern, s3://BUCKET/PREFIX, or - for standard input"


@dataclass(slots=True)
class Found:
    """The files of all places, in the order in which these were named.

    Attributes:
        files: to read. What could not even be listed is among them, and says why when opened.
        left_out: what a name told not to look at.
        listings: what each place in S3 has.
    """

    files: list[File] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    listings: list[tuple[Place, Listing]] = field(default_factory=list)


def resolve(
    places: Sequence[str],
    window: Window | None,
    *,
    cache: Cache,
    progress: Progress | None = None,
    options: Options | None = None,
    regions: Sequence[str] = (),
    balancers: Sequence[str] = (),
) -> list[File]:
    """The files to read; how many were left out, and why, is said through `progress`.

    Args:
        window: files whose names tell that they have no line of this time are left out.
        cache: where objects of S3 are kept.
        regions, balancers: the same for files of others.

    Raises:
        UserError: a place is not there, or has nothing of what is asked for.
        AwsError, AwsDenied: a place in S3 cannot be listed.
    """
    progress = progress or Silent()
    selection = Selection(window, regions, balancers)
    found = find(places, selection, cache=cache, progress=progress, options=options)
    if said := found.left_out.text():
        progress.note(f"not read: {said}")
    return found.files


def find(
    places: Sequence[str],
    selection: Selection,
    *,
    cache: Cache,
    progress: Progress | None = None,
    options: Options | None = None,
) -> Found:
    """The same with everything that was seen on the way.

    Raises:
        UserError, AwsError, AwsDenied: as `resolve`.
    """
    progress, options = progress or Silent(), options or Options()
    if not places:
        raise UserError("no log is named", expected=_EXPECTED)
    found, known, empty = Found(), set[str](), list[UserError]()
    for text in places:
        if not text.strip():
            raise UserError("a log has an empty name", value=text, expected=_EXPECTED)
        if is_place(text):
            files, left_out = _remote(text, selection, found, cache, progress, options)
        else:
            left_out = LeftOut()
            files = list(find_local(text, selection, left_out))
        if not files:
            empty.append(nothing(text, selection, left_out))
            if not left_out.counts:
                raise empty[-1]
        found.left_out.merge(left_out)
        found.files += _new(files, known, found.left_out)
    if not found.files:
        raise empty[0]
    return found


def _remote(
    text: str,
    selection: Selection,
    found: Found,
    cache: Cache,
    progress: Progress,
    options: Options,
) -> tuple[list[File], LeftOut]:
    place = Place.parse(text)
    listing = list_place(place, selection, options=options, progress=progress)
    found.listings.append((place, listing))
    files = files_of(Bucket(place.bucket, options), listing.objects, cache)
    files += [
        unreadable(f"s3://{place.bucket}/{prefix}", error) for prefix, error in listing.problems
    ]
    return files, listing.left_out


def _new(files: Iterable[File], known: set[str], left_out: LeftOut) -> Iterable[File]:
    """Those that were not named before: a line must not be counted twice."""
    for one in files:
        local = one.name != STDIN and not is_place(one.name)
        name = str(Path(one.name).resolve()) if local else one.name
        if name in known:
            left_out.add("twice", one.name)
            continue
        known.add(name)
        yield one


def nothing(text: str, selection: Selection, left_out: LeftOut) -> UserError:
    """The error of a place in which nothing is to be read."""
    said = left_out.text()
    if not said:
        pattern = is_place(text) and glob.has_magic(text)
        hint = "in S3 there are no patterns; name a prefix" if pattern else None
        return UserError("there is no log here", file=text, hint=hint)
    near = None
    if selection.balancers and left_out.balancers:
        near = did_you_mean(selection.balancers[0], left_out.balancers)
    return UserError(
        "there is no log of what is asked for here",
        file=text,
        value=f"only {said}",
        hint=near,
    )
