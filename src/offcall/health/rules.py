"""What an EventBridge rule's pattern lets through of AWS Health. Pure.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import fnmatch
from typing import Any

__all__ = ["fits", "left_out", "narrowed_by"]

SOURCE = "aws.health"
USUAL, ABUSE = "AWS Health Event", "AWS Health Abuse Event"


def fits(pattern: dict[str, Any]) -> bool:
    """Whether the pattern names the source of Health events, or any."""
    sources = pattern.get("source")
    return isinstance(sources, list) and _matches(sources, SOURCE)


def left_out(pattern: dict[str, Any], *, account: str | None, region: str) -> tuple[str, ...]:
    """Members of the envelope by which the usual event of this account and region is left out."""
    values = {"detail-type": USUAL, "region": region, "account": account}
    return tuple(
        name
        for name, value in values.items()
        if name in pattern and value is not None and not _matches(pattern[name], value)
    )


def narrowed_by(pattern: dict[str, Any]) -> tuple[str, ...]:
    """Members by which some Health events are left out."""
    names = sorted(pattern.get("detail") or {})
    if "detail-type" in pattern and not _matches(pattern["detail-type"], ABUSE):
        names.append("detail-type")
    return tuple(names)


def _matches(conditions: Any, value: str) -> bool:
    wanted = conditions if isinstance(conditions, list) else [conditions]
    return any(_one(condition, value) for condition in wanted)


def _one(condition: Any, value: str) -> bool:
    if not isinstance(condition, dict):
        return bool(condition == value)
    for how, what in condition.items():
        if how == "anything-but":
            return not _matches(what, value)
        if isinstance(what, dict):
            # {"prefix": {"equals-ignore-case": "aws."}}
            folded = {how: str(next(iter(what.values()), "")).casefold()}
            return _one(folded, value.casefold())
        if how == "exists":
            return what is True
        text = str(what)
        test = {
            "prefix": value.startswith(text),
            "suffix": value.endswith(text),
            "equals-ignore-case": value.casefold() == text.casefold(),
            "wildcard": fnmatch.fnmatchcase(value, text.replace("[", "[[]").replace("?", "[?]")),
        }
        return test.get(how, False)
    return False
