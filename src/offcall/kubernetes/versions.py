"""Kubernetes versions: "1.34"."""

from __future__ import annotations

import re

from offcall.core.errors import UserError

__all__ = ["NEWEST", "minor_of", "parse_version"]

NEWEST = "1.37"
"""What manifests are judged against when nobody says otherwise."""

_VERSION = re.compile(r"v?1\.(\d{1,3})(?:[.+-].*)?")


def parse_version(text: str) -> str:
    """ "1.34" of "1.34", "v1.34.2" or "v1.34.2-eks-1a2b3c4".

    Raises:
        UserError: not a version of Kubernetes.
    """
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise UserError("not a version of Kubernetes", value=text, expected="1.34")
    return f"1.{int(found[1])}"


def minor_of(version: str) -> int:
    """34 of "1.34"."""
    return int(version.partition(".")[2])
