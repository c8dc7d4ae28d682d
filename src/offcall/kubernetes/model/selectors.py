"""Label selectors: null selects nothing, an empty one selects everything.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Requirement", "Selector"]

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of `matchExpressions`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """Whether labels fulfil it; an operator that there is not is never fulfilled."""
        test = _OPERATORS.get(self.operator)
        return test is not None and test(labels.get(self.key), self.values)


_OPERATORS: dict[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}


@dataclass(frozen=True, slots=True)
class Selector:
    """`matchLabels` and `matchExpressions`, all of which must be fulfilled.

    Attributes:
        is_null: there is no selector at all.
    """

    labels: tuple[tuple[str, str], ...] = ()
    expressions: tuple[Requirement, ...] = ()
    is_null: bool = False

    @classmethod
    def of(cls, body: Any) -> Selector:
        """A `LabelSelector` of the API."""
        if not isinstance(body, dict):
            return cls(is_null=True)
        expressions = body.get("matchExpressions")
        return cls(
            _pairs(body.get("matchLabels")),
            tuple(
                Requirement(
                    str(one.get("key", "")),
                    str(one.get("operator", "")),
                    tuple(map(str, one.get("values") or ())),
                )
                for one in (expressions if isinstance(expressions, list) else ())
                if isinstance(one, dict)
            ),
        )

    @classmethod
    def of_labels(cls, body: Any) -> Selector:
        """The plain map of a Service: an empty or missing one selects nothing."""
        pairs = _pairs(body)
        return cls(pairs, is_null=not pairs)

    @property
    def is_empty(self) -> bool:
        """Whether it selects everything."""
        return not (self.is_null or self.labels or self.expressions)

    def matches(self, labels: Labels) -> bool:
        """Whether it selects what has these labels."""
        if self.is_null:
            return False
        for key, value in self.labels:
            if labels.get(key) != value:
                return False
        return all(one.matches(labels) for one in self.expressions)

    def __str__(self) -> str:
        if self.is_null:
            return "nothing"
        parts = [f"{key}={value}" for key, value in self.labels]
        for one in self.expressions:
            values = f" ({', '.join(one.values)})" if one.values else ""
            parts.append(f"{one.key} {one.operator}{values}")
        return ", ".join(parts) or "everything"


def _pairs(body: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(body, dict):
        return ()
    return tuple((str(key), str(value)) for key, value in body.items())
