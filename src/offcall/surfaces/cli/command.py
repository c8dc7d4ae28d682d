"""A tool as a click command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from offcall.core.registry import Effect, Parameter, Tool
from offcall.surfaces.cli.options import Command, common_options

__all__ = ["command_of"]


def command_of(tool: Tool) -> click.Command:
    """The command that runs `tool` and shows its result."""
    names = {parameter.name for parameter in tool.parameters}
    common = [
        option
        for option in common_options(snapshot=tool.takes_snapshot)
        if option.name not in names
    ]

    def callback(**values: Any) -> int:
        arguments = {name: values.pop(name) for name in names}
        return _run(tool, arguments, values)

    return Command(
        tool.verb or tool.name,
        params=[*map(_parameter, tool.parameters), *common],
        callback=callback,
        help=_help(tool),
        short_help=tool.summary.rstrip("."),
    )


def _help(tool: Tool) -> str:
    parts = [tool.summary, tool.description]
    if tool.effect is Effect.RECORD:
        what = tool.changes or "offcall's own history"
        parts.append(f"Changes only {what}.")
    if tool.effect is Effect.CHANGE:
        flag = (
            f"Without --{tool.confirm} nothing outside is changed; with it, it"
            if tool.confirm
            else "It"
        )
        parts.append(f"{flag} is one line of the audit.")
    return "\n\n".join(part for part in parts if part)


def _parameter(one: Parameter) -> click.Parameter:
    kind = _click_type(one)
    # A default of None would count as given, so a required one has none.
    default: dict[str, Any] = {} if one.required else {"default": None if one.many else one.default}
    if one.about.positional:
        return click.Argument(
            [one.name],
            type=kind,
            required=one.required,
            nargs=-1 if one.many else 1,
            metavar=one.about.metavar or one.name.upper() + ("..." if one.many else ""),
            help=one.about.help,
            **default,
        )
    flag = "--" + one.name.rstrip("_").replace("_", "-")
    flags = [flag, one.name, *([one.about.short] if one.about.short else [])]
    if one.type is bool:
        if one.default:
            flags[0] = f"{flag}/--no-{flag.removeprefix('--')}"
        return click.Option(flags, is_flag=True, default=bool(one.default), help=one.about.help)
    show = one.default not in (None, (), [], "") and not one.many
    return click.Option(
        flags,
        type=kind,
        required=one.required,
        multiple=one.many,
        show_default=show,
        metavar=one.about.metavar,
        help=one.about.help,
        **default,
    )


class _Whole(click.IntRange):
    """A whole number, called so in errors."""

    name = "whole number"


def _click_type(one: Parameter) -> click.ParamType[Any]:
    if one.choices:
        return click.Choice(one.choices, case_sensitive=False)
    if one.type is int:
        return _Whole(min=one.about.least)
    if one.type is float:
        return click.FLOAT
    if one.type is Path:
        # As text: an empty name is no path, and pathlib would make the current folder of it.
        return click.Path()
    return click.STRING


def _run(tool: Tool, arguments: dict[str, Any], common: dict[str, Any]) -> int:
    from offcall.surfaces.cli.session import open_context, show

    for parameter in tool.parameters:
        if parameter.many:
            value = list(arguments[parameter.name] or ())
            arguments[parameter.name] = value or (None if parameter.optional else value)
    with open_context(common) as ctx:
        ctx.freeze()
        result = tool.call(ctx, **arguments)
        return show(result, ctx, common)
