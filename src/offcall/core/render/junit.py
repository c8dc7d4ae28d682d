"""Findings as JUnit XML, which every CI shows: a finding is a test that failed.

The format, as its consumers agree on it: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from offcall.core.findings import Finding
from offcall.core.results import Result
from offcall.core.text import printable

__all__ = ["to_junit"]


def to_junit(result: Result) -> str:
    """One suite: a failed test for each finding, and a passed one for each resource without any."""
    findings = result.all_findings()
    bad = {one.resource.id for one in findings}
    well = [one for one in result.judged() if one.id not in bad]
    top = Element("testsuites", name="offcall")
    suite = SubElement(
        top,
        "testsuite",
        name=type(result).__name__,
        tests=str(len(findings) + len(well)),
        failures=str(len(findings)),
        errors="0",
        skipped="0",
    )
    for finding in findings:
        _failure(suite, finding)
    for resource in well:
        SubElement(suite, "testcase", name="nothing found", classname=_one_line(resource.id))
    if left_out := result.incomplete():
        SubElement(suite, "system-err").text = printable("\n".join(left_out))
    indent(top)
    return tostring(top, encoding="unicode", xml_declaration=False) + "\n"


def _failure(suite: Element, one: Finding) -> None:
    resource = one.resource
    place = {"file": resource.file, "line": resource.line and str(resource.line)}
    case = SubElement(
        suite,
        "testcase",
        {name: value for name, value in place.items() if value},
        name=one.rule,
        classname=_one_line(resource.id),
    )
    lines = [one.why, *map(str, one.evidence), *(f"fix: {step}" for step in one.fix.steps)]
    where = [resource.file and f"{resource.file}:{resource.line or 1}", resource.field]
    text = "\n".join(part for part in (" ".join(filter(None, where)), *lines) if part)
    failure = SubElement(case, "failure", type=one.severity.value, message=_one_line(one.title))
    failure.text = printable(text)


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
