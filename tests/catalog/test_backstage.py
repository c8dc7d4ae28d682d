"""Backstage files as they are in the wild: several documents, broken ones, links, locations."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from offcall.core.yamlnodes import NotUsable, documents
from tests.catalog.build import catalog, database

GLOB = "catalog: {files: 'services/**/catalog-info.yaml'}\n"


def test_files_by_glob_and_the_place_of_everything(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        GLOB,
        **{
            "services__a__catalog-info_yaml": """\
            # the service
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata:
              name: Pay
              namespace: Shop
              links:
                - url: https://wiki/pay
                  title: What to do
                  type: runbook
            spec:
              owner: crew
            """,
            "services__b__c__catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: API
            metadata: {name: pay-api}
            spec: {owner: other/crew}
            """,
        },
    )
    assert book.problems == []
    assert list(book.entities) == ["component:shop/pay", "api:default/pay-api"]
    pay = book.entities["component:shop/pay"]
    assert (pay.owner, pay.owner_line) == ("group:shop/crew", 12)
    assert pay.links[0].is_runbook
    assert str(pay.links[0].place) == "services/a/catalog-info.yaml:8"
    assert book.entities["api:default/pay-api"].owner == "group:other/crew"


def test_bad_documents_are_named_and_the_others_load(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: [catalog-info.yaml, missing.yaml]}\n",
        **{
            "catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: first}
            spec: {owner: a}
            ---
            kind: [
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {title: nameless}
            ---
            - a list
            ---
            ---
            apiVersion: apps/v1
            kind: Deployment
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: first}
            spec: {owner: b}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: last}
            spec: {owner: {team: c}}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: good}
            spec: {owner: 0123}
            """
        },
    )
    assert [one.name for one in book.entities.values()] == ["first", "good"]
    assert book.entities["component:default/good"].owner == "group:default/0123"
    assert [str(problem) for problem in book.problems] == [
        "catalog-info.yaml:6: not valid YAML: did not find expected node content",
        "catalog-info.yaml:10: metadata.name is missing",
        "catalog-info.yaml:12: a document: a mapping is expected, not a list",
        "catalog-info.yaml:18: component:default/first is described a second time; "
        "catalog-info.yaml:1 counts",
        "catalog-info.yaml:26: spec.owner: one value is expected, not a mapping",
        "missing.yaml: no such catalog file",
    ]


def test_a_location_names_files_and_may_go_round(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: all.yaml}\n",
        all_yaml="""\
        apiVersion: backstage.io/v1alpha1
        kind: Location
        metadata: {name: all}
        spec:
          targets: [./more/one.yaml, ./all.yaml, "https://git.example/catalog-info.yaml"]
        """,
        more__one_yaml="""\
        apiVersion: backstage.io/v1alpha1
        kind: Location
        spec: {target: ../all.yaml}
        metadata: {name: one}
        ---
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata: {name: found}
        """,
    )
    assert list(book.entities) == ["component:default/found"]
    assert [problem.kind for problem in book.problems] == ["remote"]
    assert book.files == ["all.yaml", "more/one.yaml"]


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "catalog-info.yaml").write_bytes(b"\xff\xfe\x00")
    book = catalog(tmp_path, "catalog: {files: catalog-info.yaml}\n")
    assert [str(one) for one in book.problems] == ["catalog-info.yaml: cannot read: not UTF-8 text"]


def test_a_wrong_pattern_in_an_annotation_is_a_problem(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: catalog-info.yaml}\n",
        **{
            "catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata:
              name: x
              annotations: {offcall/resources: "re:("}
            """
        },
    )
    assert "not a regular expression" in str(book.problems[0])


def test_resources_by_pattern_and_pagerduty_through_the_owner(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: catalog-info.yaml}\n",
        **{
            "catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata:
              name: web
              annotations:
                offcall/resources: "web-*, other"
                pagerduty.com/service-id: PWEB
            spec: {owner: front}
            """
        },
    )
    assert book.owner_of(database("web-replica")) is not None
    assert book.pagerduty_service(database("web-replica")) == "PWEB"
    assert book.owner_of(database("another")) is None


def test_aliases_that_multiply_cost_nothing() -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    )
    (node,) = documents(bomb)
    assert not isinstance(node, NotUsable)
    assert len(node.items("u")) == 9


def test_nesting_without_end_is_an_error_not_a_crash() -> None:
    (item,) = documents("a: " + "[" * 100_000)
    assert isinstance(item, NotUsable)


@given(st.text(alphabet=st.sampled_from("ab:-[]{}#&*!|>'\"%@` \n\t,?-"), max_size=60))
def test_any_text_gives_documents_or_reasons(text: str) -> None:
    for item in documents(text):
        if isinstance(item, NotUsable):
            assert item.message
        else:
            assert item.line >= 1
