"""What is wrong with a catalog is found, and only that."""

from __future__ import annotations

import pytest

from offcall.catalog.checks.examples import NOW, entity
from offcall.catalog.cycles import cycles
from offcall.catalog.entities import Entity, Parent
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Check, checks_of, run_checks

CHECKS = checks_of("catalog")


def test_there_are_checks() -> None:
    assert [one.id for one in CHECKS] == [
        "catalog-cycle",
        "catalog-dangling",
        "catalog-empty-runbook",
        "catalog-no-owner",
        "catalog-unknown-owner",
        "catalog-unusable",
    ]


@pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.id)
def test_the_examples(one: Check) -> None:
    found = list(one(one.fails.snapshot(), one.fails.now))
    assert found
    assert {finding.rule for finding in found} == {one.id}
    assert all(finding.next_step and finding.why for finding in found)
    assert list(one(one.passes.snapshot(), one.passes.now)) == []


def part_of(name: str, *above: str, owner: str | None = None) -> Entity:
    parents = tuple(Parent(relation="subcomponentOf", ref=f"component:default/{a}") for a in above)
    return entity(f"component:default/{name}", parents=parents, owner=owner)


def test_a_cycle_is_named_whole_and_once() -> None:
    facts = CatalogFacts(
        taken_at=NOW,
        source="test",
        entities=(
            part_of("in", "a"),
            part_of("a", "b"),
            part_of("b", "c"),
            part_of("c", "a"),
            part_of("self", "self"),
        ),
    )
    found = [one for one in run_checks(CHECKS, facts, NOW) if one.rule == "catalog-cycle"]
    assert [one.title for one in found] == [
        "the relations go round in a circle: a → b → c → a",
        "the relations go round in a circle: self → self",
    ]


def test_the_same_cycle_has_the_same_fingerprint_wherever_it_is_entered() -> None:
    def fingerprint(*entities: Entity) -> str:
        facts = CatalogFacts(taken_at=NOW, source="test", entities=entities)
        (found,) = run_checks(CHECKS, facts, NOW)
        return found.fingerprint

    a, b = part_of("a", "b"), part_of("b", "a")
    assert fingerprint(a, b) == fingerprint(b, a)


def test_a_long_chain_is_no_problem() -> None:
    chain = [part_of(str(i), str(i + 1)) for i in range(20_000)]
    assert list(cycles(chain)) == []
