"""The options that mean the same on every command, and which command lacks one, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import click

__all__ = [
    "COMMON",
    "DEFAULTS",
    "OUTPUTS",
    "SEVERITIES",
    "WITHOUT",
    "Command",
    "common_options",
    "with_common",
]

# By hand, since `offcall --help` imports this and must not import what they come from.
SEVERITIES = ("info", "low", "medium", "high", "critical")
OUTPUTS = ("terminal", "plain", "markdown", "html", "json", "sarif", "junit")

DEFAULTS = {
    "output": None,
    "fail_on": "never",
    "save": None,
    "load": None,
    "estate": None,
    "demo": False,
    "now": None,
    "time_zone": None,
    "no_color": False,
    "quiet": False,
    "verbose": 0,
}
"""Every common option by the name that its value has, and what a command without it goes by."""

COMMON = tuple(DEFAULTS)

_NO_SNAPSHOT = {"save": "it judges no snapshot", "load": "it judges no snapshot"}
_NO_FINDINGS = {"fail_on": "its answer has no findings"}
_NO_TIME = {"now": "it judges nothing by the time", "time_zone": "it shows no times"}

WITHOUT: dict[str, dict[str, str]] = {
    "completion": {
        **_NO_SNAPSHOT,
        **_NO_FINDINGS,
        **_NO_TIME,
        "output": "its answer is a script for a shell",
        "estate": "a script is the same for every estate",
        "demo": "a script is the same for every estate",
    },
    "estate check": {
        **_NO_SNAPSHOT,
        **_NO_TIME,
        "fail_on": "what is wrong is an error: exit code 2",
    },
    "estate init": {
        **_NO_SNAPSHOT,
        **_NO_FINDINGS,
        **_NO_TIME,
        "estate": "FILE says where the new one goes",
        "demo": "it writes an estate, and reads none",
    },
    "mcp": {
        **_NO_SNAPSHOT,
        "output": "answers go to the client, as Markdown and JSON",
        "fail_on": "it answers until it is stopped",
    },
    "worker": {
        **_NO_SNAPSHOT,
        "fail_on": "findings are told to people",
        "demo": "the sample estate has nothing to watch",
        "now": "it goes on in real time",
    },
}
"""By command that is no tool: the common options that make no sense there, with the reason. A tool
lacks `--save` and `--from` when it judges no snapshot, and nothing else."""


class Command(click.Command):
    """A command whose help names what is its own first, and then what every command has."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two lists in place of one."""
        own: list[tuple[str, str]] = []
        every: list[tuple[str, str]] = []
        shared = {tuple(one.opts) for one in _all()}
        for param in self.get_params(ctx):
            if not isinstance(param, click.Option):
                continue  # click has a list of its own for those
            record = param.get_help_record(ctx)
            if record is not None:
                is_shared = tuple(param.opts) in shared or "--help" in param.opts
                (every if is_shared else own).append(record)
        for title, records in (("Options", own), ("Options of every command", every)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def with_common(path: str) -> Callable[[click.Command], click.Command]:
    """Give a command that is no tool the common options that make sense for it."""

    def give(command: click.Command) -> click.Command:
        command.params += common_options(without=WITHOUT[path])
        return command

    return give


def common_options(
    *, snapshot: bool = True, without: Collection[str] = ()
) -> Iterator[click.Option]:
    """New option objects (click binds them to one command).

    Args:
        snapshot: the tool judges a snapshot, so `--save` and `--from` are there too.
        without: names of those that are left out.
    """
    left_out = {*without, *(() if snapshot else _NO_SNAPSHOT)}
    return (one for one in _all() if one.name not in left_out)


def _all() -> Iterator[click.Option]:
    yield click.Option(
        ["-o", "--output"],
        type=click.Choice(OUTPUTS),
        default=None,
        help="Form of the answer; terminal, or plain when not on a terminal.",
    )
    yield click.Option(
        ["--fail-on"],
        type=click.Choice([*SEVERITIES, "never"]),
        default="never",
        show_default=True,
        help="Exit with 1 when a finding is at least this severe.",
    )
    yield click.Option(
        ["--save"],
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Also write the facts that were read, as a snapshot.",
    )
    yield click.Option(
        ["--from", "load"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Judge this snapshot instead of reading; - is standard input.",
    )
    yield click.Option(
        ["--estate"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The estate file; offcall.yaml here or above by default.",
    )
    yield click.Option(["--demo"], is_flag=True, help="Use the bundled sample estate.")
    yield click.Option(
        ["--now"], metavar="TIME", help="Judge as of this time instead of the present."
    )
    yield click.Option(
        ["--time-zone"],
        metavar="NAME",
        help="IANA zone for windows and shown times; the estate's or the machine's by default.",
    )
    yield click.Option(["--no-color"], is_flag=True, help="No colours (NO_COLOR does the same).")
    yield click.Option(["-q", "--quiet"], is_flag=True, help="Only the answer and errors.")
    yield click.Option(["-v", "--verbose"], count=True, help="Say what is done; -vv also how.")
