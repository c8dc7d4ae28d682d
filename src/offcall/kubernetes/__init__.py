"""Kubernetes resilience: what will not survive a drain, a zone loss, a rollout, and the fix."""

ROOM = "k8s"
"""The first word of this room's commands."""
