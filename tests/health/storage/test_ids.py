"""Short ids: unique among what is known, and accepted wherever an event is named."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.errors import UserError
from offcall.health.model import Origin
from offcall.health.parse import parse
from offcall.health.storage import store
from offcall.health.storage.ids import ids_of, short_ids
from offcall.health.storage.keys import event_key
from offcall.history.database import History
from offcall.history.opening import open_url
from tests.health.messages import ACCOUNT, arn_of, message
from tests.health.test_tools import NOW


@given(st.sets(st.binary(min_size=2, max_size=2), max_size=60), st.integers(0, 3))
def test_no_two_have_one_id_and_none_begins_another(ends: set[bytes], accounts: int) -> None:
    keys = [b"\0" * 6 + one[:2] + bytes([number]) * 8 for one in ends for number in range(accounts)]
    ids = short_ids(keys, keys)
    assert len(set(ids.values())) == len(keys)
    names = sorted(ids.values())
    assert not any(other.startswith(one) for one, other in pairwise(names) if "-" not in one)


def test_an_id_is_only_as_long_as_it_must_be() -> None:
    alone, first, second = (bytes.fromhex(one) for one in ("11" * 8, "22" * 8, "22" * 7 + "33"))
    other = b"\1" * 8
    ids = short_ids([alone + other], [alone + other])
    assert ids[alone + other] == "1111111"
    both = short_ids([first + other, second + other], [first + other, second + other])
    assert [len(one) for one in both.values()] == [15, 15]
    shared = [first + b"\xaa" * 8, first + b"\xbb" * 8]
    assert sorted(short_ids(shared, shared).values()) == ["2222222-aa", "2222222-bb"]


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = open_url(f"sqlite:///{tmp_path / 'history.sqlite'}")
    bodies = [message(number) for number in range(300)]
    bodies += [json.dumps(_for(message(0), one)) for one in ("222222222222", "333333333333")]
    found = [one for body in bodies for one in parse(body, origin=Origin(how="file"))]
    store.ingest(history, found, NOW)
    return history


def _for(body: str, account: str) -> dict[str, object]:
    whole: dict[str, dict[str, object]] = json.loads(body)
    whole["detail"]["affectedAccount"] = account
    return {**whole}


def test_every_id_names_its_event(history: History) -> None:
    events = store.events(history)
    keys = [event_key(one.account or "", one.arn) for one in events]
    with history.read() as conn:
        ids = ids_of(conn, keys)
        alone = ids_of(conn, keys[5:6])
    assert alone.items() <= ids.items(), "an id does not depend on what is shown"
    assert len(set(ids.values())) == 302
    for key, event in list(zip(keys, events, strict=True))[::20]:
        assert store.event(history, ids[key]).key == event.key
        assert store.event(history, ids[key].upper()).key == event.key
    for account in (ACCOUNT, "222222222222", "333333333333"):
        one = ids[event_key(account, arn_of(0))]
        assert "-" in one
        assert store.event(history, one).account == account
        assert store.event(history, one.partition("-")[0], account).account == account


def test_what_is_ambiguous_lists_the_candidates(history: History) -> None:
    with pytest.raises(UserError, match="several accounts") as raised:
        store.event(history, arn_of(0))
    said = str(raised.value)
    assert f"({ACCOUNT})" in said
    assert "(222222222222)" in said
    with pytest.raises(UserError, match="several events") as raised:
        store.event(history, "RETIREMENT_SCHEDULED")
    (candidate, *_) = str(raised.value).partition("one of ")[2].split(" ")
    assert store.event(history, candidate).arn in str(raised.value)
    with pytest.raises(UserError, match="no such event"):
        store.event(history, "fffffffffffffff-ff")
    assert store.event(history, "000042").arn == arn_of(42), "the end of an ARN names it still"
