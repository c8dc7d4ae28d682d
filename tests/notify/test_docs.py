"""The messages shown in docs/notify.md are what the code makes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from offcall.notify.alerts import Alert
from offcall.notify.channels.pagerduty import event_of
from offcall.notify.message import message_of
from offcall.notify.plan import Occasion
from offcall.notify.text import to_text
from tests.notify.build import NOW, alert

PAGE = (Path(__file__).parents[2] / "docs" / "notify.md").read_text(encoding="utf-8")
VIENNA = ZoneInfo("Europe/Vienna")


def later() -> Alert:
    moved = alert().starts
    assert moved is not None
    return alert(starts=moved + timedelta(days=1), deadline=moved + timedelta(days=1))


@pytest.mark.parametrize(
    ("one", "occasion", "told", "days"),
    [
        (alert(), Occasion.NEW, None, 0),
        (later(), Occasion.UPDATE, alert(), 0),
        (later(), Occasion.REMINDER, later(), 8),
        (
            later().model_copy(update={"state": "resolved", "status": "closed by AWS"}),
            Occasion.RESOLVED,
            later(),
            15,
        ),
    ],
)
def test_messages(one: Alert, occasion: Occasion, told: Alert | None, days: int) -> None:
    message = message_of(one, occasion, told, now=NOW + timedelta(days=days), zone=VIENNA)
    text = to_text(message)
    # The page shows the first message whole, of the others what differs.
    shown = text if occasion is Occasion.NEW else "\n\n".join(text.split("\n\n")[:2]) + "\n"
    assert f"```text\n{shown}```" in PAGE or f"\n{shown}" in PAGE


def test_pagerduty_event() -> None:
    message = message_of(alert(), Occasion.NEW, None, now=NOW, zone=VIENNA)
    event = event_of(message, event_class="AWS Provider Change")
    shown = {
        "event_action": event["event_action"],
        "dedup_key": event["dedup_key"],
        "payload": {
            name: event["payload"][name]
            for name in ("summary", "source", "severity", "class", "component", "group")
        },
    }
    assert json.dumps(shown, indent=2) in PAGE
