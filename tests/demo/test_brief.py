"""The brief of the sample estate, over the command line, in every form."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from offcall.surfaces.cli.app import run


def brief(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["brief", "--demo", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_it_says_what_a_person_must_know(capsys: pytest.CaptureFixture[str]) -> None:
    text = brief(capsys, "-o", "plain")
    for part in (
        "need somebody within 7 days",
        "Nobody has taken",
        "Changing",
        "Nearing end of support",
        "reviews-db",
        "nobody",
        "https://wiki.shop.example/runbooks/rds-engine-upgrade.md",
        "Since Tue 17 Nov 2026 09:00 UTC",
        "resolved: orders-db",
        "Nobody owns",
    ):
        assert part in text


@pytest.mark.parametrize("part", ["open", "changing", "support", "later"])
def test_every_line_says_how_and_when(capsys: pytest.CaptureFixture[str], part: str) -> None:
    lines = json.loads(brief(capsys, "-o", "json"))["parts"][part]
    assert lines
    for finding in (line["finding"] for line in lines):
        name = (finding["rule"], finding["resource"]["name"])
        assert finding["runbook"]["url"], name
        assert finding["fix"]["steps"], name
        assert finding["deadline"] or part == "open", name


def test_nothing_is_there_twice(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(brief(capsys, "-o", "json"))
    upgrades = [
        line["finding"]["resource"]["name"]
        for part in ("support", "later", "changing")
        for line in found["parts"][part]
        if line["finding"]["rule"].startswith("lifecycle-")
        and line["finding"]["rule"] != "lifecycle-certificate-expiring"
        and line["finding"]["rule"] != "lifecycle-pending-maintenance"
    ]
    assert len(upgrades) == len(set(upgrades))
    prints = [
        one for part in found["parts"].values() for line in part for one in line["fingerprints"]
    ]
    assert len(prints) == len(set(prints))


def test_markdown_links_its_runbooks(capsys: pytest.CaptureFixture[str]) -> None:
    text = brief(capsys, "-o", "markdown")
    assert text.startswith("# Brief: Shop Example\n")
    assert re.search(r"\[Upgrade an EKS cluster\]\(<?https://wiki\.shop\.example/", text)


def test_html_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    text = brief(capsys, "-o", "html")
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)
            assert not any(name == "src" for name, _ in attrs), "a mail loads nothing"

    Reader().feed(text)
    assert "script" not in seen
    assert {"h1", "h2", "table"} <= set(seen)


def test_an_owner_sees_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(brief(capsys, "-o", "json", "--owner", "payments"))
    owners = {line["finding"]["owner"]["name"] for part in found["parts"].values() for line in part}
    assert owners == {"payments"}


def test_fail_on_is_for_pipelines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["brief", "--demo", "--fail-on", "critical", "-o", "json"]) == 1
    capsys.readouterr()


def test_it_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert brief(capsys, "-o", "json") == brief(capsys, "-o", "json")
