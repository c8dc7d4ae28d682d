"""Fixtures that every test knows: the servers."""

from __future__ import annotations

from tests.servers.aws import aws, aws_servers

__all__ = ["aws", "aws_servers"]
