"""Objects on their way: cut off, replaced, gone, refused."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest

from offcall.accesslogs.sources.bucket import Bucket, Place, Remote
from offcall.accesslogs.sources.downloading import TRIES, download
from offcall.accesslogs.sources.listing import list_place
from offcall.accesslogs.sources.selecting import Selection
from offcall.core.aws import AwsDenied, AwsError
from offcall.core.context import Silent
from offcall.core.errors import SourceError
from tests.accesslogs.sources.conftest import Logs
from tests.accesslogs.sources.proxy import Asked, Fault, denied

BODY = random.Random(1).randbytes(1_000_000)


def remote(logs: Logs, body: bytes = BODY) -> Remote:
    logs.put("x/a.log.gz", body=body)
    place = Place.parse(f"{logs.url}/x/")
    listing = list_place(place, Selection(), options=logs.options, progress=Silent())
    logs.proxy.asked.clear()
    return listing.objects[0]


def fetched(logs: Logs, one: Remote, begun: bytes = b"") -> bytes:
    part = io.BytesIO(begun)
    download(Bucket(logs.name, logs.options), one, part)
    return part.getvalue()


def test_an_object(logs: Logs) -> None:
    assert fetched(logs, remote(logs)) == BODY
    assert [one.range for one in logs.proxy.gets] == [None]


def test_what_was_cut_off_goes_on_where_it_was(logs: Logs) -> None:
    one = remote(logs)
    cuts = iter([Fault(cut=300_000), Fault(cut=200_000)])
    logs.proxy.breaks = lambda _: next(cuts, None)
    assert fetched(logs, one) == BODY
    first, second, third = (asked.range for asked in logs.proxy.gets)
    assert first is None
    assert second is not None
    assert third is not None
    starts = [int(text.removeprefix("bytes=").removesuffix("-")) for text in (second, third)]
    assert 0 < starts[0] <= 300_000
    assert starts[0] < starts[1] <= starts[0] + 200_000


def test_a_part_of_before_is_continued(logs: Logs) -> None:
    assert fetched(logs, remote(logs), BODY[:400_000]) == BODY
    assert [one.range for one in logs.proxy.gets] == ["bytes=400000-"]


def test_a_whole_part_makes_no_request(logs: Logs) -> None:
    assert fetched(logs, remote(logs), BODY) == BODY
    assert logs.proxy.gets == []


@pytest.mark.parametrize("begun", [b"\0" * 400_000, b"\0" * len(BODY), b"\0" * (len(BODY) + 1)])
def test_a_part_that_is_something_else_is_not_continued(logs: Logs, begun: bytes) -> None:
    assert fetched(logs, remote(logs), begun) == BODY
    assert logs.proxy.gets[-1].range is None


def test_breaking_off_again_and_again_is_told(logs: Logs) -> None:
    one = remote(logs)
    logs.proxy.breaks = lambda asked: Fault(cut=0)
    with pytest.raises(SourceError, match=r"a\.log\.gz: breaks off after 0 of 1,000,000 bytes"):
        fetched(logs, one)
    assert len(logs.proxy.gets) == TRIES


def test_slow_progress_is_progress(logs: Logs) -> None:
    one = remote(logs)
    logs.proxy.breaks = lambda asked: Fault(cut=90_000)
    assert fetched(logs, one) == BODY
    assert len(logs.proxy.gets) > TRIES


def test_an_object_that_vanished(logs: Logs) -> None:
    one = remote(logs)
    logs.s3.delete_object(Bucket="logs", Key=one.key)
    with pytest.raises(SourceError, match="is no longer there"):
        fetched(logs, one)


def test_an_object_that_was_replaced(logs: Logs) -> None:
    one = remote(logs)
    logs.put(one.key, body=b"other")
    with pytest.raises(SourceError, match="was replaced after it was listed"):
        fetched(logs, one)


def test_an_object_that_is_replaced_half_way_is_not_mixed(logs: Logs) -> None:
    one = remote(logs)

    def breaks(asked: Asked) -> Fault | None:
        if asked.range is not None:
            return None
        return Fault(cut=300_000)

    logs.proxy.breaks = breaks
    part = io.BytesIO()
    bucket = Bucket(logs.name, logs.options)

    def advance(_: float) -> None:
        if part.tell() > 100_000:
            logs.put(one.key, body=BODY[::-1])

    with pytest.raises(SourceError, match="was replaced"):
        download(bucket, one, part, advance)
    assert BODY.startswith(part.getvalue())


def test_a_refusal_names_the_object_and_the_right(logs: Logs) -> None:
    one = remote(logs)
    logs.proxy.breaks = lambda _: denied("not yours")
    with pytest.raises(AwsDenied, match=r"s3://logs/x/a\.log\.gz: .*s3:GetObject: not yours"):
        fetched(logs, one)


def test_an_archived_object(logs: Logs) -> None:
    one = remote(logs)
    body = b"<Error><Code>InvalidObjectState</Code><Message>in Glacier</Message></Error>"
    logs.proxy.breaks = lambda _: Fault(403, body)
    with pytest.raises(AwsError, match="InvalidObjectState: in Glacier"):
        fetched(logs, one)


def test_a_server_error_is_tried_again_by_botocore(logs: Logs) -> None:
    one = remote(logs)
    faults = iter([Fault(503, b"<Error><Code>SlowDown</Code><Message>x</Message></Error>")])
    logs.proxy.breaks = lambda _: next(faults, None)
    assert fetched(logs, one) == BODY


def test_who_pays_is_said(logs: Logs) -> None:
    one = remote(logs)
    bucket = Bucket(logs.name, replace(logs.options, requester_pays=True))
    download(bucket, one, io.BytesIO())
    assert [asked.payer for asked in logs.proxy.gets] == ["requester"]
