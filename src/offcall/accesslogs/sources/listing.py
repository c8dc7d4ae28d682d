"""Finding the objects below a prefix with few requests: no folder is entered in vain.

A bucket is walked folder by folder, several at a time, for as long as the folders' names may tell
that one need not be entered: an account, a region, a year, a month, a day. What is below is listed
whole. So a day of one region among years of many takes some ten requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from offcall.accesslogs.sources.bucket import Bucket, Options, Place, Remote
from offcall.accesslogs.sources.naming import MARGIN, is_region, parse_name, span_of_folder
from offcall.accesslogs.sources.selecting import SERVICES, LeftOut, Selection
from offcall.core.context import Progress
from offcall.core.errors import SourceError
from offcall.core.parallel import gather

__all__ = ["Listing", "list_place"]

WIDEST = 200
"""Folders beside each other that are looked into one by one; of more, with names that tell
nothing, all is listed at once."""
DEEPEST = 3
"""The same of folders below one another."""


@dataclass(slots=True)
class Listing:
    """What was found in a place.

    Attributes:
        objects: those to read, by key.
        left_out: what was not even looked at.
        problems: prefixes that could not be listed, and why.
        requests: pages that were listed.
        region: of the bucket, if S3 says it.
    """

    objects: list[Remote] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    problems: list[tuple[str, SourceError]] = field(default_factory=list)
    requests: int = 0
    region: str | None = None


@dataclass(frozen=True, slots=True)
class _Folder:
    """Something to list: whole, or one level of it."""

    prefix: str
    whole: bool
    unknown: int = 0


@dataclass(slots=True)
class _Seen:
    """What one folder had."""

    folders: list[str] = field(default_factory=list)
    objects: list[Remote] = field(default_factory=list)
    problem: SourceError | None = None


def list_place(
    place: Place, selection: Selection, *, options: Options, progress: Progress
) -> Listing:
    """The objects of a place that are asked for.

    A prefix without a slash at its end is the folder of that name, if there is one.

    Raises:
        UserError: no such bucket.
        AwsError, AwsDenied: the place itself cannot be listed. What cannot be listed further
            down is in `Listing.problems`, and the rest goes on.
    """
    bucket = Bucket(place.bucket, options)
    found = Listing()
    top = _look(bucket, _Folder(place.prefix, whole=_is_whole(place.prefix)), selection)
    if top.problem is not None:
        raise top.problem
    is_open = place.prefix != "" and not place.prefix.endswith("/")
    if is_open and f"{place.prefix}/" in top.folders:
        top.folders = [f"{place.prefix}/"]
        top.objects = [one for one in top.objects if one.key == place.prefix]
    level = _take(found, top, _Folder(place.prefix, whole=False), selection)
    while level:
        seen = gather(
            [partial(_look, bucket, one, selection) for one in level],
            workers=options.workers,
            progress=progress,
            title=f"listing {place}",
        )
        level = [
            below
            for folder, one in zip(level, seen, strict=True)
            for below in _take(found, one, folder, selection)
        ]
    found.objects.sort(key=lambda one: one.key)
    found.requests = bucket.requests
    found.region = bucket.region
    return found


def _look(bucket: Bucket, folder: _Folder, selection: Selection) -> _Seen:
    seen = _Seen()
    delimiter = "" if folder.whole else "/"
    try:
        for number, page in enumerate(bucket.pages(folder.prefix, delimiter=delimiter)):
            seen.folders += page.folders
            seen.objects += page.objects
            if number == 0 and page.more and _many_of_cloudfront(seen, selection):
                seen.objects = list(_of_that_time(bucket, folder.prefix, selection))
                break
    except SourceError as error:
        seen.problem = error
    return seen


def _many_of_cloudfront(seen: _Seen, selection: Selection) -> bool:
    """Whether a folder has all files of CloudFront, of years, side by side, as it writes them."""
    if seen.folders or not seen.objects or selection.start is None:
        return False
    name = parse_name(seen.objects[0].key)
    return name is not None and name.account is None


def _of_that_time(bucket: Bucket, prefix: str, selection: Selection) -> Iterator[Remote]:
    """Of each distribution the files from the beginning of the window to its end."""
    assert selection.window is not None
    start, end = selection.window.start, selection.window.end
    assert start is not None
    pages = list(bucket.pages(prefix, delimiter="."))
    # Files are named by the hour in which they begin.
    first = f"{start - timedelta(hours=1) - MARGIN:%Y-%m-%d-%H}"
    for name in [name for page in pages for name in page.folders]:
        after = f"{name}{first}" if parse_name(f"{name}{first}.x.gz") else ""
        for page in bucket.pages(name, after=after):
            yield from page.objects
            last = parse_name(page.objects[-1].key) if page.objects else None
            if last is not None and end is not None and last.span.first > end:
                break
    for page in pages:
        yield from page.objects


def _take(found: Listing, seen: _Seen, folder: _Folder, selection: Selection) -> list[_Folder]:
    """Keep what is asked for, and say which folders are next."""
    if seen.problem is not None:
        found.problems.append((folder.prefix, seen.problem))
    for one in seen.objects:
        if one.key.endswith("/"):
            continue  # what the console writes to show an empty folder
        why = selection.why_not(one.key)
        if why is None:
            found.objects.append(one)
        else:
            found.left_out.add(why, one.key)
    below = []
    for name in seen.folders:
        why = selection.why_not_folder(name.rstrip("/"))
        if why is not None:
            found.left_out.add(why, name)
        elif _is_known(name):
            below.append(_Folder(name, whole=_is_whole(name)))
        else:
            deep = folder.unknown + 1
            whole = deep > DEEPEST or len(seen.folders) > WIDEST
            below.append(_Folder(name, whole=whole, unknown=deep))
    return below


def _is_known(prefix: str) -> bool:
    """Whether the folder is one of AWS's layout, so that names below it tell more."""
    *above, last = prefix.rstrip("/").split("/")
    return (
        last == "AWSLogs"
        or above[-1:] == ["AWSLogs"]
        or last in SERVICES
        or "=" in last
        or is_region(last)
        or span_of_folder([*above, last]) is not None
    )


def _is_whole(prefix: str) -> bool:
    """Whether nothing below can be told apart by the folders' names."""
    span = span_of_folder(prefix.split("/")[:-1])
    return span is not None and span.is_day
