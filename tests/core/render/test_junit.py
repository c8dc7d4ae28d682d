from __future__ import annotations

from xml.etree.ElementTree import fromstring

from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.core.render import render
from tests.core.render.sample import FINDINGS, FORCED, VIEW, Sample

WEB = Resource(
    kind="kubernetes deployment",
    id="Deployment/shop/web",
    name="web",
    file="k8s/web.yaml",
    line=12,
    field="spec.replicas",
)


class Looked(Sample):
    def judged(self) -> tuple[Resource, ...]:
        return (FORCED.resource, WEB)


def test_a_finding_is_a_test_that_failed_at_a_place() -> None:
    finding = Finding(
        rule="k8s-single-replica",
        severity=Severity.HIGH,
        title="one <replica>\nonly",
        resource=WEB,
        why="A drain takes it away.",
        evidence=(Evidence(name="replicas", value="1"),),
        fix=Fix(steps=("set replicas to 2",)),
    )
    (suite,) = fromstring(render(Sample(findings=(finding,)), "junit", VIEW))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    (case,) = suite.findall("testcase")
    assert case.attrib == {
        "file": "k8s/web.yaml",
        "line": "12",
        "name": "k8s-single-replica",
        "classname": "Deployment/shop/web",
    }
    failure = case[0]
    assert failure.attrib == {"type": "high", "message": "one <replica> only"}
    assert (failure.text or "").splitlines() == [
        "k8s/web.yaml:12 spec.replicas",
        "A drain takes it away.",
        "replicas: 1",
        "fix: set replicas to 2",
    ]


def test_what_is_well_is_a_test_that_passed() -> None:
    suite = fromstring(render(Looked(findings=FINDINGS), "junit", VIEW))[0]
    passed = [case.get("classname") for case in suite.findall("testcase") if not len(case)]
    assert passed == ["Deployment/shop/web"]
    assert suite.get("tests") == str(len(FINDINGS) + 1)


def test_control_characters_do_not_break_it() -> None:
    finding = FORCED.model_copy(update={"title": "a\x00b\x1b[31m", "why": "\x0c"})
    assert fromstring(render(Sample(findings=(finding,)), "junit", VIEW)) is not None
