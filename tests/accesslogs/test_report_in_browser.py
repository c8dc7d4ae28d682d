"""`logs report` in a real browser: the pictures are drawn, and can be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.servers.browser import chromium

__all__ = ["chromium"]

Scheme = Literal["light", "dark"]
Open = Callable[[int, Scheme], Page]

LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
"""A desk and a phone."""

SHAPES = """
() => [...document.querySelectorAll('svg[role=img]')].map(svg => ({
  name: svg.getAttribute('class'),
  title: svg.querySelector('title').textContent,
  box: svg.getBoundingClientRect().toJSON(),
  shapes: [...svg.querySelectorAll('path, rect, line')].map(one => ({
    kind: one.tagName, data: one.getAttribute('d') || '', box: one.getBoundingClientRect().toJSON(),
    length: one.getTotalLength(), fill: getComputedStyle(one).fill,
    stroke: getComputedStyle(one).stroke})),
  texts: [...svg.querySelectorAll('text')].map(one => ({
    words: one.textContent, box: one.getBoundingClientRect().toJSON(),
    colour: getComputedStyle(one).fill})),
}))
"""
CONTRAST = """
() => {
  const parts = text => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = text => parts(text).map(one => one / 255)
    .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const sheet = light(getComputedStyle(document.querySelector('.oc-sheet')).backgroundColor);
  const found = {};
  const words = 'h1, h2, h3, p, li, td, th, span, svg .oc-fill-muted';
  for (const one of document.querySelectorAll(words)) {
    const own = [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
    if (!own.some(node => node.textContent.trim())) continue;
    const style = getComputedStyle(one);
    const colour = light(one.tagName === 'text' ? style.fill : style.color);
    const ratio = (Math.max(sheet, colour) + 0.05) / (Math.min(sheet, colour) + 0.05);
    if (ratio < 4.5) found[one.textContent.trim().slice(0, 40)] = ratio;
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the sample logs, as anybody makes it."""
    page = tmp_path_factory.mktemp("report") / "report.html"
    program = Path(sys.executable).with_name("offcall")
    with page.open("wb") as out:
        command = [str(program), "logs", "report", "--demo", "--output", "html"]
        subprocess.run(command, stdout=out, check=True, timeout=120)
    return page.as_uri()


@pytest.fixture
def look(chromium: Browser, address: str) -> Iterator[Open]:
    """Opens the report; when the test is over, nothing must have gone wrong in the browser."""
    wrong: list[str] = []
    contexts = []

    def open_(width: int, scheme: Scheme) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == [address] * len(contexts), "the page alone is loaded, and says nothing"


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        min(one["right"], other["right"]) - max(one["left"], other["left"]) > 0.5
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 0.5
    )


def inside(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["left"] >= other["left"] - 1
        and one["right"] <= other["right"] + 1
        and one["top"] >= other["top"] - 1
        and one["bottom"] <= other["bottom"] + 1
    )


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pictures_are_drawn(look: Open, width: int, scheme: Scheme) -> None:
    pictures: list[dict[str, Any]] = look(width, scheme).evaluate(SHAPES)
    assert [one["name"] for one in pictures] == ["oc-chart", "oc-chart", "oc-heat"]
    for one in pictures:
        assert one["box"]["width"] > 300
        assert one["box"]["height"] > 100
        for shape in one["shapes"]:
            assert shape["box"]["width"] + shape["box"]["height"] > 0
            assert shape["length"] > 0
            assert inside(shape["box"], one["box"])
            assert (shape["fill"], shape["stroke"]) != ("none", "none")
    requests, times, heat = pictures
    areas = [one for one in requests["shapes"] if one["kind"] == "path"]
    lines = [one for one in times["shapes"] if one["kind"] == "path"]
    assert [one["data"][-1] for one in areas] == ["Z"] * 3
    assert len(lines) == 3
    assert all(one["box"]["width"] > 0.8 * times["box"]["width"] for one in lines)
    assert sum(one["kind"] == "rect" for one in heat["shapes"]) > 300


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_text_lies_over_another_or_over_a_line(look: Open, width: int, scheme: Scheme) -> None:
    for one in look(width, scheme).evaluate(SHAPES):
        texts = one["texts"]
        assert len(texts) > 8
        for number, text in enumerate(texts):
            assert inside(text["box"], one["box"]), text["words"]
            assert text["box"]["height"] > 7, "too small to be read"
            for other in texts[number + 1 :]:
                assert not overlap(text["box"], other["box"]), (text["words"], other["words"])
            if one["name"] == "oc-chart" and len(text["words"]) > 1:
                for shape in one["shapes"]:
                    assert not overlap(text["box"], shape["box"]), text["words"]


def test_anomalies_are_marked_where_they_were_and_told_below(look: Open) -> None:
    page = look(1280, "light")
    marks = page.locator("svg.oc-chart .oc-mark")
    told = page.locator("ol li")
    assert marks.count() == told.count() == 2
    assert marks.locator("text").all_text_contents() == ["1", "2"]
    ticks = {}
    for one in page.locator("svg.oc-chart >> nth=0").locator("text").all():
        box = one.bounding_box()
        assert box is not None
        ticks[one.text_content()] = box["x"]
    first, second = (mark.bounding_box() for mark in marks.all())
    assert first is not None
    assert second is not None
    # 08:32 and 08:45; a tick's text is centred, a mark begins at its time.
    assert ticks["08:30"] < first["x"] < ticks["08:40"] < second["x"] < ticks["08:50"]
    assert "Since 08:32" in told.nth(0).inner_text()
    assert "10.20.13.23:8080" in told.nth(0).inner_text()
    assert "Since 08:45" in told.nth(1).inner_text()
    assert "198.51.100.77" in told.nth(1).inner_text()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_page_is_as_wide_as_the_window(look: Open, width: int, scheme: Scheme) -> None:
    page = look(width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == {}
