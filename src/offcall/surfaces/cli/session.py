"""One run of a tool from the command line: its context, and how its result is shown."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from datetime import UTC, datetime, tzinfo
from typing import Any, cast

from offcall.core.context import Context, Progress, Silent
from offcall.core.errors import UserError
from offcall.core.estate import Estate, find_estate
from offcall.core.findings import Severity, worst
from offcall.core.render import Output, View, render
from offcall.core.results import Result
from offcall.history import journal
from offcall.surfaces.cli.options import DEFAULTS

__all__ = ["open_context", "show", "show_plainly", "silence_stdout"]


def open_context(common: dict[str, Any]) -> Context:
    """The context that the common options describe; one that is not there is as by default."""
    common = DEFAULTS | common
    _log(common["verbose"])
    now = prepare = None
    if common["demo"]:
        from offcall import demo

        estate = Estate.load(common["estate"] or demo.ESTATE)
        now, prepare = demo.NOW, demo.prepare
    else:
        path = find_estate(common["estate"])
        estate = Estate.load(path) if path else Estate()
    zone = _zone(common["time_zone"] or estate.common.time_zone, demo=common["demo"])
    if common["now"]:
        from offcall.core.windows import parse_time

        now = parse_time(common["now"], now=datetime.now(UTC), zone=zone)
    return Context(
        estate,
        now=now,
        zone=zone,
        demo=common["demo"],
        load=common["load"],
        save=common["save"],
        progress=_progress(common),
        prepare=prepare,
        journal=journal,
    )


def show(result: Result, ctx: Context, common: dict[str, Any]) -> int:
    """Print the result; the exit code that it gives."""
    common = DEFAULTS | common
    terminal = _is_terminal()
    color = terminal and not common["no_color"] and not os.environ.get("NO_COLOR")
    output = common["output"] or ("terminal" if terminal else "plain")
    width = shutil.get_terminal_size((100, 24)).columns
    view = View(now=ctx.now, zone=ctx.zone, color=color and output == "terminal", width=width)
    text = render(result, cast("Output", output), view)
    try:
        _write(text)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; the exit code stays the same.
        silence_stdout()
    if not common["quiet"]:
        for line in result.incomplete():
            print(f"incomplete: {line}", file=sys.stderr)
    if result.failed():
        return 2
    if common["fail_on"] == "never":
        return 0
    found = worst(result.all_findings())
    return int(found is not None and found.rank >= Severity(common["fail_on"]).rank)


def show_plainly(result: Result, common: dict[str, Any]) -> int:
    """`show`, for what needs no context: the estate file is neither looked for nor read."""
    with Context(Estate()) as ctx:
        return show(result, ctx, common)


def silence_stdout() -> None:
    """Send what is left to nowhere, so that Python does not complain at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _is_terminal() -> bool:
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


# What the layout uses beyond ASCII, for terminals that have nothing else.
_ASCII = str.maketrans({
    "✖": "X", "▲": "^", "◆": "*", "●": "o", "○": "-", "✔": "+", "·": "-", "•": "*", "–": "-",
    "─": "-", "━": "=", "═": "~", "▒": "%", "█": "#", "■": "#", "│": "|", "╷": "|", "→": ">",
    "…": "...", "€": "EUR ", "£": "GBP ",
})  # fmt: skip


def _write(text: str) -> None:
    """Write to standard output, whatever its encoding can hold."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_ASCII)
        text = plain.encode(encoding, errors="replace").decode(encoding)
    sys.stdout.write(text)
    sys.stdout.flush()


def _progress(common: dict[str, Any]) -> Progress:
    if common["quiet"]:
        return Silent()
    from offcall.surfaces.cli.progress import TerminalProgress

    return TerminalProgress(color=not common["no_color"] and not os.environ.get("NO_COLOR"))


def _zone(name: str | None, *, demo: bool) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise UserError(
                "unknown time zone", value=name, expected="an IANA name such as Europe/Vienna"
            ) from error
    if demo:
        return UTC
    local = os.environ.get("TZ") or _localtime_name()
    try:
        return ZoneInfo(local) if local else datetime.now().astimezone().tzinfo or UTC
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.now().astimezone().tzinfo or UTC


def _localtime_name() -> str | None:
    """The IANA name behind /etc/localtime, so that daylight saving is right."""
    target = os.path.realpath("/etc/localtime")
    return target.partition("zoneinfo/")[2] or None


def _log(verbose: int) -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # Ours alone: what libraries log at these levels holds credentials and signed headers.
    level = [logging.WARNING, logging.INFO, logging.DEBUG][min(verbose, 2)]
    logging.getLogger("offcall").setLevel(level)
