"""The worker: an event goes from the queue to people, in one process, until it is told to stop."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.service import repeat
from offcall.history import open_history
from offcall.history.looking import audit_lines
from offcall.surfaces.cli.app import run
from offcall.surfaces.cli.commands import worker as worker_command
from tests.health.messages import arn_of, message
from tests.notify.fakes import Call, Capture, serve
from tests.servers.aws import Aws

INVENTORY = """\
resources:
  - kind: eks cluster
    name: shop
    region: us-east-1
    account: "111122223333"
    engine: eks
    version: "1.25"
"""


def estate(folder: Path, queue: str, hook: str) -> Path:
    (folder / "inventory.yaml").write_text(INVENTORY)
    file = folder / "offcall.yaml"
    file.write_text(
        f"""\
name: test
time_zone: UTC
history: sqlite:///{folder}/history.sqlite
health:
  queues: ["{queue}"]
lifecycle:
  inventory: [inventory.yaml]
notify:
  channels:
    hook: {{kind: webhook, url: "{hook}"}}
  routes:
    - {{name: all, to: [hook]}}
"""
    )
    return file


def start(file: Path, aws: Aws, *flags: str) -> subprocess.Popen[str]:
    options = ["--estate", str(file), "--every", "1s", "--poll-every", "never", *flags]
    return subprocess.Popen(
        [sys.executable, "-m", "offcall", "worker", *options],
        env={**os.environ, **aws.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stop(worker: subprocess.Popen[str]) -> tuple[str, str]:
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err
    return out, err


def alerts(capture: Capture) -> set[str]:
    return {one["alert"]["key"] for one in capture.bodies()}


def test_an_event_and_a_version_reach_people(aws: Aws, tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=20)
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName="health")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=message(1, start=soon))

    def answer(call: Call) -> tuple[int, dict[str, str], object]:
        return 200, {}, {}

    with serve(answer) as capture:
        worker = start(estate(tmp_path, queue, f"{capture.url}/hook"), aws, "--send")
        told = capture.wait_for(2)
        out, err = stop(worker)
    assert told, err
    keys = alerts(capture)
    assert f"111122223333|{arn_of(1)}" in keys
    assert any(key.startswith("finding|") for key in keys)
    assert "1 message" in out
    # Whether the event was there before the look is chance.
    assert re.search(r"looked at the estate: [12] new", err)


def test_says_what_it_would_send_without_send(aws: Aws, tmp_path: Path) -> None:
    queue = aws.client("sqs").create_queue(QueueName="health")["QueueUrl"]
    with serve(lambda call: (200, {}, {})) as capture:
        worker = start(estate(tmp_path, queue, f"{capture.url}/hook"), aws)
        assert worker.stderr is not None
        for line in worker.stderr:
            if "would send to hook" in line:
                break
        stop(worker)
    assert capture.bodies() == []


def test_a_probe_sees_that_rounds_go_on(aws: Aws, tmp_path: Path) -> None:
    queue = aws.client("sqs").create_queue(QueueName="health")["QueueUrl"]
    alive = tmp_path / "alive"
    with serve(lambda call: (200, {}, {})) as capture:
        worker = start(estate(tmp_path, queue, f"{capture.url}/hook"), aws, "--alive", str(alive))
        assert worker.stderr is not None
        seen = set()
        while len(seen) < 3:  # until the round after the next
            assert worker.stderr.readline()
            if alive.exists():
                seen.add(alive.stat().st_mtime_ns)
        stop(worker)


def test_a_probe_file_that_cannot_be_written_is_told(aws: Aws, tmp_path: Path) -> None:
    file = estate(tmp_path, "http://127.0.0.1:1/queue", "https://127.0.0.1:1/")
    worker = start(file, aws, "--alive", str(tmp_path / "away" / "alive"))
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 2
    assert "cannot write: No such file or directory" in err


def test_something_to_do_is_needed(aws: Aws, tmp_path: Path) -> None:
    file = tmp_path / "offcall.yaml"
    file.write_text("name: test\n")
    worker = start(file, aws)
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 2
    assert "there is nothing for the worker to do" in err
    assert "health.queues" in err
    assert "--poll-every" in err


def without_queue(folder: Path, hook: str) -> Path:
    file = estate(folder, "", hook)
    file.write_text(re.sub(r"health:\n.*\n", "", file.read_text()))
    return file


def test_without_a_queue_it_does_the_rest(aws: Aws, tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    arn = "arn:aws:health:us-east-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/0001"
    event = {
        "arn": arn,
        "service": "RDS",
        "eventTypeCode": "AWS_RDS_MAINTENANCE_SCHEDULED",
        "eventTypeCategory": "scheduledChange",
        "region": "us-east-1",
        "startTime": now + timedelta(days=20),
        "lastUpdatedTime": now,
        "statusCode": "upcoming",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
    }
    aws.fake.pages("health", "DescribeEvents", "events", [event], size=9)
    detail = {"event": event, "eventDescription": {"latestDescription": "Maintenance."}}
    aws.fake.answer("health", "DescribeEventDetails", {"successfulSet": [detail]})
    aws.fake.answer("health", "DescribeAffectedEntities", {"entities": []})
    with serve(lambda call: (200, {}, {})) as capture:
        file = without_queue(tmp_path, f"{capture.url}/hook")
        worker = start(file, aws, "--send", "--poll-every", "1h", "-o", "json")
        told = capture.wait_for(2)
        out, err = stop(worker)
    assert told, err
    keys = alerts(capture)
    assert any(key.endswith(arn) for key in keys), keys
    assert any(key.startswith("finding|") for key in keys), keys
    assert "does: ask the Health API every 1 hour; look at lifecycle every 1 hour; tell" in err
    assert "does not: take events as they happen (no queue: --queue URL, or health.queues" in err
    answer = json.loads(out)
    assert (answer["asked"], answer["failed_asks"], answer["events_new"]) == (1, 0, 1)
    with Context(Estate.load(file)) as ctx:
        (line,) = (
            one for one in audit_lines(open_history(ctx), subject="offcall worker", limit=9).lines
        )
    assert line.detail["arguments"] == {"queue": [], "send": True}
    assert line.detail["outcome"] == "done"


def test_without_a_queue_and_without_asking_it_looks_and_tells(aws: Aws, tmp_path: Path) -> None:
    with serve(lambda call: (200, {}, {})) as capture:
        worker = start(without_queue(tmp_path, f"{capture.url}/hook"), aws, "--send")
        told = capture.wait_for(1)
        _, err = stop(worker)
    assert told, err
    assert "ask the Health API (--poll-every never)" in err
    assert aws.fake.asked("health", "DescribeEvents") == []


def test_when_asking_is_all_and_does_not_work_it_ends(aws: Aws, tmp_path: Path) -> None:
    aws.fake.fail("health", "DescribeEvents", "SubscriptionRequiredException", "no")
    file = tmp_path / "offcall.yaml"
    file.write_text(f"history: {tmp_path}/history.sqlite\n")
    worker = start(file, aws, "--poll-every", "15m")
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 2
    assert "error: " in err
    assert "support plan" in err.casefold()


def test_a_bug_in_the_rounds_ends_the_process(
    aws: Aws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(ctx: object) -> None:
        raise RuntimeError("who would have thought")

    queue = aws.client("sqs").create_queue(QueueName="health")["QueueUrl"]
    file = estate(tmp_path, queue, "https://127.0.0.1:1/")
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("offcall.brief.remembering.remember", broken)
    monkeypatch.setattr("offcall.health.sources.watch.LONGEST_WAIT", 1)
    monkeypatch.setattr(worker_command, "repeat", partial(repeat, patience=2))
    code = run(["worker", "--estate", str(file), "--every", "1s", "--poll-every", "never"])
    err = capsys.readouterr().err
    assert code == 2
    assert err.count("this is a bug in offcall: RuntimeError: who would have thought") == 2
    assert "giving up after 2 failures in a row" in err
