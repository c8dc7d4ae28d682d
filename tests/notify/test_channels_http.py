"""Slack, Teams, PagerDuty, webhooks and Apprise against fakes on loopback."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from offcall.core.findings import Severity
from offcall.notify.alerts import Alert
from offcall.notify.channels.base import SendError
from offcall.notify.channels.other import Other
from offcall.notify.channels.pagerduty import PagerDuty, dedup_key, event_of
from offcall.notify.channels.slack import Slack
from offcall.notify.channels.teams import MOST_BYTES, Teams, card_of
from offcall.notify.channels.webhook import Webhook, body_of
from offcall.notify.message import Message, message_of, summary_of
from offcall.notify.plan import Occasion
from tests.notify.build import ARN, NOW, alert
from tests.notify.fakes import (
    ROUTING_KEY,
    TOKEN,
    Capture,
    pagerduty_fake,
    serve,
    slack_fake,
    teams_fake,
)

UTC_ZONE = NOW.tzinfo
assert UTC_ZONE is not None


def say(one: Alert, occasion: Occasion, told: Alert | None = None) -> Message:
    return message_of(one, occasion, told, now=NOW, zone=UTC_ZONE)


@pytest.fixture
def slack() -> Iterator[Capture]:
    with slack_fake() as capture:
        yield capture


@pytest.fixture
def pagerduty() -> Iterator[Capture]:
    with pagerduty_fake() as capture:
        yield capture


@pytest.fixture
def teams() -> Iterator[Capture]:
    with teams_fake() as capture:
        yield capture


def slack_sender(server: Capture, **changes: str) -> Slack:
    given = {"token": TOKEN, "channel": "C0FFEE000", "api_url": f"{server.url}/api", **changes}
    return Slack(**given)


def pager(server: Capture, key: str = ROUTING_KEY) -> PagerDuty:
    return PagerDuty(routing_key=key, api_url=server.url, event_class="AWS Provider Change")


def test_slack_thread_from_new_to_resolved(slack: Capture) -> None:
    sender = slack_sender(slack)
    first = sender.send(say(alert(), Occasion.NEW), None, "t1")
    assert first.reference["channel"] == "C0FFEE000"
    changed = alert(status="open")
    sender.send(say(changed, Occasion.UPDATE, alert()), first.reference, "t2")
    sender.send(say(changed, Occasion.REMINDER, changed), first.reference, "t3")
    over = alert(state="resolved", status="closed by AWS")
    sender.send(say(over, Occasion.RESOLVED, changed), first.reference, "t4")
    top, update, reminder, resolved = slack.bodies("chat.postMessage")
    assert "thread_ts" not in top
    ts = first.reference["ts"]
    assert [one["thread_ts"] for one in (update, reminder, resolved)] == [ts] * 3
    # Replies in old threads are not seen, so a reminder is shown in the channel as well.
    assert [one["reply_broadcast"] for one in (update, reminder, resolved)] == [True, True, False]
    assert "status: upcoming → open" in json.dumps(update, ensure_ascii=False)
    (changed_first,) = slack.bodies("chat.update")
    assert changed_first["ts"] == ts
    assert changed_first["text"].startswith("[RESOLVED]")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"status": "open"}, True),
        ({"severity": Severity.CRITICAL}, True),
        ({"severity": Severity.LOW}, False),
        ({"starts": NOW, "deadline": NOW}, True),
        ({"ends": NOW}, True),
        ({"what": "AWS has more to say.", "revision": "other"}, False),
        ({"resources": ("arn:aws:rds:us-east-1:111122223333:db:other",)}, False),
    ],
)
def test_slack_shows_in_the_channel_what_everybody_must_hear(
    slack: Capture, changes: dict[str, Any], shown: bool
) -> None:
    sender = slack_sender(slack)
    first = sender.send(say(alert(), Occasion.NEW), None, "t1")
    sender.send(say(alert(**changes), Occasion.UPDATE, alert()), first.reference, "t2")
    assert slack.bodies("chat.postMessage")[1]["reply_broadcast"] is shown


def test_slack_says_the_deadline_owner_runbook_and_command(slack: Capture) -> None:
    slack_sender(slack).send(say(alert(), Occasion.NEW), None, "t")
    text = json.dumps(slack.bodies()[0], ensure_ascii=False)
    for part in (
        "[HIGH] RDS maintenance scheduled: orders-db",
        "in 14 days, Tue 8 Dec 2026 03:00 UTC",
        "payments (offcall.yaml:12)",
        "<https://runbooks.shop.example/rds|Runbook: RDS maintenance>",
        "*Next:* Do it yourself",
        f"offcall health show {ARN} --account 111122223333",
    ):
        assert part in text


def test_slack_escapes_what_its_markup_reserves(slack: Capture) -> None:
    sneaky = alert(what="<!channel> & <https://evil.example|click>", title="a <b> & c")
    slack_sender(slack).send(say(sneaky, Occasion.NEW), None, "t")
    body = slack.bodies()[0]
    text = json.dumps(body)
    assert "<!channel>" not in text
    assert "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;" in text
    assert body["text"] == "[HIGH] a &lt;b&gt; &amp; c"


def test_slack_starts_anew_when_the_first_message_was_deleted(slack: Capture) -> None:
    gone = {"ts": "1.0", "channel": "C0FFEE000"}
    receipt = slack_sender(slack).send(say(alert(), Occasion.UPDATE, alert()), gone, "t")
    assert receipt.reference["ts"] != "1.0"


def test_slack_limits_hold_for_long_texts_and_many_items(slack: Capture) -> None:
    long = alert(
        title="x" * 500, what="word " * 2000, resources=tuple(f"db-{n}" for n in range(999))
    )
    sender = slack_sender(slack)
    sender.send(say(long, Occasion.NEW), None, "t")
    many = [(long.model_copy(update={"key": str(n)}), Occasion.NEW) for n in range(100)]
    sender.send(summary_of(many, "Digest 'd'", now=NOW, zone=UTC_ZONE), None, "t")
    assert "and 57 more" in json.dumps(slack.bodies()[-1]["blocks"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("changes", "error", "hint"),
    [
        ({"token": "xoxb-wrong-token-123"}, "invalid_auth", None),
        ({"channel": "C000"}, "channel_not_found", "name the channel by its id"),
    ],
)
def test_slack_refusals_are_not_tried_again(
    slack: Capture, changes: dict[str, str], error: str, hint: str | None
) -> None:
    with pytest.raises(SendError, match=error) as caught:
        slack_sender(slack, **changes).send(say(alert(), Occasion.NEW), None, "t")
    assert not caught.value.retry
    assert hint is None or hint in str(caught.value.hint)


def test_slack_throttling_is_waited_for(slack: Capture) -> None:
    slack.instead.append((429, {"retry-after": "30"}, {"ok": False, "error": "ratelimited"}))
    with pytest.raises(SendError, match="429: ratelimited") as caught:
        slack_sender(slack).send(say(alert(), Occasion.NEW), None, "t")
    assert caught.value.retry
    assert caught.value.after == 30


def test_slack_outage_is_tried_again_and_a_failed_update_of_the_first_is_not(
    slack: Capture,
) -> None:
    slack.instead.append((200, {}, {"ok": False, "error": "internal_error"}))
    sender = slack_sender(slack)
    with pytest.raises(SendError) as caught:
        sender.send(say(alert(), Occasion.NEW), None, "t")
    assert caught.value.retry
    first = sender.send(say(alert(), Occasion.NEW), None, "t")
    over = say(alert(state="resolved"), Occasion.RESOLVED, alert())
    slack.instead += [
        (200, {}, {"ok": True, "ts": "2.0", "channel": "C0FFEE000"}),
        (200, {}, {"ok": False, "error": "cant_update_message"}),
    ]
    assert "was not changed" in sender.send(over, first.reference, "t").outcome


def test_nobody_there_is_tried_again() -> None:
    sender = Slack(token=TOKEN, channel="C", api_url="http://127.0.0.1:9/api")
    with pytest.raises(SendError) as caught:
        sender.send(say(alert(), Occasion.NEW), None, "t")
    assert caught.value.retry


def test_pagerduty_one_incident_from_trigger_to_resolve(pagerduty: Capture) -> None:
    sender = pager(pagerduty)
    first = sender.send(say(alert(), Occasion.NEW), None, "t1")
    sender.send(say(alert(status="open"), Occasion.UPDATE, alert()), first.reference, "t2")
    sender.send(say(alert(state="resolved"), Occasion.RESOLVED, alert()), first.reference, "t3")
    bodies = pagerduty.bodies()
    assert [one["event_action"] for one in bodies] == ["trigger", "trigger", "resolve"]
    assert {one["dedup_key"] for one in bodies} == {f"111122223333|{ARN}"}
    payload = bodies[0]["payload"]
    assert payload["class"] == "AWS Provider Change"
    assert payload["custom_details"]["tags"] == ["AWS Provider Change"]
    assert payload["severity"] == "error"
    assert payload["component"] == "RDS"
    assert payload["group"] == "payments"
    assert payload["custom_details"]["deadline"] == "in 14 days, Tue 8 Dec 2026 03:00 UTC"
    link = {"href": "https://runbooks.shop.example/rds", "text": "Runbook: RDS maintenance"}
    assert bodies[0]["links"] == [link]


def test_pagerduty_triggers_again_and_webhooks_read_that_it_is_open_again() -> None:
    again = say(alert(), Occasion.REOPENED, alert(state="resolved", status="closed by AWS"))
    event = event_of(again, event_class="AWS Provider Change")
    assert event["event_action"] == "trigger"
    assert event["dedup_key"] == f"111122223333|{ARN}"
    assert event["payload"]["summary"].startswith("Open again: [HIGH]")
    assert body_of(again, "t")["occasion"] == "reopened"


def test_pagerduty_findings_are_not_called_provider_changes() -> None:
    finding = alert(kind="finding", key="finding|0123456789abcdef", code="rds-past-support")
    payload = event_of(say(finding, Occasion.NEW), event_class="AWS Provider Change")["payload"]
    assert payload["class"] == "rds-past-support"
    assert "tags" not in payload["custom_details"]


@pytest.mark.parametrize("severity", list(Severity))
def test_pagerduty_fields_stay_within_their_limits(pagerduty: Capture, severity: Severity) -> None:
    long = alert(key="k" * 400, title="x" * 3000, what="y" * 5000, severity=severity)
    pager(pagerduty).send(say(long, Occasion.NEW), None, "t")
    body = pagerduty.bodies()[0]
    assert len(body["payload"]["summary"]) == 1024
    assert body["dedup_key"] == dedup_key(long)
    assert len(body["dedup_key"]) <= 255


def test_pagerduty_calls_nobody_for_what_is_over_already(pagerduty: Capture) -> None:
    receipt = pager(pagerduty).send(say(alert(state="resolved"), Occasion.PASSED), None, "t")
    assert receipt.skipped
    assert pagerduty.calls == []


def test_pagerduty_refusal_names_what_is_wrong_and_throttling_waits(pagerduty: Capture) -> None:
    with pytest.raises(SendError, match="should be 32 characters") as caught:
        pager(pagerduty, key="short").send(say(alert(), Occasion.NEW), None, "t")
    assert not caught.value.retry
    pagerduty.instead.append((429, {}, None))
    with pytest.raises(SendError, match="429") as caught:
        pager(pagerduty).send(say(alert(), Occasion.NEW), None, "t")
    assert caught.value.retry


def test_teams_card(teams: Capture) -> None:
    Teams(url=f"{teams.url}/workflows/abc?sig=secret").send(say(alert(), Occasion.NEW), None, "t")
    card = teams.bodies()[0]["attachments"][0]["content"]
    facts = {one["title"]: one["value"] for one in card["body"][1]["facts"]}
    assert facts["Deadline"] == "in 14 days, Tue 8 Dec 2026 03:00 UTC"
    assert facts["Owner"] == "payments (offcall.yaml:12)"
    assert card["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "Runbook: RDS maintenance",
            "url": "https://runbooks.shop.example/rds",
        }
    ]
    assert card["body"][0]["inlines"][0]["color"] == "Attention"


def test_teams_cards_are_short_enough(teams: Capture) -> None:
    long = alert(what="ü" * 1200, next_step="z" * 900)
    many = [(long.model_copy(update={"key": str(n)}), Occasion.NEW) for n in range(200)]
    summary = summary_of(many, "Digest 'd'", now=NOW, zone=UTC_ZONE)
    Teams(url=teams.url).send(summary, None, "t")
    sent = teams.bodies()[0]
    assert len(json.dumps(sent).encode()) <= MOST_BYTES
    assert " more" in json.dumps(card_of(summary))


def test_teams_refusal(teams: Capture) -> None:
    teams.instead.append((401, {}, {"error": {"code": "DirectApiAuthorizationRequired"}}))
    with pytest.raises(SendError, match="Teams answered 401") as caught:
        Teams(url=teams.url).send(say(alert(), Occasion.NEW), None, "t")
    assert not caught.value.retry


def accepting() -> Any:
    return serve(lambda call: (200, {}, {"status": "ok"}))


def test_webhook_has_the_whole_alert_and_an_idempotency_key() -> None:
    with accepting() as server:
        sender = Webhook(url=f"{server.url}/hook", headers={"x-token": "secret-token"})
        sender.send(say(alert(), Occasion.NEW), None, "token-1")
    (call,) = server.calls
    assert call.headers["idempotency-key"] == "token-1"
    assert call.headers["x-token"] == "secret-token"
    assert Alert.model_validate(call.body["alert"]) == alert()
    assert call.body["format"] == "offcall.alert/1"


def test_a_redirect_is_not_followed_with_the_secrets() -> None:
    with accepting() as elsewhere:
        moved = (302, {"location": f"{elsewhere.url}/x"}, None)
        with serve(lambda call: moved) as server, pytest.raises(SendError) as caught:
            Webhook(url=server.url, headers={}).send(say(alert(), Occasion.NEW), None, "t")
    assert not caught.value.retry
    assert elsewhere.calls == []


def test_apprise_delivers_and_says_when_it_cannot() -> None:
    with accepting() as server:
        host = server.url.removeprefix("http://")
        sender = Other(url=f"json://{host}/hook")
        sender.send(say(alert(), Occasion.NEW), None, "t")
        server.instead.append((500, {}, None))
        with pytest.raises(SendError, match="Apprise") as caught:
            sender.send(say(alert(), Occasion.NEW), None, "t")
    assert caught.value.retry
    body = server.bodies()[0]
    assert body["title"] == "[HIGH] RDS maintenance scheduled: orders-db"
    assert "Next: Do it yourself" in body["message"]
    assert body["type"] == "failure"


def test_urls_are_not_logged_at_the_most_verbose() -> None:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with accepting() as server:
            hidden = f"{server.url}/secret-path-123"
            Webhook(url=hidden, headers={}).send(say(alert(), Occasion.NEW), None, "t")
            other = Other(url=hidden.replace("http://", "json://"))
            other.send(say(alert(), Occasion.NEW), None, "t")
        logging.getLogger("test").debug("the handler works")
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert len(server.calls) == 2
    assert "the handler works" in text.getvalue()
    assert "secret-path-123" not in text.getvalue()


def test_a_summary_is_ordered_by_what_matters() -> None:
    near = alert(key="near", deadline=NOW + timedelta(days=2), title="near")
    far = alert(key="far", title="far")
    low = alert(key="low", severity=Severity.LOW, title="low", deadline=NOW + timedelta(days=1))
    over = alert(key="over", state="resolved", title="over")
    told = [
        (over, Occasion.RESOLVED),
        (low, Occasion.NEW),
        (far, Occasion.NEW),
        (near, Occasion.NEW),
    ]
    summary = summary_of(told, "Digest 'd'", now=NOW, zone=UTC_ZONE)
    assert [one.headline for one in summary.items] == [
        "[HIGH] near",
        "[HIGH] far",
        "[LOW] low",
        "[RESOLVED] over",
    ]
    assert summary.headline == "Digest 'd': 3 open, 1 over"


def test_pagerduty_receipts_read_well(pagerduty: Capture) -> None:
    sender = pager(pagerduty)
    name = "111122223333 AWS_RDS_MAINTENANCE_1"
    said = [
        sender.send(say(alert(state=state), occasion, alert()), None, "t").outcome
        for state, occasion in (
            ("open", Occasion.NEW),
            ("open", Occasion.UPDATE),
            ("open", Occasion.REMINDER),
            ("resolved", Occasion.RESOLVED),
            ("open", Occasion.REOPENED),
        )
    ]
    assert said == [
        f"opened alert {name}",
        f"updated alert {name}",
        f"reminded of alert {name}",
        f"resolved alert {name}",
        f"reopened alert {name}",
    ]
