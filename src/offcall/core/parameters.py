"""The parameters of a tool, read from its function's annotations.

window: Annotated[str, Param("when", examples=("next week", "P30D"))] = "next week"
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union

__all__ = [
    "BY",
    "Account",
    "By",
    "Limit",
    "Owner",
    "Param",
    "Parameter",
    "Region",
    "Service",
    "Window",
    "field_of",
    "parameters_of",
]


@dataclass(frozen=True, slots=True)
class Param:
    """What the annotation of a tool's parameter adds to its type.

    `examples` are for those who fill in a form and for models: of what is written in a form of
    its own, such as a window of time. `least` is the smallest number that makes sense.
    """

    help: str
    positional: bool = False
    short: str | None = None
    metavar: str | None = None
    examples: tuple[Any, ...] = ()
    least: int | None = None


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
    secret: bool = False

    @property
    def choices(self) -> tuple[str, ...] | None:
        """The values allowed, if they are few and known."""
        if typing.get_origin(self.type) is Literal:
            return tuple(str(value) for value in typing.get_args(self.type))
        if isinstance(self.type, type) and issubclass(self.type, enum.Enum):
            return tuple(str(member.value) for member in self.type)
        return None


By = Annotated[
    str | None,
    Param("who does this; OFFCALL_USER or the user's name by default", metavar="NAME"),
]
"""The parameter `by` of what the audit keeps a name with; the tool gives it to `ctx.person()`."""

Account = Annotated[str, Param("only this account, by its id", metavar="ACCOUNT")]
Region = Annotated[str, Param("only this region", metavar="REGION")]
Service = Annotated[
    str, Param("only this service, as AWS names it: RDS, EC2, …", metavar="SERVICE")
]
Owner = Annotated[
    str, Param("only what this owner owns; 'nobody' is what has none", metavar="NAME")
]
Limit = Annotated[int, Param("show at most so many", metavar="N", least=1)]
Window = Annotated[
    str,
    Param(
        "when: 'next week', '2026-12-01..2026-12-15', 'P30D'",
        metavar="WINDOW",
        examples=("next week", "last 24h", "2026-12-01..2026-12-15", "P30D"),
    ),
]
"""What several rooms ask for is the same everywhere: `region: Region | None = None`."""

BY = Parameter(
    "by",
    str,
    many=False,
    optional=True,
    required=False,
    default=None,
    about=typing.get_args(By)[1],
)
"""`By` as the registry adds it to tools that change something outside."""


_USUAL: dict[str, tuple[str, ...]] = {
    "account": ("123456789012",),
    "at": ("2026-11-18T02:15Z", "yesterday 02:15"),
    "every": ("60s", "15m"),
    "older_than": ("400d",),
    "on": ("2026-12-01 03:00", "monday 9am"),
    "poll_every": ("15m",),
    "region": ("eu-west-1",),
    "since": ("2026-11-17", "yesterday 09:00"),
    "until": ("2027-01-01", "in 3 weeks"),
    "window": ("next week", "last 24h", "2026-12-01..2026-12-15", "P30D"),
}
"""Examples by name, for parameters that are called so and give none themselves."""


def parameters_of(
    tool: str, function: Callable[..., Any], hints: Mapping[str, Any]
) -> Iterator[Parameter]:
    """All parameters but the first, which is the context, in order.

    Raises:
        TypeError: one without `Param`, or of a type that a tool cannot have.
    """
    for name, one in list(inspect.signature(function).parameters.items())[1:]:
        bare, marks = _without_marks(hints[name])
        bare, optional = _without_none(bare)
        bare, inner = _without_marks(bare)
        marks += inner
        about = next((mark for mark in marks if isinstance(mark, Param)), None)
        if about is None:
            raise TypeError(f"tool {tool!r}: parameter {name!r} needs Annotated[…, Param()]")
        many = typing.get_origin(bare) in (list, tuple)
        if many:
            bare, inner = _without_marks(typing.get_args(bare)[0])
            marks += inner
        required = one.default is inspect.Parameter.empty
        yield Parameter(
            name,
            bare,
            many,
            optional,
            required,
            None if required else one.default,
            about,
            _hidden(marks),
        )


def field_of(one: Parameter) -> tuple[Any, Any]:
    """The parameter as a field of a pydantic model: its type and its `Field`."""
    from pydantic import BeforeValidator, Field

    single: Any = one.type
    if single is Path:
        single = Annotated[Path, BeforeValidator(_named)]
    elif one.about.least is not None:
        single = Annotated[single, Field(ge=one.about.least)]
    kind: Any = list[single] if one.many else single
    if one.optional:
        kind = kind | None
    default = ... if one.required else one.default
    if one.many and default is not ... and default is not None:
        default = list(default)
    usual = _USUAL.get(one.name, ()) if one.type is str else ()
    examples = list(one.about.examples or usual) or None
    return kind, Field(default, description=one.about.help, examples=examples)


def _without_marks(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(hint) is typing.Annotated:
        return typing.get_args(hint)[0], hint.__metadata__
    return hint, ()


def _hidden(marks: Iterable[object]) -> bool:
    # Imports pydantic, which `offcall --help` has no use for.
    from offcall.core.secrets import Hidden

    return any(isinstance(one, Hidden) for one in marks)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"a tool's parameter cannot be {hint}")
        return rest[0], True
    return hint, False


def _named(value: Any) -> Any:
    """A file's name; an empty one would be the current folder."""
    from pydantic_core import PydanticCustomError

    if value == "":
        raise PydanticCustomError("empty_name", "the name of a file is empty")
    return value
