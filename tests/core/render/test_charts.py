"""Charts and heat maps: their shapes, and their text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.documents import Chart, Document, HeatMap, Mark, Series, Tone, Unit
from offcall.core.render.charts import chart_lines, chart_of, heat_lines, heat_of, value_text
from offcall.core.render.html import to_html
from offcall.core.render.markdown import to_markdown
from offcall.core.render.marks import mark_lines
from offcall.core.render.view import View
from tests.core.render.test_html import Page

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
VIEW = View(now=START, zone=UTC)

values = st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=50).map(tuple)


def chart(
    *series: tuple[float | None, ...], stacked: bool = False, unit: Unit = Unit.COUNT
) -> Chart:
    named = tuple(Series(f"s{number}", one, Tone.BAD) for number, one in enumerate(series))
    return Chart("Requests", unit, START, MINUTE, named, stacked=stacked)


def numbers(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", path)]


@given(values, st.sampled_from(Unit))
def test_everything_lies_inside_the_picture(one: tuple[float | None, ...], unit: Unit) -> None:
    picture = chart_of(chart(one, unit=unit), UTC)
    (path,) = picture.paths
    points = numbers(path.line.replace("h0.5", ""))
    assert all(picture.left <= x <= picture.width for x in points[::2])
    assert all(0 <= y <= picture.floor for y in points[1::2])
    assert len(points) == 2 * sum(value is not None for value in one)


def test_a_line_has_gaps_where_there_are_no_values() -> None:
    (path,) = chart_of(chart((1, 2, None, 3, 4)), UTC).paths
    assert path.line.count("M") == 2
    assert chart_of(chart((1, None, 3)), UTC).paths[0].line.count("h0.5") == 2


def test_a_stack_ends_at_its_sum() -> None:
    first, second = chart_of(chart((1, 1), (3, 1), stacked=True), UTC).paths
    alone = chart_of(chart((4, 2)), UTC).paths[0]
    assert second.line == alone.line
    assert first.area.startswith("M")
    assert "0 to" not in second.summary


def test_levels_are_round_and_shares_end_at_all() -> None:
    assert [word for _, word in chart_of(chart((730,)), UTC).levels] == ["0", "500", "1,000"]
    levels = chart_of(chart((0.7,), unit=Unit.SHARE), UTC).levels
    assert [word for _, word in levels] == ["0%", "50.0%", "100%"]


@pytest.mark.parametrize(
    "step", [timedelta(seconds=1), MINUTE, timedelta(hours=1), timedelta(days=1)]
)
def test_ticks_are_few_and_round(step: timedelta) -> None:
    picture = chart_of(
        Chart("t", Unit.COUNT, START + timedelta(seconds=7), step, (Series("s", (1.0,) * 100),)),
        UTC,
    )
    assert 2 <= len(picture.ticks) <= 8
    assert [x for x, _ in picture.ticks] == sorted(x for x, _ in picture.ticks)


def test_marks_outside_are_left_out() -> None:
    marks = (Mark(START + MINUTE, "deploy"), Mark(START - MINUTE, "before"))
    block = Chart("t", Unit.COUNT, START, MINUTE, (Series("s", (1, 2, 3)),), marks=marks)
    (band,) = chart_of(block, UTC).bands
    assert (band.text, band.width) == ("deploy", 0)


def test_stretches_of_time_are_bands_and_end_where_the_chart_does() -> None:
    inside = Mark(START + MINUTE, "short", Tone.BAD, START + 2 * MINUTE, "1")
    over = Mark(START - MINUTE, "long", Tone.WARN, START + 99 * MINUTE, "2")
    gone = Mark(START - 9 * MINUTE, "gone", until=START - 5 * MINUTE)
    block = Chart(
        "t", Unit.COUNT, START, MINUTE, (Series("s", (1,) * 10),), marks=(inside, over, gone)
    )
    picture = chart_of(block, UTC)
    long, short = picture.bands
    assert (long.label, long.row, short.label, short.row) == ("2", 0, "1", 1)
    assert (long.x, long.x + long.width) == (picture.left, picture.right)
    assert long.width == pytest.approx(10 * short.width, abs=0.5)
    assert picture.top > chart_of(chart((1,)), UTC).top
    assert "2 long" in picture.summary
    assert mark_lines(block, 60) == ["2─────────", " 1"]


@given(
    st.lists(st.tuples(st.integers(-5, 300), st.integers(0, 100)), max_size=20),
    st.integers(1, 300),
)
def test_no_mark_lies_over_another(spans: list[tuple[int, int]], steps: int) -> None:
    marks = tuple(
        Mark(START + at * MINUTE, "m", until=START + (at + length) * MINUTE, label=str(number))
        for number, (at, length) in enumerate(spans)
    )
    block = Chart("t", Unit.COUNT, START, MINUTE, (Series("s", (1.0,) * steps),), marks=marks)
    bands = chart_of(block, UTC).bands
    for row in {one.row for one in bands}:
        mine = sorted((one.x, one.x + max(one.width, 16)) for one in bands if one.row == row)
        assert all(before[1] <= after[0] + 0.11 for before, after in pairwise(mine))
    text = "".join(mark_lines(block, 60))
    assert all(text.count(one) >= 1 for one in {one.label for one in bands})


@given(values)
def test_a_logarithmic_chart_lies_inside_too(one: tuple[float | None, ...]) -> None:
    block = Chart("t", Unit.SECONDS, START, MINUTE, (Series("s", one),), logarithmic=True)
    picture = chart_of(block, UTC)
    points = numbers(picture.paths[0].line.replace("h0.5", ""))
    assert all(picture.top <= y <= picture.floor for y in points[1::2])
    heights = [y for y, _ in picture.levels]
    assert heights == sorted(heights, reverse=True)
    assert all(picture.top - 0.1 <= y <= picture.floor for y in heights)


def test_levels_of_a_logarithmic_chart_are_powers_of_ten() -> None:
    block = Chart("t", Unit.SECONDS, START, MINUTE, (Series("s", (0.022, 20.7)),), logarithmic=True)
    assert [word for _, word in chart_of(block, UTC).levels] == ["10 ms", "100 ms", "1 s", "10 s"]


def test_a_heat_map_has_the_highest_class_on_top() -> None:
    block = HeatMap("Time", START, MINUTE, (("fast", (9, 0)), ("slow", (0, 1))))
    picture = heat_of(block, UTC)
    assert [word for _, word in picture.labels] == ["slow", "fast"]
    shades = {words: shade for *_, shade, words in picture.cells}
    assert shades == {"08:01, slow: 1": 3, "08:00, fast: 9": 8}
    assert [label for label, _ in heat_lines(block)] == ["slow", "fast"]


def test_nothing_to_draw() -> None:
    assert chart_of(chart(()), UTC).paths[0].line == ""
    assert heat_of(HeatMap("t", START, MINUTE, ()), UTC).cells == ()
    assert chart_lines(chart((None,))) == [("s0", "▁", "no values")]


def test_html_and_markdown() -> None:
    title = "<b>|"
    blocks = (
        Chart(title, Unit.SECONDS, START, MINUTE, (Series(title, (0.1, 2)),)),
        Chart(title, Unit.COUNT, START, MINUTE, (Series(title, (1, 2)),), stacked=True),
        HeatMap(title, START, MINUTE, ((title, (1, 2)),)),
    )
    html = to_html(Document("t", None, blocks), VIEW)
    assert title in Page(html).text
    assert "<b>" not in html
    markdown = to_markdown(Document("t", None, blocks), VIEW)
    assert "<b>" not in markdown.partition("```")[0]
    assert "100 ms to 2 s" in markdown


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234, Unit.COUNT, "1,234"),
        (1.5, Unit.COUNT, "1.5"),
        (0.25, Unit.SECONDS, "250 ms"),
        (125, Unit.SECONDS, "2 m 05 s"),
        (12_000, Unit.SECONDS, "3 h 20 m"),
        (0.25, Unit.SHARE, "25.0%"),
        (2048, Unit.BYTES, "2 KiB"),
        (1500, Unit.PER_SECOND, "1,500/s"),
    ],
)
def test_values(value: float, unit: Unit, text: str) -> None:
    assert value_text(value, unit) == text
