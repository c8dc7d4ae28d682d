"""The commands as they are made from the tools of every room."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from offcall.core.registry import Effect, Tool, all_tools
from offcall.surfaces.cli.app import app
from offcall.surfaces.cli.command import command_of
from offcall.surfaces.cli.options import COMMON as NAMES
from offcall.surfaces.cli.options import OUTPUTS, SEVERITIES, WITHOUT, common_options
from tests.core.sample_tools import echo, fail, judge

TOOLS = all_tools()
COMMON = {
    "output": ["--output", "-o"],
    "fail_on": ["--fail-on"],
    "estate": ["--estate"],
    "demo": ["--demo"],
    "now": ["--now"],
    "time_zone": ["--time-zone"],
    "no_color": ["--no-color"],
    "quiet": ["--quiet", "-q"],
    "verbose": ["--verbose", "-v"],
}


@pytest.mark.parametrize("tool", [*TOOLS, echo, judge, fail], ids=lambda tool: tool.name)
class TestEveryCommand:
    def test_has_the_common_options(self, tool: Tool) -> None:
        command = command_of(tool)
        by_name = {param.name: param for param in command.params}
        own = {parameter.name for parameter in tool.parameters}
        for name, flags in COMMON.items():
            if name not in own:
                assert set(flags) <= set(by_name[name].opts), name
        assert {"save", "load"} <= set(by_name) or not tool.takes_snapshot

    def test_no_two_options_are_the_same(self, tool: Tool) -> None:
        flags = [flag for param in command_of(tool).params for flag in param.opts]
        assert len(set(flags)) == len(flags), sorted(flags)

    def test_every_option_has_help(self, tool: Tool) -> None:
        for param in command_of(tool).params:
            if isinstance(param, click.Option):
                assert param.help, param.name

    def test_help_can_be_shown(self, tool: Tool) -> None:
        command = command_of(tool)
        with click.Context(command, info_name=tool.name) as ctx:
            text = command.get_help(ctx)
        assert tool.summary in " ".join(text.split())
        if tool.effect is Effect.RECORD:
            what = tool.changes or "offcall's own history"
            assert f"Changes only {what}." in " ".join(text.split())

    def test_positional_parameters_are_explained(self, tool: Tool) -> None:
        command = command_of(tool)
        with click.Context(command, info_name=tool.name) as ctx:
            text = " ".join(command.get_help(ctx).split())
        for parameter in tool.parameters:
            if parameter.about.positional:
                assert " ".join(parameter.about.help.split()) in text, parameter.name


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_is_reached_from_the_top(tool: Tool) -> None:
    command: click.Command = app
    with click.Context(app, info_name="offcall") as ctx:
        for word in tool.name.split():
            assert isinstance(command, click.Group)
            _, found, _ = command.resolve_command(ctx, [word])
            assert found is not None, word
            command = found
    assert {param.name for param in command.params} >= {one.name for one in tool.parameters}


def every_command(
    group: click.Group = app, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """All commands of the program, by what is typed."""
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            _, found, _ = group.resolve_command(ctx, [name])
            assert found is not None
            if isinstance(found, click.Group):
                yield from every_command(found, (*path, name))
            else:
                yield " ".join((*path, name)), found


EVERY = dict(every_command())


@pytest.mark.parametrize("path", EVERY)
def test_every_command_has_the_common_options_or_says_why_not(path: str) -> None:
    has = {param.name for param in EVERY[path].params}
    tool = {one.name: one for one in TOOLS}.get(path)
    if tool is None:
        lacks = set(WITHOUT[path])
    else:
        lacks = set() if tool.takes_snapshot else {"save", "load"}
        lacks -= has & {one.name for one in tool.parameters}
    assert set(NAMES) - has == lacks
    # These make sense everywhere.
    assert not lacks & {"no_color", "quiet", "verbose"}


@pytest.mark.parametrize("path", EVERY)
def test_a_common_option_is_the_same_everywhere(path: str) -> None:
    (tool,) = [one for one in TOOLS if one.name == path] or [None]
    own = {one.name for one in tool.parameters} if tool else set()
    reference = {one.name: one for one in common_options()}
    for param in EVERY[path].params:
        if param.name in reference and param.name not in own:
            like = reference[param.name]
            assert isinstance(param, click.Option)
            assert (param.opts, param.help) == (like.opts, like.help)


def test_only_commands_that_are_there_lack_options_with_a_reason() -> None:
    tools = {one.name for one in TOOLS}
    assert set(WITHOUT) == set(EVERY) - tools
    assert all(reason for reasons in WITHOUT.values() for reason in reasons.values())


def test_outputs_are_those_that_can_be_rendered() -> None:
    from offcall.core import render

    assert OUTPUTS == render.OUTPUTS


def test_severities_are_those_that_findings_have() -> None:
    from offcall.core.findings import Severity

    assert list(SEVERITIES) == [str(one) for one in Severity]
