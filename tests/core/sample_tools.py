"""Tools with every kind of parameter, for the tests of the registry and the command line."""

from __future__ import annotations

import enum
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from offcall.core.context import Context
from offcall.core.documents import Document, FindingList, Line
from offcall.core.errors import SourceError, UserError
from offcall.core.findings import Finding, Resource, Severity
from offcall.core.registry import Effect, Param, tool
from offcall.core.results import Result
from offcall.core.snapshots import Snapshot


class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Echo(Result):
    """What came in."""

    said: dict[str, str]
    severity: Severity | None = None
    gaps: tuple[str, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        lines = tuple(Line(f"{name}={value}") for name, value in self.said.items())
        return Document("Echo", None, (*lines, FindingList(self.all_findings())))

    def all_findings(self) -> tuple[Finding, ...]:
        if self.severity is None:
            return ()
        resource = Resource(kind="thing", id="thing")
        return (Finding(rule="r", severity=self.severity, title="It is so", resource=resource),)

    def incomplete(self) -> tuple[str, ...]:
        return self.gaps


class Seen(Snapshot):
    kind: ClassVar[str] = "offcall.sample/1"

    what: str


@tool("sample echo")
def echo(
    ctx: Context,
    name: Annotated[str, Param("who", positional=True)],
    more: Annotated[list[str] | None, Param("others", positional=True)] = None,
    status: Annotated[Literal["open", "closed"] | None, Param("only this")] = None,
    color: Annotated[Color, Param("the colour")] = Color.RED,
    count: Annotated[int, Param("how many", short="-n")] = 3,
    ratio: Annotated[float | None, Param("how much")] = None,
    tag: Annotated[list[str] | None, Param("tags, several", metavar="KEY=VALUE")] = None,
    file: Annotated[Path | None, Param("a file")] = None,
    deep: Annotated[bool, Param("go deep")] = False,
    tidy: Annotated[bool, Param("tidy up")] = True,
    from_: Annotated[str | None, Param("a keyword")] = None,
) -> Echo:
    """Say what came in.

    The rest of the help,
    on two lines.
    """
    values = {key: value for key, value in locals().items() if key != "ctx"}
    return Echo(said={key: repr(value) for key, value in values.items()})


@tool("sample judge", snapshot=True)
def judge(
    ctx: Context,
    severity: Annotated[Severity | None, Param("give a finding of this severity")] = None,
) -> Echo:
    """Judge a snapshot."""
    seen = ctx.snapshot(
        Seen, lambda: Seen(taken_at=datetime(2026, 1, 1, tzinfo=UTC), source="test", what="read")
    )
    return Echo(said={"what": seen.what}, severity=severity, gaps=("account 3: AccessDenied",))


@tool("sample fail", effect=Effect.RECORD)
def fail(
    ctx: Context,
    how: Annotated[
        Literal["user", "source", "bug", "interrupt"], Param("in which way", positional=True)
    ],
) -> Echo:
    """Fail in some way."""
    if how == "user":
        raise UserError("wrong", file="a.yaml", line=3, value="x", expected="y", hint="did you?")
    if how == "source":
        raise SourceError("AWS is away", hint="try again")
    if how == "interrupt":
        raise KeyboardInterrupt
    raise ZeroDivisionError("oops")
