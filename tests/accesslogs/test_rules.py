"""Rules for Prometheus, checked and run by promtool."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from offcall.accesslogs.slo.objective import parse_objective
from offcall.accesslogs.slo.rules import rules
from offcall.core.errors import UserError

LATENCY = parse_objective("99% under 200 ms over 30 days")
ANSWERED = parse_objective("99.9% without 5xx over 30 days")


def promtool(*arguments: str, at: Path) -> str:
    done = subprocess.run(
        ["promtool", *arguments], cwd=at, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("objective", [LATENCY, ANSWERED])
@pytest.mark.parametrize("service", ["shop", 'a "strange" \\ näme'])
def test_prometheus_takes_them(tmp_path: Path, objective, service: str) -> None:
    (tmp_path / "rules.yaml").write_text(rules(service, objective))
    said = promtool("check", "rules", "--lint=all", "rules.yaml", at=tmp_path)
    assert "9 rules found" in said


@pytest.mark.parametrize(
    ("objective", "bad", "severities"),
    [(ANSWERED, 30, {"page", "ticket"}), (ANSWERED, 0, set()), (LATENCY, 40, {"page", "ticket"})],
)
def test_they_alert_when_the_budget_burns(
    tmp_path: Path, objective, bad: int, severities: set[str]
) -> None:
    """Of 100 requests a minute so many are bad, for three days."""
    (tmp_path / "rules.yaml").write_text(rules("shop", objective))
    latency = objective is LATENCY
    series = [
        (
            'http_request_duration_seconds_count{job="shop",code="200"}',
            100 if latency else 100 - bad,
        ),
        ('http_request_duration_seconds_count{job="shop",code="500"}', 0 if latency else bad),
        ('http_request_duration_seconds_bucket{job="shop",code="200",le="0.2"}', 100 - bad),
    ]
    about = {"service": "shop", "objective": objective.text}
    expected = [
        {"exp_labels": {**about, "severity": one}, "exp_annotations": None}
        for one in sorted(severities)
    ]
    for one in expected:
        one.pop("exp_annotations")
    share = "30%" if objective is ANSWERED else "40%"
    for one in expected:
        one["exp_annotations"] = {
            "summary": f"shop burns the error budget of '{objective.text}' too fast",
            "description": f"Bad requests are {share} of all; "
            f"{float(100 - objective.share):g} % may be.",
        }
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": name, "values": f"0+{step}x4400"} for name, step in series
                ],
                "alert_rule_test": [
                    {"eval_time": "73h", "alertname": "ErrorBudgetBurns", "exp_alerts": expected}
                ],
            }
        ],
    }
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
    promtool("test", "rules", "test.yaml", at=tmp_path)


@pytest.mark.parametrize("names", [{"metric": "a b"}, {"code": "1"}, {"labels": {"a-b": "c"}}])
def test_names_that_prometheus_does_not_take(names) -> None:
    with pytest.raises(UserError):
        rules("shop", ANSWERED, **names)
