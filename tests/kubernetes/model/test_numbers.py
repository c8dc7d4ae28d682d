from __future__ import annotations

from decimal import Decimal
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.kubernetes.model.quantities import int_or_percent, is_percent, quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100m", "0.1"),
        ("2", "2"),
        (2, "2"),
        (0.5, "0.5"),
        ("128Mi", "134217728"),
        ("1Gi", "1073741824"),
        ("1.5Gi", "1610612736"),
        ("1G", "1000000000"),
        ("1e3", "1000"),
        ("1E", "1000000000000000000"),
        ("1E2", "100"),
        ("12e-1", "1.2"),
        (".5", "0.5"),
        ("100n", "0.0000001"),
        ("-1", "-1"),
    ],
)
def test_quantities_as_the_api_reads_them(text: Any, value: str) -> None:
    assert quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", [None, True, "", "m", "1 Gi", "1gi", "1K", [], "1e999", "0x10"])
def test_what_is_no_quantity_is_none(text: Any) -> None:
    assert quantity(text) is None


@given(st.integers(0, 300), st.integers(0, 10_000), st.booleans())
def test_percentages_round_as_asked(percent: int, total: int, up: bool) -> None:
    exact = Decimal(percent) * total / 100
    assert int_or_percent(f"{percent}%", total, up=up) == (ceil(exact) if up else floor(exact))
    assert int_or_percent(percent, total, up=up) == percent


@pytest.mark.parametrize("value", [None, True, "25", "25.5%", "%", 1.5, "-1%"])
def test_what_is_neither_a_count_nor_a_percentage(value: Any) -> None:
    assert int_or_percent(value, 10, up=True) is None
    assert not is_percent(value)
