"""What a room adds to the brief.

A room that has something to say there has a `brief.py` with

    def contribute(ctx: Context, window: Window) -> Contribution: ...

It reads only what is cheap and configured: a room with nothing in the estate says nothing.

A finding is about one resource: an event that names three gives three, which the renderers show as
one card. Its `category` says in which part of the brief it stands:

    change    something is going to happen, or to be done, at a known time
    support   a version is past its support, or near its end
    open      something is wrong now
    setup     offcall itself does not see or know enough
    notice    nobody needs to do anything: counted in one line

What somebody has taken (acknowledged, planned) carries the evidence `TAKEN`, in words.
The evidence `EVENT_TYPE` is a Health event type code: a topic by which runbooks are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from offcall.core.checks import BROKEN
from offcall.core.errors import MissingExtra, SourceError
from offcall.core.findings import Finding, Resource
from offcall.core.rooms import modules_of_rooms
from offcall.core.snapshots import Unread

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["EVENT_TYPE", "TAKEN", "Contribution", "ask_rooms", "contributors"]

TAKEN = "taken"
EVENT_TYPE = "event type"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a room has to say.

    Attributes:
        findings: each with its `category`, which says in which part of the brief it stands.
        unread: what should have been looked at and could not be.
        resources: everything that was looked at, also what is well: each should have an owner.
        later: findings that begin after the window. They are not shown, but they are there: the
            history records what is, whoever asks and however far ahead.
        looks: the room has something to look at, also when there is nothing to say of it.
    """

    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    resources: tuple[Resource, ...] = ()
    later: tuple[Finding, ...] = ()
    looks: bool = False


def contributors() -> dict[str, Callable[[Context, Window], Contribution]]:
    """The rooms that contribute, by name."""
    return {room: module.contribute for room, module in modules_of_rooms("brief").items()}


def ask_rooms(ctx: Context, window: Window) -> dict[str, Contribution]:
    """What every room has to say, by name.

    A room whose source is away or whose packages are not installed, and a check that failed, are
    named in `unread` of its part; the others are in.

    Raises:
        UserError: something in the estate, or in a file that it names, is wrong.
        StoreError: the history failed us.
    """
    found: dict[str, Contribution] = {}
    for room, contribute in contributors().items():
        try:
            found[room] = _with_broken_unread(contribute(ctx, window))
        except (SourceError, MissingExtra) as error:
            why = Unread(what=room, why=error.message, hint=error.hint)
            found[room] = Contribution(unread=(why,))
    return found


def _with_broken_unread(part: Contribution) -> Contribution:
    """Nobody may take what a broken check does not find for resolved."""
    broken = [one for one in (*part.findings, *part.later) if one.rule == BROKEN]
    unread = (Unread(what=one.title, why=one.why, hint=one.next_step) for one in broken)
    return replace(
        part,
        findings=tuple(one for one in part.findings if one.rule != BROKEN),
        later=tuple(one for one in part.later if one.rule != BROKEN),
        unread=(*part.unread, *unread),
    )
