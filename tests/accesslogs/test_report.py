"""`logs report`: one page from one pass, with what was not as usual marked and told."""

from __future__ import annotations

from datetime import UTC

import pytest

from offcall.accesslogs.anomalies.results import AnomalyList
from offcall.accesslogs.report import MARKED, Report
from offcall.accesslogs.results.groups import Top
from offcall.core.documents import Bullets, Chart, Document, HeatMap
from offcall.core.registry import find_tool
from offcall.core.render.markdown import to_markdown
from offcall.core.render.terminal import to_terminal
from offcall.core.render.view import View
from offcall.surfaces.cli.session import open_context
from tests.surfaces.cli.test_demo_outputs import DEMO


@pytest.fixture(scope="module")
def report() -> Report:
    with open_context(DEMO) as ctx:
        made = find_tool("logs report").call(ctx)
    assert isinstance(made, Report)
    return made


def charts(document: Document) -> list[Chart]:
    return [one for one in document.blocks if isinstance(one, Chart)]


def test_marks_have_the_numbers_of_what_is_told(report: Report) -> None:
    document = report.document(UTC)
    requests, times = charts(document)
    assert [(one.label, one.at, one.until) for one in requests.marks] == [
        (str(number), one.start, one.end)
        for number, one in enumerate(report.anomalies.incidents, 1)
    ]
    assert not times.marks
    told = next(one for one in document.blocks if isinstance(one, Bullets) and one.numbered)
    assert len(told.items) == len(requests.marks) == 2
    assert "10.20.13.23:8080" in str(told.items[0])


def test_what_was_slow_is_marked_where_times_are(report: Report) -> None:
    (first, *_) = report.anomalies.incidents
    slow = first.model_copy(update={"kind": "slow"})
    changed = report.model_copy(
        update={"anomalies": report.anomalies.model_copy(update={"incidents": (first, slow)})}
    )
    requests, times = charts(changed.document(UTC))
    assert [one.label for one in requests.marks] == ["1"]
    assert [one.label for one in times.marks] == ["2"]


def test_the_furthest_from_usual_are_marked_when_there_are_many(report: Report) -> None:
    (first, *_) = report.anomalies.incidents
    many = tuple(first.model_copy(update={"score": float(one)}) for one in range(MARKED + 3))
    changed = report.model_copy(
        update={"anomalies": report.anomalies.model_copy(update={"incidents": many})}
    )
    document = changed.document(UTC)
    assert len(charts(document)[0].marks) == MARKED
    text = to_terminal(document, View(now=first.start, zone=UTC))
    assert "3 more incidents, nearer to usual: offcall logs anomalies" in text


def test_text_and_markdown_have_the_marks_too(report: Report) -> None:
    document = report.document(UTC)
    view = View(now=charts(document)[0].start, zone=UTC)
    for text in (to_terminal(document, view), to_markdown(document, view)):
        assert " 1────" in text
        assert " 2────" in text
        assert "Since 08:32 UTC on 24 Nov: 12.2% of all requests answered with 5xx" in text


def test_it_agrees_with_the_tools_that_answer_each_question(report: Report) -> None:
    with open_context(DEMO) as ctx:
        anomalies = find_tool("logs anomalies").call(ctx)
        top = find_tool("logs top").call(ctx, limit=10)
    assert isinstance(anomalies, AnomalyList)
    assert isinstance(top, Top)
    assert report.anomalies == anomalies.anomalies
    assert report.routes.groups == top.groups
    heat = next(one for one in report.document(UTC).blocks if isinstance(one, HeatMap))
    assert report.whole is not None
    assert sum(map(sum, (counts for _, counts in heat.rows))) == report.whole.timed
