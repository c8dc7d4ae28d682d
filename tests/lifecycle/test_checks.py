"""What the checks find, how severe, and by when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offcall.core.checks import Check, checks_of, run_checks
from offcall.core.findings import Finding, Severity
from offcall.lifecycle.snapshot import Inventory, LiveSupport
from tests.lifecycle.make import NOW, inventory, running

CHECKS = {check.id: check for check in checks_of("lifecycle")}
TWO = {"class": "db.r6g.large"}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def found(rule: str, facts: Inventory, now: datetime = NOW) -> list[Finding]:
    return list(CHECKS[rule](facts, now))


def only(rule: str, engine: str, version: str, now: datetime = NOW, **more: Any) -> Finding:
    [one] = found(rule, inventory(running(engine, version, **more)), now)
    return one


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_examples_are_what_they_claim(check: Check) -> None:
    failing = list(check(check.fails.snapshot(), check.fails.now))
    assert failing
    assert list(check(check.passes.snapshot(), check.passes.now)) == []
    for finding in failing:
        assert finding.rule == check.id
        assert finding.next_step
        assert finding.why
        assert finding.source
        assert finding.category in ("support", "change")


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_fingerprint_stays_the_same_from_day_to_day(check: Check) -> None:
    facts = check.fails.snapshot()
    today = {one.fingerprint for one in check(facts, check.fails.now)}
    tomorrow = {one.fingerprint for one in check(facts, check.fails.now + timedelta(days=1))}
    assert today == tomorrow


@pytest.mark.parametrize(
    ("today", "severity"),
    [
        ("2026-08-31", None),
        ("2026-09-01", Severity.LOW),
        ("2026-11-29", Severity.LOW),
        ("2026-11-30", Severity.MEDIUM),
        ("2027-01-28", Severity.MEDIUM),
        ("2027-01-29", Severity.HIGH),
        ("2027-02-28", Severity.HIGH),
        ("2027-03-01", None),
    ],
)
def test_standard_support_ending(today: str, severity: Severity | None) -> None:
    facts = inventory(running("postgres", "14.22", **TWO))
    [*one] = found("lifecycle-standard-support-ending", facts, day(today))
    assert [finding.severity for finding in one] == ([severity] if severity else [])
    for finding in one:
        # The last day still belongs to standard support: its end is the deadline.
        assert finding.deadline == day("2027-03-01")
        assert "$146/month" in finding.title


def test_a_price_is_in_the_evidence_with_its_source() -> None:
    one = only("lifecycle-extended-support-paid", "postgres", "13.20", multi_az=True, **TWO)
    evidence = {each.name: each for each in one.evidence}
    assert (evidence["extended support"].value, evidence["extended support"].unit) == (
        "292.00",
        "USD/month",
    )
    assert evidence["standard support until"].source == (
        "endoflife.date/amazon-rds-postgresql, 2026-08-22"
    )
    assert one.deadline == day("2028-03-01")
    assert one.next_step is not None
    assert one.next_step.startswith("ask AWS which major versions it can go to; 18 has")


def test_the_third_year_is_worse() -> None:
    one = only("lifecycle-extended-support-paid", "mysql", "5.7.44", **TWO)
    assert one.severity is Severity.HIGH
    assert "$292/month" in one.title
    assert one.deadline is not None
    assert one.deadline == day("2029-07-01")
    assert "$292/month more since 2026-03-01, $146/month from 2024-03-01" in one.title


def test_an_unknown_price_is_no_reason_to_be_silent() -> None:
    one = only("lifecycle-extended-support-paid", "docdb", "3.6.0", **TWO)
    assert "unknown price" in one.title


@pytest.mark.parametrize(
    ("engine", "version", "today", "severity"),
    [
        ("eks", "1.31", "2026-05-30", None),
        ("eks", "1.31", "2026-05-31", Severity.LOW),
        ("eks", "1.31", "2026-07-30", Severity.MEDIUM),
        ("eks", "1.31", "2026-09-28", Severity.HIGH),
        ("eks", "1.31", "2026-11-13", Severity.CRITICAL),
        ("eks", "1.31", "2026-12-24", Severity.CRITICAL),
        ("mariadb", "10.6.20", "2026-11-24", Severity.HIGH),
        ("kafka", "3.7.x", "2026-11-24", Severity.CRITICAL),
    ],
)
def test_forced_upgrade(engine: str, version: str, today: str, severity: Severity | None) -> None:
    facts = inventory(running(engine, version))
    one = found("lifecycle-forced-upgrade", facts, day(today))
    assert [finding.severity for finding in one] == ([severity] if severity else [])


def test_a_forced_upgrade_is_not_said_twice() -> None:
    facts = inventory(running("mariadb", "10.6.20"))
    assert found("lifecycle-standard-support-ending", facts) == []
    assert len(found("lifecycle-forced-upgrade", facts)) == 1


def test_time_can_be_bought_where_extended_support_is_merely_off() -> None:
    off = only("lifecycle-forced-upgrade", "postgres", "14.22", extended_support=False)
    assert off.fix.steps[-1] == (
        "or buy time until 2030-02-28 for money: "
        "set EngineLifecycleSupport to open-source-rds-extended-support"
    )
    assert "buy time" not in " ".join(only("lifecycle-forced-upgrade", "eks", "1.31").fix.steps)


def test_the_switch_does_not_protect_and_the_finding_says_so() -> None:
    one = only("lifecycle-minor-version-ended", "mysql", "8.4.6", auto_minor_version_upgrade=False)
    assert one.severity is Severity.HIGH
    assert "AutoMinorVersionUpgrade is false, and that does not protect it" in one.why
    assert {each.name: each.value for each in one.evidence}["AutoMinorVersionUpgrade"] == "false"
    assert "upgrade it in a window of your choice" in (one.next_step or "")
    assert "move to 8.4.10 (latest minor, same major)" in one.fix.steps
    on = only("lifecycle-minor-version-ended", "mysql", "8.4.6", auto_minor_version_upgrade=True)
    assert "does not protect" not in on.why


@pytest.mark.parametrize(
    ("today", "count"), [("2026-09-01", 0), ("2026-09-02", 1), ("2027-06-01", 1)]
)
def test_a_minor_is_announced_ninety_days_before(today: str, count: int) -> None:
    facts = inventory(running("mysql", "8.4.7"))
    assert len(found("lifecycle-minor-version-ended", facts, day(today))) == count


@pytest.mark.parametrize(
    ("nodes", "severity"),
    [("1.34", None), ("1.33", None), ("1.32", Severity.MEDIUM), ("1.31", Severity.HIGH)],
)
def test_nodes_behind_their_control_plane(nodes: str, severity: Severity | None) -> None:
    group = running("eks", nodes, kind="eks nodegroup", name="workers", cluster="prod")
    facts = inventory(running("eks", "1.34", name="prod"), group)
    one = found("lifecycle-eks-nodes-behind", facts)
    assert [finding.severity for finding in one] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("today", "severity", "words"),
    [
        ("2025-06-17", None, ""),
        ("2025-06-18", Severity.LOW, "no more patches on 2025-12-15"),
        ("2026-11-24", Severity.MEDIUM, "no new functions about on 2027-02-01"),
        ("2026-12-03", Severity.MEDIUM, "is deprecated"),
        ("2027-02-10", Severity.HIGH, "no more updates on 2027-03-03"),
        ("2027-03-04", Severity.HIGH, "updates are blocked"),
    ],
)
def test_lambda_runtime(today: str, severity: Severity | None, words: str) -> None:
    one = found("lifecycle-lambda-runtime", inventory(running("lambda", "python3.9")), day(today))
    assert [finding.severity for finding in one] == ([severity] if severity else [])
    for finding in one:
        assert words in finding.title
        assert "keep running" in finding.why


@pytest.mark.parametrize(
    ("till", "severity"),
    [
        ("2026-11-24T08:59:59Z", Severity.CRITICAL),
        ("2026-12-08T00:00:00Z", Severity.CRITICAL),
        ("2026-12-20T00:00:00Z", Severity.HIGH),
        ("2027-02-01T00:00:00Z", Severity.MEDIUM),
        ("2027-05-01T00:00:00Z", Severity.LOW),
        ("2027-06-01T00:00:00Z", None),
    ],
)
def test_certificates(till: str, severity: Severity | None) -> None:
    held = {"authority": "rds-ca-rsa2048-g1", "valid_till": till}
    facts = inventory(running("postgres", "17.10", certificate=held))
    one = found("lifecycle-certificate-expiring", facts)
    assert [finding.severity for finding in one] == ([severity] if severity else [])


def test_an_old_authority_is_known_without_its_date() -> None:
    one = only(
        "lifecycle-certificate-expiring",
        "postgres",
        "17.10",
        certificate={"authority": "rds-ca-2019"},
    )
    assert "expired on 2024-08-22" in one.title


@pytest.mark.parametrize(
    ("engine", "authority", "more", "words"),
    [
        ("postgres", "rds-ca-2019", {}, "rds modify-db-instance --db-instance-identifier orders"),
        ("postgres", "rds-ca-2019", {}, "--ca-certificate-identifier rds-ca-rsa2048-g1"),
        ("mysql", "rds-ca-rsa4096-g0", {}, "--ca-certificate-identifier rds-ca-rsa4096-g1"),
        ("mysql", "rds-ca-ecc384-g0", {}, "--ca-certificate-identifier rds-ca-ecc384-g1"),
        ("mysql", "rds-ca-ecc384-g1", {}, "rds describe-pending-maintenance-actions"),
        ("docdb", "rds-ca-2019", {"members": ["a", "b"]}, "docdb modify-db-instance"),
        ("neptune", "rds-ca-2019", {}, "for one in $(aws neptune describe-db-clusters"),
        ("postgres", "rds-ca-2019", {"kind": "rds cluster"}, "rds modify-db-cluster"),
    ],
)
def test_a_certificate_is_rotated_within_its_family_by_its_own_service(
    engine: str, authority: str, more: dict[str, Any], words: str
) -> None:
    held = {"authority": authority, "valid_till": "2026-12-20T00:00:00Z"}
    version = {"docdb": "5.0.0", "neptune": "1.4.5.0", "mysql": "8.4.9"}.get(engine, "17.10")
    one = only("lifecycle-certificate-expiring", engine, version, certificate=held, **more)
    assert one.fix.command is not None
    assert words in one.fix.command
    assert "INSTANCE_OF" not in one.fix.command
    assert f"--ca-certificate-identifier {authority} " not in one.fix.command
    for name in more.get("members", ()):
        assert f"--db-instance-identifier {name} " in one.fix.command


def test_nodes_ahead_of_their_control_plane_are_found() -> None:
    nodes = {"kind": "eks nodegroup", "cluster": "prod", "cluster_version": "1.34"}
    one = only("lifecycle-eks-nodes-behind", "eks", "1.35", **nodes)
    assert "ahead of its control plane 1.34" in one.title
    assert one.severity is Severity.HIGH
    behind = only("lifecycle-eks-nodes-behind", "eks", "1.30", **nodes)
    assert "--kubernetes-version 1.34" in (behind.fix.command or "")


@pytest.mark.parametrize(
    ("dates", "severity", "deadline"),
    [
        ({"auto_applied_after": "2027-01-20"}, Severity.LOW, "2027-01-20"),
        ({"auto_applied_after": "2026-12-20"}, Severity.MEDIUM, "2026-12-20"),
        ({"current_apply": "2026-11-30"}, Severity.HIGH, "2026-11-30"),
        ({"forced_apply": "2026-12-20"}, Severity.HIGH, "2026-12-20"),
        (
            {"auto_applied_after": "2027-01-10", "forced_apply": "2027-02-01"},
            Severity.LOW,
            "2027-01-10",
        ),
        ({"auto_applied_after": "2026-11-01"}, Severity.HIGH, "2026-11-01"),
    ],
)
def test_pending_maintenance(dates: dict[str, str], severity: Severity, deadline: str) -> None:
    action = {"action": "system-update", **dates}
    one = only("lifecycle-pending-maintenance", "postgres", "17.10", pending=[action])
    assert (one.severity, one.deadline, one.category) == (severity, day(deadline), "change")
    assert one.fix.command is not None
    assert "--apply-action system-update" in one.fix.command


def test_two_actions_are_two_findings() -> None:
    actions = [{"action": name, "forced_apply": "2026-12-20"} for name in ("a", "b")]
    facts = inventory(running("postgres", "17.10", pending=actions))
    assert len({one.fingerprint for one in found("lifecycle-pending-maintenance", facts)}) == 2


@pytest.mark.parametrize(
    ("live", "severity"), [("2027-01-31", Severity.HIGH), ("2027-06-30", Severity.MEDIUM)]
)
def test_sources_disagree(live: str, severity: Severity) -> None:
    said = LiveSupport.model_validate(
        {
            "engine": "postgres",
            "version": "14",
            "standard_end": live,
            "source": "rds.X",
            "read_at": NOW,
        }
    )
    facts = inventory(running("postgres", "14.22"), live=(said,))
    [one] = found("lifecycle-sources-disagree", facts)
    assert one.severity is severity
    assert live in one.title
    assert "2027-02-28" in one.title
    assert {each.source for each in one.evidence} == {
        "rds.X, 2026-11-24",
        "endoflife.date/amazon-rds-postgresql, 2026-08-22",
    }


def test_all_well_is_silent() -> None:
    facts = inventory(
        running("postgres", "17.10"), running("eks", "1.36"), running("lambda", "python3.14")
    )
    assert run_checks(CHECKS.values(), facts, NOW) == []


@pytest.mark.parametrize(
    ("rule", "engine", "version", "more"),
    [
        ("lifecycle-forced-upgrade", "eks", "1.31", {}),
        ("lifecycle-forced-upgrade", "mariadb", "10.6.20", {}),
        ("lifecycle-minor-version-ended", "mysql", "8.4.7", {}),
    ],
)
def test_the_deadline_is_the_first_moment_at_which_aws_may_act(
    rule: str, engine: str, version: str, more: dict[str, Any]
) -> None:
    one = only(rule, engine, version, **more)
    first = {"eks": "2026-11-27", "mariadb": "2027-01-01", "mysql": "2026-12-01"}[engine]
    assert one.deadline == day(first)


def test_what_happens_tomorrow_still_lies_ahead() -> None:
    late = day("2026-11-26") + timedelta(hours=23)
    [one] = found("lifecycle-forced-upgrade", inventory(running("eks", "1.31")), late)
    assert one.deadline is not None
    assert one.deadline > late


def test_a_version_of_which_extended_support_is_not_known_is_a_finding() -> None:
    said = {"engine": "eks", "version": "1.99", "standard_end": "2026-10-31", "read_at": NOW}
    live = LiveSupport.model_validate({**said, "source": "eks.DescribeClusterVersions"})
    [one] = found("lifecycle-support-over", inventory(running("eks", "1.99"), live=(live,)))
    assert "whether it has extended support is not known here" in one.title
    assert "if this version has extended support" in one.why


def test_an_unpatched_runtime_is_never_a_mere_note() -> None:
    [one] = found(
        "lifecycle-lambda-runtime", inventory(running("lambda", "python3.9")), day("2025-12-20")
    )
    assert one.severity is Severity.MEDIUM


def test_aurora_serverless_v1_is_told_to_go_to_v2() -> None:
    one = only(
        "lifecycle-forced-upgrade",
        "aurora-mysql",
        "5.7.mysql_aurora.2.11.4",
        engine_mode="serverless",
    )
    assert "due now" in one.title
    assert one.fix.steps == (
        "migrate it to Aurora Serverless v2 yourself, at a time of your choice",
    )
