"""Tools: one typed function is the CLI command, the MCP tool, the JSON schema, the console form.

    @tool("health list")
    def list_events(
        ctx: Context,
        status: Annotated[Literal["open", "closed"] | None, Param("only this status")] = None,
    ) -> EventList:
        '''Events that are known, newest first.

        The rest of the docstring is the long help.
        '''

The first word of the name is the room, and the tool stands in `offcall/<room>/tools.py`. A name
of one word ("brief") is a command of its own. Parameters are `str`, `int`, `float`, `bool`,
`Path`, `Literal`/enum, a `list` of these, or `None` with one of these; times and windows are
text that the tool gives to `ctx.window()` and `ctx.time()`. The result is a `Result`.
`tools.py` is imported for `--help`, so it imports heavy packages inside functions only.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import typing
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from offcall.core.errors import UserError
from offcall.core.parameters import BY, By, Param, Parameter, field_of, parameters_of
from offcall.core.rooms import rooms_with

if TYPE_CHECKING:
    from pydantic import BaseModel

    from offcall.core.context import Context
    from offcall.core.results import Result

__all__ = [
    "NO_RECORD",
    "SPENDS",
    "By",
    "Effect",
    "Param",
    "Parameter",
    "Tool",
    "all_tools",
    "find_tool",
    "package_of",
    "rooms",
    "tool",
    "tools_of",
]


class Effect(enum.StrEnum):
    """What running a tool changes."""

    READ = "read"
    """Nothing outside a cache of what was read."""
    RECORD = "record"
    """Only offcall's own history: an import, an acknowledgement, a mute."""
    CHANGE = "change"
    """Something outside: a message is sent, a queue is emptied. Needs an explicit flag (`confirm`),
    or is a service that somebody starts by its name (`ends_with`). `Tool.call` records it in the
    audit; see `offcall.core.changes`."""


NO_RECORD = "no_record"
"""The parameter by which a tool that records, such as the brief, is told not to."""


SPENDS = "yes"
"""The parameter of a tool that only reads by which somebody agrees to what the reading costs."""


class Tool:
    """A registered function and what the surfaces need to know of it."""

    def __init__(
        self,
        name: str,
        function: Callable[..., Result],
        effect: Effect,
        *,
        snapshot: bool,
        confirm: str | None = None,
        goes_on_with: str | None = None,
        ends_with: tuple[str, ...] = (),
        changes: str | None = None,
    ) -> None:
        self.name = name
        self.function = function
        self.effect = effect
        self.takes_snapshot = snapshot
        self.confirm = confirm
        self.goes_on_with = goes_on_with
        self.ends_with = ends_with
        self.changes = changes
        doc = inspect.getdoc(function)
        if not doc:
            raise TypeError(f"tool {name!r} has no docstring")
        self.summary, _, rest = doc.partition("\n")
        self.description = rest.strip()

    def __repr__(self) -> str:
        return f"<Tool {self.name}>"

    @property
    def room(self) -> str:
        """The first word of the name."""
        return self.name.split()[0]

    @property
    def verb(self) -> str | None:
        """What follows the room, or None for a command of one word."""
        return self.name.partition(" ")[2] or None

    @property
    def slug(self) -> str:
        """The name for MCP, models and URLs: `health_list`."""
        return self.name.replace(" ", "_").replace("-", "_")

    @cached_property
    def _hints(self) -> dict[str, Any]:
        # Context and Result are named under TYPE_CHECKING in the rooms.
        from offcall.core.context import Context

        scope = {**vars(importlib.import_module(self.function.__module__)), "Context": Context}
        return typing.get_type_hints(self.function, globalns=scope, include_extras=True)

    @cached_property
    def result_type(self) -> type[Result]:
        """The model that `call` returns."""
        return typing.cast("type[Result]", self._hints["return"])

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters but the context, in order; what changes something also has `by`."""
        own = tuple(parameters_of(self.name, self.function, self._hints))
        if self.effect is not Effect.CHANGE or any(one.name == "by" for one in own):
            return own
        return (*own, BY)

    @property
    def takes_by(self) -> bool:
        """Whether it keeps who did it."""
        return any(one.name == "by" for one in self.parameters)

    @property
    def serves(self) -> bool:
        """Whether it can go on until it is interrupted: then a machine may be who starts it."""
        return self.goes_on_with is not None or bool(self.ends_with)

    @cached_property
    def input_model(self) -> type[BaseModel]:
        """A pydantic model of the parameters: it validates calls and gives the JSON schema."""
        from pydantic import ConfigDict, create_model

        fields: dict[str, Any] = {one.name: field_of(one) for one in self.parameters}
        title = "".join(word.title() for word in self.slug.split("_")) + "Input"
        return create_model(title, __config__=ConfigDict(extra="forbid"), **fields)

    def call(self, ctx: Context, /, **arguments: Any) -> Result:
        """Validate `arguments` and run the tool; a confirmed change is recorded in the audit.

        Raises:
            UserError: an argument that does not fit, with its value and what was expected; a
                change, and nobody says who does it.
            StoreError: a change that the audit cannot keep: it is not begun.
        """
        values = self._checked(arguments)
        if self.effect is not Effect.CHANGE or not self._confirmed(values):
            with ctx.running(records=self._records(values)):
                return self.function(ctx, **self._own(values))
        from offcall.core.changes import Change, told
        from offcall.core.people import account

        by = values["by"]
        who = account() if self.serves and by is None else ctx.person(by)
        change = Change(who, self.name, told(self.parameters, values))
        with ctx.running(records=True), ctx.journal(change) as said:
            result = self.function(ctx, **self._own({**values, "by": who}))
            said(result.outcome())
        return result

    def _checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        from pydantic import ValidationError

        try:
            checked = self.input_model.model_validate(arguments)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0]) if first["loc"] else "arguments"
            choices = {p.name: p.choices for p in self.parameters}.get(name)
            raise UserError(
                f"{self.name}: {name}: {first['msg']}",
                value=first.get("input"),
                expected=" | ".join(choices) if choices else None,
            ) from error
        return {name: getattr(checked, name) for name in type(checked).model_fields}

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the function takes: `by` may be ours alone."""
        names = inspect.signature(self.function).parameters
        return {name: value for name, value in values.items() if name in names}

    def _confirmed(self, values: Mapping[str, Any]) -> bool:
        return self.confirm is None or bool(values[self.confirm])

    def _records(self, values: Mapping[str, Any]) -> bool:
        """Whether this call writes into the history."""
        if self.effect is Effect.READ or not self._confirmed(values):
            return False
        return not values.get(NO_RECORD)


def tool(
    name: str,
    *,
    effect: Effect = Effect.READ,
    snapshot: bool = False,
    confirm: str | None = None,
    goes_on_with: str | None = None,
    ends_with: tuple[str, ...] = (),
    changes: str | None = None,
) -> Callable[[Callable[..., Result]], Tool]:
    """Register the function below as a tool.

    Args:
        name: "room verb", or "room" alone.
        effect: what running it changes.
        snapshot: it judges a snapshot (`ctx.snapshot`), so `--save` and `--from` apply.
        confirm: the flag without which it changes nothing: it says what it would do.
        goes_on_with: the parameter that makes it go on until it is interrupted. What answers
            requests, such as the MCP server, does not offer it.
        ends_with: it goes on until it is interrupted unless one of these flags is set. What
            answers requests asks for one of them.
        changes: what it changes, where "offcall's own history" does not say it; help names it.
    """

    def register(function: Callable[..., Result]) -> Tool:
        return Tool(
            name,
            function,
            effect,
            snapshot=snapshot,
            confirm=confirm,
            goes_on_with=goes_on_with,
            ends_with=ends_with,
            changes=changes,
        )

    return register


def package_of(room: str) -> str:
    """The package of the room that has this name."""
    return rooms_with("tools")[room]


def rooms() -> dict[str, str]:
    """Every room that has tools, and its one-line summary.

    A room is a package of offcall with a `tools.py`; its docstring's first line is the summary.
    The first word of its tools is the room's name; see `offcall.core.rooms`.
    Only the package itself is imported, so this is fast.
    """
    return {
        room: (importlib.import_module(package).__doc__ or "").partition("\n")[0].rstrip(".")
        for room, package in rooms_with("tools").items()
    }


def tools_of(room: str) -> list[Tool]:
    """The tools of one room, in the order in which they are written."""
    module = importlib.import_module(f"{package_of(room)}.tools")
    return [value for value in vars(module).values() if isinstance(value, Tool)]


def all_tools() -> list[Tool]:
    """Every tool of every room."""
    return [one for room in rooms() for one in tools_of(room)]


def find_tool(name: str) -> Tool:
    """The tool of that name ("health list") or slug ("health_list").

    Raises:
        UserError: there is none; the nearest names are the hint.
    """
    known = {key: one for one in all_tools() for key in (one.name, one.slug)}
    if name in known:
        return known[name]
    from offcall.core.text import did_you_mean

    raise UserError(f"there is no tool {name!r}", hint=did_you_mean(name, known))
