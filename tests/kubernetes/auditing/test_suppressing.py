from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.kubernetes.auditing.baseline import load_baseline, write_baseline
from offcall.kubernetes.auditing.choosing import choose
from offcall.kubernetes.auditing.judging import Baseline, Judged, judge
from offcall.kubernetes.auditing.reasons import Reason, parse_reason
from tests.kubernetes.build import cluster, deployment

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SINGLE = deployment(spec="replicas: 1")


def judged(text: str, baseline: Baseline | None = None) -> Judged:
    return judge(cluster(text), choose(Estate(), only=["single-replica"]), NOW, baseline)


def annotated(where: str, value: str, name: str = "single-replica") -> str:
    line = f"annotations: {{offcall.io/ignore-{name}: {value!r}}}"
    if where == "object":
        return SINGLE.replace(
            "{name: web, namespace: shop}", f"{{name: web, namespace: shop, {line}}}"
        )
    if where == "template":
        return SINGLE.replace("metadata: {labels:", f"metadata: {{{line}, labels:")
    return SINGLE + f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, {line}}}\n"


def titles(found: Judged) -> list[str]:
    return [finding.title for group in found.groups for finding in group.findings]


def test_without_anything_it_is_found() -> None:
    assert titles(judged(SINGLE)) == ["only 1 replica"]


@pytest.mark.parametrize("where", ["object", "template", "namespace"])
@pytest.mark.parametrize("name", ["single-replica", "k8s-single-replica"])
def test_an_annotation_suppresses_with_its_reason_and_place(where: str, name: str) -> None:
    found = judged(annotated(where, "one leader until 2026-12-31", name))
    assert titles(found) == []
    (one,) = found.suppressed
    assert (one.reason, one.until) == ("one leader", date(2026, 12, 31))
    assert one.by.startswith("manifest.yaml:")
    assert one.finding.title == "only 1 replica"
    assert found.groups[0].score == 100
    assert found.notes == ()


def test_the_last_day_counts_and_the_day_after_it_is_back() -> None:
    assert titles(judged(annotated("object", "x until 2026-11-24"))) == []
    found = judged(annotated("object", "one leader until 2026-11-23"))
    assert found.suppressed == ()
    (finding,) = found.groups[0].findings
    assert str(finding.evidence[-1]) == "was suppressed until: 2026-11-23: one leader"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("single-replica", "", "a reason is expected"),
        ("single-replica", " until 2027-01-01", "a reason is expected"),
        ("single-replica", "soon until spring", "a date such as"),
        ("singel-replica", "why", "did you mean 'single-replica'?"),
    ],
)
def test_an_annotation_that_does_not_work_says_so(name: str, value: str, said: str) -> None:
    found = judged(annotated("object", value, name))
    assert titles(found) == ["only 1 replica"]
    (note,) = found.notes
    assert note.startswith("manifest.yaml:")
    assert said in note


def test_the_annotation_of_another_check_does_not_count() -> None:
    assert titles(judged(annotated("object", "why", "no-requests"))) == ["only 1 replica"]


def test_reasons() -> None:
    assert parse_reason(" moves ") == Reason("moves")
    assert parse_reason("waits until we move") == Reason("waits until we move")
    assert parse_reason("moves until 2027-01-31") == Reason("moves", date(2027, 1, 31))


class TestBaseline:
    def test_what_is_written_suppresses_what_was_found_and_nothing_else(
        self, tmp_path: Path
    ) -> None:
        file = tmp_path / "known.yaml"
        write_baseline(file, judged(SINGLE).found, Reason("old", date(2027, 1, 1)), {})
        known = Baseline("known.yaml", load_baseline(file))
        found = judged(SINGLE + deployment("new", spec="replicas: 1"), known)
        assert [one.finding.resource.name for one in found.suppressed] == ["shop/web"]
        assert [(one.reason, one.by) for one in found.suppressed] == [("old", "known.yaml")]
        assert [finding.resource.name for group in found.groups for finding in group.findings] == [
            "shop/new"
        ]
        assert len(found.found) == 2

    def test_what_was_known_keeps_its_reason(self, tmp_path: Path) -> None:
        file = tmp_path / "known.yaml"
        first = judged(SINGLE).found
        write_baseline(file, first, Reason("old"), {})
        again = judged(SINGLE + deployment("new", spec="replicas: 1")).found
        write_baseline(file, again, Reason("newer"), load_baseline(file))
        assert sorted(one.text for one in load_baseline(file).values()) == ["newer", "old"]

    def test_an_end_that_is_over_brings_it_back(self) -> None:
        (finding,) = judged(SINGLE).found
        over = Baseline("b", {finding.fingerprint: Reason("x", date(2026, 1, 1))})
        assert titles(judged(SINGLE, over)) == ["only 1 replica"]

    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ("{fingerprint: 0123456789abcdef, check: a, resource: b}", "reason"),
            ("{fingerprint: 0123456789abcdef, check: a, resource: b, reason: ' '}", "say why"),
            ("{fingerprint: nope, check: a, resource: b, reason: c}", "fingerprint"),
        ],
    )
    def test_what_cannot_be_used_is_named_with_its_line(
        self, entry: str, said: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "known.yaml"
        file.write_text(f"baseline: offcall.kubernetes/1\nfindings:\n  - {entry}\n")
        with pytest.raises(UserError, match=said) as caught:
            load_baseline(file)
        assert (caught.value.file, caught.value.line) == (str(file), 3)

    def test_a_fingerprint_of_digits_is_text_all_the_same(self, tmp_path: Path) -> None:
        file = tmp_path / "known.yaml"
        file.write_text(
            "baseline: offcall.kubernetes/1\nfindings:\n"
            "  - {fingerprint: 1234567890123456, check: a, resource: b, reason: c}\n"
        )
        assert load_baseline(file) == {"1234567890123456": Reason("c")}
