"""When an event needs nobody any more: the lists, the brief and alerts say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.catalog import open_catalog
from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.health.findings import findings_of
from offcall.health.model import Action, Entity, EventState
from offcall.health.over import DONE, left, over
from offcall.notify.events import alert_of_event
from tests.health.messages import message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CODE = "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT"
CATALOG = open_catalog(Context(Estate({}), now=NOW))


def event(*statuses: str | None, actions: tuple[Action, ...] = (), **more: Any) -> EventState:
    entities = tuple(
        Entity(value=f"fn-{number}", status=status) for number, status in enumerate(statuses)
    )
    known = {"status": "upcoming", "category": "scheduledChange", **more}
    return EventState(
        account="111122223333",
        arn=f"arn:aws:health:us-east-1::event/LAMBDA/{CODE}/1",
        code=CODE,
        service="LAMBDA",
        entities=entities,
        actions=actions,
        **known,
    )


def closing(entity: str | None = None, kind: str = "close") -> Action:
    return Action(kind=kind, by="ana", at=NOW, entity=entity)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (event("RESOLVED", "RESOLVED"), DONE),
        (event("RESOLVED", "PENDING"), None),
        (event("RESOLVED", None), None),
        (event(), None),
        (event("RESOLVED", status="closed"), "closed by AWS"),
        (event("PENDING", status=None, end=NOW - timedelta(days=1)), "its end has passed"),
        (event("PENDING", actions=(closing(),)), "closed by ana"),
        (event(actions=(closing(),)), "closed by ana"),
        (event("PENDING", actions=(closing(), closing(kind="reopen"))), None),
        (event("PENDING", "PENDING", actions=(closing("fn-0"),)), None),
        (event("RESOLVED", "PENDING", actions=(closing("fn-1"),)), DONE),
        (event("PENDING", actions=(closing(), closing("fn-0", "reopen"))), None),
        (event("RESOLVED", missing_pages=(2,), total_pages=2), None),
    ],
)
def test_the_rule(state: EventState, why: str | None) -> None:
    assert over(state, NOW) == why


_actions = st.lists(
    st.builds(
        closing,
        st.sampled_from([None, "fn-0", "fn-1"]),
        st.sampled_from(["close", "reopen", "acknowledge"]),
    ),
    max_size=3,
)


@given(
    st.lists(st.sampled_from(["RESOLVED", "PENDING", "IMPAIRED", None]), max_size=3),
    st.sampled_from(["open", "upcoming", "closed", None]),
    _actions,
    st.booleans(),
)
def test_findings_and_alerts_know_the_same(
    statuses: list[str | None], status: str | None, actions: list[Action], paged: bool
) -> None:
    pages: dict[str, Any] = {"missing_pages": (2,), "total_pages": 2} if paged else {}
    state = event(*statuses, actions=tuple(actions), status=status, **pages)
    done = over(state, NOW) is not None
    findings = list(findings_of([state], NOW))
    assert done == (not findings)
    assert done == (alert_of_event(state, CATALOG, NOW).state == "resolved")
    if not done and left(state):
        assert len(findings) == len(left(state))


def test_an_event_with_pages_that_did_not_come_stays_with_the_account() -> None:
    state = event("RESOLVED", missing_pages=(2,), total_pages=2)
    (finding,) = findings_of([state], NOW)
    assert finding.resource.kind == "aws account"
    assert any(one.name == "pages that did not come" for one in finding.evidence)


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Any]:
    def run(name: str, /, **arguments: Any) -> Any:
        estate = Estate({"history": str(tmp_path / "history.sqlite")})
        with Context(estate, now=NOW) as ctx:
            return find_tool(name).call(ctx, **arguments)

    return run


def test_what_is_done_is_listed_only_when_asked_for(
    call: Callable[..., Any], tmp_path: Path
) -> None:
    done = [{"entityValue": f"fn-{number}", "status": "RESOLVED"} for number in range(2)]
    half = [*done, {"entityValue": "fn-3", "status": "PENDING"}]
    file = tmp_path / "e.jsonl"
    bodies = [
        message(1, code=CODE, affectedEntities=done),
        message(2, code=CODE, affectedEntities=half),
    ]
    file.write_text("\n".join(bodies), encoding="utf-8")
    call("health import", files=[file])

    def numbers(**arguments: Any) -> set[int]:
        found = call("health list", **arguments).events
        return {int(one.arn.rpartition("/")[2]) for one in found}

    assert numbers() == numbers(status="upcoming") == {2}
    assert numbers(status="closed") == {1}
    assert numbers(status="all") == {1, 2}
    (row,) = call("health list", status="closed").events
    assert (row.status, row.stands, row.over) == ("upcoming", "upcoming", DONE)
    assert row.standing().text == "done"
    assert row.next_step is None
    shown = call("health show", event="000001")
    assert shown.event.standing_in_full().text == "upcoming, but every resource is done"
    assert shown.steps == (f"Nothing: {DONE}",)
    found = call("health changes", window="next 30 days")
    assert {one.resource.id for one in found.all_findings()} == {"fn-3"}
    (rank,) = call("health during", at="2026-12-03 14:05", resource="fn-1").ranks[:1]
    assert rank.event.next_step is None


def test_what_an_update_leaves_out_while_it_is_pending_is_still_to_do() -> None:
    state = event()
    state.entities = (
        Entity(value="fn-0", status="RESOLVED"),
        Entity(value="fn-1", status="PENDING", listed=False),
        Entity(value="fn-2", status="UNKNOWN", listed=False),
    )
    assert over(state, NOW) is None
    assert [one.value for one in left(state)] == ["fn-1"]
