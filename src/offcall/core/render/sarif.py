"""Findings as SARIF 2.1.0, for code scanning and editors.

Specification: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from offcall import __version__
from offcall.core.findings import Finding, Severity
from offcall.core.render.humane import time_text
from offcall.core.render.view import View
from offcall.core.results import Result
from offcall.core.text import safe_url

__all__ = ["to_sarif"]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub sorts alerts by this number, from 0 to 10.
SECURITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}


def to_sarif(result: Result, view: View) -> str:
    """The result's findings as one run."""
    findings = result.all_findings()
    rules: dict[str, dict[str, Any]] = {}
    for one in findings:
        rules.setdefault(one.rule, _rule(one))
    order = {rule: number for number, rule in enumerate(rules)}
    notes = [{"level": "warning", "message": {"text": line}} for line in result.incomplete()]
    invocation: dict[str, Any] = {"executionSuccessful": True, "endTimeUtc": _utc(view)}
    if notes:
        invocation["toolExecutionNotifications"] = notes
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "offcall",
                        "semanticVersion": __version__,
                        "rules": list(rules.values()),
                    }
                },
                "invocations": [invocation],
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, order[one.rule], view) for one in findings],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(one: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": one.rule,
        "shortDescription": {"text": one.rule.replace("-", " ").capitalize()},
        "defaultConfiguration": {"level": LEVELS[one.severity]},
        "properties": {"problem.severity": one.severity.value},
    }
    if one.why:
        rule["fullDescription"] = {"text": one.why}
        rule["help"] = {"text": one.why}
    if help_uri := safe_url(one.source):
        rule["helpUri"] = help_uri
    return rule


def _result(one: Finding, index: int, view: View) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "severity": one.severity.value,
        "security-severity": SECURITY[one.severity],
        "evidence": [str(fact) for fact in one.evidence],
    }
    for name in ("owner", "runbook"):
        if (value := getattr(one, name)) is not None:
            properties[name] = value.model_dump(mode="json")
    for name in ("starts", "deadline"):
        if (at := getattr(one, name)) is not None:
            properties[name] = at.isoformat()
    if one.category:
        properties["category"] = one.category
    return {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": LEVELS[one.severity],
        "message": {"text": _message(one, view)},
        "locations": [_location(one)],
        "partialFingerprints": {"offcall/v1": one.fingerprint},
        "properties": properties,
    }


def _message(one: Finding, view: View) -> str:
    parts = [f"{one.resource.label}: {one.title}"]
    if one.deadline is not None:
        parts.append(f"Due {time_text(one.deadline, view.zone)}.")
    if one.owner is not None:
        parts.append(f"Owner: {one.owner.name}.")
    if one.next_step:
        parts.append(f"Next: {one.next_step}")
    return "\n".join(parts)


def _location(one: Finding) -> dict[str, Any]:
    resource = one.resource
    location: dict[str, Any] = {
        "logicalLocations": [
            {
                "name": resource.label,
                "fullyQualifiedName": resource.id,
                "kind": resource.kind,
            }
        ]
    }
    if resource.field is not None:
        location["logicalLocations"].append(
            {"name": resource.field, "fullyQualifiedName": f"{resource.id}:{resource.field}"}
        )
    if resource.file is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(resource.file)}}
        if resource.line is not None:
            physical["region"] = {"startLine": resource.line}
        location["physicalLocation"] = physical
    return location


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _utc(view: View) -> str:
    from datetime import UTC

    return view.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
