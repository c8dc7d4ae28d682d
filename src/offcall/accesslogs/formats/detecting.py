"""Which format lines are in: told from the lines, not from the name of the file."""

from __future__ import annotations

from collections.abc import Iterable

from offcall.accesslogs.formats.alb import ALB
from offcall.accesslogs.formats.classic import CLASSIC
from offcall.accesslogs.formats.cloudfront import HEADER, cloudfront
from offcall.accesslogs.formats.connections import ALB_CONNECTIONS
from offcall.accesslogs.formats.model import Format
from offcall.accesslogs.formats.nlb import NLB

__all__ = ["FORMATS", "PROBE", "detect", "kind_of"]

PROBE = b"Enable AccessLog for ELB"
"""How the file `ELBAccessLogTestFile` begins, which AWS writes when logging is turned on."""

FORMATS = (ALB, CLASSIC, NLB, ALB_CONNECTIONS)
"""Those with fixed fields."""


def kind_of(line: bytes) -> Format | None:
    """The format whose lines begin like this one."""
    return next((one for one in FORMATS if one.looks.match(line)), None)


def detect(lines: Iterable[bytes]) -> Format | None:
    """The format of most of these lines; of CloudFront's, the header must be among them."""
    votes: dict[str, int] = {}
    for line in lines:
        if line.startswith(HEADER):
            return cloudfront(line)
        found = kind_of(line)
        if found is not None:
            votes[found.name] = votes.get(found.name, 0) + 1
    best = max(votes, key=votes.__getitem__, default=None)
    return next((one for one in FORMATS if one.name == best), None)
