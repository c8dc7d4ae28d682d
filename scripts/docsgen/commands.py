"""docs/reference/commands.md: every command, from the tool registry and from click."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterable
from pathlib import Path

import click

from offcall.core.registry import Effect, Parameter, Tool, rooms, tools_of
from offcall.surfaces.cli.app import _own_commands, app
from offcall.surfaces.cli.options import common_options
from scripts.docsgen.examples import EXAMPLES
from scripts.docsgen.words import HEADER, table, unwrap

__all__ = ["commands_page"]

EFFECTS = {
    Effect.READ: "Reads only.",
    Effect.RECORD: "Writes offcall's own history, nothing else.",
    Effect.CHANGE: "Changes something outside offcall.",
}

INTRO = """# Commands

A command is `offcall ROOM VERB`. Each is also a tool of the [MCP server](../mcp.md), under the
name given with it; what only reads is served without being asked for.

Exit codes: 0 all well, 1 a finding at or above `--fail-on`, 2 an [error](errors.md), 130
interrupted.

## Options of every command

"""


def commands_page() -> str:
    """The page as Markdown."""
    parts = [HEADER, INTRO, _options(common_options(snapshot=True))]
    parts.append("\n`--save` and `--from` belong to the commands that judge a snapshot.\n")
    for room, summary in rooms().items():
        parts.append(f"\n## {room}\n\n{summary}.\n")
        parts += map(_tool, tools_of(room))
    for name in _own_commands():
        command = app.get_command(click.Context(app), name)
        assert command is not None
        parts.append(_own(name, command))
    return "".join(parts)


def _own(name: str, command: click.Command, level: int = 2) -> str:
    """A command that is not a tool, and what is below it when it is a group."""
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    parts = [f"\n{'#' * level} {name if level == 2 else 'offcall ' + name}\n\n{_own_help(text)}\n"]
    options = _options(p for p in command.params if isinstance(p, click.Option))
    if options:
        parts.append("\n" + options)
    if isinstance(command, click.Group):
        below = sorted(command.commands.items())
        parts += [_own(f"{name} {verb}", one, level + 1) for verb, one in below]
    return "".join(parts)


def _own_help(text: str) -> str:
    """A click help text; what is laid out by hand ("\\b") stays so."""
    blocks = []
    for block in text.split("\n\n"):
        lines = block.strip("\n").splitlines()
        laid_out = any(":" in line and "  " in line for line in lines)
        blocks.append("```text\n" + "\n".join(lines) + "\n```" if laid_out else " ".join(lines))
    return "\n\n".join(blocks)


def _tool(tool: Tool) -> str:
    parts = [f"\n### offcall {tool.name}\n\n{tool.summary}\n"]
    if tool.description:
        parts.append(f"\n{unwrap(tool.description)}\n")
    parts.append(f"\n{_effect(tool)} MCP tool: `{tool.slug}`.")
    parts.append(" Judges a snapshot.\n" if tool.takes_snapshot else "\n")
    parts += [f"\n```shell\n{example}\n```\n" for example in EXAMPLES.get(tool.name, ())]
    rows = table(("Parameter", "Value", "Default", "Meaning"), map(_row, tool.parameters))
    return "".join(parts) + ("\n" + rows if rows else "")


def _row(one: Parameter) -> tuple[str, str, str, str]:
    if one.about.positional:
        name = f"`{one.name.upper()}`"
    else:
        flag = "--" + one.name.rstrip("_").replace("_", "-")
        name = ", ".join(f"`{f}`" for f in (flag, one.about.short) if f)
    return (name, _value(one), _default(one), one.about.help)


def _value(one: Parameter) -> str:
    if one.choices:
        text = ", ".join(f"`{choice}`" for choice in one.choices)
    elif one.type is bool:
        return "flag"
    else:
        names = {str: "text", int: "whole number", float: "number", Path: "file"}
        text = names.get(one.type, typing.cast("str", getattr(one.type, "__name__", "text")))
    return text + "; may be repeated" if one.many else text


def _default(one: Parameter) -> str:
    if one.required:
        return "required"
    if one.default in (None, (), [], False, ""):
        return ""
    return f"`{one.default}`"


def _options(options: Iterable[click.Option]) -> str:
    rows = []
    for option in options:
        kind = option.type
        if isinstance(kind, click.Choice):
            value = ", ".join(f"`{choice}`" for choice in kind.choices)
        else:
            value = "flag" if option.is_flag or option.count else (option.metavar or kind.name)
        shown = "" if option.default in (None, False) or not option.show_default else option.default
        flags = ", ".join(f"`{flag}`" for flag in option.opts)
        rows.append((flags, value, f"`{shown}`" if shown != "" else "", option.help or ""))
    return table(("Option", "Value", "Default", "Meaning"), rows)


def _effect(tool: Tool) -> str:
    if tool.changes is not None:
        return f"Writes {tool.changes}; nothing else."
    return EFFECTS[tool.effect]
