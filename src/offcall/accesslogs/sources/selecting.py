"""Which files are worth a look, judged by their names alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from offcall.accesslogs.sources.naming import (
    PROBE,
    Span,
    is_region,
    parse_name,
    span_of_folder,
)
from offcall.core.text import plural
from offcall.core.windows import Window

__all__ = ["LeftOut", "Selection"]

SERVICES = frozenset({"elasticloadbalancing", "CloudFront"})
"""The folders below an account of AWSLogs that have access logs."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for. A name that tells nothing is always selected: the lines decide.

    Attributes:
        window: lines of this time; None is all.
        regions: only these, if any is named.
        balancers: only these, if any is named: names, "app/NAME/ID", ARNs, or distributions.
    """

    window: Window | None = None
    regions: Sequence[str] = ()
    balancers: Sequence[str] = ()

    def why_not(self, key: str) -> str | None:
        """Why a file is left out, in the words of `LeftOut`; None when it is to be read."""
        if key.rpartition("/")[2] == PROBE:
            return "probe"
        name = parse_name(key)
        if name is None:
            return "another balancer" if self.balancers else self._why_not_place(key)
        if not self._touches(name.span):
            return "another time"
        if self.regions and name.region is not None and name.region not in self.regions:
            return "another region"
        if self.balancers and not any(name.is_of(one) for one in self.balancers):
            return "another balancer"
        return None

    def why_not_folder(self, path: str) -> str | None:
        """Why a folder is not entered; None when it may have what is asked for.

        Args:
            path: the key up to and without the folder's last slash.
        """
        *above, last = path.split("/")
        if len(above) >= 2 and above[-2] == "AWSLogs" and last not in SERVICES:
            return "another service"
        return self._why_not_place(f"{path}/")

    def _why_not_place(self, key: str) -> str | None:
        """The same of the folders of a key, whose name tells nothing."""
        folders = key.split("/")[:-1]
        regions = [one.rpartition("=")[2] for one in folders if is_region(one)]
        if self.regions and regions and regions[-1] not in self.regions:
            return "another region"
        span = span_of_folder(folders)
        if span is not None and not self._touches(span):
            return "another time"
        return None

    def _touches(self, span: Span) -> bool:
        return self.window is None or self.window.overlaps(span.first, span.last)

    @property
    def start(self) -> datetime | None:
        """From when on lines are wanted."""
        return self.window.start if self.window else None


_WORDS = {
    "probe": ("file with which AWS tried the bucket", "files with which AWS tried the bucket"),
    "another time": ("file or folder of another time", "files or folders of another time"),
    "another region": ("file or folder of another region", "files or folders of other regions"),
    "another balancer": ("file of another balancer", "files of other balancers"),
    "hidden": ("hidden file", "hidden files"),
    "twice": ("file that was named twice", "files that were named twice"),
    "another service": ("folder of another service", "folders of other services"),
}


@dataclass(slots=True)
class LeftOut:
    """How many files and folders were left out, and why.

    Attributes:
        balancers: the names of those that nobody asked for.
    """

    counts: Counter[str] = field(default_factory=Counter)
    balancers: set[str] = field(default_factory=set)

    def add(self, why: str, key: str) -> None:
        """One more."""
        self.counts[why] += 1
        if why == "another balancer" and (name := parse_name(key)) is not None:
            self.balancers.add(name.balancer)

    def merge(self, other: LeftOut) -> None:
        """What was left out elsewhere too."""
        self.counts.update(other.counts)
        self.balancers |= other.balancers

    def text(self) -> str:
        """ "1 file with which AWS tried the bucket, 3 folders of other services"; "" if none."""
        return ", ".join(
            plural(self.counts[why], *words) for why, words in _WORDS.items() if self.counts[why]
        )
