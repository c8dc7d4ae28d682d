"""A bucket of S3: what is in it, a page at a time, with every request counted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offcall.core.aws import AwsError, client
from offcall.core.errors import UserError

__all__ = ["Bucket", "Options", "Page", "Place", "Remote", "is_place"]

PAGE = 1000
"""Keys of a page: the most that S3 gives."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_EXPECTED = "s3://BUCKET or s3://BUCKET/PREFIX"


@dataclass(frozen=True, slots=True)
class Options:
    """How S3 is asked.

    Attributes:
        profile: a profile of ~/.aws/config; botocore's choice when None.
        role_arn: assume this role first.
        requester_pays: agree to pay for buckets whose owner does not.
        page_size: keys of a page.
        workers: requests at once; boto3 keeps ten connections, and readers need some too.
        pause_seconds: how long to wait before a download is tried again, doubled each time.
    """

    profile: str | None = None
    role_arn: str | None = None
    requester_pays: bool = False
    page_size: int = PAGE
    workers: int = 8
    pause_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """`s3://bucket/prefix`."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read what a person typed.

        Raises:
            UserError: there is no bucket in it, or none that can be one.
        """
        bucket, _, prefix = text[len("s3://") :].partition("/")
        if not bucket:
            raise UserError("names no bucket", value=text, expected=_EXPECTED)
        if not _BUCKET.fullmatch(bucket):
            raise UserError("is not the name of a bucket", value=bucket, expected=_EXPECTED)
        return cls(bucket, prefix)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def is_place(text: str) -> bool:
    """Whether it is meant to be in S3."""
    return text[:5].lower() == "s3://"


@dataclass(frozen=True, slots=True)
class Remote:
    """An object, as a listing tells of it.

    Attributes:
        etag: changes with the content; without quotes.
        size: bytes.
        modified: when it was written, UTC.
    """

    bucket: str
    key: str
    etag: str
    size: int
    modified: datetime

    @property
    def url(self) -> str:
        """`s3://bucket/key`."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a listing: folders end in a slash, as the delimiter says."""

    folders: tuple[str, ...]
    objects: tuple[Remote, ...]
    more: bool


class Bucket:
    """A bucket, safe to share between threads.

    Attributes:
        name: of the bucket.
        region: where it is; None until something was asked, or when S3 does not say.
        requests: how many pages were listed.
    """

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.options = options
        self.region: str | None = None
        self.requests = 0
        self._lock = threading.Lock()
        self._s3 = client("s3", profile=options.profile, role_arn=options.role_arn)

    def pages(self, prefix: str, *, delimiter: str = "", after: str = "") -> Iterator[Page]:
        """All pages of the keys that begin with `prefix`.

        Args:
            delimiter: keys are shown up to this only, once.
            after: keys up to this one are left out.

        Raises:
            UserError: there is no such bucket.
            AwsError, AwsDenied: as `offcall.core.aws`.
        """
        arguments: dict[str, Any] = {
            "Bucket": self.name,
            "Prefix": prefix,
            "MaxKeys": self.options.page_size,
            **({"Delimiter": delimiter} if delimiter else {}),
            **({"StartAfter": after} if after else {}),
            **self.payer,
        }
        while True:
            answer = self._list(arguments)
            more = bool(answer.get("IsTruncated"))
            yield Page(
                tuple(str(one["Prefix"]) for one in answer.get("CommonPrefixes", ())),
                tuple(self._remote(one) for one in answer.get("Contents", ())),
                more,
            )
            if not more:
                return
            arguments["ContinuationToken"] = answer["NextContinuationToken"]

    def get(self, remote: Remote, start: int) -> Any:
        """The body of an object from byte `start` on, if it is still the one that was listed.

        Returns:
            botocore's stream.

        Raises:
            AwsError, AwsDenied: as `offcall.core.aws`; the code is "412" or "PreconditionFailed"
                when there is another object of that name now.
        """
        answer = self._s3.call(
            "get_object",
            Bucket=self.name,
            Key=remote.key,
            IfMatch=f'"{remote.etag}"',
            **({"Range": f"bytes={start}-"} if start else {}),
            **self.payer,
        )
        return answer["Body"]

    @property
    def payer(self) -> dict[str, str]:
        """What a request says about who pays."""
        return {"RequestPayer": "requester"} if self.options.requester_pays else {}

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.requests += 1
        try:
            answer = self._s3.call("list_objects_v2", **arguments)
        except AwsError as error:
            if error.code == "NoSuchBucket":
                raise UserError("there is no such bucket", value=f"s3://{self.name}") from error
            raise
        headers = answer["ResponseMetadata"].get("HTTPHeaders", {})
        self.region = headers.get("x-amz-bucket-region") or self.region
        return answer

    def _remote(self, one: dict[str, Any]) -> Remote:
        etag = str(one["ETag"]).strip('"')
        return Remote(self.name, str(one["Key"]), etag, int(one["Size"]), one["LastModified"])
