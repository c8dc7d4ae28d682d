from __future__ import annotations

import inspect
import re

import pytest

from offcall.core import errors
from offcall.core.errors import MissingExtra, OffcallError, StoreError, UserError
from offcall.core.extras import require


def test_the_docstring_draws_the_hierarchy_as_it_is() -> None:
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for indent, name, code in re.findall(
        r"^( +)([A-Z]\w+) +(\d)\b", errors.__doc__ or "", re.MULTILINE
    ):
        while above and above[-1][0] >= len(indent):
            above.pop()
        drawn[name] = above[-1][1] if above else "Exception"
        above.append((len(indent), name))
        assert getattr(errors, name).exit_code == int(code), name
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, OffcallError)
    }
    assert drawn == real
    assert set(errors.__all__) == set(real)


def test_a_user_error_says_where_what_and_what_would_be_right() -> None:
    error = UserError("wrong", file="a.yaml", line=3, value="x", expected="y", hint="did you?")
    assert str(error) == "a.yaml:3: wrong\n  found:    x\n  expected: y\n  did you?"
    assert str(UserError("wrong")) == "wrong"
    assert str(UserError("wrong", value=[1, 2])) == "wrong\n  found:    [1, 2]"


def test_long_values_are_cut() -> None:
    (_, found) = str(UserError("wrong", value="x" * 500)).splitlines()
    assert len(found) == len("  found:    ") + 120
    assert found.endswith("...")


def test_hint() -> None:
    assert str(StoreError("locked", hint="wait")) == "locked\nwait"


def test_missing_extra_names_what_to_install() -> None:
    with pytest.raises(MissingExtra) as caught:
        require("no_such_package.part", "aws")
    assert str(caught.value) == (
        "this needs the Python package 'no_such_package', which is not installed\n"
        "pip install 'offcall[aws]'"
    )
    assert require("json", "aws").dumps([]) == "[]"


def test_a_broken_import_inside_is_not_a_missing_extra(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    (Path(str(tmp_path)) / "present_package.py").write_text("import absent_thing\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="absent_thing"):
        require("present_package", "aws")
