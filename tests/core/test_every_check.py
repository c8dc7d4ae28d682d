"""What holds for every check of every room: whoever adds one has these tests already."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from offcall.core.checks import Check, checks_by_room, run_checks
from offcall.core.findings import Finding
from offcall.core.rooms import rooms_with

ROOMS = checks_by_room()
CHECKS = {one.id: one for checks in ROOMS.values() for one in checks}
CATEGORIES = {"change", "support", "open", "setup", "notice"}

every_check = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)


def found(check: Check, *, later: timedelta = timedelta()) -> list[Finding]:
    return list(check(check.fails.snapshot(), check.fails.now + later))


def test_rooms_have_checks() -> None:
    assert {"catalog", "health", "lifecycle", "notify"} <= ROOMS.keys()


@every_check
def test_the_examples_are_what_they_claim(check: Check) -> None:
    assert found(check)
    assert list(check(check.passes.snapshot(), check.passes.now)) == []


@every_check
def test_a_finding_says_what_where_why_and_what_to_do(check: Check) -> None:
    assert check.category in CATEGORIES
    for finding in found(check):
        assert (finding.rule, finding.category) == (check.id, check.category)
        assert finding.title
        assert finding.resource.kind == finding.resource.kind.lower()
        assert finding.why
        assert finding.next_step
        assert str(finding.source).startswith("https://")


@every_check
def test_what_is_kept_of_a_finding_is_the_same_the_day_after(check: Check) -> None:
    """The history would keep another body, and who reads it thinks that something has changed.

    So titles name dates, and never how many days are left.
    """
    today = {one.fingerprint: one.title for one in found(check)}
    tomorrow = {one.fingerprint: one.title for one in found(check, later=timedelta(hours=26))}
    for fingerprint in today.keys() & tomorrow.keys():
        assert today[fingerprint] == tomorrow[fingerprint]
    for title in today.values():
        # What somebody called a thing is in quotation marks: 'less than 0.1 % over 30 days'.
        ours = re.sub(r"'[^']*'", "", title)
        assert not re.search(r"\b(days?|today|tomorrow|ago)\b", ours), title


@every_check
def test_an_example_survives_being_saved(check: Check, tmp_path: Path) -> None:
    snapshot = check.fails.snapshot()
    snapshot.save(tmp_path / "facts.json")
    again = type(snapshot).load(tmp_path / "facts.json")
    assert run_checks([check], again, check.fails.now) == run_checks(
        [check], snapshot, check.fails.now
    )


@pytest.mark.parametrize(("room", "checks"), ROOMS.items(), ids=ROOMS)
def test_each_stands_in_a_file_that_is_called_as_it_is(room: str, checks: list[Check]) -> None:
    folder = Path(str(find_spec(rooms_with("checks")[room]).origin)).parent / "checks"
    for check in checks:
        assert check.id.startswith(f"{room}-")
        whole = check.id.replace("-", "_")
        names = {f"{whole}.py", f"{whole.removeprefix(f'{room}_')}.py"}
        files = [file for file in folder.rglob("*.py") if file.name in names]
        assert len(files) == 1, f"{check.id} belongs into one of {names}"
        assert f'id="{check.id}"' in files[0].read_text(encoding="utf-8")
