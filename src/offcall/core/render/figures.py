"""Numbers for people: short, with units, and small pictures in text."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["WIDTH", "bar", "count", "seconds_text", "share", "sparkline"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"
WIDTH = 60
"""Characters of a sparkline."""


def count(number: int) -> str:
    """ "1,234"."""
    return f"{number:,}"


def share(part: float) -> str:
    """ "12.3%", "<0.01%": never rounded to nothing."""
    percent = part * 100
    if percent == 0 or percent >= 99.95:
        return f"{percent:.0f}%"
    if percent < 0.01:
        return "<0.01%"
    return f"{percent:.2f}%" if percent < 1 else f"{percent:.1f}%"


def seconds_text(seconds: float | None) -> str:
    """ "41 ms", "1.25 s", "2 m 05 s", "3 h 20 m"; empty when there is none."""
    if seconds is None:
        return ""
    if seconds < 0.9995:
        millis = seconds * 1000
        return f"{millis:.0f} ms" if millis >= 10 or millis == int(millis) else f"{millis:.3g} ms"
    if seconds < 100:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} m {rest:02d} s"
    return f"{minutes // 60:,} h {minutes % 60:02d} m"


def bar(value: float, longest: float, width: int = 10) -> str:
    """A bar of at most `width` characters."""
    if longest <= 0 or value <= 0:
        return ""
    whole, part = divmod(max(round(value / longest * width * 8), 1), 8)
    return "█" * whole + (_EIGHTHS[part] if part else "")


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """Heights from the least, which is 0, to the greatest; neighbours are merged to fit."""
    if len(values) > width:
        size = math.ceil(len(values) / width)
        values = [max(values[at : at + size]) for at in range(0, len(values), size)]
    greatest = max(values, default=0)
    if greatest <= 0:
        return _HEIGHTS[0] * len(values)
    return "".join(_HEIGHTS[min(int(one / greatest * 8), 7)] for one in values)
