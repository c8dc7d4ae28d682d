"""The estate's `notify:` section: every mistake is named with its line and what was meant."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.errors import EstateError
from offcall.core.estate import Estate
from offcall.core.secrets import shown
from offcall.notify.channels import open_sender
from offcall.notify.channels.slack import Slack
from offcall.notify.looking import target_of
from offcall.notify.secrets import Place, mask, resolve
from offcall.notify.settings import rules_of, section_of
from tests.notify.build import NOW

UTC = ZoneInfo("UTC")


def estate(tmp_path: Path, text: str) -> Estate:
    file = tmp_path / "offcall.yaml"
    file.write_text("notify:\n" + text)
    return Estate.load(file)


CHANNEL = "  channels:\n    ops: {kind: slack, token: '${T}', channel: C1%s}\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("  channels:\n    a: {kind: slak}\n", 3, ["slak", "did you mean 'slack'?"]),
        (
            "  channels:\n    a:\n      kind: slack\n      token: x\n      chanel: C1\n",
            6,
            ["unknown key 'chanel'", "did you mean 'channel'?"],
        ),
        ("  channels:\n    a: {kind: slack, token: x}\n", 3, ["channel is missing"]),
        (CHANNEL % "" + "  routes:\n    - {to: opps}\n", 5, ["'opps'", "did you mean 'ops'?"]),
        (
            CHANNEL % "" + "  routes:\n    - name: a\n      to:\n        - ops\n        - pager\n",
            8,
            ["'pager'", "notify.channels"],
        ),
        (CHANNEL % "" + "  default: obs\n", 4, ["'obs'", "did you mean 'ops'?"]),
        (
            CHANNEL % ", quiet: nigth" + "  quiet_hours:\n    night: {from: '22:00', to: '7:00'}\n",
            3,
            ["there are no quiet hours 'nigth'", "did you mean 'night'?"],
        ),
        (
            "  quiet_hours:\n    night: {from: '22:00', to: '25:00'}\n",
            3,
            ["25:00", "a time of day such as 22:00"],
        ),
        (
            "  digests:\n    d: {at: '09:00', time_zone: Europe/Wien}\n",
            3,
            ["Europe/Wien", "such as Europe/Vienna"],
        ),
        (
            CHANNEL % ""
            + "  digests:\n    weekly: {}\n  routes:\n    - {to: ops, digest: weakly}\n",
            7,
            ["'weakly'", "did you mean 'weekly'?"],
        ),
        ("  routes:\n    - {to: [], match: {severity: hight}}\n", 3, ["hight", "'high'"]),
        (
            "  routes:\n    - {to: [], match: {exclude: {codes: x}}}\n",
            3,
            ["unknown key 'codes'", "did you mean 'code'?"],
        ),
        (
            "  channels:\n    a: {kind: sns, topic: alerts}\n",
            3,
            ["alerts", "arn:aws:sns:eu-west-1:111122223333:alerts"],
        ),
    ],
)
def test_mistakes(tmp_path: Path, text: str, line: int, said: list[str]) -> None:
    with pytest.raises(EstateError) as caught:
        rules_of(estate(tmp_path, text), UTC)
    assert caught.value.line == line
    for part in said:
        assert part in str(caught.value)


def test_no_section_is_no_mistake() -> None:
    rules = rules_of(Estate(), UTC)
    assert (rules.places, rules.rules, rules.default) == ({}, (), None)


def test_each_rule_knows_its_line(tmp_path: Path) -> None:
    text = CHANNEL % "" + "  routes:\n    - to: ops\n    - name: second\n      to: ops\n"
    where = [one.where for one in rules_of(estate(tmp_path, text), UTC).rules]
    assert where == ["route '1' (offcall.yaml:5)", "route 'second' (offcall.yaml:6)"]


def opened(book: Estate, name: str = "a") -> object:
    return open_sender(name, section_of(book).channels[name], book, zone=UTC, now=NOW)


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (
            "{kind: slack, token: '${NOT_SET_X}', channel: C1}",
            ["NOT_SET_X is not set", "${NOT_SET_X}"],
        ),
        ("{kind: slack, token: 'file:no.key', channel: C1}", ["No such file", "file:no.key"]),
        ("{kind: slack, token: 'file:empty.key', channel: C1}", ["is empty"]),
        ("{kind: teams, url: 'htps://x/secret-part-here'}", ["not a web address", "https://HOST"]),
        ("{kind: webhook, url: nonsense-secret-part}", ["not a web address"]),
        ("{kind: apprise, url: 'nosuch://secret-part-here'}", ["Apprise", "nosuch:"]),
        (
            "{kind: apprise, url: 'xmpps://offcall:secret-part-here@chat.example'}",
            ["needs a package for xmpps: pip install 'slixmpp >= "],
        ),
        (
            "{kind: email, server: 'http://h', from: a@b.example, to: c@d.example}",
            ["not a mail server", "smtp://HOST:PORT"],
        ),
    ],
)
def test_channels_that_cannot_be_opened(tmp_path: Path, channel: str, said: list[str]) -> None:
    (tmp_path / "empty.key").write_text("\n")
    with pytest.raises(EstateError) as caught:
        opened(estate(tmp_path, f"  channels:\n    a: {channel}\n"))
    assert caught.value.line == 3
    assert "channel 'a'" in str(caught.value)
    for part in said:
        assert part in str(caught.value)
    assert "secret-part" not in str(caught.value)


def test_secrets_come_from_the_environment_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TOKEN", "xoxb-1")
    (tmp_path / "key").write_text("xoxb-2\nnot this\n")
    for text, secret in (("${SLACK_TOKEN}", "xoxb-1"), ("file:key", "xoxb-2")):
        sender = opened(
            estate(tmp_path, f"  channels:\n    a: {{kind: slack, token: '{text}', channel: C}}\n")
        )
        assert isinstance(sender, Slack)
        assert sender.secrets == (secret,)


def test_what_is_shown_of_a_channel_has_no_secret(tmp_path: Path) -> None:
    book = estate(
        tmp_path,
        """  channels:
    a: {kind: teams, url: "https://prod-1.logic.example/workflows/x?sig=hidden-signature"}
    b: {kind: teams, url: "${TEAMS_URL}"}
    c: {kind: apprise, url: "discord://hidden-id/hidden-token"}
    d: {kind: pagerduty, routing_key: hidden-key}
    e: {kind: slack, token: hidden-token, channel: C1}
    f: {kind: webhook, url: "https://user:hidden-password@hook.example/hidden"}
""",
    )
    texts = {name: target_of(one) for name, one in section_of(book).channels.items()}
    assert texts["a"] == "https://prod-1.logic.example/…"
    assert texts["b"] == "${TEAMS_URL}"
    assert texts["f"] == "https://hook.example/…"
    assert "hidden-token" not in "".join(texts.values())
    assert "hidden-" not in texts["d"] + texts["e"] + texts["f"]


def test_apprise_urls_show_only_their_kind() -> None:
    # The "host" of an Apprise URL is a token more often than not.
    assert shown("discord://hidden-id/hidden-token") == "discord://…"


@given(secret=st.text(min_size=6, max_size=60), around=st.text(max_size=30))
def test_masking(secret: str, around: str) -> None:
    assert secret not in mask(around + secret + around, [secret]) or secret in around + "…" + around


def test_masking_of_a_part_of_a_url() -> None:
    url = "https://hooks.slack.example/services/T0000000000000/abcdefghijklmnop"
    assert "abcdefghijklmnop" not in mask(
        "404 for /services/T0000000000000/abcdefghijklmnop", [url]
    )


def test_a_reference_inside_a_url(tmp_path: Path) -> None:
    place = Place("offcall.yaml", 3, "url")
    env = {"A": "one", "B": "two"}
    text = resolve("https://h/${A}/${B}", env=env, folder=tmp_path, place=place)
    assert text == "https://h/one/two"
