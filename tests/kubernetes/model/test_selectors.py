from __future__ import annotations

from typing import Any

import pytest

from offcall.kubernetes.model.selectors import Selector

EXPRESSION = {"matchExpressions": [{"key": "a", "operator": "In", "values": ["1", "2"]}]}


@pytest.mark.parametrize(
    ("body", "labels", "matches"),
    [
        (None, {"a": "1"}, False),
        ({}, {}, True),
        ({}, {"a": "1"}, True),
        ({"matchLabels": {"a": "1"}}, {"a": "1", "b": "2"}, True),
        ({"matchLabels": {"a": "1", "b": "1"}}, {"a": "1", "b": "2"}, False),
        (EXPRESSION, {"a": "2"}, True),
        (EXPRESSION, {"a": "3"}, False),
        (EXPRESSION, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}, {}, True),
        (
            {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]},
            {"a": "1"},
            False,
        ),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {"a": ""}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Like"}]}, {"a": "1"}, False),
        ({"matchLabels": {"a": "1"}, **EXPRESSION}, {"a": "2"}, False),
    ],
)
def test_label_selectors(body: Any, labels: dict[str, str], matches: bool) -> None:
    assert Selector.of(body).matches(labels) is matches


@pytest.mark.parametrize("body", [None, {}])
def test_a_service_without_a_selector_selects_nothing(body: Any) -> None:
    assert not Selector.of_labels(body).matches({})


def test_null_and_empty_are_two_things() -> None:
    assert Selector.of(None).is_null
    assert not Selector.of(None).is_empty
    assert Selector.of({}).is_empty
    assert str(Selector.of(EXPRESSION)) == "a In (1, 2)"
