"""A channel that fails in a way nobody expected, or whose package is missing."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from offcall.core.errors import MissingExtra
from offcall.history.database import History
from offcall.notify.channels.slack import Slack
from tests.notify.fakes import TOKEN, Capture
from tests.notify.test_worker import Run, body, bring, estate, pagerduty, run, slack

__all__ = ["estate", "pagerduty", "run", "slack"]


def test_a_bug_in_one_channel_does_not_hold_up_the_others(
    history: History, run: Run, pagerduty: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:
        raise ValueError(f"who would have thought: {TOKEN}")

    monkeypatch.setattr(Slack, "send", broken)
    bring(history, body())
    answer = run("run", "--send")
    assert answer["exit"] == 0
    states = {one["channel"]: one["state"] for one in answer["messages"]}
    assert states == {"ops": "waiting", "pager": "sent"}
    assert len(pagerduty.calls) == 1
    (waiting,) = run("list", "--channel", "ops")["messages"]
    assert waiting["state"] == "waiting"
    assert "this is a bug in offcall: ValueError: who would have thought: …" in waiting["outcome"]
    assert TOKEN not in answer["stdout"] + answer["stderr"]
    assert "channel 'ops': not delivered, tried again later: " in answer["stderr"]


def test_a_missing_package_is_told_before_anything_is_to_be_sent(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None is how Python itself marks a module that must not be imported.
    monkeypatch.setitem(sys.modules, "httpx", None)
    problems = [one["problem"] for one in run("channels")["channels"]]
    assert problems == ["needs httpx: pip install 'offcall[notify]'"] * 2


def test_the_error_names_the_package() -> None:
    assert MissingExtra("httpx", "notify").module == "httpx"
