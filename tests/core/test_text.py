from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.text import did_you_mean, has_word, plural, printable, safe_url


def test_did_you_mean() -> None:
    assert did_you_mean("onwers", ["owners", "runbooks"]) == "did you mean 'owners'?"
    assert did_you_mean("xyz", ["owners", "runbooks"]) == "known: owners, runbooks"
    assert did_you_mean("xyz", [f"aaaa{i}" for i in range(20)]) is None
    assert did_you_mean("xyz", []) is None


def test_has_word() -> None:
    assert has_word("orders-db: it ends", "orders-db")
    assert has_word("upgrades EKS of b", "b")
    assert not has_word("AWS upgrades EKS 1.30 by force", "b")
    assert not has_word("nothing", "(")


def test_plural() -> None:
    assert plural(1, "event") == "1 event"
    assert plural(2, "event") == "2 events"
    assert plural(0, "entity", "entities") == "0 entities"
    assert plural(1234, "event") == "1,234 events"


@given(st.text())
def test_printable_never_acts(text: str) -> None:
    clean = printable(text)
    assert "\x1b" not in clean
    assert "\r" not in clean
    assert printable(clean) == clean
    clean.encode("utf-8")


def test_printable_hides_nothing() -> None:
    for mark in "\u00ad\u061c\u200b\u200c\u200d\u2060\u2066\u202e\ufeff\U000e0041":
        assert printable(f"a{mark}b") == "a\ufffdb"
    assert printable("é\u0301 日本 🔥 ⚠\ufe0f") == "é\u0301 日本 🔥 ⚠\ufe0f"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.example/b?c=d", "https://a.example/b?c=d"),
        (" http://a ", "http://a"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("javascript:alert(1)", None),
        ("JAVASCRIPT:alert(1)", None),
        ("data:text/html,x", None),
        ("https://a b", None),
        ('https://a"onclick=', None),
        ("", None),
        (None, None),
    ],
)
def test_safe_url(url: str | None, wanted: str | None) -> None:
    assert safe_url(url) == wanted
