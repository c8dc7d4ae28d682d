"""What changes something outside is approved by its flag and kept in the audit, in one place.

`Tool.call` hands a confirmed call to the journal of its context and runs the tool inside of it, so
that whoever calls (command line, MCP, a console) it is one record: who, which tool, with which
arguments, when, and how it ended. The record is there before the tool begins: what is killed
half-way has one too, and what cannot be recorded is not begun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offcall.core.parameters import Parameter
from offcall.core.secrets import is_secret_name, without_password

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["HIDDEN", "Change", "Journal", "told"]

HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Change:
    """A confirmed call.

    Attributes:
        who: the person; of a service the account that it runs as.
        tool: its name: "notify run".
        arguments: what was given, without secrets, ready for JSON.
    """

    who: str
    tool: str
    arguments: Mapping[str, Any]


Journal = Callable[["Context", Change], AbstractContextManager[Callable[[str], None]]]
"""Records a change while the block runs; its value is called with how it ended."""


def told(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call that are not left at their default, as the audit may keep them."""
    return {
        one.name: HIDDEN if one.secret or is_secret_name(one.name) else _plain(values[one.name])
        for one in parameters
        if one.name != "by" and values[one.name] != one.default
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, str | Path):
        return without_password(str(value))
    return value
