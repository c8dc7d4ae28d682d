"""For every kind of every version: what is allowed passes, and a field too many is found."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offcall.kubernetes.schema.published import published
from offcall.kubernetes.schema.types import Kind, Object
from offcall.kubernetes.schema.validating import schemas
from tests.kubernetes.schema.objects import KINDS, MINORS, at, places, valid
from tests.kubernetes.schema.peer import validator

PROPER = {
    *(Kind.UNKNOWN_FIELD, Kind.LATER_FIELD, Kind.REMOVED_FIELD),
    *(Kind.MISSING_FIELD, Kind.WRONG_TYPE),
}
"""What the peer judges too; it knows no values, no lifetimes of an API version."""


SPEC_NEEDED = {
    *("CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Job", "Pod"),
    *("ReplicaSet", "StatefulSet"),
}
"""Without it the server refuses them; the published schema, and so the peer, does not say so."""


@st.composite
def objects(draw: st.DrawFn) -> tuple[int, Object, dict[str, Any]]:
    """A version, a kind's type, and an object that it allows."""
    minor = draw(MINORS)
    name = draw(st.sampled_from([one for one in KINDS if published().is_served(one, minor)]))
    type_ = published().object(published().served[name][0], minor)
    version, kind = name.split(" ")
    body = draw(valid(type_))
    return (
        minor,
        type_,
        {"apiVersion": version, "kind": kind, **body}
        | {
            "apiVersion": version,
            "kind": kind,
        },
    )


@given(objects())
def test_what_is_allowed_has_no_mismatch(made: tuple[int, Object, dict[str, Any]]) -> None:
    minor, _, body = made
    found = [one for one in schemas(minor).validate(body) if one.kind is not Kind.DEPRECATED_API]
    assert found == []
    assert validator(f"{body['apiVersion']} {body['kind']}", minor).is_valid(body)


@given(objects(), st.data())
def test_a_field_that_does_not_exist_is_found_anywhere(
    made: tuple[int, Object, dict[str, Any]], data: st.DataObject
) -> None:
    minor, type_, body = made
    path, _ = data.draw(st.sampled_from(list(places(body, type_))))
    at(body, path)["notAField"] = 1
    found = [one for one in schemas(minor).validate(body) if one.kind is Kind.UNKNOWN_FIELD]
    assert [one.path for one in found] == [(*path, "notAField")]


@given(objects(), st.data())
def test_an_independent_validator_agrees_about_broken_objects(
    made: tuple[int, Object, dict[str, Any]], data: st.DataObject
) -> None:
    minor, type_, body = made
    path, _ = data.draw(st.sampled_from(list(places(body, type_))))
    broken = at(body, path)
    names = sorted(set(broken) - {"apiVersion", "kind"})
    name = data.draw(st.sampled_from([*names, "notAField"]))
    if data.draw(st.booleans()):
        broken.pop(name, None)
    else:
        broken[name] = data.draw(st.sampled_from([True, 7, 1.5, "text", [], {}, [{}]]))
    peer = validator(f"{body['apiVersion']} {body['kind']}", minor)
    ours = [one for one in schemas(minor).validate(body) if one.kind in PROPER]
    if body["kind"] in SPEC_NEEDED:
        assume("spec" in body)
    assert (ours == []) == peer.is_valid(body), (body, ours, _first(peer, body))


def _first(peer: jsonschema.protocols.Validator, body: dict[str, Any]) -> list[str]:
    return [f"{list(one.absolute_path)}: {one.message}" for one in peer.iter_errors(body)][:3]


@pytest.mark.parametrize("minor", [published().versions[0], published().versions[1]])
def test_every_kind_of_the_peer_is_known(minor: int) -> None:
    served = {one for one in KINDS if published().is_served(one, minor)}
    for name in served:
        assert validator(name, minor) is not None
    assert {"apps/v1 Deployment", "v1 Pod", "policy/v1 PodDisruptionBudget"} <= served
