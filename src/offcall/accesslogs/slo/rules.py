"""Prometheus rules for the same objective: what is recorded, and when it alerts. Pure.

Recording rules are named level:metric:operations, as Prometheus asks for
(https://prometheus.io/docs/practices/rules/); the alerts are those of The Site Reliability
Workbook, "Alerting on SLOs", for the same windows and rates as `logs slo`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import yaml

from offcall.accesslogs.slo.objective import BURNS, Burn, Objective
from offcall.core.errors import UserError

__all__ = ["rules"]

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def rules(
    service: str,
    objective: Objective,
    *,
    metric: str = "http_request_duration_seconds",
    labels: Mapping[str, str] | None = None,
    code: str = "code",
) -> str:
    """A rules file.

    Args:
        service: what the rules are about; a label of all of them.
        metric: a histogram of seconds: `METRIC_bucket` and `METRIC_count` are used.
        labels: which of its series are the service's; `{"job": service}` by default.
        code: the label with the status.

    Raises:
        UserError: what Prometheus would not take for a name.
    """
    for name, form in ((metric, _NAME), (code, _LABEL), *((one, _LABEL) for one in labels or {})):
        if form.fullmatch(name) is None:
            raise UserError("Prometheus takes no such name", value=name, expected=form.pattern)
    chosen = dict(labels or {"job": service})
    windows = sorted({each for one in BURNS for each in (one.long, one.short)})
    about = {"service": service, "objective": objective.text}
    recorded: list[dict[str, Any]] = [
        {
            "record": f"service:slo_errors_per_request:ratio_rate{_window(window)}",
            "expr": _bad(objective, metric, chosen, code, _window(window)),
            "labels": dict(about),
        }
        for window in windows
    ]
    group = {
        "name": f"offcall-slo-{_plain(service)}-{_plain(objective.text)}",
        "rules": [*recorded, *_alerts(objective, about)],
    }
    head = f"# {service}: {objective.text}\n# Made by offcall logs rules.\n"
    return head + yaml.safe_dump({"groups": [group]}, sort_keys=False, width=1000)


def _bad(
    objective: Objective, metric: str, labels: Mapping[str, str], code: str, window: str
) -> str:
    """Which part of the requests was not good."""
    all_of = f"sum(rate({metric}_count{_selector(labels)}[{window}]))"
    answered = (*labels.items(), (code, "5..", "!~"))
    if objective.under is None:
        failed = (*labels.items(), (code, "5..", "=~"))
        return f"(sum(rate({metric}_count{_selector(failed)}[{window}])) or vector(0)) / {all_of}"
    bound = float(objective.under)
    good = (*answered, ("le", f"{bound:g}"))
    return f"1 - sum(rate({metric}_bucket{_selector(good)}[{window}])) / {all_of}"


def _selector(labels: Any) -> str:
    pairs = labels.items() if isinstance(labels, Mapping) else labels
    parts = []
    for name, value, *operator in pairs:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        parts.append(f'{name}{operator[0] if operator else "="}"{escaped}"')
    return "{" + ",".join(parts) + "}"


def _alerts(objective: Objective, about: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name, page in (("page", True), ("ticket", False)):
        burns = [one for one in BURNS if one.page is page]
        yield {
            "alert": "ErrorBudgetBurns",
            "expr": "\nor\n".join(_condition(one, objective, about) for one in burns),
            "labels": {**about, "severity": name},
            "annotations": {
                "summary": f"{about['service']} burns the error budget of "
                f"'{objective.text}' too fast",
                "description": "Bad requests are {{ $value | humanizePercentage }} of all; "
                f"{float(100 - objective.share):g} % may be.",
            },
        }


def _condition(one: Burn, objective: Objective, about: Mapping[str, str]) -> str:
    limit = f"{one.rate:g} * {objective.budget:.6g}"
    parts = (
        f"service:slo_errors_per_request:ratio_rate{_window(window)}{_selector(about)} > {limit}"
        for window in (one.long, one.short)
    )
    return "(" + " and ".join(parts) + ")"


def _window(length: timedelta) -> str:
    """As Prometheus writes it: 5m, 1h, 3d."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
