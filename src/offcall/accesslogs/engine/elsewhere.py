"""Engines that read the logs themselves: which one, and what it needs to be told.

They answer the same questions, in the same SQL. Where routes are learned, or two sides compared,
they count, and the rest is done here with what they counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from offcall.accesslogs.engine.logs import Rows
from offcall.accesslogs.questions.question import Question
from offcall.core.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa

    from offcall.accesslogs.asked import Asked
    from offcall.accesslogs.results.answers import Reading
    from offcall.core.context import Context

__all__ = ["Elsewhere", "EngineName", "Rows", "Told", "choose", "finish_here"]

EngineName = Literal["duckdb", "athena", "spark"]


class Elsewhere(Protocol):
    """An engine."""

    def ask(
        self, ctx: Context, questions: Sequence[tuple[Asked, Question]]
    ) -> list[tuple[Rows, Reading]]:
        """The rows of each question, and what they are made of."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What the engines are told by options of their own."""

    athena_output: str | None = None
    athena_workgroup: str | None = None
    athena_database: str | None = None
    spark_master: str | None = None
    yes: bool = False

    def check(self, engine: EngineName) -> None:
        """An option that does nothing is a mistake.

        Raises:
            UserError: one is for another engine.
        """
        for name in ("athena_output", "athena_workgroup", "athena_database", "spark_master", "yes"):
            whose = "spark" if name == "spark_master" else "athena"
            if getattr(self, name) and engine != whose:
                option = "--" + name.replace("_", "-")
                raise UserError(f"{option} is for --engine {whose}", value=f"--engine {engine}")


def choose(engine: EngineName, told: Told) -> Elsewhere | None:
    """The engine of that name; None is the one that is built in.

    Raises:
        UserError: an option is for another engine.
        MissingExtra: it is not installed.
    """
    told.check(engine)
    if engine == "athena":
        from offcall.accesslogs.engine.athena import Athena

        return Athena(told.athena_output, told.athena_workgroup, told.athena_database, yes=told.yes)
    if engine == "spark":
        from offcall.accesslogs.engine.spark import Spark

        return Spark(told.spark_master)
    return None


def finish_here(sides: Sequence[Rows], finish: Callable[[str], str], *, by_route: bool) -> Rows:
    """The rows of a question over what an engine counted; see `count_by`.

    Args:
        sides: what was counted of each side.
    """
    from offcall.accesslogs.engine.duck import answer_counted

    return answer_counted([_table(one) for one in sides], finish, by_route=by_route)


_COUNTED = ("k", "v", "n", "sent", "received", "client_errors", "server_errors")


def _table(rows: Rows) -> pa.Table:
    import pyarrow as pa

    number = any(isinstance(row[0], int) for row in rows)
    types = [pa.int64() if number else pa.string(), pa.float64(), *[pa.int64()] * 5]
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return pa.table(
        {
            name: pa.array(values, kind)
            for name, values, kind in zip(_COUNTED, columns, types, strict=True)
        }
    )
