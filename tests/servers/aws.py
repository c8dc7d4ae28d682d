"""AWS for tests: a real moto server over HTTP, and a fake for the calls that moto lacks.

    def test_something(aws):
        queue = aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]       # moto
        aws.fake.pages("health", "DescribeEvents", "events", [...], size=2)     # the fake
        aws.fake.answer("rds", "DescribePendingMaintenanceActions", {...})      # the fake;
        aws.client("rds").describe_db_instances()                               # ... the rest, moto

The `aws` fixture sets credentials, region (us-east-1) and endpoints through botocore's own
environment variables, so the product has no idea; `aws.env` is the same for a subprocess. Moto
and the fake are reset before each test; a request or an answer that botocore's service model
refuses fails the test at its end (`aws.fake.problems`).

The fixture is known to every test (tests/conftest.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.aws_fake import AwsFake

__all__ = ["Aws", "aws", "aws_servers"]

REGION = "us-east-1"
ACCOUNT = "123456789012"
"""Moto's account."""

# Services for which tests tell the fake something; what they do not tell goes on to moto.
FAKED = (
    "HEALTH",
    "PRICING",
    "RDS",
    "EKS",
    "ELASTICACHE",
    "OPENSEARCH",
    "KAFKA",
    "LAMBDA",
    "DOCDB",
    "NEPTUNE",
    "ORGANIZATIONS",
    "SUPPORT",
    "STS",
    "EVENTBRIDGE",
    "ATHENA",
)


class Moto:
    """A moto server in a process of its own, so that a test may kill its clients."""

    def __init__(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "tests.servers.moto_server", "-H", "127.0.0.1", "-p", "0"],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "MOTO_ACCOUNT_ID": ACCOUNT},
        )
        self.url = self._wait()

    def _wait(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._log.seek(0)
            text = self._log.read().decode(errors="replace")
            marker = "Running on http://127.0.0.1:"
            if marker in text:
                port = text.split(marker, 1)[1].split()[0]
                if self._process.poll() is None:
                    return f"http://127.0.0.1:{port}"
            if self._process.poll() is not None:
                raise RuntimeError(f"moto did not start:\n{text}")
            time.sleep(0.02)
        raise RuntimeError("moto did not start within 60 s")

    def reset(self) -> None:
        """Forget everything."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


class Aws:
    """What a test sees of both servers."""

    def __init__(self, moto: Moto, fake: AwsFake) -> None:
        self.moto = moto
        self.fake = fake
        # Making a client takes longer than most calls.
        self.clients: dict[tuple[str, str], Any] = {}

    @property
    def env(self) -> dict[str, str]:
        """Environment variables that send every AWS client here."""
        return {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ENDPOINT_URL": self.moto.url,
            **{f"AWS_ENDPOINT_URL_{name}": self.fake.url for name in FAKED},
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """A plain boto3 client, for preparing and looking."""
        import boto3

        key = (service, region)
        if key not in self.clients:
            self.clients[key] = boto3.Session().client(service, region_name=region)
        return self.clients[key]

    def queue(self, name: str = "health", **attributes: str) -> str:
        """Make a queue; its URL."""
        made = self.client("sqs").create_queue(QueueName=name, Attributes=attributes)
        return str(made["QueueUrl"])

    def send(self, queue: str, bodies: list[str]) -> None:
        """Put messages into a queue, ten a call."""
        sqs = self.client("sqs")
        for start in range(0, len(bodies), 10):
            batch = bodies[start : start + 10]
            entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(batch)]
            answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
            assert not answer.get("Failed"), answer["Failed"]

    def depth(self, queue: str) -> int:
        """Messages that are in a queue, visible or in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)
        return sum(int(value) for value in found["Attributes"].values())


@pytest.fixture(scope="session")
def aws_servers() -> Iterator[Aws]:
    """The servers, started once; use `aws`."""
    moto = Moto()
    fake = AwsFake(upstream=moto.url)
    try:
        yield Aws(moto, fake)
    finally:
        fake.close()
        moto.close()


@pytest.fixture
def aws(aws_servers: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Aws]:
    """AWS, empty, with the environment pointing at it."""
    from offcall.core import aws as core

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in aws_servers.env.items():
        monkeypatch.setenv(name, value)
    # Sessions remember the environment in which they were made.
    core.forget_sessions()
    aws_servers.clients.clear()
    aws_servers.moto.reset()
    aws_servers.fake.reset()
    yield aws_servers
    core.forget_sessions()
    assert aws_servers.fake.problems == []
