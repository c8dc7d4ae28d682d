"""Mismatches with the schemas, as findings that point at the right line."""

from __future__ import annotations

import pytest

from offcall.kubernetes.auditing.choosing import all_checks
from offcall.kubernetes.checks.schema.api_not_served import api_not_served
from offcall.kubernetes.checks.schema.missing_field import missing_field
from offcall.kubernetes.checks.schema.unknown_field import unknown_field
from offcall.kubernetes.checks.schema.wrong_type import wrong_type
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.schema.types import Kind
from tests.kubernetes.build import deployment, index, judge

SPREAD = """
topologySpreadConstraints: [
  {maxSkew: 1, topologyKey: zone, whenUnsatisfied: DoNotSchedule, labelSelector: {}}
]"""


def test_it_points_at_the_field_and_says_what_was_meant() -> None:
    (found,) = judge(unknown_field, deployment(pod=SPREAD.strip()))
    assert found.resource.field == (
        "spec.template.spec.topologySpreadConstraints[0].whenUnsatisfied"
    )
    assert "whenUnsatisfiable" in found.fix.steps[0]
    assert found.resource.line is not None
    assert judge(missing_field, deployment(pod=SPREAD.strip()))


def test_several_on_one_object_are_several_findings() -> None:
    found = judge(wrong_type, deployment(spec="replicas: three, minReadySeconds: {}"))
    assert len({one.fingerprint for one in found}) == 2


@pytest.mark.parametrize(("definition", "count"), [("integer", 1), ("string", 0)])
def test_definitions_of_the_input_count(definition: str, count: int) -> None:
    text = f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{plural: widgets, kind: Widget}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {{spec: {{type: object, properties: {{size: {{type: {definition}}}}}}}}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {{name: w}}
spec: {{size: large}}
"""
    assert len(judge(wrong_type, text)) == count


def test_a_version_beyond_all_schemas_is_judged_by_the_nearest() -> None:
    found = index("{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: a}}")
    found.minor = 99
    assert list(of_kind(found, Kind.REMOVED_API))
    assert not judge(api_not_served, deployment())


def test_every_kind_of_mismatch_is_a_check() -> None:
    """None is found and told to nobody."""
    text = "\n".join(one.function.__code__.co_names.__repr__() for one in all_checks())
    assert [kind for kind in Kind if kind.name not in text] == []
