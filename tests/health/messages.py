"""EventBridge messages for tests, as AWS writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

__all__ = ["ACCOUNT", "arn_of", "message"]

ACCOUNT = "111122223333"


def arn_of(number: int, code: str = "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED") -> str:
    """The ARN of the event of that number."""
    return f"arn:aws:health:us-east-1::event/{code.split('_')[1]}/{code}/{number:06d}"


def message(
    number: int,
    *,
    code: str = "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
    category: str = "scheduledChange",
    status: str = "upcoming",
    start: datetime = datetime(2026, 12, 3, 14, tzinfo=UTC),
    end: datetime | None = None,
    region: str = "us-east-1",
    entities: tuple[str, ...] | None = None,
    scope: str = "ACCOUNT_SPECIFIC",
    **detail: Any,
) -> str:
    """One EventBridge message; `number` makes event, resource and communication unique."""
    named = entities if entities is not None else (f"i-{number:017x}",)
    body: dict[str, Any] = {
        "eventArn": arn_of(number, code),
        "service": code.split("_")[1],
        "eventTypeCode": code,
        "eventTypeCategory": category,
        "eventScopeCode": scope,
        "communicationId": f"{number:040x}-1",
        "startTime": start.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "lastUpdatedTime": "Mon, 02 Nov 2026 10:00:00 GMT",
        "statusCode": status,
        "eventRegion": region,
        "eventDescription": [{"language": "en_US", "latestDescription": "Something happens."}],
        "affectedEntities": [{"entityValue": one, "status": "PENDING"} for one in named],
        "page": "1",
        "totalPages": "1",
        "backupEvent": "false",
        "actionability": "ACTION_REQUIRED",
        **detail,
    }
    if scope != "PUBLIC":
        body["affectedAccount"] = ACCOUNT
    if end is not None:
        body["endTime"] = end.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return json.dumps(
        {
            "version": "0",
            "id": f"{number:032x}",
            "detail-type": "AWS Health Event",
            "source": "aws.health",
            "account": ACCOUNT,
            "time": "2026-11-02T10:00:00Z",
            "region": "us-east-1",
            "resources": list(named),
            "detail": body,
        }
    )
