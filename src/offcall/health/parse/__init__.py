"""From bytes to deliveries: every shape in which AWS Health events reach people.

`parse` takes one body, `parse_stream` a file, `from_api` what boto3 got from the Health API. None
of them raises on bad input: what cannot be understood is a `Reject`; what is merely odd is noted
on the delivery.
"""

from __future__ import annotations

from offcall.health.parse.api import from_api
from offcall.health.parse.several import MAX_BODY
from offcall.health.parse.shapes import parse
from offcall.health.parse.stream import parse_stream

__all__ = ["MAX_BODY", "from_api", "parse", "parse_stream"]
