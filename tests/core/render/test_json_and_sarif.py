from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker

from offcall.core.findings import Finding, Resource, Severity
from offcall.core.render import render
from offcall.core.render.sarif import to_sarif
from tests.core.render.sample import FINDINGS, FORCED, LINE, VIEW, Sample


@cache
def validator() -> Draft4Validator:
    """The schema of SARIF 2.1.0 as the npm package @microsoft/jest-sarif carries it."""
    path = Path(__file__).with_name("data") / "sarif-2.1.0-rtm.5.json"
    return Draft4Validator(
        json.loads(path.read_text(encoding="utf-8")), format_checker=FormatChecker()
    )


def sarif(*findings: Finding) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(to_sarif(Sample(findings=findings), VIEW))
    validator().validate(log)
    return log


def test_json_is_the_model_with_its_schema() -> None:
    text = render(Sample(), "json", VIEW)
    body = json.loads(text)
    assert text.endswith("}\n")
    assert body.pop("schema") == "offcall.Sample/1"
    assert Sample.model_validate(body) == Sample()
    assert body["findings"][0]["fingerprint"] == FORCED.fingerprint


def test_sarif_of_the_sample() -> None:
    log = sarif(*FINDINGS)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [
        "lifecycle-forced-upgrade",
        "health-retirement",
        "lambda-runtime",
        "iac-public-bucket",
    ]
    assert rules[0]["helpUri"] == FORCED.source
    assert len(run["results"]) == len(FINDINGS)
    for result, finding in zip(run["results"], FINDINGS, strict=True):
        assert rules[result["ruleIndex"]]["id"] == finding.rule
        assert result["partialFingerprints"] == {"offcall/v1": finding.fingerprint}
    assert [r["level"] for r in run["results"]] == ["error", "error", *["warning"] * 3, "note"]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == (
        "account 3: AccessDenied"
    )
    first = run["results"][0]
    assert "Due Thu 3 Dec 2026 09:00 UTC." in first["message"]["text"]
    assert "Owner: team-payments." in first["message"]["text"]
    assert first["properties"]["deadline"] == "2026-12-03T09:00:00+00:00"
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == FORCED.resource.id
    assert "physicalLocation" not in first["locations"][0]


def test_file_and_line_are_a_physical_location() -> None:
    location = sarif(LINE)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "infra/a%20b.yaml"},
        "region": {"startLine": 7},
    }
    absolute = LINE.model_copy(
        update={"resource": LINE.resource.model_copy(update={"file": "/a b"})}
    )
    location = sarif(absolute)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "file:///a%20b"}


def test_no_findings_is_a_valid_log() -> None:
    assert sarif()["runs"][0]["results"] == []


def test_times_are_in_the_view_s_zone() -> None:
    view = replace(VIEW, zone=ZoneInfo("Europe/Vienna"))
    assert "Thu 3 Dec 2026 10:00 CET" in to_sarif(Sample(), view)


@given(
    title=st.text(max_size=30),
    source=st.one_of(st.none(), st.text(max_size=20)),
    name=st.text(max_size=20),
    file=st.one_of(st.none(), st.text(min_size=1, max_size=20)),
    line=st.one_of(st.none(), st.integers(1, 9)),
    severity=st.sampled_from(Severity),
)
def test_any_finding_gives_a_valid_log(
    title: str,
    source: str | None,
    name: str,
    file: str | None,
    line: int | None,
    severity: Severity,
) -> None:
    resource = Resource(kind="x", id=name, file=file, line=line)
    sarif(Finding(rule="r", severity=severity, title=title, resource=resource, source=source))
