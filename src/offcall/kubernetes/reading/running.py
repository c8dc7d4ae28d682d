"""Run the tools that render manifests: helm, kustomize, kubectl."""

from __future__ import annotations

import shutil
import subprocess

from offcall.core.errors import SourceError

__all__ = ["has", "run"]

SECONDS = 120


def has(program: str) -> bool:
    """Whether the program is on the PATH."""
    return shutil.which(program) is not None


def run(*command: str) -> str:
    """What the command prints.

    Raises:
        SourceError: it failed, with the last line that it said, or took too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 - known programs, and no shell
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{command[0]} did not end in {SECONDS} s") from error
    except OSError as error:
        raise SourceError(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise SourceError(f"{command[0]} failed: {said[-1]}")
    return done.stdout
