"""Properties that hold for every resource and every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.lifecycle.engines import ENGINES
from offcall.lifecycle.machines import normalised_size, vcpus
from offcall.lifecycle.regimes import outlooks, predict
from offcall.lifecycle.regimes.model import Act, Outlook, Phase
from offcall.lifecycle.regimes.rds import third_year
from offcall.lifecycle.values import numbers, plain_version
from tests.lifecycle.make import DATASET, inventory, running

DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))


@st.composite
def _resources(draw: st.DrawFn) -> tuple[str, str, bool | None]:
    engine = draw(st.sampled_from([one for one in ENGINES.values() if one.product]))
    product = DATASET.get(engine.product or "")
    assert product is not None
    version = draw(st.sampled_from([one.cycle for one in product.releases]))
    return engine.name, version, draw(st.sampled_from([True, False, None]))


def _look(what: tuple[str, str, bool | None], today: date) -> Outlook:
    engine, version, extended = what
    item = running(engine, version, **{"class": "db.r6g.large"}, extended_support=extended)
    return predict(item, inventory(item), today)


@settings(max_examples=300, deadline=None)
@given(_resources(), DAYS)
def test_every_outlook_is_consistent(what: tuple[str, str, bool | None], today: date) -> None:
    found = _look(what, today)
    assert found.dates is not None
    days = [step.on for step in found.steps if step.on is not None]
    assert days == sorted(days)
    end = found.dates.standard_end
    if end is not None and end.on is not None:
        assert found.days_left == (end.on - today).days
        assert (found.phase is Phase.STANDARD) == (today <= end.on)
    if found.cost_now is not None:
        assert found.phase is Phase.EXTENDED
    # Either AWS bills first or upgrades at once, never both at the end of standard support.
    if what[2] is False and what[0] in ("postgres", "mysql", "eks"):
        assert all(step.act is not Act.BILL for step in found.steps)


@settings(max_examples=150, deadline=None)
@given(_resources(), DAYS)
def test_a_phase_never_goes_back(what: tuple[str, str, bool | None], today: date) -> None:
    order = [Phase.STANDARD, Phase.EXTENDED, Phase.UNKNOWN, Phase.ENDED]
    phases = [_look(what, today + timedelta(days=days)).phase for days in (0, 1, 30, 400, 2000)]
    ranks = [order.index(phase) for phase in phases]
    assert ranks == sorted(ranks)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_the_third_year_begins_two_years_later(start: date) -> None:
    third = third_year("postgres", start)
    assert third is not None
    assert third.year == start.year + 2
    assert timedelta(days=729) <= third - start <= timedelta(days=731)
    assert third_year("aurora-mysql", start) is None


@given(st.text(max_size=80))
def test_words_from_outside_never_break_the_parsers(text: str) -> None:
    assert isinstance(numbers(plain_version(text)), tuple)
    assert vcpus(text) is None or isinstance(vcpus(text), int)
    assert normalised_size(text) is None or isinstance(normalised_size(text), float)


@given(st.integers(1, 64))
def test_vcpus_grow_with_the_size(factor: int) -> None:
    size = "xlarge" if factor == 1 else f"{factor}xlarge"
    assert vcpus(f"db.r6g.{size}") == 4 * factor


def test_a_copy_with_other_resources_is_judged_anew() -> None:
    both = inventory(running("eks", "1.31", name="a"), running("eks", "1.36", name="b"))
    now = datetime(2026, 11, 24, tzinfo=UTC)
    first = [found for _, found in outlooks(both, now)]
    one = both.model_copy(update={"resources": both.resources[1:]})
    assert [found for _, found in outlooks(one, now)] == first[1:]
    assert [found for _, found in outlooks(both, now)] == first
    assert both == inventory(running("eks", "1.31", name="a"), running("eks", "1.36", name="b"))
    assert both != one
    later = now + timedelta(days=100)
    assert [found.days_left for _, found in outlooks(both, later)] != [
        found.days_left for found in first
    ]
