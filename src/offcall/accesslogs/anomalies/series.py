"""Series of equal steps: how many requests, how many failed, how slow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Series"]

Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Series:
    """One route, or all requests.

    Attributes:
        route: None is all requests.
        start: epoch second of the first step.
        step: seconds.
        requests, client_errors, server_errors, timed: counts in each step.
        p95: seconds, NaN where nothing was timed.
    """

    route: str | None
    start: int
    step: int
    requests: Floats
    client_errors: Floats
    server_errors: Floats
    timed: Floats
    p95: Floats
