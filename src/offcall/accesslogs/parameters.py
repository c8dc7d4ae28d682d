"""The parameters that the `offcall logs` commands have in common, and what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from offcall.accesslogs.questions.dimensions import MeasureName
from offcall.core.parameters import Param

if TYPE_CHECKING:
    from offcall.accesslogs.asking import Asked
    from offcall.core.context import Context

__all__ = [
    "Host",
    "MaxRejects",
    "Measure",
    "Method",
    "PathPrefix",
    "Places",
    "Rejects",
    "Routes",
    "Since",
    "Threads",
    "Until",
    "Where",
    "asked_for",
    "need_extra",
]

Places = Annotated[
    list[str] | None,
    Param(
        "files, folders, globs, s3://bucket/prefix; - is standard input; the estate's by default",
        positional=True,
        metavar="LOGS",
    ),
]
Where = Annotated[
    list[str] | None,
    Param(
        "only requests for which this holds; ~ is contains",
        metavar="CONDITION",
        examples=("status>=500", "path~/orders", "method=POST"),
    ),
]
PathPrefix = Annotated[str | None, Param("only paths that begin so", metavar="PATH")]
Method = Annotated[str | None, Param("only this method", metavar="METHOD")]
Host = Annotated[str | None, Param("only this host", metavar="HOST")]
Since = Annotated[
    str | None, Param("from this time on", metavar="TIME", examples=("2026-11-24T02:00Z", "2h ago"))
]
Until = Annotated[str | None, Param("before this time", metavar="TIME")]
Measure = Annotated[MeasureName, Param("which time: until the target answers, or another")]
Rejects = Annotated[
    Path | None, Param("write the lines that could not be read there", metavar="FILE")
]
MaxRejects = Annotated[
    str,
    Param("fail when more lines could not be read: a number or a share", metavar="N|N%"),
]
Routes = Annotated[
    list[Path] | None,
    Param("routes from an OpenAPI file, or a list of templates", metavar="FILE"),
]
Threads = Annotated[
    int | None, Param("read so many files at a time; a core each by default", least=1)
]


def need_extra() -> None:
    """What reads logs is installed.

    Raises:
        MissingExtra: it is not.
    """
    from offcall.core.extras import require

    for module in ("isal", "numba", "pyarrow", "duckdb"):
        require(module, "logs")


def asked_for(
    ctx: Context,
    places: Sequence[str] | None,
    where: Sequence[str] | None,
    path_prefix: str | None,
    method: str | None,
    host: str | None,
    since: str | None,
    until: str | None,
    rejects: Path | None,
    max_rejects: str,
    threads: int | None,
) -> Asked:
    """What the parameters ask for.

    Raises:
        UserError: a condition or a time is none.
        MissingExtra: see `need_extra`.
    """
    need_extra()
    from offcall.accesslogs.asking import Asked
    from offcall.accesslogs.questions.filters import Filter

    chosen = Filter.of(
        where or (),
        path_prefix=path_prefix,
        method=method,
        host=host,
        since=ctx.time(since) if since else None,
        until=ctx.time(until) if until else None,
    )
    return Asked(places or (), chosen, rejects, max_rejects, threads)
