"""The program itself: groups that load their room when asked, and how a run ends."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import MutableMapping
from typing import Any

import click

from offcall import __version__

__all__ = ["app", "run"]


class Room(click.Group):
    """A group whose commands are the tools of one room, imported when they are needed."""

    def __init__(self, name: str, summary: str) -> None:
        super().__init__(name, help=summary + ".", short_help=summary, no_args_is_help=True)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of the room's `tools.py`."""
        return list(self._load())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb."""
        return self._load().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name in the error."""
        return _resolve(self, ctx, args)

    def _load(self) -> MutableMapping[str, click.Command]:
        if not self.commands:
            from offcall.core.registry import tools_of
            from offcall.surfaces.cli.command import command_of

            assert self.name is not None
            for one in tools_of(self.name):
                if one.verb:
                    self.add_command(command_of(one), one.verb)
        return self.commands


class App(click.Group):
    """The top: rooms, tools of one word, and the surfaces' own commands."""

    # Whether a command is looked up to be run; for `offcall --help` a room is not imported.
    _resolving = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names only; nothing is imported for them."""
        from offcall.core.registry import rooms

        return sorted({*rooms(), *_own_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A room, a tool of one word, or an own command."""
        from offcall.core.registry import rooms, tools_of

        if cmd_name in _own_commands():
            module = importlib.import_module(_own_commands()[cmd_name])
            command: click.Command = module.command
            return command
        summary = rooms().get(cmd_name)
        if summary is None:
            return None
        if cmd_name in _single_tool_rooms():
            if not self._resolving:
                return click.Command(cmd_name, short_help=summary)
            from offcall.surfaces.cli.command import command_of

            (one,) = [t for t in tools_of(cmd_name) if t.name == cmd_name]
            return command_of(one)
        return Room(cmd_name, summary)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name in the error."""
        self._resolving = True
        try:
            return _resolve(self, ctx, args)
        finally:
            self._resolving = False


def _single_tool_rooms() -> frozenset[str]:
    """Rooms that are one command themselves: their package says `COMMAND = True`."""
    from offcall.core.registry import package_of, rooms

    return frozenset(
        name
        for name in rooms()
        if getattr(importlib.import_module(package_of(name)), "COMMAND", False)
    )


def _own_commands() -> dict[str, str]:
    from offcall.surfaces.cli import commands

    return {
        module.name: f"{commands.__name__}.{module.name}"
        for module in pkgutil.iter_modules(commands.__path__)
    }


def _resolve(
    group: click.Group, ctx: click.Context, args: list[str]
) -> tuple[str | None, click.Command | None, list[str]]:
    name = args[0] if args else ""
    if group.get_command(ctx, name) is None and not name.startswith("-"):
        from offcall.core.text import did_you_mean

        hint = did_you_mean(name, group.list_commands(ctx))
        ctx.fail(f"No such command '{name}'." + (f" {hint.capitalize()}" if hint else ""))
    return click.Group.resolve_command(group, ctx, args)


@click.group(
    cls=App,
    name="offcall",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: offcall brief --demo",
)
@click.version_option(__version__, "-V", "--version", prog_name="offcall")
def app() -> None:
    """The on-call engineer's copilot for AWS, Kubernetes and databases.

    What is about to change, what is at risk, what is broken and why, who owns it, what to do next.
    """


def run(args: list[str] | None = None) -> int:
    """Run the command line; the exit code.

    0 all well, 1 findings at or above --fail-on, 2 an error, 130 interrupted.
    """
    from offcall.core.errors import OffcallError

    stdout = sys.stdout
    words = sys.argv[1:] if args is None else args
    try:
        code: Any = app.main(args, prog_name="offcall", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        _print_error(_usage(error), words)
        return 2
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return 130
    except OffcallError as error:
        _print_error(str(error), words)
        return error.exit_code
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as leaving:
        # click turns a broken pipe into an exit with 1, which means findings here; it has put
        # something else in the place of standard output then.
        if sys.stdout is not stdout:
            sys.stdout = stdout
            return _reader_gone()
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the last resort: a person never sees a traceback
        # A bug of ours: say so in one line, keep the traceback in a file.
        from offcall.core.bugs import describe_bug

        _print_error(describe_bug(error), words)
        return 2


def _usage(error: click.ClickException) -> str:
    """What was wrong with the command line, what was expected, and where its help is."""
    text = error.format_message()
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.MissingParameter) and error.param is not None:
        text = _missing(error.param)
    if isinstance(error, click.NoSuchOption) and ctx is not None and _is_common(ctx, error):
        text += f"\n  options stand after the command: {ctx.command_path} … {error.option_name}"
    if ctx is not None and ctx.command.get_help_option(ctx) is not None:
        text += f"\n  help: {ctx.command_path} --help"
    return text


def _reader_gone() -> int:
    """The reader (head, less) has gone: not an error, and Python must not complain at exit."""
    from offcall.surfaces.cli.session import silence_stdout

    silence_stdout()
    return 0


def _missing(param: click.Parameter) -> str:
    """What is missing, with the help of it."""
    kind = "argument" if isinstance(param, click.Argument) else "option"
    expected = [str(help_)] if (help_ := getattr(param, "help", None)) else []
    if isinstance(param.type, click.Choice):
        expected.append(" | ".join(map(str, param.type.choices)))
    lines = [
        f"Missing {kind} '{param.human_readable_name if kind == 'argument' else param.opts[0]}'."
    ]
    return "\n  expected: ".join([*lines, *([", ".join(expected)] if expected else [])])


def _is_common(ctx: click.Context, error: click.NoSuchOption) -> bool:
    """A group was given an option that every command has."""
    from offcall.surfaces.cli.options import common_options

    flags = {flag for one in common_options() for flag in one.opts}
    return isinstance(ctx.command, click.Group) and error.option_name in flags


def _print_error(text: str, words: list[str]) -> None:
    label = "error:"
    if sys.stderr.isatty() and "--no-color" not in words and not os.environ.get("NO_COLOR"):
        label = click.style(label, fg="red", bold=True)
    print(f"{label} {text}", file=sys.stderr)
