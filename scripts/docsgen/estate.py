"""docs/reference/estate.md: every setting of offcall.yaml, from the sections' models."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from offcall.core.estate import Common, section_model, sections
from scripts.docsgen.words import HEADER, table, unwrap

__all__ = ["estate_page", "undescribed"]

INTRO = """# The estate file

`offcall.yaml` says what to look at, who owns it and where to tell people. It is looked for in the
current folder and its parents, then in the user's configuration folder; `--estate FILE` or
`OFFCALL_ESTATE` names it. Everything works without one. A key that is not known is an error that
names its line and the key that was probably meant.

## At the top

"""


def estate_page() -> str:
    """The page as Markdown."""
    parts = [HEADER, INTRO, _table(Common)]
    for name in sections():
        model = section_model(name)
        parts.append(f"\n## {name}\n\n{_doc(model)}\n\n{_table(model)}")
        parts += [
            f"\n### {name}: {_title(below)}\n\n{_doc(below)}\n\n{_table(below)}"
            for below in _below(model)
        ]
    return "".join(parts)


def undescribed() -> Iterator[str]:
    """Settings without a description: "section.Model.field"."""
    for name in sections():
        top = section_model(name)
        for model in (top, *_below(top)):
            for key, field in model.model_fields.items():
                # A word that tells the kinds of a thing apart explains itself.
                tells_apart = len(typing.get_args(field.annotation)) == 1
                if not field.description and not tells_apart:
                    yield f"{name}.{model.__name__}.{key}"


def _below(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The models inside a model, each once, in the order in which they are met."""
    found: dict[str, type[BaseModel]] = {}

    def visit(one: type[BaseModel]) -> None:
        for field in one.model_fields.values():
            for inner in _models(field.annotation):
                if inner.__name__ not in found and inner is not model:
                    found[inner.__name__] = inner
                    visit(inner)

    visit(model)
    return list(found.values())


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for arg in typing.get_args(hint):
        yield from _models(arg)


def _doc(model: type[BaseModel]) -> str:
    return unwrap(inspect.getdoc(model) or "")


def _title(model: type[BaseModel]) -> str:
    return "".join(" " + c.lower() if c.isupper() else c for c in model.__name__).strip()


def _table(model: type[BaseModel]) -> str:
    rows = (
        (
            f"`{field.alias or key}`",
            _type(field.annotation),
            _default(field),
            field.description or "",
        )
        for key, field in model.model_fields.items()
    )
    return table(("Key", "Value", "Default", "Meaning"), rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value in (None, (), [], {}, "", PydanticUndefined) or isinstance(value, BaseModel):
        return ""
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{_plain(k)}: {_plain(v)}" for k, v in value.items())
    return str(value)


def _type(hint: Any) -> str:
    origin = typing.get_origin(hint)
    args = typing.get_args(hint)
    if origin is typing.Annotated:
        return _type(args[0])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(a) for a in args if a is not type(None)))
    if origin is Literal:
        return ", ".join(f"`{a}`" for a in args)
    if origin in (list, tuple, set, frozenset):
        return f"list of {_type(args[0])}"
    if origin is dict:
        return f"mapping of {_type(args[0])} to {_type(args[1])}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _title(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return ", ".join(f"`{member.value}`" for member in hint)
    names = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}
    return names.get(hint, _title(hint) if isinstance(hint, type) else "value")
