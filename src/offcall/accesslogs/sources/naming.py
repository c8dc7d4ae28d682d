"""What the name of a log file tells: which balancer, which region, lines of which time.

    [prefix/]AWSLogs/ACCOUNT/elasticloadbalancing/REGION/yyyy/mm/dd/
        ACCOUNT_elasticloadbalancing_REGION_app.NAME.ID_END_IP_RANDOM.log.gz      ALB
        ACCOUNT_elasticloadbalancing_REGION_net.NAME.ID_END_RANDOM.log.gz         NLB
        ACCOUNT_elasticloadbalancing_REGION_NAME_END_IP_RANDOM.log                classic
        conn_log.ACCOUNT_…                                                        connections
    [prefix/]DISTRIBUTION.YYYY-MM-DD-HH.HASH.gz                                   CloudFront

END is the end of the interval in UTC, 5 minutes long, or 60 with classic ones. The folder's date
is that of the delivery, which may be later than END's.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = [
    "LATE",
    "MARGIN",
    "PROBE",
    "LogName",
    "Span",
    "is_region",
    "parse_name",
    "span_of_folder",
]

PROBE = "ELBAccessLogTestFile"
"""AWS writes it when logging is switched on; it has no lines."""

MARGIN = timedelta(minutes=15)
"""How far a line's time may be outside of its file's interval; AWS names no bound."""
LATE = timedelta(days=1)
"""How long after its interval a file may be delivered, into the folder of that day.

CloudFront's documentation says up to 24 hours, that of load balancers nothing.
"""

_ELB = re.compile(
    r"(?:conn_log[._]|health_check_log[._])?"
    r"(?P<account>\d{12})_elasticloadbalancing_(?P<region>[a-z0-9-]+)_"
    r"(?P<balancer>[^_/]+)_(?P<end>\d{8}T\d{4})Z(?:_[^/]*)?\.log(?:\.gz)?"
)
_CLOUDFRONT = re.compile(
    r"(?P<balancer>[A-Z0-9]{8,20})\.(?P<hour>\d{4}-\d\d-\d\d-\d\d)\.[0-9A-Za-z]+(?:\.gz)?"
)
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_WHOLE_DATE = re.compile(r"(?:[a-z_]+=)?(\d{4})-(\d\d)-(\d\d)")
_PART = re.compile(r"(?:(year|month|day|yyyy|mm|dd)=)?(\d{4}|\d\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Between which times lines lie, aware UTC, the last excluded."""

    first: datetime
    last: datetime

    @property
    def is_day(self) -> bool:
        """Of a folder: it is that of one day, and not of a month or a year."""
        return self.last - self.first <= timedelta(days=2) + LATE


@dataclass(frozen=True, slots=True)
class LogName:
    """What a file's name tells.

    Attributes:
        account: 12 digits; None of CloudFront.
        region: of the balancer; None of CloudFront, whose logs tell of all edges.
        balancer: the name alone ("shop"), or a distribution's id.
        full: as in the name: "app.shop.50dc6c495c0c9188", "net.…", or as `balancer`.
        span: when its lines were written, margin included.
    """

    account: str | None
    region: str | None
    balancer: str
    full: str
    span: Span

    def is_of(self, asked: str) -> bool:
        """Whether this is the balancer that somebody calls so: name, "app/shop/50dc…", or ARN."""
        said = asked.rpartition(":loadbalancer/")[2].replace("/", ".")
        return said in {self.balancer, self.full}


def parse_name(key: str) -> LogName | None:
    """What the last part of a key or path tells; None when it is not named as AWS names logs."""
    name = key.rpartition("/")[2]
    if found := _ELB.fullmatch(name):
        end = _time(found["end"], "%Y%m%dT%H%M")
        if end is None:
            return None
        full = found["balancer"]
        kind, _, rest = full.partition(".")
        modern = kind in {"app", "net", "gwy"} and "." in rest
        long = timedelta(minutes=5) if modern else timedelta(hours=1)
        return LogName(
            found["account"],
            found["region"],
            rest.rpartition(".")[0] if modern else full,
            full,
            Span(end - long - MARGIN, end + MARGIN),
        )
    if found := _CLOUDFRONT.fullmatch(name):
        hour = _time(found["hour"], "%Y-%m-%d-%H")
        if hour is None:
            return None
        span = Span(hour - MARGIN, hour + timedelta(hours=1) + MARGIN)
        return LogName(None, None, found["balancer"], found["balancer"], span)
    return None


def _time(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def span_of_folder(segments: Sequence[str]) -> Span | None:
    """Of which time are the lines in a folder such as "…/2026/11/25" or "year=2026/month=11".

    The last date counts, as in "backup/2024/01/01/AWSLogs/…/2026/11/25"; what follows a whole one,
    such as an hour, does not. None when the names of the folders tell no time.
    """
    parts: list[int] = []
    for segment in segments:
        found = _PART.fullmatch(segment)
        if whole := _WHOLE_DATE.fullmatch(segment):
            parts = [int(one) for one in whole.groups()]
        elif found and _fits(found, len(parts)):
            parts.append(int(found[2]))
        elif found and _fits(found, 0):
            parts = [int(found[2])]
        elif len(parts) < 3:
            parts = []
    if not parts:
        return None
    year, month, day = [*parts, None, None][:3]
    assert year is not None
    try:
        first = datetime(year, month or 1, day or 1, tzinfo=UTC)
        last_month = month or 12
        last_day = day or calendar.monthrange(year, last_month)[1]
        last = datetime(year, last_month, last_day, tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return Span(first - LATE, last + MARGIN)


_NAMES = (("year", "yyyy"), ("month", "mm"), ("day", "dd"))


def _fits(found: re.Match[str], known: int) -> bool:
    """Whether this is the next part of a date of which `known` parts were before."""
    if known > 2 or len(found[2]) != (4 if known == 0 else 2):
        return False
    if found[1] is not None:
        return found[1].lower() in _NAMES[known]
    return known > 0 or found[2][:2] in {"19", "20"}


def is_region(segment: str) -> bool:
    """Whether a folder is named as a region is: "eu-west-1", or "region=eu-west-1"."""
    return bool(_REGION.fullmatch(segment.rpartition("=")[2]))
