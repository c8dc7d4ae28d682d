from __future__ import annotations

from pathlib import Path

import pytest

from offcall.core.errors import EstateError, UserError
from offcall.core.estate import Estate
from offcall.core.findings import Severity
from offcall.kubernetes.auditing.choosing import Chosen, all_checks, choose
from offcall.kubernetes.auditing.judging import judge
from offcall.kubernetes.checking import KubernetesCheck
from tests.kubernetes.build import cluster, deployment


def estate(tmp_path: Path, checks: str) -> Estate:
    file = tmp_path / "offcall.yaml"
    file.write_text(f"k8s:\n  checks:\n    {checks}\n")
    return Estate.load(file)


def ids(chosen: Chosen) -> set[str]:
    return {one.id for one in chosen.checks}


def test_all_checks_are_made_unless_some_are_named() -> None:
    assert ids(choose(Estate())) == {one.id for one in all_checks()}
    assert ids(choose(Estate(), only=["single-replica"])) == {"k8s-single-replica"}
    assert ids(choose(Estate(), only=["k8s-single-replica"])) == {"k8s-single-replica"}
    family = ids(choose(Estate(), only=["rollout"]))
    assert "k8s-single-replica" in family
    assert all(one.family == "rollout" for one in all_checks() if one.id in family)
    assert ids(choose(Estate(), only=["rollout"], skip=["single-replica"])) == family - {
        "k8s-single-replica"
    }


def test_a_name_that_is_none_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UserError, match="did you mean 'single-replica'"):
        choose(Estate(), only=["singel-replica"])
    with pytest.raises(UserError, match="--skip"):
        choose(Estate(), skip=["rolout"])


def test_settings_of_the_estate_file(tmp_path: Path) -> None:
    found = choose(estate(tmp_path, "single-replica: {severity: critical, least: 4}"))
    snapshot = cluster(deployment(spec="replicas: 3"))
    only = Chosen(tuple(c for c in found.checks if c.id == "k8s-single-replica"), {})
    (finding,) = judge(snapshot, only, snapshot.taken_at).groups[0].findings
    assert (finding.severity, finding.title) == (Severity.CRITICAL, "only 3 replicas")


def test_a_disabled_check_is_not_made_and_says_why_unless_it_is_asked_for(tmp_path: Path) -> None:
    settings = estate(tmp_path, "k8s-single-replica: {disabled: batch only}")
    found = choose(settings)
    assert found.disabled == {"single-replica": "batch only"}
    assert "k8s-single-replica" not in ids(found)
    assert ids(choose(settings, only=["single-replica"])) == {"k8s-single-replica"}


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ("singel-replica: {severity: low}", "did you mean 'single-replica'"),
        ("single-replica: {leest: 4}", "did you mean 'least'"),
        ("single-replica: {least: 1}", "greater than or equal to 2"),
        ("single-replica: {severity: bad}", "severity"),
        ("single-replica: {disabled: ' '}", "say why"),
        ("budget-blocks-drain: {least: 4}", "no parameters"),
    ],
)
def test_settings_that_do_not_fit_name_their_line(tmp_path: Path, checks: str, said: str) -> None:
    with pytest.raises(EstateError) as caught:
        choose(estate(tmp_path, checks))
    assert said in str(caught.value)
    assert caught.value.line == 3


def test_every_parameter_has_a_default_and_is_described() -> None:
    for one in all_checks():
        assert isinstance(one, KubernetesCheck)
        if one.parameters is not None:
            one.parameters()
            for name, field in one.parameters.model_fields.items():
                assert field.description, (one.id, name)
                assert name not in ("severity", "disabled"), one.id
