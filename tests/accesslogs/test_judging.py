"""Causes, targets, comparisons, objectives: what is made of the counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from offcall.accesslogs.causes import Case, cause_of
from offcall.accesslogs.comparing import compare
from offcall.accesslogs.engine.duck import Logs, connect, load
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.results.groups import Group
from offcall.accesslogs.results.objectives import Kept
from offcall.accesslogs.slo.measuring import kept, question
from offcall.accesslogs.slo.objective import Objective, parse_objective
from offcall.accesslogs.targets import judge
from offcall.core.errors import UserError
from offcall.core.render.figures import bar, seconds_text, share, sparkline
from tests.accesslogs.reading import in_memory

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def group(key: str, requests: int = 1000, failed: int = 0, p95: float = 0.2) -> Group:
    times = {"p50": p95 / 2, "p90": p95, "p95": p95, "p99": p95, "max": p95}
    return Group(
        key=key,
        requests=requests,
        share=1,
        sent_bytes=0,
        received_bytes=0,
        client_errors=0,
        server_errors=failed,
        timed=requests,
        **times,
    )


@pytest.mark.parametrize(
    ("case", "made_by", "word"),
    [
        (Case(500, 500, None, False, "forward", False), "target", "application"),
        (Case(404, 404, None, False, "forward", False), "target", "application"),
        (Case(502, None, None, False, "forward", True), "balancer", "closed or reset"),
        (Case(502, None, "LambdaUnhandled", True, "forward", True), "Lambda", "raised an error"),
        (Case(503, None, None, True, "forward", True), "balancer", "none healthy"),
        (Case(504, None, None, False, "forward", True), "balancer", "idle timeout"),
        (Case(504, 504, None, False, "forward", False), "target", "application"),
        (Case(403, None, None, True, "waf", True), "balancer", "WAF"),
        (Case(460, None, None, False, "forward", True), "balancer", "client closed"),
        (
            Case(561, None, "AuthTokenEpRequestFailed", True, "authenticate", True),
            "balancer",
            "auth",
        ),
        (Case(503, None, None, True, "fixed-response", True), "balancer", "fixed-response"),
        (Case(599, None, None, True, None, True), "balancer", "balancer"),
        (Case(0, None, None, True, None, True), "balancer", "HTTP/2"),
    ],
)
def test_causes(case: Case, made_by: str, word: str) -> None:
    cause = cause_of(case)
    assert cause.made_by == made_by
    assert word in cause.why
    assert cause.look


def test_the_target_that_fails_more_is_bad() -> None:
    found = judge(
        [("g", group("a", 1000, 90)), ("g", group("b", 1000, 2)), ("g", group("c", 1000, 1))]
    )
    assert [(one.requests.key, bool(one.odd)) for one in found] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]
    assert "fails more: 9.0% 5xx" in found[0].odd[0]


def test_all_targets_that_fail_alike_are_not_bad() -> None:
    found = judge([("g", group(name, 1000, 90)) for name in "abc"])
    assert not any(one.odd for one in found)


def test_a_target_is_compared_within_its_group() -> None:
    found = judge([("g", group("a", 1000, 90)), ("other", group("b", 1000, 0))])
    assert not any(one.odd for one in found)


def test_a_slow_target_and_one_that_gets_more() -> None:
    found = judge([("g", group("a", p95=2.0)), ("g", group("b")), ("g", group("c", 5000))])
    odd = {one.requests.key: " ".join(one.odd) for one in found}
    assert "is slower: p95 2,000 ms" in odd["a"]
    assert "gets 5.0 times as many" in odd["c"]


def test_few_requests_say_nothing() -> None:
    found = judge([("g", group("a", 3, 1, 5.0)), ("g", group("b", 4, 0))])
    assert not any(words.startswith(("fails", "is slower")) for one in found for words in one.odd)


def test_comparison() -> None:
    before = [group("same"), group("worse"), group("better", failed=200), group("gone")]
    after = [
        group("same", p95=0.21),
        group("worse", failed=50, p95=0.9),
        group("better"),
        group("new"),
    ]
    found = {one.key: one for one in compare(before, after)}
    assert found["worse"].worse == (
        "5xx 0.00% → 5.00%",
        "p50 100 ms → 450 ms",
        "p95 200 ms → 900 ms",
    )
    assert found["better"].better == ("5xx 20.00% → 0.00%",)
    assert not found["same"].worse
    assert not found["same"].better
    assert found["gone"].after is None
    assert found["new"].before is None
    assert next(iter(found)) == "worse"


def test_chance_is_no_change() -> None:
    (one,) = compare([group("a", 1000, 5)], [group("a", 1000, 9)])
    assert not one.worse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("99.9% under 200 ms over 30 days", Objective(Decimal("99.9"), Decimal("0.2"), 30, "")),
        ("95 % under 1.5s", Objective(Decimal(95), Decimal("1.5"), 30, "")),
        ("99.95% without 5xx over 7d", Objective(Decimal("99.95"), None, 7, "")),
    ],
)
def test_objectives(text: str, expected: Objective) -> None:
    found = parse_objective(text)
    assert (found.share, found.under, found.days) == (expected.share, expected.under, expected.days)
    assert found.budget == pytest.approx(float(100 - expected.share) / 100)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "100% without 5xx",
        "0% without 5xx",
        "99.9 under 200ms",
        "99% under 2",
        "99% fast",
        "99% without 5xx over 900 days",
    ],
)
def test_what_is_no_objective(text: str) -> None:
    with pytest.raises(UserError):
        parse_objective(text)


def line(at: datetime, status: int, took: float | None = 0.1, target: str = "10.0.0.1:80") -> str:
    shown = "-1" if took is None else f"{took:.3f}"
    answered = "-" if took is None else status
    return (
        f"http {at:%Y-%m-%dT%H:%M:%S.000000Z} app/web/1 203.0.113.1:5 {target} 0.000 {shown} 0.000 "
        f'{status} {answered} 1 2 "GET http://h:80/ HTTP/1.1" "x" - - arn "Root=1"\n'
    )


def measured(objective: Objective, content: str) -> Kept:
    asked = question(objective, NOW, ())
    logs = Logs([in_memory("one", content.encode())], Tally(), threads=1)
    with connect(logs) as db:
        load(db, "requests", asked.uses, logs)
        (row,) = db.execute(asked.sql).fetchall()
    return kept("web", objective, row, NOW)


def test_a_budget_and_its_burn_rates() -> None:
    objective = parse_objective("99% without 5xx over 30 days")
    content = "".join(
        line(NOW - timedelta(minutes=minute), 500 if minute < 60 and minute % 2 else 200)
        for minute in range(600)
    )
    found = measured(objective, content)
    assert (found.requests, found.bad) == (600, 30)
    assert found.budget_left == pytest.approx(1 - (30 / 600) / 0.01)
    hour, six, *_ = found.burning
    assert hour.long_rate == pytest.approx(50)
    assert hour.alert
    assert six.long_rate == pytest.approx(30 / 360 / 0.01)
    assert six.alert


def test_an_alert_ends_with_the_trouble() -> None:
    objective = parse_objective("99% without 5xx over 30 days")
    content = "".join(
        line(NOW - timedelta(minutes=minute), 500 if 10 < minute < 60 else 200)
        for minute in range(600)
    )
    hour = measured(objective, content).burning[0]
    assert hour.long_rate is not None
    assert hour.long_rate > hour.limit
    assert not hour.alert


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (line(NOW, 200, 0.2), True),
        (line(NOW, 200, 0.201), False),
        (line(NOW, 500, 0.1), False),
        (line(NOW, 404, 0.1), True),
        (line(NOW, 504, None), False),
        (line(NOW, 460, None), False),
        (line(NOW, 301, None, "-"), True),
        (line(NOW, 101, 500.0), True),
    ],
)
def test_what_is_good(text: str, good: bool) -> None:
    found = measured(parse_objective("99% under 200 ms"), text)
    assert (found.requests, found.bad) == (1, 0 if good else 1)


def test_no_requests() -> None:
    found = measured(parse_objective("99% under 200 ms"), line(NOW - timedelta(days=40), 500))
    assert (found.requests, found.good_share, found.budget_left) == (0, None, None)
    assert not any(one.alert for one in found.burning)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.0, "0 ms"), (0.0005, "0.5 ms"), (0.041, "41 ms"), (0.9996, "1 s"),
     (1.25, "1.25 s"), (125, "2 m 05 s")],
)  # fmt: skip
def test_seconds(seconds: Any, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("part", "text"),
    [(0, "0%"), (0.00001, "<0.01%"), (0.0012, "0.12%"), (0.123, "12.3%"), (1, "100%")],
)
def test_shares(part: float, text: str) -> None:
    assert share(part) == text


def test_pictures() -> None:
    assert bar(1, 1, 4) == "████"
    assert bar(0, 1) == ""
    assert bar(1e-9, 1) == "▏"
    assert sparkline([0, 1, 2]) == "▁▅█"
    assert len(sparkline(list(range(1000)))) <= 60
    assert sparkline([]) == ""
