"""The options that mean the same on every command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from offcall.core.findings import Severity

__all__ = ["common_options"]

OUTPUTS = ("terminal", "plain", "markdown", "html", "json", "sarif")


def common_options(*, snapshot: bool) -> Iterator[click.Option]:
    """New option objects (click binds them to one command).

    Args:
        snapshot: the tool judges a snapshot, so `--save` and `--from` are there too.
    """
    yield click.Option(
        ["-o", "--output"],
        type=click.Choice(OUTPUTS),
        default=None,
        help="Form of the answer; terminal, or plain when not on a terminal.",
    )
    yield click.Option(
        ["--fail-on"],
        type=click.Choice([str(s) for s in Severity] + ["never"]),
        default="never",
        show_default=True,
        help="Exit with 1 when a finding is at least this severe.",
    )
    if snapshot:
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
