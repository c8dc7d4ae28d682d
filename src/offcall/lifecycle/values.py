"""Values as they come from files and APIs: days, times, ARNs, words; and versions compared."""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime
from typing import Any

__all__ = [
    "account_id",
    "aware",
    "calendar_day",
    "numbers",
    "plain_version",
    "printable",
    "support_setting",
    "text",
]

DAY = "a day such as 2026-11-24"
MOMENT = f"{DAY}, or a time with its zone such as 2026-11-24T03:00:00Z"


def calendar_day(value: Any) -> Any:
    """A day from a date, an aware time, or text such as "2026-02-28" or a timestamp in UTC.

    Raises:
        ValueError: anything else; a bare number is no day, whatever a spreadsheet means by it.
    """
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).date()
    if isinstance(value, str) and "T" in value:
        return aware(value).date()
    if value is None or isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError(f"expected {DAY}: {error}") from error
    raise ValueError(f"expected {DAY}")


def aware(value: Any) -> Any:
    """A time in UTC; a day is its first moment; a time without a zone is an error.

    Raises:
        ValueError: text that is no ISO 8601 time, or one without a zone.
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif value is None:
        return None
    else:
        if not isinstance(value, str):
            raise ValueError(f"expected {MOMENT}")  # noqa: TRY004 - pydantic wants a ValueError
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value.strip()):
                return aware(date.fromisoformat(value.strip()))
            moment = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise ValueError(f"expected {MOMENT}") from error
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone, for example 2026-11-24T03:00:00Z")
    return moment.astimezone(UTC)


def text(value: Any) -> Any:
    """Numbers that YAML read from unquoted versions and account ids, as text.

    Raises:
        ValueError: a float, whose text may have lost a zero (8.10 reads as 8.1).
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # pydantic turns a ValueError, not a TypeError, into a message with a place.
        said = (
            f'put the value in quotes, such as "1.30": without them it is the number {value}, '
            "and a zero at its end is lost"
        )
        raise ValueError(said)  # noqa: TRY004 - pydantic wants a ValueError
    return value.strip() if isinstance(value, str) else value


def account_id(value: Any) -> Any:
    """An account id as text.

    Raises:
        ValueError: what a spreadsheet made of one (1.11122E+11): its digits are gone.
    """
    said = text(value)
    if isinstance(said, str) and re.fullmatch(r"\d+(?:[.,]\d+)?[eE]\+?\d+", said):
        raise ValueError(
            "a spreadsheet turned the account id into a number: format the column as text, "
            "and write its 12 digits anew"
        )
    return said


SETTINGS = {
    **dict.fromkeys(("yes", "true", "1", "on", "extended"), True),
    **dict.fromkeys(("no", "false", "0", "off", "standard"), False),
    "open-source-rds-extended-support": True,
    "open-source-rds-extended-support-disabled": False,
}


def support_setting(value: Any) -> Any:
    """Whether extended support is on, also in AWS's own words.

    Raises:
        ValueError: another word; names those that are known.
    """
    if value is None or isinstance(value, bool):
        return value
    known = SETTINGS.get(str(value).strip().lower())
    if known is None:
        raise ValueError(
            "expected yes or no, EXTENDED or STANDARD, open-source-rds-extended-support or "
            "open-source-rds-extended-support-disabled"
        )
    return known


def printable(value: str) -> str:
    """Text that ends up in commands and tables, unchanged.

    Raises:
        ValueError: a control character, such as a line break, which no name or version has.
    """
    if not value.isprintable():
        bad = next(character for character in value if not character.isprintable())
        raise ValueError(f"has a control character ({bad!r}), which no name or version has")
    return value


@functools.lru_cache(maxsize=4096)
def numbers(version: str) -> tuple[int, ...]:
    """The numbers in a version, for ordering: "8.0.mysql_aurora.3.05.2" is (8, 0, 3, 5, 2)."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


@functools.lru_cache(maxsize=4096)
def plain_version(version: str) -> str:
    """A version without what AWS writes around it: `OpenSearch_2.11`, `v1.31`, `3.7.x-kraft`."""
    cut = re.sub(r"^(OpenSearch_|Elasticsearch_|v)(?=\d)", "", version.strip(), flags=re.IGNORECASE)
    return re.sub(r"(\.x)?(\.kraft|\.tiered|-tiered|-kraft)?$", "", cut)
