"""The guide says only what is understood."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from offcall.core.errors import WindowError
from offcall.core.windows import TIME_EXAMPLES, WINDOW_EXAMPLES, parse_time, parse_window

GUIDE = Path(__file__).parents[3] / "docs" / "times.md"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")


def examples(heading: str) -> list[str]:
    part = GUIDE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return [text for row in rows for text in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("text", examples("Windows"))
def test_windows_of_the_guide(text: str) -> None:
    window = parse_window(text, now=NOW, zone=VIENNA)
    assert window.start is None or window.end is None or window.start < window.end


@pytest.mark.parametrize("text", examples("Times"))
def test_times_of_the_guide(text: str) -> None:
    assert parse_time(text, now=NOW, zone=VIENNA).tzinfo is UTC


def test_examples_in_errors_are_understood() -> None:
    for text in re.findall(r"'([^']+)'", WINDOW_EXAMPLES):
        parse_window(text, now=NOW, zone=VIENNA)
    for text in re.findall(r"'([^']+)'", TIME_EXAMPLES):
        parse_time(text, now=NOW, zone=VIENNA)


def test_what_the_guide_says_is_refused_is_refused() -> None:
    with pytest.raises(WindowError):
        parse_window("12/01/2026", now=NOW, zone=VIENNA)
