"""Shell completion scripts."""

from __future__ import annotations

from typing import Any

import click

from offcall.surfaces.cli.options import Command, with_common

__all__ = ["command"]


@with_common("completion")
@click.command("completion", cls=Command, short_help="Print the shell completion script")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str, **_common: Any) -> None:
    """Print the completion script for SHELL.

    \b
    bash: eval "$(offcall completion bash)"      in ~/.bashrc
    zsh:  eval "$(offcall completion zsh)"       in ~/.zshrc
    fish: offcall completion fish > ~/.config/fish/completions/offcall.fish
    """
    from click.shell_completion import get_completion_class

    from offcall.surfaces.cli.app import app

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(app, {}, "offcall", "_OFFCALL_COMPLETE").source())
