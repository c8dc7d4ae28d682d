"""Load balancer access logs: who calls what, how fast, what fails, since when, and is it normal."""

ROOM = "logs"
"""The first word of this room's commands."""
