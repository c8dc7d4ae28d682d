"""Events as findings: how urgent, what to do, who has taken it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.contributions import TAKEN
from offcall.core.findings import Fix, Severity
from offcall.health.findings import findings_of, severity_of, title_of
from offcall.health.guidance import Guide, fix_of, guide_for, guides
from offcall.health.model import Action, Entity, EventState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ARN = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED/1"


def event(**values: object) -> EventState:
    known: dict[str, object] = {
        "account": "111122223333",
        "arn": ARN,
        "code": "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED",
        "service": "EC2",
        "category": "scheduledChange",
        "region": "us-east-1",
        "status": "upcoming",
        "start": NOW + timedelta(days=5),
        "actionability": "ACTION_REQUIRED",
        "entities": (Entity(value="i-1", status="PENDING"), Entity(value="i-2", status="RESOLVED")),
        **values,
    }
    return EventState(**known)  # type: ignore[arg-type]


def test_one_for_each_resource_that_is_left() -> None:
    (one,) = findings_of([event()], NOW)
    assert one.resource.id == "i-1"
    assert one.resource.kind == "ec2 instance"
    assert one.deadline == NOW + timedelta(days=5)
    assert one.severity is Severity.HIGH
    assert one.next_step is not None
    assert "Stop and start the instance yourself before 2026-11-29" in one.next_step
    assert one.fix.command is not None
    assert "--instance-ids i-1 --region us-east-1" in one.fix.command


@pytest.mark.parametrize("account", ["111122223333", None])
@pytest.mark.parametrize(
    ("code", "service"),
    [
        ("AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED", "EC2"),
        ("AWS_EKS_PLANNED_LIFECYCLE_EVENT", "EKS"),
    ],
)
def test_an_event_without_resources_has_steps_and_no_command(
    code: str, service: str, account: str | None
) -> None:
    """`stop-instances --instance-ids 111122223333` would help nobody."""
    (one,) = findings_of([event(code=code, service=service, account=account, entities=())], NOW)
    assert one.fix.steps
    assert one.fix.command is None


def test_the_fingerprint_does_not_change_with_the_date() -> None:
    (one,) = findings_of([event()], NOW)
    (later,) = findings_of([event(start=NOW + timedelta(days=9))], NOW + timedelta(days=1))
    assert one.fingerprint == later.fingerprint


@pytest.mark.parametrize(
    "values",
    [
        {"status": "closed"},
        {"entities": (Entity(value="i-2", status="RESOLVED"),)},
        {"entities": (Entity(value="i-1", listed=False),), "account": None, "status": "closed"},
        {"actions": (Action(kind="close", by="ana", at=NOW),)},
        {"actions": (Action(kind="close", by="ana", at=NOW, entity="i-1"),)},
    ],
)
def test_what_is_over_is_not_told(values: dict[str, object]) -> None:
    assert list(findings_of([event(**values)], NOW)) == []


def test_who_has_taken_it() -> None:
    plan = Action(kind="plan", by="ana", at=NOW, planned_for=NOW + timedelta(days=1), note="CHG-7")
    (one,) = findings_of([event(actions=(plan,))], NOW)
    (said,) = [fact.value for fact in one.evidence if fact.name == TAKEN]
    assert said == "planned by ana for 2026-11-25 09:00 UTC: CHG-7"
    (again,) = findings_of([event(actions=(plan, Action(kind="reopen", by="bo", at=NOW)))], NOW)
    assert [fact for fact in again.evidence if fact.name == TAKEN] == []


def test_an_event_without_resources_is_about_the_account() -> None:
    (one,) = findings_of([event(entities=(Entity(value="AWS_ACCOUNT"),))], NOW)
    assert (one.resource.kind, one.resource.id) == ("aws account", "111122223333")


def test_a_public_event_is_about_the_service() -> None:
    (one,) = findings_of(
        [event(account=None, scope="PUBLIC", category="issue", status="open", entities=())], NOW
    )
    assert one.resource.kind == "aws service"
    assert one.deadline is None


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"start": NOW + timedelta(days=1)}, Severity.CRITICAL),
        ({"start": NOW - timedelta(days=3)}, Severity.CRITICAL),
        ({"start": NOW + timedelta(days=20)}, Severity.MEDIUM),
        ({"start": NOW + timedelta(days=200)}, Severity.LOW),
        ({"start": None}, Severity.MEDIUM),
        ({"actionability": "INFORMATIONAL", "start": NOW + timedelta(days=90)}, Severity.INFO),
        ({"actionability": None, "start": NOW + timedelta(days=5)}, Severity.MEDIUM),
        ({"category": "issue"}, Severity.HIGH),
        ({"category": "issue", "scope": "PUBLIC"}, Severity.MEDIUM),
        ({"category": "issue", "resolved_by_text": True}, Severity.LOW),
        ({"category": "accountNotification"}, Severity.MEDIUM),
        ({"category": "accountNotification", "actionability": "INFORMATIONAL"}, Severity.INFO),
        ({"category": "somethingNew", "actionability": None}, Severity.INFO),
        ({"code": "AWS_RISK_CREDENTIALS_EXPOSED", "service": "RISK"}, Severity.CRITICAL),
        ({"code": "AWS_ABUSE_DOS_REPORT", "service": "ABUSE"}, Severity.HIGH),
    ],
)
def test_severity(values: dict[str, object], severity: Severity) -> None:
    assert severity_of(event(**values), NOW) is severity


def test_titles_say_versions() -> None:
    eks = event(
        code="AWS_EKS_PLANNED_LIFECYCLE_EVENT",
        service="EKS",
        metadata={"deprecated_versions": "Kubernetes 1.34 in EKS"},
    )
    assert title_of(eks).startswith("The Kubernetes version 1.34 of this cluster")


WORDS = {
    "id": "i-1",
    "arn": "arn:aws:x:y:1:z",
    "name": "n",
    "region": "us-east-1",
    "before": "before 2026-12-01",
    "service": "EC2",
    "engine": "mysql",
    "version": "8.0",
}


@pytest.mark.parametrize("guide", guides(), ids=lambda guide: guide.codes[0])
def test_every_guide_can_be_filled_in_and_has_its_page(guide: object) -> None:
    assert guide in guides()
    known = next(one for one in guides() if one == guide)
    fix = fix_of(known, **WORDS)
    assert fix.steps
    assert all("{" not in step for step in fix.steps)
    assert known.source.startswith("https://")
    assert "{" not in known.title.format(service="EC2", versions="1")
    assert "{" not in known.why.format(service="EC2")
    if known.command:
        assert re.match(r"aws [a-z0-9-]+ [a-z-]+", known.command)


def test_every_command_in_the_guides_exists() -> None:
    """Service and operation are real ones of AWS, by botocore's models."""
    from botocore.session import get_session

    session = get_session()
    for guide in guides():
        for service, name in re.findall(r"aws ([a-z0-9-]+) ([a-z-]+)", guide.command or ""):
            if name == "wait":
                continue
            model = session.get_service_model(service)
            wanted = name.replace("-", "")
            assert wanted in {one.lower() for one in model.operation_names}, (service, name)


def test_a_command_without_its_words_is_left_out() -> None:
    guide = guide_for("AWS_ACM_RENEWAL_STATE_CHANGE", "scheduledChange")
    assert fix_of(guide, **{**WORDS, "arn": None}).command is None


@pytest.mark.parametrize("category", ["issue", "scheduledChange", "investigation", "whatever"])
def test_an_unknown_code_gets_the_steps_of_its_category(category: str) -> None:
    assert guide_for("AWS_NEW_THING", category).steps


WORD = st.one_of(st.none(), st.sampled_from(("", "orders", "{id}", "before 2026-12-01")))


@given(st.sampled_from(guides()), st.fixed_dictionaries(dict.fromkeys(WORDS, WORD)))
def test_what_is_filled_in_is_what_plain_formatting_gives(
    guide: Guide, words: dict[str, str | None]
) -> None:
    filled = {name: value or f"<{name}>" for name, value in words.items()}
    command = guide.command
    if command and any(f"{{{name}}}" in command and not value for name, value in words.items()):
        command = None
    assert fix_of(guide, **words) == Fix(
        steps=tuple(step.format(**filled) for step in guide.steps),
        command=command.format(**filled) if command else None,
    )


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_dates_are_written_as_strftime_writes_them(at: datetime) -> None:
    (one, *_) = findings_of([event(start=at, last_updated=at)], NOW)
    (said,) = (each.value for each in one.evidence if each.name == "last updated")
    assert said == f"{at:%Y-%m-%d %H:%M} UTC"
    assert f"{at:%Y-%m-%d}" in one.fix.steps[0]
