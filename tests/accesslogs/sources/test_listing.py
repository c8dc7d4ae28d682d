"""What is found in a bucket, and with which requests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offcall.accesslogs.sources.bucket import Place
from offcall.accesslogs.sources.listing import Listing, list_place
from offcall.accesslogs.sources.selecting import Selection
from offcall.core.aws import AwsDenied, AwsError
from offcall.core.context import Silent
from offcall.core.errors import UserError
from tests.accesslogs.sources.conftest import ACCOUNT, Logs, key_of, utc, window
from tests.accesslogs.sources.proxy import Asked, denied

REGION = f"AWSLogs/{ACCOUNT}/elasticloadbalancing/eu-west-1/"


def listed(logs: Logs, prefix: str = "", selection: Selection | None = None) -> Listing:
    place = Place.parse(f"{logs.url}/{prefix}")
    return list_place(place, selection or Selection(), options=logs.options, progress=Silent())


def keys(listing: Listing) -> list[str]:
    return [one.key for one in listing.objects]


def test_all_is_found_and_the_probe_is_not_a_log(logs: Logs) -> None:
    here = logs.put_interval("2026-11-25 09:00", "2026-11-25 09:30")
    logs.put(f"AWSLogs/{ACCOUNT}/ELBAccessLogTestFile", "AWSLogs/", body=b"x")
    found = listed(logs)
    assert keys(found) == here
    assert found.left_out.text() == "1 file with which AWS tried the bucket"
    assert [one.size for one in found.objects] == [
        logs.s3.head_object(Bucket="logs", Key=key)["ContentLength"] for key in here
    ]


def test_only_the_days_of_the_window_are_listed(logs: Logs) -> None:
    for day in ("2025-11-25", "2026-10-31", "2026-11-01", "2026-11-23"):
        logs.put(key_of(utc(f"{day} 12:00")))
    before = logs.put_interval("2026-11-24 11:00", "2026-11-24 12:00")
    asked = logs.put_interval("2026-11-25 09:00", "2026-11-25 10:00")
    late = key_of(utc("2026-11-25 09:20"), node="10.0.0.2", delivered=utc("2026-11-26 01:00"))
    logs.put(late, key_of(utc("2026-11-26 12:00")), key_of(utc("2026-11-28 12:00")))
    logs.put(f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/11/25/x.json.gz")
    logs.put(key_of(utc("2026-11-25 09:20"), region="us-east-1"))

    found = listed(
        logs,
        selection=Selection(window("2026-11-25 09:00", "2026-11-25 09:05"), ("eu-west-1",)),
    )

    # 15 minutes more on both sides, and the folder of the day after for what came late.
    assert keys(found) == sorted([late, *asked[:4]])
    assert before[-1] not in keys(found)
    assert [(one.prefix, one.delimiter) for one in logs.proxy.lists[:6]] == [
        ("", "/"),
        ("AWSLogs/", "/"),
        (f"AWSLogs/{ACCOUNT}/", "/"),
        (f"AWSLogs/{ACCOUNT}/elasticloadbalancing/", "/"),
        (REGION, "/"),
        (f"{REGION}2026/", "/"),
    ]
    assert (f"{REGION}2026/11/", "/") in [(one.prefix, one.delimiter) for one in logs.proxy.lists]
    days = {one.prefix for one in logs.proxy.lists if not one.delimiter}
    assert days == {f"{REGION}2026/11/25/", f"{REGION}2026/11/26/"}
    assert found.requests == len(logs.proxy.lists) == 9
    said = found.left_out.text()
    assert "1 folder of another service" in said
    assert "1 file or folder of another region" in said


def test_the_window_reaches_over_midnight(logs: Logs) -> None:
    made = logs.put_interval("2026-11-24 23:40", "2026-11-25 00:20")
    found = listed(logs, selection=Selection(window("2026-11-25 00:00", "2026-11-25 00:01")))
    assert keys(found) == made[1:]  # those that end from 23:50 to 00:20


def test_pages(logs: Logs) -> None:
    made = logs.put_interval("2026-11-25 09:00", "2026-11-25 10:00")
    small = replace(logs, options=replace(logs.options, page_size=5))
    found = listed(small, f"{REGION}2026/11/25/")
    assert keys(found) == made
    assert [one.token for one in logs.proxy.lists] == [False, True, True]
    assert found.requests == 3


@pytest.mark.slow
def test_more_keys_than_the_largest_page_has(logs: Logs) -> None:
    made = [f"plain/{number:05d}.log" for number in range(1050)]
    logs.put(*made, body=b"x")
    assert keys(listed(logs, "plain/")) == made
    assert len(logs.proxy.lists) == 2


def test_several_accounts_regions_and_prefixes(logs: Logs) -> None:
    at = utc("2026-11-25 09:00")
    made = [
        key_of(at, prefix=prefix, account=account, region=region)
        for prefix in ("", "a/", "b/c/")
        for account in (ACCOUNT, "444455556666")
        for region in ("eu-west-1", "us-east-1")
    ]
    logs.put(*made)
    assert keys(listed(logs)) == sorted(made)
    assert keys(listed(logs, "b")) == sorted(key for key in made if key.startswith("b/"))
    only = listed(logs, selection=Selection(regions=("us-east-1",)))
    assert keys(only) == sorted(key for key in made if "us-east-1" in key)


def test_a_prefix_is_a_folder_if_there_is_one_and_otherwise_a_beginning(logs: Logs) -> None:
    logs.put("prod/a.log", "prod-old/b.log", "production.log")
    assert keys(listed(logs, "prod")) == ["prod/a.log"]
    assert keys(listed(logs, "prod-")) == ["prod-old/b.log"]
    assert keys(listed(logs, "pro")) == ["prod-old/b.log", "prod/a.log", "production.log"]
    assert keys(listed(logs, "production.log")) == ["production.log"]
    assert keys(listed(logs, "nothing")) == []


def test_one_file_by_its_key(logs: Logs) -> None:
    first, *_ = logs.put_interval("2026-11-25 09:00", "2026-11-25 09:10")
    assert keys(listed(logs, first)) == [first]


def test_hive_partitions(logs: Logs) -> None:
    logs.put(*(f"alb/year=2026/month=11/day={day:02d}/hour=03/x.log.gz" for day in range(1, 29)))
    found = listed(logs, selection=Selection(window("2026-11-10 03:00", "2026-11-10 04:00")))
    assert keys(found) == [
        "alb/year=2026/month=11/day=10/hour=03/x.log.gz",
        "alb/year=2026/month=11/day=11/hour=03/x.log.gz",
    ]
    assert len(logs.proxy.lists) == 6


def test_what_is_in_no_layout_is_listed_whole(logs: Logs) -> None:
    made = sorted(f"x/{a}/{b}/{c}/d/e/f.log" for a in "12" for b in "34" for c in "56")
    logs.put(*made)
    assert keys(listed(logs, "x")) == made
    whole = [one for one in logs.proxy.lists if not one.delimiter]
    assert {one.prefix for one in whole} == {key.removesuffix("d/e/f.log") for key in made}


def test_many_folders_beside_each_other_are_not_entered_one_by_one(logs: Logs) -> None:
    made = [f"x/{number:03d}/deep/f.log" for number in range(201)]
    logs.put(*made, body=b"x")
    assert keys(listed(logs, "x/")) == made
    # The first level, and then each whole: none is looked into by levels.
    assert [one.delimiter for one in logs.proxy.lists].count("/") == 1


def test_of_cloudfront_only_the_hours_of_the_window_are_listed(logs: Logs) -> None:
    made = [
        f"cf/{name}.2026-11-{day:02d}-{hour:02d}.abcdef12.gz"
        for name in ("E1AAAAAAAAAAAA", "E2BBBBBBBBBBBB")
        for day in range(1, 20)
        for hour in range(0, 24, 6)
    ]
    logs.put(*made, "cf/notes.1.txt", body=b"x")
    small = replace(logs, options=replace(logs.options, page_size=10))
    found = listed(small, "cf", Selection(window("2026-11-10 06:30", "2026-11-10 12:30")))
    assert keys(found) == sorted(
        ["cf/notes.1.txt"]
        + [key for key in made if ".2026-11-10-06." in key or ".2026-11-10-12." in key]
    )
    assert found.requests < 10 < len(made) / 10


def test_a_folder_that_is_refused_is_named_and_the_rest_goes_on(logs: Logs) -> None:
    at = utc("2026-11-25 09:00")
    logs.put(key_of(at), key_of(at, account="444455556666"))

    def breaks(one: Asked) -> object:
        return denied() if one.prefix == "AWSLogs/444455556666/" else None

    logs.proxy.breaks = breaks  # type: ignore[assignment]
    found = listed(logs)
    assert keys(found) == [key_of(at)]
    ((prefix, error),) = found.problems
    assert prefix == "AWSLogs/444455556666/"
    assert isinstance(error, AwsDenied)
    assert error.action == "s3:ListBucket"


def test_a_place_that_is_refused_is_an_error(logs: Logs) -> None:
    logs.proxy.breaks = lambda _: denied()
    with pytest.raises(AwsDenied, match="s3:ListBucket"):
        listed(logs)


def test_a_bucket_that_is_not_there(logs: Logs) -> None:
    with pytest.raises(UserError, match="no such bucket"):
        listed(replace(logs, name="another"))


def test_s3_is_away(logs: Logs) -> None:
    logs.proxy.close()
    with pytest.raises(AwsError, match="cannot reach AWS"):
        listed(logs)
    logs.proxy.__post_init__()


def test_who_pays_is_said(logs: Logs) -> None:
    logs.put("a/x.log")
    listed(logs)
    listed(replace(logs, options=replace(logs.options, requester_pays=True)))
    assert [one.payer for one in logs.proxy.lists] == [None, None, "requester", "requester"]


@pytest.mark.parametrize("text", ["s3://", "s3:///x", "s3://A_B/x", "s3://x/y"])
def test_places_that_are_none(text: str) -> None:
    with pytest.raises(UserError, match="bucket"):
        Place.parse(text)


def test_odd_keys(logs: Logs) -> None:
    made = ["x/a b+c%20é\u2028.log", "x//double.log", "x/\u4e2d.log"]
    logs.put(*made)
    assert sorted(keys(listed(logs, "x/"))) == sorted(made)
