"""Messages for tests: as AWS documents them, and as strategies."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from offcall.health.model import Delivery, Origin
from offcall.health.parse import parse

ORIGIN = Origin(how="file", name="events.jsonl")
ARN = (
    "arn:aws:health:us-west-2::event/LAMBDA/AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT/"
    "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT_4b51"
)


def envelope(**detail: Any) -> dict[str, Any]:
    """The lifecycle event of AWS's documentation; a detail of `...` leaves the member out."""
    whole = {
        "eventArn": ARN,
        "service": "LAMBDA",
        "eventTypeCode": "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT",
        "eventTypeCategory": "scheduledChange",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
        "communicationId": "1234abc01232a4012345678-1",
        "startTime": "Thu, 27 Aug 2026 13:19:03 GMT",
        "lastUpdatedTime": "Tue, 27 Jan 2026 01:43:21 GMT",
        "statusCode": "upcoming",
        "eventRegion": "us-west-2",
        "eventDescription": [{"language": "en_US", "latestDescription": "Python 3.9 ends."}],
        "eventMetadata": {"deprecated_versions": "python3.9"},
        "affectedEntities": [
            {
                "entityValue": "arn:aws:lambda:us-west-2:111122223333:function:pay",
                "lastUpdatedTime": "Tue, 27 Jan 2026 01:43:21 GMT",
                "status": "PENDING",
            }
        ],
        "affectedAccount": "111122223333",
        "page": "1",
        "totalPages": "1",
        "backupEvent": "false",
        "actionability": "ACTION_REQUIRED",
        "personas": ["OPERATIONS"],
    }
    whole.update(detail)
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "999988887777",
        "time": "2026-01-27T01:43:21Z",
        "region": "us-west-2",
        "resources": [],
        "detail": {name: value for name, value in whole.items() if value is not ...},
    }


def delivery(**detail: Any) -> Delivery:
    """The only delivery in `envelope(**detail)`."""
    return only(json.dumps(envelope(**detail)))


def only(body: bytes | str, origin: Origin = ORIGIN) -> Delivery:
    """The only delivery in a body."""
    (one,) = parse(body, origin=origin)
    assert isinstance(one, Delivery), one
    return one


_entity = st.fixed_dictionaries(
    {"entityValue": st.sampled_from(["db-a", "db-b", "db-c", "db-d"])},
    optional={
        "status": st.sampled_from(["PENDING", "RESOLVED", "IMPAIRED"]),
        "lastUpdatedTime": st.sampled_from(
            ["2026-01-27T01:43:21Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]
        ),
    },
)


@st.composite
def updates(draw: st.DrawFn) -> list[Delivery]:
    """Deliveries of one event: updates with pages, polls, copies from the backup region."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        total = draw(st.integers(1, 3))
        shared = {
            "statusCode": draw(st.sampled_from(["upcoming", "open", "closed", ...])),
            "lastUpdatedTime": draw(
                st.sampled_from(["2026-01-27T01:43:21Z", "2026-02-03T00:00:00Z", ...])
            ),
            "startTime": draw(st.sampled_from(["2026-08-27T00:00:00Z", "2026-09-01", ...])),
            "endTime": draw(st.sampled_from(["2026-10-01T00:00:00Z", "", ...])),
            "eventDescription": [
                {"latestDescription": draw(st.sampled_from(["Text.", "[RESOLVED] Text."]))}
            ],
            "totalPages": str(total),
        }
        named = draw(st.booleans())
        for page in range(1, total + 1):
            one = envelope(
                **shared,
                page=str(page),
                communicationId=f"c{number}-{page}" if named else ...,
                affectedEntities=draw(st.lists(_entity, max_size=3)),
            )
            one["region"] = draw(st.sampled_from(["us-west-2", "us-east-1"]))
            found.append(only(json.dumps(one)))
    return found
