"""The whole way, from files to what is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from offcall.core.findings import Severity
from offcall.kubernetes.auditing.choosing import all_checks
from offcall.kubernetes.auditing.scoring import score_of
from offcall.kubernetes.schema.validating import known_versions
from offcall.kubernetes.versions import NEWEST
from offcall.surfaces.cli.app import run
from tests.core.render.sample import FORCED
from tests.core.render.test_json_and_sarif import validator
from tests.kubernetes.build import deployment

EXTRA = """
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: a}
---
kind: [
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "web.yaml").write_text(deployment(spec="replicas: 1").lstrip() + EXTRA)
    monkeypatch.chdir(tmp_path)
    return "web.yaml"


def audit(capsys: pytest.CaptureFixture[str], *words: str, code: int = 2) -> tuple[str, str]:
    """What is printed; the document that is broken in `EXTRA` makes the exit code 2."""
    assert run(["k8s", "audit", *words]) == code
    return capsys.readouterr()


def body(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(audit(capsys, *words, "-o", "json")[0])
    return found


def test_findings_stand_under_their_workload_with_a_score(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = audit(capsys, file)
    assert "deployment shop/web" in out
    assert "web.yaml:6" in out
    assert "spec.replicas" in out
    # The budget is for this workload alone, so what is wrong with it stands here too.
    assert "poddisruptionbudget" in out.partition("deployment shop/web")[2]
    assert "1 Widget (example.com/v1)" in out
    assert "incomplete: web.yaml:24: not valid YAML" in err


def test_json_says_everything(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = body(capsys, file)
    (group,) = found["groups"]
    taken = sum(one["points"] for one in group["subtracted"])
    assert group["score"] == found["score"] == 100 - taken
    assert {one["check"] for one in group["subtracted"]} >= {
        "k8s-budget-blocks-drain",
        "k8s-single-replica",
        "k8s-no-requests",
    }
    edits = [edit for one in group["findings"] for edit in one["fix"]["edits"]]
    assert {"op": "set", "path": ["spec", "replicas"], "value": 2} in edits
    assert found["not_judged"] == {"Widget (example.com/v1)": 1}


def test_sarif_and_junit_point_at_file_line_and_field(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sarif = json.loads(audit(capsys, file, "-o", "sarif")[0])
    validator().validate(sarif)
    (single,) = [
        one for one in sarif["runs"][0]["results"] if one["ruleId"] == "k8s-single-replica"
    ]
    (place,) = single["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "web.yaml"
    assert place["physicalLocation"]["region"]["startLine"] == 6
    assert place["logicalLocations"][1]["name"] == "spec.replicas"
    cases = fromstring(audit(capsys, file, "-o", "junit")[0]).iter("testcase")
    assert ("k8s-single-replica", "6") in {(case.get("name"), case.get("line")) for case in cases}


def test_a_saved_snapshot_says_the_same(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = body(capsys, file, "--save", "facts.json")
    Path(file).unlink()
    assert body(capsys, "--from", "facts.json") == before


def test_a_bad_finding_fails_and_a_known_one_does_not(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(file).write_text(Path(file).read_text().replace("---\nkind: [\n", ""))
    audit(capsys, file, "--fail-on", "high", code=1)
    known = ("--write-baseline", "known.yaml", "--reason", "old until 2099-01-01")
    audit(capsys, file, *known, code=0)
    out, _ = audit(capsys, file, "--baseline", "known.yaml", "--fail-on", "info", code=0)
    assert "✔ nothing found in 1 workload: shop/web" in out
    out, _ = audit(capsys, file, "--baseline", "known.yaml", "--show-suppressed", code=0)
    assert "(old, until 2099-01-01; known.yaml)" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what to audit"),
        (["no.yaml"], "no.yaml: cannot read: No such file or directory"),
        (["web.yaml", "--check", "replicas"], "no such check"),
        (["web.yaml", "--kubernetes-version", "next"], "not a version of Kubernetes"),
        (["web.yaml", "--write-baseline", "b.yaml"], "a reason is expected"),
        (["web.yaml", "--baseline", "b.yaml"], "b.yaml: cannot read"),
        (["web.yaml", "--reason", "why"], "--reason is for a baseline"),
        (["web.yaml", "--namespace", "shop"], "--namespace is for a live cluster"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], said: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = audit(capsys, *words, code=2)
    assert said in err


def test_the_estate_file_says_what_to_audit(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("offcall.yaml").write_text(
        f"k8s:\n  paths: [{file}]\n  kubernetes_version: '1.30'\n"
        "catalog: {default_owner: shop-team}\n"
    )
    found = body(capsys)
    assert found["kubernetes_version"] == "1.30"
    assert found["groups"][0]["owner"]["name"] == "shop-team"


def test_checks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["k8s", "checks", "-o", "json"]) == 0
    listed = {one["id"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    assert listed.keys() == {one.id for one in all_checks()}
    assert listed["k8s-single-replica"]["parameters"]["least"]["default"] == 2
    assert run(["k8s", "checks", "rolout"]) == 2
    assert "did you mean 'rollout'" in capsys.readouterr().err


def test_a_check_counts_once_by_its_worst_finding() -> None:
    def finding(rule: str, severity: Severity) -> Any:
        return FORCED.model_copy(update={"rule": rule, "severity": severity})

    some = [
        finding("a", Severity.LOW),
        finding("a", Severity.HIGH),
        finding("b", Severity.MEDIUM),
        finding("c", Severity.INFO),
    ]
    score, taken = score_of(some)
    assert score == 70
    assert [(one.check, one.points, one.findings) for one in taken] == [("a", 20, 2), ("b", 10, 1)]
    assert score_of([])[0] == 100
    assert score_of([finding(str(n), Severity.CRITICAL) for n in range(3)])[0] == 0


def test_the_newest_version_is_the_newest_of_the_schemas() -> None:
    assert known_versions()[-1] == NEWEST


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "there is no Kubernetes object"),
        ("hello\n", "there is no Kubernetes object"),
        ("a: b: c\n", "there is no Kubernetes object"),
        ("kind: Pod\napiVersion: v1\nmetadata: [1\n", "not valid YAML"),
    ],
)
def test_what_cannot_be_judged_does_not_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, says: str
) -> None:
    """An empty file, a wrong path, a broken document: never exit code 0."""
    path = tmp_path / "web.yaml"
    path.write_text(content)
    _, errors = audit(capsys, str(path), code=2)
    assert says in errors
    assert str(path) in errors


def test_a_named_file_without_objects_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, web = tmp_path / "notes.yaml", tmp_path / "web.yaml"
    notes.write_text("hello: world\n")
    web.write_text(deployment())
    _, errors = audit(capsys, str(notes), str(web), code=0)
    assert f"{notes}: holds no Kubernetes object" in errors
