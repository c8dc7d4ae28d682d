"""The sentences of a brief."""

from __future__ import annotations

import pytest

from offcall.brief.lines import BriefLine, parts_of
from offcall.brief.result import Brief
from offcall.brief.words import headline, notices, subtitle
from offcall.core.findings import Finding, Severity
from tests.brief.build import DAY, NOW, finding


def brief(*findings: Finding, **more: object) -> Brief:
    lines = [BriefLine.of((one, (one,)), frozenset()) for one in findings]
    values: dict[str, object] = {
        "estate": "test",
        "now": NOW,
        "time_zone": "Europe/Vienna",
        "window": "next 30 days",
        "start": NOW,
        "end": NOW + 30 * DAY,
        "parts": parts_of(lines, until=NOW + 30 * DAY),
        "compared_to": None,
    }
    return Brief.model_validate(values | more)


def test_one_thing_and_several() -> None:
    assert headline(brief(finding("a"))).startswith("1 thing needs somebody within 7 days. Worst: ")
    two = headline(brief(finding("a"), finding("b")))
    assert two.startswith("2 things need somebody within 7 days.")


def test_of_two_as_bad_the_worst_is_what_is_wrong_now() -> None:
    overdue = finding("msk", days=-800, severity=Severity.CRITICAL)
    now = finding("key", days=0, severity=Severity.CRITICAL, category="open")
    assert "Worst: something happens to key." in headline(brief(overdue, now))
    assert "Worst: something happens to msk." in headline(
        brief(overdue, now.model_copy(update={"severity": Severity.HIGH}))
    )


def test_a_short_name_that_is_a_piece_of_a_word_is_still_said() -> None:
    assert "Worst: b: " in headline(brief(finding("b", title="AWS upgrades it by force")))


def test_the_nearest_deadline_is_one_to_come_in_the_users_zone() -> None:
    text = headline(brief(finding("past", days=-3), finding("a", days=2), finding("b", days=9)))
    assert text.endswith("Nearest deadline: a, in 2 days, Thu 26 Nov 2026 10:00 CET.")


def test_nothing_urgent_still_names_what_comes_next() -> None:
    text = headline(brief(finding("a", days=20)))
    assert text.startswith("Nothing within 7 days that nobody has taken. Nearest deadline: a,")


@pytest.mark.parametrize(("days", "needed"), [(7.6, True), (8.7, False), (-40, True)])
def test_days_are_counted_as_people_count_them(days: float, needed: bool) -> None:
    assert bool(brief(finding("a", days=days)).needing) is needed


def test_the_subtitle_names_window_filter_and_comparison() -> None:
    text = subtitle(brief(owners=("orders",), compared_to=NOW - 7 * DAY, looked_at=1))
    assert text == (
        "Tue 24 Nov 2026 10:00 CET · next 30 days (until Thu 24 Dec 2026) · 1 resource · "
        "only orders · compared with Tue 17 Nov 2026 10:00 CET, 7 days ago"
    )


def test_notices_are_one_line() -> None:
    many = [
        finding(str(number), category="notice", code=f"AWS_CODE_{number % 8}", key=str(number))
        for number in range(20)
    ]
    text = notices(brief(*many))
    assert text.startswith("20 notices that ask for nothing: 3 AWS_CODE_0, ")
    assert text.endswith("and 2 other kinds.")
    assert notices(brief(many[0])) == "1 notice that asks for nothing: 1 AWS_CODE_0."
