"""Running a program and looking at what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

__all__ = ["captured"]


def captured(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run it to its end; its exit code and both outputs as text."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)
