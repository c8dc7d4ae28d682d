"""Clients are made once for each service, region and identity, whoever asks and how often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from offcall.core.aws import client, forget_sessions


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    forget_sessions()
    yield
    forget_sessions()


def test_the_same_one_for_the_same_place() -> None:
    one = client("sns", region="eu-west-1")
    assert client("sns", region="eu-west-1") is one
    assert client("sns", region="eu-central-1") is not one
    assert client("sqs", region="eu-west-1") is not one
    assert client("sns", region="eu-west-1", endpoint_url="http://127.0.0.1:1") is not one


def test_another_environment_is_another_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    one = client("sns")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert client("sns").region == "eu-central-1"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert client("sns").endpoint == "http://127.0.0.1:1"
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert client("sns") is one


def test_threads_share_one() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client("sns", region="eu-west-1"), range(16)))
    assert len({id(one) for one in found}) == 1


def test_forgotten_with_the_sessions() -> None:
    one = client("sns", region="eu-west-1")
    forget_sessions()
    assert client("sns", region="eu-west-1") is not one
