"""From a Health event to people and back, through the command line and fakes on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.core.findings import Finding, Resource, Severity
from offcall.health.model import Origin
from offcall.health.parse import parse
from offcall.health.storage.store import act, ingest
from offcall.history.database import History
from offcall.history.recording import record
from offcall.surfaces.cli.app import run as offcall
from tests.notify.fakes import ROUTING_KEY, TOKEN, Capture, pagerduty_fake, serve, slack_fake

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ARN = "arn:aws:health:us-east-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/AWS_RDS_MAINTENANCE_9"

Run = Callable[..., dict[str, Any]]


def body(number: int = 9, **changes: Any) -> bytes:
    """A Health event of an RDS maintenance on 8 December, as EventBridge delivers it."""
    detail = {
        "eventArn": f"{ARN[:-1]}{number}",
        "service": "RDS",
        "eventTypeCode": "AWS_RDS_MAINTENANCE_SCHEDULED",
        "eventTypeCategory": "scheduledChange",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
        "communicationId": f"{number}-1",
        "startTime": "Tue, 08 Dec 2026 03:00:00 GMT",
        "lastUpdatedTime": "Tue, 24 Nov 2026 08:00:00 GMT",
        "statusCode": "upcoming",
        "eventRegion": "us-east-1",
        "eventDescription": [{"language": "en_US", "latestDescription": "A database is patched."}],
        "affectedEntities": [{"entityValue": f"arn:aws:rds:us-east-1:111122223333:db:db-{number}"}],
        "affectedAccount": "111122223333",
        "page": "1",
        "totalPages": "1",
        "actionability": "ACTION_REQUIRED",
        **changes,
    }
    envelope = {
        "version": "0",
        "id": f"id-{detail['communicationId']}",
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "111122223333",
        "time": "2026-11-24T08:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }
    return json.dumps(envelope).encode()


def bring(history: History, *bodies: bytes) -> None:
    for one in bodies:
        ingest(history, parse(one, origin=Origin(how="file")), NOW)


@pytest.fixture
def slack() -> Iterator[Capture]:
    with slack_fake() as capture:
        yield capture


@pytest.fixture
def pagerduty() -> Iterator[Capture]:
    with pagerduty_fake() as capture:
        yield capture


@pytest.fixture
def estate(
    tmp_path: Path,
    slack: Capture,
    pagerduty: Capture,
    history_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Everything to Slack, what is high to PagerDuty too."""
    monkeypatch.setenv("SLACK_TOKEN", TOKEN)
    (tmp_path / "pagerduty.key").write_text(ROUTING_KEY + "\n")
    file = tmp_path / "offcall.yaml"
    file.write_text(
        f"""
time_zone: Europe/Vienna
history: {history_url}
catalog:
  default_owner: payments
notify:
  channels:
    ops: {{kind: slack, token: "${{SLACK_TOKEN}}", channel: C0FFEE000, api_url: {slack.url}/api}}
    pager: {{kind: pagerduty, routing_key: file:pagerduty.key, api_url: {pagerduty.url}}}
  routes:
    - {{name: everything, match: {{kind: [event, finding]}}, to: [ops]}}
    - {{name: urgent, match: {{severity: medium}}, to: [pager]}}
"""
    )
    return file


@pytest.fixture
def run(estate: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a notify command; its JSON, with `exit` and `stderr`."""

    def call(*args: str, now: datetime = NOW) -> dict[str, Any]:
        capsys.readouterr()
        stamp = now.isoformat().replace("+00:00", "Z")
        code = offcall(
            ["notify", *args, "--estate", str(estate), "--now", stamp, "--output", "json"]
        )
        captured = capsys.readouterr()
        answer = json.loads(captured.out) if captured.out else {}
        return {**answer, "exit": code, "stderr": captured.err, "stdout": captured.out}

    return call


def test_a_dry_run_says_everything_and_does_nothing(
    history: History, run: Run, slack: Capture, pagerduty: Capture, estate: Path
) -> None:
    bring(history, body())
    answer = run("run")
    first = answer["messages"][0]
    assert first["state"] == "would send"
    assert first["channel"] == "ops"
    assert first["rule"] == "route 'everything' (offcall.yaml:11)"
    assert "in 14 days, Tue 8 Dec 2026 04:00 CET" in first["text"]
    assert "payments" in first["text"]
    assert slack.calls == pagerduty.calls == []
    assert run("list")["messages"] == []
    assert TOKEN not in answer["stdout"]
    assert ROUTING_KEY not in answer["stdout"]


def test_new_changed_and_closed_in_one_thread_and_one_incident(
    history: History, run: Run, slack: Capture, pagerduty: Capture
) -> None:
    bring(history, body())
    assert {one["state"] for one in run("run", "--send")["messages"]} == {"sent"}
    assert run("run", "--send")["messages"] == []
    moved = {"startTime": "Wed, 09 Dec 2026 03:00:00 GMT"}
    later = {"lastUpdatedTime": "Tue, 24 Nov 2026 08:30:00 GMT", "communicationId": "9-2"}
    bring(history, body(**moved, **later))
    run("run", "--send")
    over = {"lastUpdatedTime": "Tue, 24 Nov 2026 08:45:00 GMT", "communicationId": "9-3"}
    bring(history, body(**moved, **over, statusCode="closed"))
    run("run", "--send")
    assert run("run", "--send")["messages"] == []
    top, update, resolved = slack.bodies("chat.postMessage")
    assert "thread_ts" not in top
    assert update["thread_ts"] == resolved["thread_ts"]
    assert "starts: Tue 8 Dec 2026 04:00 CET → Wed 9 Dec 2026 04:00 CET" in json.dumps(
        update, ensure_ascii=False
    )
    assert len(slack.bodies("chat.update")) == 1
    assert [one["event_action"] for one in pagerduty.bodies()] == ["trigger", "trigger", "resolve"]
    assert len({one["dedup_key"] for one in pagerduty.bodies()}) == 1
    told = run("list")["messages"]
    assert [one["occasion"] for one in told if one["channel"] == "ops"] == [
        "resolved",
        "update",
        "new",
    ]
    assert {one["state"] for one in told} == {"sent"}
    assert TOKEN not in json.dumps(told)


def test_what_begins_again_is_told_where_it_was_told_before(
    history: History, run: Run, slack: Capture, pagerduty: Capture
) -> None:
    for number, status in enumerate(("upcoming", "closed", "upcoming"), start=1):
        at = {"lastUpdatedTime": f"Tue, 24 Nov 2026 08:0{number}:00 GMT"}
        bring(history, body(communicationId=f"9-{number}", statusCode=status, **at))
        run("run", "--send")
        assert run("run", "--send")["messages"] == []
    first, over, again = slack.bodies("chat.postMessage")
    assert over["text"].startswith("[RESOLVED]")
    assert again["text"] == f"Open again: {first['text']}"
    assert again["thread_ts"] == over["thread_ts"]
    assert again["reply_broadcast"]
    # The first message, which said that it is over, says that it is not.
    assert [one["text"] for one in slack.bodies("chat.update")] == [over["text"], again["text"]]
    actions = [one["event_action"] for one in pagerduty.bodies()]
    assert actions == ["trigger", "resolve", "trigger"]


def test_findings_that_ended_long_ago_are_not_read_again(
    history: History, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [finding().model_copy(update={"key": str(number)}) for number in range(20)]
    record(history, "lifecycle", old, NOW)
    record(history, "lifecycle", [finding()], NOW)
    run("run", "--send")
    read = []
    validate = Finding.model_validate
    monkeypatch.setattr(
        Finding, "model_validate", classmethod(lambda cls, body: read.append(1) or validate(body))
    )
    assert run("run", "--send")["messages"] == []
    assert len(read) == 1


def test_a_person_closes_it_and_people_are_told(history: History, run: Run, slack: Capture) -> None:
    bring(history, body())
    run("run", "--send")
    act(history, ARN, "111122223333", "close", "ana", NOW, note="done by hand")
    run("run", "--send")
    assert slack.bodies("chat.postMessage")[-1]["text"].startswith("[RESOLVED]")


def test_reminders_over_the_days_with_restarts(history: History, run: Run, slack: Capture) -> None:
    bring(history, body())
    for hours in range(0, 15 * 24, 12):
        run("run", "--send", now=NOW + timedelta(hours=hours))
    what = "AWS does maintenance on this database: db-9"
    assert [one["text"] for one in slack.bodies("chat.postMessage")] == [
        f"[MEDIUM] {what}",
        f"[HIGH] In 7 days: {what}",
        f"[CRITICAL] In 18 hours: {what}",
    ]


def finding() -> Finding:
    return Finding(
        rule="lifecycle-past-support",
        severity=Severity.HIGH,
        title="RDS for MySQL 8.0 ends on 2026-12-01",
        resource=Resource(kind="rds instance", id="arn:aws:rds:us-east-1:1:db:x", name="x"),
        category="support",
    )


def test_findings_are_told_and_resolved(history: History, run: Run, slack: Capture) -> None:
    record(history, "lifecycle", [finding()], NOW)
    run("run", "--send")
    record(history, "lifecycle", [], NOW + timedelta(hours=1))
    run("run", "--send", now=NOW + timedelta(hours=1))
    run("run", "--send", now=NOW + timedelta(hours=2))
    texts = [one["text"] for one in slack.bodies("chat.postMessage")]
    assert texts == [
        "[HIGH] RDS for MySQL 8.0 ends on 2026-12-01: x",
        "[RESOLVED] RDS for MySQL 8.0 ends on 2026-12-01: x",
    ]


def test_one_broken_channel_does_not_hold_up_the_others(
    history: History, run: Run, slack: Capture, estate: Path, pagerduty: Capture
) -> None:
    bring(history, body())
    key = estate.parent / "pagerduty.key"
    key.unlink()
    answer = run("run", "--send")
    assert len(slack.calls) == 1
    assert "offcall.yaml:9: channel 'pager', routing_key: cannot read the file" in answer["stderr"]
    key.write_text(ROUTING_KEY)
    run("run", "--send")
    assert len(pagerduty.calls) == 1
    assert len(slack.calls) == 1


def test_failures_back_off_end_in_a_finding_and_are_retried(
    history: History, run: Run, slack: Capture
) -> None:
    bring(history, body())
    slack.instead += [(503, {}, None)] * 8
    now = NOW
    for _ in range(8):
        (one,) = [m for m in run("run", "--send", now=now)["messages"] if m["channel"] == "ops"]
        if one["due"]:
            assert run("run", "--send", now=now)["messages"] == []
            now = datetime.fromisoformat(one["due"])
    assert one["state"] == "failed"
    assert len(slack.calls) == 8
    assert timedelta(hours=2) < now - NOW < timedelta(hours=6)
    listed = run("list", "--state", "failed", "--fail-on", "high", now=now)
    assert listed["exit"] == 1
    assert listed["findings"][0]["rule"] == "notify-undelivered"
    assert run("retry", now=now)["count"] == 1
    run("run", "--send", now=now)
    assert len(slack.calls) == 9
    assert run("list", "--fail-on", "high", now=now)["exit"] == 0


def test_many_at_once_are_one_message_in_chat_and_incidents_of_their_own(
    history: History, run: Run, slack: Capture, pagerduty: Capture
) -> None:
    bring(history, *(body(number) for number in range(100, 130)))
    run("run", "--send")
    (summary,) = slack.bodies("chat.postMessage")
    assert summary["text"] == "Many at once: 30 open"
    assert len(pagerduty.calls) == 30


def test_two_programs_at_once_say_everything_once(
    history: History, estate: Path, slack: Capture, pagerduty: Capture
) -> None:
    count = 25
    estate.write_text(
        estate.read_text().replace("channel: C0FFEE000", "channel: C0FFEE000, burst: 99")
    )
    bring(history, *(body(number) for number in range(100, 100 + count)))
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "offcall",
                "notify",
                "run",
                "--send",
                "--estate",
                str(estate),
                "--now",
                f"{NOW:%FT%TZ}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for worker in workers:
        _, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
    keys = [one["dedup_key"] for one in pagerduty.bodies()]
    texts = [json.dumps(one) for one in slack.bodies("chat.postMessage")]
    assert len(keys) == len(set(keys)) == count
    assert len(texts) == len(set(texts)) == count


def test_a_killed_worker_is_followed_by_another(
    history: History, estate: Path, run: Run, slack: Capture
) -> None:
    """SIGKILL between the request and its answer: nothing at once, again when it is surely dead."""
    bring(history, body())
    asked, go_on = threading.Event(), threading.Event()

    def hang(_: object) -> Any:
        asked.set()
        go_on.wait(30)
        return 200, {}, {"ok": True, "ts": "1.0", "channel": "C0FFEE000"}

    with serve(hang) as silent:
        text = estate.read_text()
        estate.write_text(text.replace(slack.url, silent.url))
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "offcall",
                *("notify", "run", "--send", "--estate", str(estate), "--now", f"{NOW:%FT%TZ}"),
            ],
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            assert asked.wait(60), worker.stderr.read() if worker.stderr else ""
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
            go_on.set()
    estate.write_text(text)
    run("run", "--send", now=NOW + timedelta(minutes=1))
    assert slack.calls == []
    run("run", "--send", now=NOW + timedelta(minutes=11))
    run("run", "--send", now=NOW + timedelta(minutes=12))
    assert len(slack.calls) == 1


def test_what_the_estate_does_not_want_to_hear_of(
    history: History, run: Run, estate: Path, slack: Capture
) -> None:
    public = {"eventScopeCode": "PUBLIC", "affectedAccount": None, "affectedEntities": []}
    issue = {"eventTypeCode": "AWS_RDS_OPERATIONAL_ISSUE", "statusCode": "open", **public}
    issue["eventTypeCategory"] = "issue"
    bring(
        history,
        body(1, eventTypeCode="AWS_CLOUDSHELL_MAINTENANCE"),
        body(2, eventRegion="ap-southeast-2", **issue),
        body(3, eventRegion="us-east-1", **issue),
        body(
            4,
            eventTypeCategory="accountNotification",
            lastUpdatedTime="Sat, 24 Oct 2026 08:00:00 GMT",
        ),
    )
    with estate.open("a") as file:
        file.write("health: {regions: [us-east-1], ignore: ['AWS_CLOUDSHELL_*']}\n")
    run("run", "--send")
    (only,) = slack.bodies("chat.postMessage")
    assert "us-east-1" in json.dumps(only)
    assert only["text"] == "[MEDIUM] RDS has an operational issue"


def test_a_deleted_thread_is_begun_anew_once(history: History, run: Run, slack: Capture) -> None:
    bring(history, body())
    run("run", "--send")
    slack.instead.append((200, {}, {"ok": False, "error": "thread_not_found"}))
    for number in (2, 3):
        later = f"Tue, 24 Nov 2026 08:3{number}:00 GMT"
        moved = f"Wed, 0{number} Dec 2026 03:00:00 GMT"
        bring(
            history,
            body(startTime=moved, lastUpdatedTime=later, communicationId=f"9-{number}"),
        )
        run("run", "--send")
    _, refused, anew, reply = slack.bodies("chat.postMessage")
    assert refused["thread_ts"] != reply["thread_ts"]
    assert "thread_ts" not in anew


def test_it_goes_on_until_it_is_interrupted(history: History, estate: Path, slack: Capture) -> None:
    bring(history, body(1))
    worker = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "offcall",
            "notify",
            "run",
            "--send",
            "--every",
            "1s",
            "--estate",
            str(estate),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert slack.wait_for(1)
        bring(history, body(2))
        assert slack.wait_for(2)
    finally:
        worker.send_signal(signal.SIGINT)
        out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert "messages sent" in out
    assert "sent to ops: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize("bad", ["0s", "soon", "-5s", ""])
def test_intervals_that_are_none(run: Run, bad: str) -> None:
    answer = run("run", "--every", bad)
    assert answer["exit"] == 2
    assert "'90s', '15m'" in answer["stderr"]


def test_test_sends_one_harmless_message(run: Run, slack: Capture, pagerduty: Capture) -> None:
    assert [one["state"] for one in run("test", "--channel", "pager")["messages"]] == [
        "would send",
        "would send",
    ]
    assert pagerduty.calls == []
    run("test", "--channel", "pager", "--send")
    assert [one["event_action"] for one in pagerduty.bodies()] == ["trigger", "resolve"]
    assert pagerduty.bodies()[0]["payload"]["severity"] == "info"
    answer = run("test", "--channel", "pagr")
    assert answer["exit"] == 2
    assert "did you mean 'pager'?" in answer["stderr"]


def test_secrets_are_masked_in_what_failed(
    history: History, run: Run, estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "very-secret-signature-0123456789"
    monkeypatch.setenv("HOOK", f"http://127.0.0.1:9/{secret}")
    hook = '    hook: {kind: apprise, url: "json://127.0.0.1:9/' + secret + '"}\n  routes:'
    text = estate.read_text().replace("  routes:", hook).replace("to: [ops]", "to: [hook]")
    estate.write_text(text)
    bring(history, body())
    answer = run("run", "--send")
    assert secret not in answer["stdout"] + answer["stderr"]
    listed = run("list")
    assert listed["messages"][-1]["attempts"] == 1
    assert secret not in listed["stdout"]
    assert secret not in run("channels")["stdout"]


def test_the_sample_estate_is_not_sent(run: Run) -> None:
    assert offcall(["notify", "run", "--demo", "--send"]) == 2
