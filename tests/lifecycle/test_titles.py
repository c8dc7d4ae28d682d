"""Titles name dates, never how many days are left: that would be another text every day."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from offcall.core.checks import Check, checks_of

CHECKS = {one.id: one for room in ("lifecycle", "health") for one in checks_of(room)}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_what_is_kept_of_a_finding_is_the_same_the_day_after(check: Check) -> None:
    """The history keeps another body, and whoever reads it thinks that something has changed."""
    facts, now = check.fails.snapshot(), check.fails.now
    titles = [
        {one.fingerprint: one.title for one in check(facts, now + timedelta(hours=hours))}
        for hours in (0, 26)
    ]
    for print_ in titles[0].keys() & titles[1].keys():
        assert titles[0][print_] == titles[1][print_]
    for title in titles[0].values():
        assert not re.search(r"\b(days?|today|tomorrow|ago)\b", title), title
