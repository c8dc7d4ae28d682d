"""Standard logs of CloudFront: the header says which column stands where."""

from __future__ import annotations

import re

from offcall.accesslogs.formats.model import Format, Part, Place

__all__ = ["HEADER", "cloudfront"]

HEADER = b"#Fields:"

_SOURCE = (
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
    "standard-logs-reference.html"
)
_NAMES: dict[str, tuple[str, Part]] = {
    "c-ip": ("client", Part.WHOLE),
    "c-port": ("client_port", Part.INTEGER),
    "cs-method": ("method", Part.WHOLE),
    "cs-protocol": ("scheme", Part.WHOLE),
    "x-host-header": ("host", Part.WHOLE),
    "cs(Host)": ("elb", Part.WHOLE),
    "cs-uri-stem": ("path", Part.WHOLE),
    "cs-uri-query": ("query", Part.WHOLE),
    "cs-protocol-version": ("http_version", Part.WHOLE),
    "cs(User-Agent)": ("user_agent", Part.WHOLE),
    "sc-status": ("elb_status_code", Part.INTEGER),
    "cs-bytes": ("received_bytes", Part.INTEGER),
    "sc-bytes": ("sent_bytes", Part.INTEGER),
    "time-taken": ("total_time", Part.SECONDS),  # the time to the first byte is in it
    "time-to-first-byte": ("target_processing_time", Part.SECONDS),
    "ssl-protocol": ("ssl_protocol", Part.WHOLE),
    "ssl-cipher": ("ssl_cipher", Part.WHOLE),
    "x-edge-request-id": ("trace_id", Part.WHOLE),
    "x-edge-detailed-result-type": ("error_reason", Part.WHOLE),
    "x-edge-result-type": ("actions_executed", Part.WHOLE),
    "x-edge-location": ("target", Part.WHOLE),
}


def cloudfront(header: bytes) -> Format | None:
    """The format that a `#Fields:` line describes, or None if it has no date and time."""
    names = header.removeprefix(HEADER).decode("ascii", "replace").split()
    places = {
        _NAMES[name][0]: Place(number, _NAMES[name][1])
        for number, name in enumerate(names)
        if name in _NAMES
    }
    if "date" not in names or names[names.index("date") + 1 :][:1] != ["time"]:
        return None
    places["time"] = Place(names.index("date"), Part.DATE_AND_TIME)
    if "cs-uri-stem" in names:
        places["route"] = Place(names.index("cs-uri-stem"), Part.ROUTE)
    places["extra"] = Place(len(names), Part.REST)
    judged = ("time", "elb_status_code", "sent_bytes", "total_time")
    return Format(
        name="cloudfront",
        title="CloudFront, standard",
        table="requests",
        looks=re.compile(rb"\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t"),
        lengths=(len(names),),
        places=places,
        judged=tuple(name for name in judged if name in places),
        source=_SOURCE,
        separator=b"\t",
        quotes=None,
        header=header.rstrip(),
    )
