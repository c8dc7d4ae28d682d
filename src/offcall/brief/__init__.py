"""The brief: what is changing, what is nearing its end, what is open, what is new."""

from __future__ import annotations

COMMAND = True
"""The room is one command: `offcall brief`."""
