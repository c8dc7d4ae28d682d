from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from offcall.core.checks import run_checks, sort_key
from offcall.core.documents import tone_of
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity, worst

AT = datetime(2026, 12, 3, tzinfo=UTC)


def finding(
    severity: Severity = Severity.LOW,
    name: str = "a",
    deadline: datetime | None = None,
    rule: str = "r",
    key: str = "",
) -> Finding:
    resource = Resource(kind="thing", id=name, account="1")
    return Finding(
        rule=rule, severity=severity, title="t", resource=resource, deadline=deadline, key=key
    )


def test_fingerprint_is_the_problem_not_its_words() -> None:
    one = finding()
    same = one.model_copy(update={"title": "other", "deadline": AT, "severity": Severity.HIGH})
    assert len(one.fingerprint) == 16
    assert Finding.model_validate(same.model_dump()).fingerprint == one.fingerprint
    others = [
        finding(name="b"),
        finding(rule="q"),
        finding(key="k"),
        one.model_copy(update={"resource": one.resource.model_copy(update={"account": "2"})}),
    ]
    prints = {Finding.model_validate(o.model_dump()).fingerprint for o in others}
    assert len(prints | {one.fingerprint}) == 5


def test_a_dumped_finding_is_loaded() -> None:
    one = finding(deadline=AT)
    assert Finding.model_validate_json(one.model_dump_json()) == one
    assert one.model_dump()["fingerprint"] == one.fingerprint


def test_order_is_worst_then_soonest_then_name() -> None:
    wanted = [
        finding(Severity.CRITICAL),
        finding(Severity.HIGH, deadline=AT),
        finding(Severity.HIGH, "a"),
        finding(Severity.HIGH, "b"),
        finding(Severity.INFO, deadline=AT),
    ]
    assert sorted([*wanted[2:], *wanted[:2]], key=sort_key) == wanted
    assert run_checks([], None, AT) == []  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(Severity)))
def test_worst(severities: list[Severity]) -> None:
    found = worst([finding(one) for one in severities])
    order = ["info", "low", "medium", "high", "critical"]
    assert found == (max(severities, key=order.index) if severities else None)


def test_words() -> None:
    assert str(Evidence(name="connections", value="3", unit="peak")) == "connections: 3 peak"
    assert Resource(kind="x", id="arn:aws:x:name").label == "name"
    fixed = finding().model_copy(update={"fix": Fix(command="run it")})
    assert fixed.next_step == "run it"
    assert finding().next_step is None
    assert {tone_of(one) for one in Severity}
