"""What two sources tell of is one line; what is two things to do stays two."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from offcall.brief.merging import merge, taken_by
from offcall.core.findings import Owner, Runbook, Severity
from tests.brief.build import DAY, NOW, finding

PLE = "AWS_RDS_PLANNED_LIFECYCLE_EVENT"


def test_an_end_of_support_known_from_both_is_one_line() -> None:
    book = Runbook(title="Upgrade", url="https://wiki/up", rule="r")
    event = finding(code=PLE, category="change", days=3, taken="planned by ana", runbook=book)
    own = finding(days=5, severity=Severity.CRITICAL, owner=Owner(name="orders", rule="r"))
    ((shown, parts),) = merge([event, own], NOW)
    assert parts == (own, event)
    assert shown.title == own.title
    assert shown.fingerprint == own.fingerprint
    assert shown.severity is Severity.CRITICAL
    assert shown.deadline == NOW + 3 * DAY
    assert shown.runbook == book
    assert shown.owner == own.owner
    assert taken_by(shown) == "planned by ana"
    assert ("AWS Health", PLE) in [(one.name, one.value) for one in shown.evidence]


def test_several_findings_on_one_upgrade_are_one_line_led_by_the_worst() -> None:
    paid = finding(
        rule="lifecycle-extended-support-paid", severity=Severity.MEDIUM, title="it costs more"
    )
    forced = finding(severity=Severity.CRITICAL)
    ((shown, _),) = merge([paid, forced], NOW)
    assert shown.title == forced.title
    assert ("also", "it costs more") in [(one.name, one.value) for one in shown.evidence]


def test_an_upgrade_and_a_certificate_are_two_things() -> None:
    assert len(merge([finding(), finding(rule="lifecycle-certificate-expiring")], NOW)) == 2


def test_other_resources_and_accounts_are_other_things() -> None:
    other = finding().resource.model_copy(update={"account": "444455556666"})
    assert len(merge([finding(), finding("carts-db"), finding(resource=other)], NOW)) == 3


def test_two_events_alone_are_two_things() -> None:
    first = finding(code=PLE, key="event/1")
    second = finding(code=PLE, key="event/2")
    assert len(merge([first, second], NOW)) == 2


def test_maintenance_on_two_dates_is_two_things() -> None:
    code = "AWS_RDS_MAINTENANCE_SCHEDULED"
    pending = finding(rule="lifecycle-pending-maintenance", category="change", days=8)
    same = finding(code=code, category="change", days=9)
    later = finding(code=code, category="change", days=40, key="event/later")
    found = merge([later, pending, same], NOW)
    assert sorted(len(parts) for _, parts in found) == [1, 2]
    assert next(shown for shown, parts in found if len(parts) == 1) == later


RULES = ("lifecycle-forced-upgrade", "lifecycle-pending-maintenance", "catalog-no-owner")
CODES = (None, PLE, "AWS_RDS_MAINTENANCE_SCHEDULED", "AWS_EC2_OPERATIONAL_ISSUE")


@given(
    st.lists(
        st.builds(
            lambda name, rule, code, days, key: finding(
                name, rule=rule, code=code, days=days, key=key
            ),
            st.sampled_from("ab"),
            st.sampled_from(RULES),
            st.sampled_from(CODES),
            st.sampled_from((None, 1, 2, 30)),
            st.sampled_from("xyz"),
        ),
        max_size=12,
        unique_by=lambda one: one.fingerprint,
    )
)
def test_merging_loses_nothing_and_invents_nothing(findings: list) -> None:
    merged = merge(findings, NOW)
    parts = list(itertools.chain.from_iterable(parts for _, parts in merged))
    assert sorted(one.fingerprint for one in parts) == sorted(one.fingerprint for one in findings)
    for shown, group in merged:
        assert shown.fingerprint == group[0].fingerprint
        assert shown.severity == max((one.severity for one in group), key=lambda s: s.rank)
        deadlines = [one.deadline for one in group if one.deadline]
        assert shown.deadline == min(deadlines, default=None)


def test_a_date_that_has_passed_is_not_when_to_act() -> None:
    event = finding(code=PLE, days=-115)
    own = finding(rule="lifecycle-extended-support-paid", days=615)
    ((shown, _),) = merge([event, own], NOW)
    assert shown.deadline == own.deadline
    ((shown, _),) = merge([event, finding(days=-80)], NOW)
    assert shown.deadline == NOW - 80 * DAY


def test_what_aws_may_do_any_day_is_not_put_off_by_a_later_price() -> None:
    forced = finding(rule="lifecycle-minor-version-ended", severity=Severity.HIGH, days=-170)
    paid = finding(rule="lifecycle-extended-support-paid", severity=Severity.MEDIUM, days=615)
    ((shown, _),) = merge([paid, forced], NOW)
    assert (shown.title, shown.deadline) == (forced.title, forced.deadline)
    event = finding(code=PLE, days=3)
    ((shown, _),) = merge([paid, forced, event], NOW)
    assert shown.deadline == event.deadline
