"""The parameters that the `offcall logs` commands have in common, and what they ask for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from offcall.accesslogs.columns import Table
from offcall.accesslogs.engine.elsewhere import EngineName, Told, choose
from offcall.accesslogs.needs import need_reader
from offcall.accesslogs.questions.dimensions import MeasureName
from offcall.core.errors import UserError
from offcall.core.parameters import Param

if TYPE_CHECKING:
    from offcall.accesslogs.asked import Asked
    from offcall.core.context import Context

__all__ = [
    "Balancer",
    "CacheFolder",
    "Host",
    "MaxRejects",
    "Measure",
    "Method",
    "PathPrefix",
    "Places",
    "Profile",
    "Region",
    "Rejects",
    "RequesterPays",
    "Routes",
    "Since",
    "Threads",
    "Until",
    "Where",
    "asked_for",
    "asks",
]

R = TypeVar("R")

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
        "only lines for which this holds; ~ is contains",
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
Engine = Annotated[EngineName, Param("what reads the logs and answers: this machine, or another")]
AthenaOutput = Annotated[
    str | None,
    Param("where Athena writes results; the workgroup's by default", metavar="S3"),
]
AthenaWorkgroup = Annotated[str | None, Param("Athena's workgroup", metavar="NAME")]
AthenaDatabase = Annotated[str | None, Param("Athena's database", metavar="NAME")]
SparkMaster = Annotated[
    str | None,
    Param("where Spark runs; here by default", metavar="URL", examples=("spark://host:7077",)),
]
Yes = Annotated[bool, Param("let Athena scan what it says it would, and what that costs")]


Region = Annotated[list[str] | None, Param("only logs of this region", metavar="REGION")]
Balancer = Annotated[
    list[str] | None,
    Param("only logs of this load balancer: its name, app/NAME/ID, or ARN", metavar="NAME"),
]
RequesterPays = Annotated[bool, Param("agree to pay for a bucket whose owner does not")]
Profile = Annotated[str | None, Param("a profile of ~/.aws/config", metavar="NAME")]
CacheFolder = Annotated[
    Path | None,
    Param("keep what is read from S3 there; the user's cache folder by default", metavar="FOLDER"),
]


_PLACES = {"places": (Places, None)}
_NARROWING = {
    "where": (Where, None),
    "path_prefix": (PathPrefix, None),
    "method": (Method, None),
    "host": (Host, None),
    "routes": (Routes, None),
}
_TIMES = {"since": (Since, None), "until": (Until, None)}
_SOURCES = {
    "region": (Region, None),
    "balancer": (Balancer, None),
    "profile": (Profile, None),
    "requester_pays": (RequesterPays, False),
    "cache": (CacheFolder, None),
}
_READING = {
    "rejects": (Rejects, None),
    "max_rejects": (MaxRejects, "1%"),
    "threads": (Threads, None),
}
_ENGINES = {
    "engine": (Engine, "duckdb"),
    "athena_output": (AthenaOutput, None),
    "athena_workgroup": (AthenaWorkgroup, None),
    "athena_database": (AthenaDatabase, None),
    "spark_master": (SparkMaster, None),
    "yes": (Yes, False),
}


def asks(
    *,
    places: bool = True,
    narrows: bool = True,
    times: bool = True,
    engines: bool = False,
    table: Table = "requests",
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a tool the parameters that questions about logs share; below `@tool`.

    The function takes what they ask for as `asked`, in place of them all. Before it is called, and
    so before it imports anything that reads, it is clear that reading is possible.

    Args:
        places: where to read.
        narrows: which requests; see `Filter`.
        times: from when until when.
        engines: what reads the logs.
        table: whose lines.
    """
    narrowing = _NARROWING if table == "requests" else {"where": (Where, None)}
    shared = {
        **(narrowing if narrows else {}),
        **(_TIMES if narrows and times else {}),
        **_SOURCES,
        **_READING,
        **(_ENGINES if engines else {}),
    }

    def give(function: Callable[..., R]) -> Callable[..., R]:
        own = [
            one for name, one in inspect.signature(function).parameters.items() if name != "asked"
        ]
        first = 1 + sum(one.default is inspect.Parameter.empty for one in own[1:])
        before = _PLACES if places else {}
        parameters = [*own[:first], *_made(before), *own[first:], *_made(shared)]

        @functools.wraps(function)
        def ask(ctx: Context, **given: Any) -> R:
            common = {name: given.pop(name) for name in (*before, *shared)}
            return function(ctx, asked_for(ctx, table=table, **common), **given)

        ask.__dict__["__signature__"] = inspect.Signature(parameters)
        ask.__annotations__ = {
            **{name: kind for name, kind in function.__annotations__.items() if name != "asked"},
            **{name: kind for name, (kind, _) in {**before, **shared}.items()},
        }
        return ask

    return give


def _made(shared: Mapping[str, tuple[Any, Any]]) -> Iterator[inspect.Parameter]:
    for name, (kind, default) in shared.items():
        keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
        yield inspect.Parameter(name, keyword, default=default, annotation=kind)


def asked_for(
    ctx: Context,
    *,
    table: Table = "requests",
    places: Sequence[str] | None = None,
    where: Sequence[str] | None = None,
    path_prefix: str | None = None,
    method: str | None = None,
    host: str | None = None,
    since: str | None = None,
    until: str | None = None,
    routes: Sequence[Path] | None = None,
    region: Sequence[str] | None = None,
    balancer: Sequence[str] | None = None,
    profile: str | None = None,
    requester_pays: bool = False,
    cache: Path | None = None,
    rejects: Path | None = None,
    max_rejects: str = "1%",
    threads: int | None = None,
    engine: EngineName = "duckdb",
    **told: Any,
) -> Asked:
    """What the parameters ask for.

    Args:
        told: see `Told`.

    Raises:
        UserError: a condition or a time is none, or an option is for another engine.
        MissingExtra, SourceError: see `need_reader`.
    """
    need_reader()
    from offcall.accesslogs.asked import Asked
    from offcall.accesslogs.questions.filters import Filter
    from offcall.accesslogs.sources.bucket import Options

    start = ctx.time(since) if since else None
    end = ctx.time(until) if until else None
    if start is not None and end is not None and start >= end:
        raise UserError("this ends before it begins", value=f"{since} .. {until}")
    chosen = Filter.of(
        where or (),
        path_prefix=path_prefix,
        method=method,
        host=host,
        since=start,
        until=end,
        table=table,
    )
    where_else = choose(engine, Told(**told))
    here = {
        "--region": region,
        "--balancer": balancer,
        "--profile": profile,
        "--requester-pays": requester_pays,
        "--cache": cache,
        "--rejects": rejects,
    }
    for option, value in here.items():
        if where_else is not None and value:
            raise UserError(f"{option} is for --engine duckdb", value=f"--engine {engine}")
    return Asked(
        places or (),
        chosen,
        rejects,
        max_rejects,
        threads,
        routes=tuple(routes or ()),
        regions=tuple(region or ()),
        balancers=tuple(balancer or ()),
        options=Options(profile=profile, requester_pays=requester_pays),
        cache=cache,
        engine=where_else,
    )
