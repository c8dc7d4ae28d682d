"""Somebody who reads the documentation and does what it says: a folder with the files that it
shows, an AWS (moto and the fake) that has what it names, and channels that take every message.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import offcall
from scripts.docsgen.pages import ROOT
from tests.health.messages import ACCOUNT, message
from tests.notify.fakes import Capture, serve
from tests.servers.aws import Aws

__all__ = ["SEED", "Reader", "block", "reading"]

SEED = "b63cf7564a8918ae"
"""The finding of the sample estate that examples name."""

_ALB = (
    "h2 2026-11-24T08:{minute:02d}:00.000000Z app/shop/50dc6c495c0c9188 203.0.113.7:40000 "
    "10.0.1.5:8080 0.001 {seconds} 0.000 {status} {status} 120 900 "
    '"GET https://shop.example:443/orders/{minute} HTTP/2.0" "curl/8.5" '
    "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3 "
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders/73e2d6bc24d8a067 "
    '"Root=1-67440a00-1" "shop.example" "-" 0 2026-11-24T08:{minute:02d}:00.000000Z "forward" '
    '"-" "-" "10.0.1.5:8080" "{status}" "-" "-" TID_1\n'
)

_MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "web:1"}]}
"""

_PRODUCT = {
    "name": "shop-engine",
    "releases": [{"name": "7", "releaseDate": "2026-01-01", "eolFrom": "2030-01-01"}],
}


@dataclass(frozen=True)
class Reader:
    """The folder to be in, the environment to have, and what was sent to the channels."""

    folder: Path
    env: dict[str, str]
    told: Capture

    def here(self, command: str) -> str:
        """The command, with places of this machine instead of those that a server would have."""
        changed = command.replace("/etc/offcall", str(self.folder))
        return changed.replace("0.0.0.0", "127.0.0.1").replace("--port 8765", "--port 0")


def block(page: str, language: str, beginning: str = "") -> str:
    """The first block of that language on a page that begins so."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(
        rf"^```{language}\n({re.escape(beginning)}.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"{page} has no such {language} block"
    return found[1]


@contextmanager
def reading(aws: Aws, folder: Path, history: Path) -> Iterator[Reader]:
    """Everything that the pages take for granted.

    Args:
        history: a history that has something in it; it is copied.
    """
    queue = aws.queue()
    aws.send(queue, [message(number) for number in range(3)])
    _bucket(aws)
    _quiet(aws)
    with serve(lambda call: (200, {}, {})) as told:
        _files(folder, queue, told.url)
        shutil.copy(history, folder / "history.sqlite")
        env = {
            **aws.env,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "OFFCALL_HISTORY": f"sqlite:///{folder}/history.sqlite",
            "OFFCALL_USER": "reader",
            "SLACK_TOKEN": "xoxb-none",
            "PAGERDUTY_KEY": "none",
        }
        yield Reader(folder, env, told)


def _bucket(aws: Aws) -> None:
    """The logs of a load balancer, an hour ago, where AWS would put them."""
    at = datetime.now(UTC) - timedelta(hours=1)
    place = f"prod/AWSLogs/{ACCOUNT}/elasticloadbalancing/us-east-1/{at:%Y/%m/%d}"
    name = f"{ACCOUNT}_elasticloadbalancing_us-east-1_app.shop.50dc6c495c0c9188"
    body = gzip.compress(_ALB.format(minute=1, seconds=0.02, status=200).encode())
    key = f"{place}/{name}_{at:%Y%m%dT%H%MZ}_10.0.0.1_4i6x2y7z.log.gz"
    aws.client("s3").create_bucket(Bucket="my-logs")
    aws.client("s3").put_object(Bucket="my-logs", Key=key, Body=body)


def _quiet(aws: Aws) -> None:
    """An account in which AWS Health has nothing to say."""
    answers: dict[str, dict[str, object]] = {
        "DescribeEvents": {"events": []},
        "DescribeServiceLifecycle": {"serviceLifecycles": []},
    }
    for operation, answer in answers.items():
        aws.fake.answer("health", operation, answer)
    aws.fake.answer("rds", "DescribePendingMaintenanceActions", {"PendingMaintenanceActions": []})
    aws.fake.answer("rds", "DescribeDBMajorEngineVersions", {"DBMajorEngineVersions": []})
    aws.fake.answer("rds", "DescribeDBEngineVersions", {"DBEngineVersions": []})
    aws.fake.answer("eks", "DescribeClusterVersions", {"clusterVersions": []})


def _files(folder: Path, queue: str, hook: str) -> None:
    """What the pages show, and what they take from elsewhere."""
    sample = Path(offcall.__path__[0]) / "demo/estate"
    shutil.copy(sample / "catalog-info.yaml", folder)
    shutil.copy(sample / "health-events.jsonl", folder / "events.jsonl")
    (folder / "inventory.csv").write_text(block("docs/lifecycle.md", "csv"))
    (folder / "mcp-token").write_text("0123456789abcdef" * 4)
    estate = block("README.md", "yaml", "# offcall.yaml")
    for pattern, value in (
        (r"https://sqs\.[^\]]+", queue),
        (r"\{kind: (?:pagerduty|slack), .*\}", f'{{kind: webhook, url: "{hook}/hook"}}'),
    ):
        estate, count = re.subn(pattern, value, estate)
        assert count, pattern
    (folder / "offcall.yaml").write_text(estate)
    (folder / "dataset.json").write_text(json.dumps({"result": _PRODUCT}))
    (folder / "deploy").mkdir()
    (folder / "deploy/web.yaml").write_text(_MANIFEST)
    _logs(folder / "before", lambda minute: (0.02, 200))
    _logs(folder / "after", lambda minute: (0.4, 200 if minute % 3 else 502))
    shutil.copytree(folder / "before", folder / "logs")


def _logs(folder: Path, kind: Callable[[int], tuple[float, int]]) -> None:
    folder.mkdir()
    lines = []
    for minute in range(30):
        seconds, status = kind(minute)
        lines.append(_ALB.format(minute=minute, seconds=seconds, status=status))
    (folder / "access.log").write_text("".join(lines))
