"""No error and no log shows a secret, however wrong the file that holds it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from offcall.core.errors import EstateError
from offcall.core.estate import Estate
from offcall.core.secrets import shown, without_password
from offcall.surfaces.cli.app import run

TOKEN = "xoxb-4711-s3cr3t"


def refusal(tmp_path: Path, text: str) -> str:
    file = tmp_path / "offcall.yaml"
    file.write_text(text)
    with pytest.raises(EstateError) as caught:
        Estate.load(file).check()
    return str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        f"token: '{TOKEN}",
        f"token: {TOKEN}: more",
        f"{{token: {TOKEN}",
        f"token: !!int {TOKEN}",
        f"token: !!float {TOKEN}",
        f"token: *{TOKEN}",
        f"token: %{TOKEN}",
        f"{TOKEN}\n        token: x",
        f"token: {TOKEN}\n        token: {TOKEN}",
        f'token: "{TOKEN}\\d"',
    ],
)
def test_a_syntax_error_does_not_quote_it(tmp_path: Path, line: str) -> None:
    text = f"notify:\n  channels:\n    ops:\n        kind: slack\n        {line}\n        x: y\n"
    said = refusal(tmp_path, text)
    assert TOKEN not in said
    assert "offcall.yaml" in said


@pytest.mark.parametrize(
    ("channel", "secret"),
    [
        ("{kind: pagerduty, routing_key: 4711815}", "4711815"),
        ("{kind: slack, channel: C1, token: 4711815}", "4711815"),
        ("{kind: teams, url: 4711815}", "4711815"),
        ("{kind: webhook, url: 'https://x', headers: {x-one: 4711815}}", "4711815"),
        ("{kind: email, server: s, from: a, to: b, password: 4711815}", "4711815"),
        ("{kind: apprise, url: 4711815}", "4711815"),
    ],
)
def test_a_value_of_the_wrong_type_does_not_show_it(
    tmp_path: Path, channel: str, secret: str
) -> None:
    said = refusal(tmp_path, f"notify:\n  channels:\n    ops: {channel}\n")
    assert secret not in said
    assert "offcall.yaml:3" in said
    assert "int, not shown" in said


def test_what_is_no_secret_is_shown(tmp_path: Path) -> None:
    said = refusal(tmp_path, "notify:\n  channels:\n    ops: {kind: slack, burst: lots}\n")
    assert "found:    lots" in said


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql://u:pw@host/db", "postgresql://u:***@host/db"),
        ("postgresql://u:pw@host:abc/db", "postgresql://u:***@host:abc/db"),
        ("postgresql://u:p@w@host/db", "postgresql://u:***@host/db"),
        ("postgresql://u:p/w@host/db", "postgresql://u:***@host/db"),
        ("postgresql://host/db?user=u&password=pw", "postgresql://host/db?user=u&password=***"),
        ("sqlite:////tmp/a@b.sqlite", "sqlite:////tmp/a@b.sqlite"),
    ],
)
def test_a_url_without_its_password(url: str, masked: str) -> None:
    assert without_password(url) == masked


def test_of_a_configured_url_only_the_host() -> None:
    assert shown("https://hooks.example.com/T0/B0/XYZ") == "https://hooks.example.com/…"
    assert shown("${HOOK}") == "${HOOK}"


@pytest.mark.parametrize("url", ["postgresql://u:s3cr3t@host:abc/db", "mysql://u:s3cr3t@host/db"])
def test_a_history_that_is_none(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "offcall.yaml"
    file.write_text(f"history: {url}\n")
    assert run(["health", "list", "--estate", str(file)]) == 2
    said = capsys.readouterr().err
    assert "s3cr3t" not in said
    assert "bug" not in said
    assert "expected: sqlite:///PATH" in said


def test_verbose_is_about_offcall_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["health", "list", "--demo", "-vv"]) == 0
    assert logging.getLogger("offcall").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("botocore.auth").isEnabledFor(logging.INFO)
    logging.getLogger("offcall").setLevel(logging.WARNING)
