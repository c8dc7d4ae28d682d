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
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union

from offcall.core.errors import UserError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from offcall.core.context import Context
    from offcall.core.results import Result

__all__ = [
    "Effect",
    "Param",
    "Parameter",
    "Tool",
    "all_tools",
    "find_tool",
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
    or is a service that somebody starts by its name (`ends_with`)."""


@dataclass(frozen=True, slots=True)
class Param:
    """What the annotation of a tool's parameter adds to its type."""

    help: str
    positional: bool = False
    short: str | None = None
    metavar: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool, resolved: `type` is without Optional and list."""

    name: str
    type: Any
    many: bool
    optional: bool
    required: bool
    default: Any
    about: Param

    @property
    def choices(self) -> tuple[str, ...] | None:
        """The values allowed, if they are few and known."""
        if typing.get_origin(self.type) is Literal:
            return tuple(str(value) for value in typing.get_args(self.type))
        if isinstance(self.type, type) and issubclass(self.type, enum.Enum):
            return tuple(str(member.value) for member in self.type)
        return None


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
        """All parameters but the context, in order."""
        return tuple(self._parameters())

    def _parameters(self) -> Iterator[Parameter]:
        for name, one in list(inspect.signature(self.function).parameters.items())[1:]:
            hint = self._hints[name]
            if typing.get_origin(hint) is not typing.Annotated:
                raise TypeError(
                    f"tool {self.name!r}: parameter {name!r} needs Annotated[…, Param()]"
                )
            bare, *extras = typing.get_args(hint)
            about = next(extra for extra in extras if isinstance(extra, Param))
            bare, optional = _without_none(bare)
            many = typing.get_origin(bare) in (list, tuple)
            if many:
                bare = typing.get_args(bare)[0]
            required = one.default is inspect.Parameter.empty
            yield Parameter(
                name, bare, many, optional, required, None if required else one.default, about
            )

    @cached_property
    def input_model(self) -> type[BaseModel]:
        """A pydantic model of the parameters: it validates calls and gives the JSON schema."""
        from pydantic import ConfigDict, Field, create_model

        fields: dict[str, Any] = {}
        for one in self.parameters:
            kind: Any = list[one.type] if one.many else one.type  # type: ignore[name-defined]  # known when it runs
            if one.optional:
                kind = kind | None
            default = ... if one.required else one.default
            if one.many and default is not ... and default is not None:
                default = list(default)
            fields[one.name] = (kind, Field(default, description=one.about.help))
        title = "".join(word.title() for word in self.slug.split("_")) + "Input"
        return create_model(title, __config__=ConfigDict(extra="forbid"), **fields)

    def call(self, ctx: Context, /, **arguments: Any) -> Result:
        """Validate `arguments` and run the tool.

        Raises:
            UserError: an argument that does not fit, with its value and what was expected.
        """
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
        values = {name: getattr(checked, name) for name in type(checked).model_fields}
        return self.function(ctx, **values)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"a tool's parameter cannot be {hint}")
        return rest[0], True
    return hint, False


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
        confirm: the flag without which it changes nothing outside.
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


def rooms() -> dict[str, str]:
    """Every room that has tools, and its one-line summary.

    A room is a package of offcall with a `tools.py`; its docstring's first line is the summary.
    Only the package itself is imported, so this is fast.
    """
    import offcall

    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(offcall.__path__):
        folder = Path(offcall.__path__[0], module.name)
        if module.ispkg and (folder / "tools.py").is_file():
            doc = importlib.import_module(f"offcall.{module.name}").__doc__ or ""
            found[module.name] = doc.partition("\n")[0].rstrip(".")
    return found


def tools_of(room: str) -> list[Tool]:
    """The tools of one room, in the order in which they are written."""
    module = importlib.import_module(f"offcall.{room}.tools")
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
