"""A sample estate, so that everything runs with nothing configured.

Its clock stands still, so that its answers are the same on every day and in every document.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.history.database import History

__all__ = ["ESTATE", "NOW", "prepare"]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""The time at which the sample estate is looked at."""

ESTATE = Path(__file__).with_name("estate") / "offcall.yaml"
"""The sample estate's file."""


def prepare(ctx: Context, history: History) -> None:
    """Fill the history of a demo run; see `offcall.demo.seed`."""
    from offcall.demo.seed import prepare as fill

    fill(ctx, history)
