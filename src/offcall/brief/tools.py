"""The brief's tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from offcall.brief.result import Brief
from offcall.core.parameters import Window
from offcall.core.registry import Effect, Param, tool

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["brief"]


@tool("brief", effect=Effect.RECORD, snapshot=True)
def brief(
    ctx: Context,
    window: Window = "next 30 days",
    owner: Annotated[
        list[str] | None,
        Param(
            "only what this owner owns; 'nobody' is what has none; may be repeated", metavar="NAME"
        ),
    ] = None,
    since: Annotated[
        str, Param("compare with the brief of this time; 'last' is the last one", metavar="TIME")
    ] = "last",
    no_record: Annotated[
        bool, Param("do not remember this brief: the next compares with the one before")
    ] = False,
) -> Brief:
    """What is changing, what nears its end, what is wrong, what nobody has taken, what is new.

    Every line has its deadline, its owner, its runbook and the next step. What a Health event and
    the inventory both tell of is one line. A brief is remembered in offcall's history, so that
    the next one can say what is new and what was resolved since; asked again within the hour it
    says the same.
    """
    from offcall.brief.making import make_brief

    return make_brief(ctx, window=window, owners=owner or [], since=since, record=not no_record)
