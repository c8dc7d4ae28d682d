"""The receiving account: what cannot be one is noted, and not used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from offcall.health.parse.message import decode_envelope, delivery_of
from tests.health.samples import ORIGIN, envelope, only

ODD = "the receiving account is not 12 digits: {}"


@pytest.mark.parametrize(
    ("written", "receiving", "note"),
    [
        ("999988887777", "999988887777", None),
        (99988887777, "099988887777", "the receiving account is a number"),
        ("12345", None, ODD.format("'12345'")),
        ("1234567890123", None, ODD.format("'1234567890123'")),
        ("acme-prod", None, ODD.format("'acme-prod'")),
        ("", None, None),
        (None, None, None),
        (-5, None, ODD.format("'-5'")),
    ],
)
@pytest.mark.parametrize("scope", ["ACCOUNT_SPECIFIC", "PUBLIC"])
def test_the_receiving_account(
    written: Any, receiving: str | None, note: str | None, scope: str
) -> None:
    body = json.dumps({**envelope(eventScopeCode=scope), "account": written}).encode()
    made = only(body)
    assert made.receiving_account == receiving
    assert made.feeds[0].account == (receiving or "")
    assert (note in made.notes) if note else made.notes == ()
    assert made.account == ("111122223333" if scope == "ACCOUNT_SPECIFIC" else None)
    careful = decode_envelope(body)
    assert careful.detail is not None
    assert delivery_of(careful, careful.detail, body, ORIGIN) == made


def test_an_account_that_cannot_be_one_is_not_taken_for_the_affected_one() -> None:
    made = only(json.dumps({**envelope(affectedAccount=...), "account": "acme-prod"}))
    assert made.account is None
    assert made.notes == (ODD.format("'acme-prod'"), "no account is given")
