"""Who did it: a person, or a clear question."""

from __future__ import annotations

import getpass
import os

import pytest

from offcall.core import people
from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nobody in the environment; a system whose user is ann."""
    monkeypatch.delenv("OFFCALL_USER")
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return monkeypatch


def nameless() -> str:
    raise KeyError("getpwuid(): uid not found: 1000")


def test_the_argument_then_the_environment_then_the_user(system: pytest.MonkeyPatch) -> None:
    assert people.person() == "ann"
    system.setenv("OFFCALL_USER", " eve ")
    assert people.person() == "eve"
    assert people.person("bob") == "bob"


@pytest.mark.parametrize(
    ("user", "uid", "said"),
    [
        (lambda: "root", 0, "root"),
        (lambda: "ann", 0, "ann"),
        (lambda: "root", 1000, "root"),
        (nameless, 1000, "a user id without a name"),
    ],
)
def test_a_container_is_no_person(
    system: pytest.MonkeyPatch, user: object, uid: int, said: str
) -> None:
    system.setattr(getpass, "getuser", user)
    system.setattr(os, "geteuid", lambda: uid)
    with pytest.raises(UserError) as caught:
        people.person()
    assert caught.value.value == said
    assert "--by NAME" in str(caught.value)
    assert "OFFCALL_USER" in str(caught.value)
    assert people.person("ann") == "ann"


def test_a_blank_name_names_nobody(system: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="names nobody"):
        people.person("  ")
    system.setenv("OFFCALL_USER", " ")
    assert people.person() == "ann"


def test_a_service_runs_as_whoever_starts_it(system: pytest.MonkeyPatch) -> None:
    assert people.account() == "ann"
    system.setattr(getpass, "getuser", lambda: "root")
    system.setattr(os, "geteuid", lambda: 0)
    assert people.account() == "root"
    system.setattr(getpass, "getuser", nameless)
    assert people.account() == "unknown"
    system.setenv("OFFCALL_USER", "pipeline")
    assert people.account() == "pipeline"


def test_the_sample_estate_asks_nobody(system: pytest.MonkeyPatch) -> None:
    system.setattr(os, "geteuid", lambda: 0)
    assert Context(Estate(), demo=True).person(None) == "you"
    assert Context(Estate(), demo=True).person("ann") == "ann"
    with pytest.raises(UserError, match="nobody is named"):
        Context(Estate()).person(None)
