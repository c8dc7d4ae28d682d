from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from offcall.core.documents import Document, Timeline, Tone
from offcall.core.render.svg import picture_of
from offcall.core.render.terminal import to_terminal
from offcall.core.render.timeline import TEXTURES, legend_of, ticks_of
from tests.core.render.sample import NOW, TIMELINE, VIEW, at


def drawn(width: int = 80, block: Timeline = TIMELINE) -> list[str]:
    text = to_terminal(Document("T", None, (block,)), replace(VIEW, width=width))
    return text.splitlines()[2:]


def test_textures_tell_tones_apart_without_colour() -> None:
    assert len(set(TEXTURES.values())) == len(Tone)


def test_picture_in_a_terminal() -> None:
    axis, bar, mark, legend = drawn()
    assert axis.split() == [
        "╷Q1", "26", "╷Q2", "26", "╷Q3", "26", "╷Q4", "26", "╷Q1", "27", "╷Q2", "27", "╷Q3", "27",
        "╷Q4", "27",
    ]  # fmt: skip
    assert bar.startswith("orders-prod  ━━━━")
    assert bar.endswith("█")
    assert len(bar) == 80
    assert mark.strip() == "◆ 3 Dec 2026 forced upgrade"
    assert legend.strip() == "━━ standard · ▒▒ extended · ██ forced · │ now · ◆ date"


def test_columns_are_where_the_dates_are() -> None:
    bar = drawn(100)[1][13:]
    length = at(2028, 1, 1) - at(2026, 1, 1)
    assert bar.index("▒") == int((at(2026, 6, 1) - at(2026, 1, 1)) / length * 87)
    assert bar.index("█") == int((at(2027, 6, 1) - at(2026, 1, 1)) / length * 87)
    assert bar.index("│") == int((NOW - at(2026, 1, 1)) / length * 87)


@pytest.mark.parametrize("days", [2, 10, 45, 100, 400, 2000, 9000])
def test_ticks_are_few_and_inside(days: int) -> None:
    block = Timeline(NOW, NOW + timedelta(days=days), NOW, ())
    ticks = ticks_of(block, 8)
    assert len(ticks) <= 8
    assert all(block.start <= moment <= block.end for moment, _ in ticks)
    assert len({word for _, word in ticks}) == len(ticks)


def test_nothing_to_draw() -> None:
    assert drawn(block=Timeline(NOW, NOW, NOW, ())) == ["nothing on the timeline"]
    assert picture_of(Timeline(NOW, NOW, NOW, ()), VIEW).rows == ()


def test_legend_joins_words_of_one_tone() -> None:
    bar = TIMELINE.bars[0]
    again = replace(bar, spans=((NOW, at(2027, 1, 1), Tone.WARN, "extended, year 3"),))
    assert legend_of(replace(TIMELINE, bars=(bar, again)))[1] == (
        Tone.WARN,
        "extended, extended, year 3",
    )


def test_picture_in_svg_places_marks_and_words() -> None:
    picture = picture_of(TIMELINE, VIEW)
    (row,) = picture.rows
    (point,) = row.points
    share = (at(2026, 12, 3) - at(2026, 1, 1)) / (at(2028, 1, 1) - at(2026, 1, 1))
    assert point.x == round(share * picture.width, 1)
    assert row.boxes[0].x == 0
    assert row.boxes[-1].x + row.boxes[-1].width == pytest.approx(picture.width)
    assert row.dates == ("3 Dec 2026 forced upgrade",)
    for box in row.boxes:
        assert not (box.fits and box.text_x - 8 < point.x < box.text_x + 40)
