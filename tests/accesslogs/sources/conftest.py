"""Buckets with logs, seen through a proxy that counts."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.accesslogs.sources.bucket import Options
from offcall.accesslogs.sources.cache import Cache
from offcall.core import aws as core
from offcall.core.windows import Window
from tests.accesslogs.sources.proxy import Proxy
from tests.servers.aws import Aws

ACCOUNT = "111122223333"


def key_of(
    end: datetime,
    *,
    prefix: str = "",
    account: str = ACCOUNT,
    region: str = "eu-west-1",
    balancer: str = "app.shop.50dc6c495c0c9188",
    node: str = "10.0.0.1",
    delivered: datetime | None = None,
) -> str:
    """The key under which AWS writes the file of an interval."""
    day = delivered or end
    return (
        f"{prefix}AWSLogs/{account}/elasticloadbalancing/{region}/{day:%Y/%m/%d}/"
        f"{account}_elasticloadbalancing_{region}_{balancer}_{end:%Y%m%dT%H%MZ}_{node}_1abc.log.gz"
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(start: str | None, end: str | None) -> Window:
    return Window((start and utc(start)) or None, (end and utc(end)) or None, "asked", UTC)


@dataclass
class Logs:
    """A bucket, and the proxy before it."""

    s3: Any
    proxy: Proxy
    name: str = "logs"
    options: Options = field(default_factory=lambda: Options(pause_seconds=0))

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    def put(self, *keys: str, body: bytes = b"") -> None:
        for key in keys:
            content = body or gzip.compress(key.encode())
            self.s3.put_object(Bucket=self.name, Key=key, Body=content)

    def put_interval(self, start: str, end: str, **more: Any) -> list[str]:
        """A file each 5 minutes; their keys."""
        at, keys = utc(start), []
        while at < utc(end):
            at += timedelta(minutes=5)
            keys.append(key_of(at, **more))
        self.put(*keys)
        return keys


@pytest.fixture
def logs(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="logs")
    proxy = Proxy(aws.moto.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    core.forget_sessions()
    yield Logs(s3, proxy)
    proxy.close()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")
