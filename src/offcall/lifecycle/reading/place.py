"""One account and region, and what was found there; a call that fails is noted, never lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from offcall.core.aws import Client, client, default_region
from offcall.core.errors import SourceError
from offcall.core.snapshots import Unread
from offcall.lifecycle.snapshot import LiveSupport, Running

__all__ = ["Found", "Place", "tags_of", "utc"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read: credentials and a region (None is the profile's own)."""

    label: str
    region: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def client(self, service: str) -> Client:
        """A client of one service here."""
        return client(service, region=self.region, profile=self.profile, role_arn=self.role_arn)

    @property
    def name(self) -> str:
        """ "eu-west-1 of prod"."""
        region = self.region or default_region(self.profile) or "the default region"
        return f"{region} of {self.label}"


@dataclass(slots=True)
class Found:
    """What one reader found."""

    resources: list[Running] = field(default_factory=list)
    live: list[LiveSupport] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)

    @contextlib.contextmanager
    def attempt(self, what: str, place: Place) -> Iterator[None]:
        """Run the block; a call that fails becomes an `Unread`, which names the IAM action."""
        try:
            yield
        except SourceError as error:
            self._note(what, place, error)
        except (KeyError, ValidationError) as error:
            # An answer that lacks what AWS documents, or has what nobody can read.
            said = f"AWS's answer is not as documented: {_first(error)}"
            self._note(what, place, SourceError(said))

    def _note(self, what: str, place: Place, error: SourceError) -> None:
        self.errors.append(error)
        self.unread.append(
            Unread(what=f"{what} in {place.name}", why=error.message, hint=error.hint)
        )


def _first(error: KeyError | ValidationError) -> str:
    if isinstance(error, KeyError):
        return f"there is no {error.args[0]}"
    one = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"


def tags_of(pairs: Any, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags of any of AWS's shapes: a list of pairs or a mapping."""
    if isinstance(pairs, Mapping):
        return {str(name): str(text) for name, text in pairs.items()}
    return {str(pair[key]): str(pair.get(value, "")) for pair in pairs or () if key in pair}


def utc(moment: Any) -> datetime | None:
    """A boto3 time in UTC; None for none, and for the epoch, by which some APIs mean none."""
    if not isinstance(moment, datetime):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None if aware.year < 2000 else aware.astimezone(UTC)
