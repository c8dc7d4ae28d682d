"""The estate file: a commented one to start with, and whether a file is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from offcall.surfaces.cli.options import Command, with_common

__all__ = ["command"]

STARTER = """\
# What offcall looks at, who owns it, and where to tell people.
# Every key is optional; `offcall estate check` says what is wrong and on which line.

# How the estate is called in reports.
name: {name}

# IANA zone in which days and weeks begin; the machine's zone when it is left out.
# time_zone: Europe/Vienna

# Where history is kept; a SQLite file in the user's data folder when it is left out.
# history: postgresql+psycopg://offcall@db.example.com/offcall
"""


@click.group("estate", short_help="Check the estate file, or write one to start with")
def command() -> None:
    """Check the estate file, or write one to start with."""


@with_common("estate check")
@command.command("check", cls=Command, short_help="Say whether the estate file is right")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check(file: Path | None, estate: Path | None, **common: Any) -> int:
    """Validate FILE, or the estate file that is used here: every key of every section.

    FILE and --estate FILE are the same.

    Exits with 2 and names file, line, value and what was probably meant when something is wrong.
    """
    from offcall.core.errors import UserError
    from offcall.core.estate import Estate, find_estate, sections
    from offcall.surfaces.cli.answers import EstateChecked
    from offcall.surfaces.cli.session import show_plainly

    if file and estate and file != estate:
        raise UserError("two estate files are named", value=f"{file} and {estate}", expected="one")
    path = _sample() if common["demo"] else find_estate(file or estate)
    if path is None:
        raise UserError(
            "there is no estate file here, above, or in the configuration folder",
            expected="offcall.yaml",
            hint="write one with: offcall estate init",
        )
    found = Estate.load(path)
    found.check()
    named = tuple(name for name in sections() if name in found.node)
    return show_plainly(EstateChecked(file=str(path), sections=named), common)


def _sample() -> Path:
    from offcall import demo

    return demo.ESTATE


@with_common("estate init")
@command.command("init", cls=Command, short_help="Write a commented estate file to start with")
@click.argument("file", required=False, default="offcall.yaml", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="How the estate is called; the folder's name.")
def init(file: Path, name: str | None, **common: Any) -> int:
    """Write FILE with every section that offcall knows, commented. Never overwrites.

    FILE is offcall.yaml in this folder when it is left out.
    """
    import json

    from offcall.core.errors import UserError
    from offcall.surfaces.cli.answers import EstateWritten
    from offcall.surfaces.cli.session import show_plainly

    # A JSON string is a YAML string, whatever is in it.
    shown = json.dumps(name or file.resolve().parent.name or "estate", ensure_ascii=False)
    text = STARTER.format(name=shown) + _sections()
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError as error:
        raise UserError(
            "this file exists already and is left as it is",
            file=str(file),
            hint=f"check it with: offcall estate check {file}",
        ) from error
    except OSError as error:
        raise UserError(f"cannot write: {error.strerror}", file=str(file)) from error
    return show_plainly(EstateWritten(file=str(file)), common)


def _sections() -> str:
    """Every room's section, commented, from the room's own model."""
    from offcall.core.estate import section_model, sections

    parts: list[str] = []
    for name in sections():
        model = section_model(name)
        about = (model.__doc__ or "").partition("\n")[0].strip()
        lines = [f"# {about}"] if about else []
        lines.append(f"# {name}:")
        for key, field in model.model_fields.items():
            told = " ".join((field.description or "").split())
            lines.append(f"#   {field.alias or key}:" + (f"  # {told}" if told else ""))
        parts.append("\n" + "\n".join(lines) + "\n")
    return "".join(parts)
