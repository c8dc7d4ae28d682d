"""YAML files whose errors name file, line, value and what was meant."""

from __future__ import annotations

import re
import sys
import typing
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from offcall.core.errors import UserError
from offcall.core.secrets import is_secret
from offcall.core.text import did_you_mean
from offcall.core.yamlchecks import check_aliases, check_keys

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["line_of", "load_documents", "load_yaml", "validate"]

M = TypeVar("M", bound=BaseModel)

_KEY = re.compile(r"\s*(?:-\s+)?([A-Za-z_][\w-]{0,40})\s*:(?=\s|$)")


def load_documents(path: Path, *, error: type[UserError] = UserError) -> list[Any]:
    """All YAML documents in a file ("-" is standard input), as ruamel nodes with line numbers.

    Raises:
        UserError (or the subclass given): not there, not UTF-8, not YAML, a key written twice.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except OSError as problem:
        raise error(f"cannot read: {problem.strerror}", file=str(path)) from problem
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise error("not UTF-8 text", file=str(path), line=line) from problem
    try:
        with warnings.catch_warnings():
            # An anchor that is set again is allowed, and no business of the reader.
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            if "&" in text and "*" in text:
                check_aliases(text, file=str(path), error=error)
            nodes = [node for node in YAML(typ="rt").load_all(text) if node is not None]
        for node in nodes:
            check_keys(node, file=str(path), error=error)
    except RecursionError as problem:
        raise error("nested too deeply", file=str(path)) from problem
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise error(
            f"not valid YAML: {_said(problem.problem or problem.context or 'syntax error')}",
            file=str(path),
            line=mark.line + 1 if mark else None,
            value=_key_on(text, mark.line) if mark else None,
        ) from problem
    except (YAMLError, ValueError) as problem:
        # ValueError: a scalar that looks like a date or a number and is none.
        raise error(f"not valid YAML: {_said(str(problem))}", file=str(path)) from problem
    except (TypeError, LookupError, AttributeError, AssertionError, NotImplementedError) as problem:
        # The loader trips over some of what the grammar allows, such as a mapping as a key.
        raise error(
            "not YAML that can be used: a key is a word, a value is text, a list or a mapping",
            file=str(path),
        ) from problem
    return nodes


def _said(problem: str) -> str:
    """What the loader says, without the values that it quotes: they may be secrets."""
    said = problem.splitlines()[0]
    # Of a key that is there twice, both values, whole.
    said = said.partition(" with value ")[0]
    if "alias" in said or "anchor" in said:
        # Its name is what follows a "*" or "&", such as the beginning of a password.
        return said.partition(" '")[0].partition(' "')[0]
    if "invalid literal" in said or "could not convert" in said:
        return "something looks like a number and is none"
    return said


def _key_on(text: str, line: int) -> str | None:
    """The key on a faulty line; what follows may be a secret."""
    lines = text.splitlines()
    found = _KEY.match(lines[line]) if line < len(lines) else None
    return f"{found[1]}: …" if found else None


def load_yaml(path: Path, *, error: type[UserError] = UserError) -> Any:
    """The only document of a file; an empty file is an empty mapping."""
    documents = load_documents(path, error=error)
    if len(documents) > 1:
        raise error("one YAML document is expected, this file has several", file=str(path))
    return documents[0] if documents else {}


def line_of(node: Any, where: Sequence[str | int]) -> int | None:
    """The 1-based line of `node[where[0]][where[1]]…`, or of the nearest parent that has one."""
    line: int | None = None
    marks = getattr(node, "lc", None)
    if marks is not None and marks.line is not None:
        line = marks.line + 1
    for step in where:
        marks = getattr(node, "lc", None)
        if marks is None:
            break
        try:
            position = marks.key(step) if isinstance(node, dict) else marks.item(step)
            line = position[0] + 1
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def plain(node: Any) -> Any:
    """Ruamel's nodes as plain dict, list and scalars."""
    if isinstance(node, dict):
        return {_scalar(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return _scalar(node)


def _scalar(value: Any) -> Any:
    from ruamel.yaml.timestamp import TimeStamp

    if isinstance(value, TimeStamp):
        return value.isoformat()
    for base in (bool, int, float, str):
        if isinstance(value, base):
            return base(value)
    return value


def validate(
    model: type[M],
    node: Any,
    *,
    file: str,
    prefix: Sequence[str | int] = (),
    root: Any = None,
    error: type[UserError] = UserError,
) -> M:
    """Fit a YAML node to a model.

    Args:
        prefix: where `node` stands in `root`, for the line and the name in an error.
        root: the whole document; `node` itself when None.

    Raises:
        UserError (or the subclass given): names line, field, value, and for an unknown key the
            one that was probably meant.
    """
    try:
        return model.model_validate(plain(node))
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
        # A misspelt key is also a missing one; what was written tells more than what was not.
        first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
        more = problem.error_count() - 1
        raise _located(
            first,
            model,
            file=file,
            prefix=prefix,
            root=node if root is None else root,
            more=more,
            error=error,
        ) from problem


def _located(
    first: ErrorDetails,
    model: type[BaseModel],
    *,
    file: str,
    prefix: Sequence[str | int],
    root: Any,
    more: int,
    error: type[UserError],
) -> UserError:
    where = _written(root, [*prefix, *first["loc"]])
    name = ".".join(map(str, where)) or "the file"
    line = line_of(root, where)
    also = f" ({more} more like this below)" if more else ""
    if first["type"] == "extra_forbidden":
        known = _fields_at(model, first["loc"][:-1])
        return error(
            f"unknown key '{where[-1]}' in {'.'.join(map(str, where[:-1])) or 'the file'}{also}",
            file=file,
            line=line,
            hint=did_you_mean(str(where[-1]), known),
        )
    if first["type"] in ("union_tag_not_found", "union_tag_invalid"):
        return _kind_error(first, name, also, file=file, line=line, error=error)
    if first["type"] == "missing":
        return error(
            f"{name} is missing{also}", file=file, line=line, expected=f"a value for {name}"
        )
    value = first.get("input")
    if isinstance(value, dict | list):
        value = None
    elif value is not None and is_secret(model, [*prefix, *first["loc"]]):
        value = f"({type(value).__name__}, not shown: it may be a secret)"
    return error(
        f"{name}: {first['msg'].removeprefix('Value error, ')}{also}",
        file=file,
        line=line,
        value=value,
    )


def _kind_error(
    first: ErrorDetails,
    name: str,
    also: str,
    *,
    file: str,
    line: int | None,
    error: type[UserError],
) -> UserError:
    """The key that says which kind of thing this is, is missing or not known."""
    said = first["ctx"]
    key = str(said["discriminator"]).strip("'")
    if "expected_tags" not in said:
        return error(
            f"{name}.{key} is missing{also}", file=file, line=line, expected=f"a value for {key}"
        )
    known = str(said["expected_tags"]).replace("'", "").split(", ")
    return error(
        f"{name}.{key}: not known{also}",
        file=file,
        line=line,
        value=said["tag"],
        expected=" | ".join(known),
        hint=did_you_mean(str(said["tag"]), known),
    )


def _written(root: Any, where: Sequence[str | int]) -> list[str | int]:
    """`where` without what is not in the file: pydantic also names the kind of a union's member."""
    node, kept = root, []
    for step in where[:-1]:
        if isinstance(node, dict) and step not in node:
            continue
        kept.append(step)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
    return [*kept, *where[-1:]]


def _fields_at(model: type[BaseModel], where: Iterable[str | int]) -> list[str]:
    """The field names of the model that stands at `where` below `model`."""
    current: Any = model
    for step in where:
        if isinstance(step, str) and isinstance(current, type) and issubclass(current, BaseModel):
            found = current.model_fields.get(step) or next(
                (f for f in current.model_fields.values() if f.alias == step), None
            )
            if found is None:
                # The tag of a union or the key of a mapping: the model stays the same.
                continue
            current = found.annotation
        models = _models_in(current)
        if len(models) == 1:
            current = models[0]
    names: list[str] = []
    for one in _models_in(current):
        names += [field.alias or key for key, field in one.model_fields.items()]
    return names


def _models_in(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [model for arg in typing.get_args(hint) for model in _models_in(arg)]
