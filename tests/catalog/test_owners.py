"""Who owns a resource: which place is believed, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.catalog.estate import Step
from offcall.catalog.patterns import any_of, matcher
from offcall.core.errors import EstateError
from offcall.core.findings import Finding, Resource, Severity
from tests.catalog.build import catalog, database

ENTITIES = """\
    apiVersion: backstage.io/v1alpha1
    kind: Group
    metadata: {name: payments, title: Payments Team}
    spec: {type: team, children: [], profile: {email: pay@shop.example}}
    ---
    apiVersion: backstage.io/v1alpha1
    kind: Resource
    metadata:
      name: ledger
      annotations:
        aws.amazon.com/arn: arn:aws:rds:us-east-1:111122223333:db:ledger-1
    spec:
      type: database
      owner: group:default/payments
    """


def owner(book, resource: Resource) -> tuple[str, str] | None:
    found = book.owner_of(resource)
    return (found.name, found.rule) if found else None


def test_the_order_of_belief(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        """\
        catalog:
          files: catalog-info.yaml
          rules:
            - match: "*:db:ledger-*"
              owner: by-rule
          accounts:
            111122223333: {name: prod, owner: by-account}
          default_owner: by-default
        """,
        **{"catalog-info_yaml": ENTITIES},
    )
    claims = book.explain(database("ledger-1", tags={"Owner": "by-tag"}))
    assert [(claim.step, claim.owner) for claim in claims] == [
        (Step.RULES, "by-rule"),
        (Step.BACKSTAGE, "payments"),
        (Step.TAGS, "by-tag"),
        (Step.ACCOUNT, "by-account"),
        (Step.DEFAULT, "by-default"),
    ]
    assert claims[0].rule == "offcall.yaml:4 rule (match *:db:ledger-*)"
    assert claims[1].rule == "catalog-info.yaml:14 spec.owner of resource ledger (found by ARN)"
    assert claims[2].rule == "tag Owner=by-tag"
    assert claims[3].rule == "offcall.yaml:7 account 111122223333 (prod)"
    assert claims[4].rule == "offcall.yaml:8 default_owner"


def test_the_order_can_be_changed(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        """\
        catalog:
          order: [tags, rules]
          rules: [{match: "*", owner: by-rule}]
          default_owner: never-asked
        """,
    )
    assert owner(book, database("a", tags={"team": "by-tag"})) == ("by-tag", "tag team=by-tag")
    assert [claim.owner for claim in book.explain(database("a"))] == ["by-rule"]


def test_nothing_said_is_nobody(tmp_path: Path) -> None:
    assert catalog(tmp_path, "name: empty\n").owner_of(database("a")) is None


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("match: ledger-1", True),
        ("match: LEDGER-*", True),
        ("match: 're:ledger-\\d$'", True),
        ("match: ledger", False),
        ("match: [other, 'arn:aws:rds:*:db:ledger-1']", True),
        ("services: rds", True),
        ("services: ec2", False),
        ("kinds: 'rds *'", True),
        ("regions: 'eu-*'", False),
        ("accounts: '1111*'", True),
        ("tags: {Env: prod*}", True),
        ("tags: {env: staging}", False),
        ("{match: ledger-1, regions: eu-west-1}", False),
    ],
)
def test_conditions(tmp_path: Path, condition: str, fits: bool) -> None:
    body = condition.strip("{}") if condition.startswith("{") else condition
    rule = "{" + body + ", owner: them}"
    book = catalog(tmp_path, f"catalog:\n  rules:\n    - {rule}\n")
    found = book.owner_of(database("ledger-1", tags={"env": "production"}))
    assert (found is not None) is fits


@pytest.mark.parametrize("said", ["payments", "group:default/payments", "Payments Team"])
def test_one_owner_has_one_name(tmp_path: Path, said: str) -> None:
    book = catalog(
        tmp_path, "catalog: {files: catalog-info.yaml}\n", **{"catalog-info_yaml": ENTITIES}
    )
    found = book.owner_of(database("x", tags={"team": said}))
    assert found is not None
    assert found.name == "payments"


def test_ownership_is_inherited_with_the_way_shown(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: catalog-info.yaml}\n",
        **{
            "catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata: {name: orders-db}
            spec: {type: database, system: order-taking}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: System
            metadata: {name: order-taking}
            spec: {domain: sales}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Domain
            metadata: {name: sales}
            spec: {owner: sellers}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: reports}
            spec: {owner: user:default/jo, dependsOn: [resource:orders-db]}
            """
        },
    )
    claims = book.explain(database("orders-db"))
    assert [claim.owner for claim in claims] == ["user:jo", "sellers"]
    assert "needed by reports" in claims[0].rule
    assert "system order-taking, domain sales" in claims[1].rule


def test_a_cycle_ends(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: catalog-info.yaml}\n",
        **{
            "catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: a}
            spec: {subcomponentOf: b}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: b}
            spec: {subcomponentOf: a}
            """
        },
    )
    assert book.owner_of(database("a")) is None


def test_an_account_is_not_the_component_of_its_name(tmp_path: Path) -> None:
    book = catalog(
        tmp_path, "catalog: {files: catalog-info.yaml}\n", **{"catalog-info_yaml": ENTITIES}
    )
    assert book.owner_of(Resource(kind="aws account", id="111122223333", name="ledger")) is None


def test_a_lambda_version_is_its_function(tmp_path: Path) -> None:
    book = catalog(tmp_path, "catalog: {rules: [{match: mailer, owner: post}]}\n")
    arn = "arn:aws:lambda:us-east-1:111122223333:function:mailer:$LATEST"
    assert book.owner_of(Resource(kind="lambda function", id=arn)) is not None


@pytest.mark.parametrize(
    ("estate", "message"),
    [
        ("catalog:\n  rules:\n    - {owner: a}\n", "a rule needs a condition"),
        ("catalog:\n  rules:\n    - {owner: a, match: 're:('}\n", "not a regular expression"),
        ("catalog:\n  rules:\n    - {owner: a, match: ''}\n", "an empty pattern"),
        ("catalog:\n  acounts: {}\n", "did you mean 'accounts'?"),
        ("catalog:\n  accounts:\n    prod: {owner: a}\n", "12 digits are expected"),
        ("catalog:\n  runbook_url: https://wiki\n", "{path} must stand in it"),
        ("catalog:\n  order: [guess]\n", "order.0"),
    ],
)
def test_a_wrong_section_says_where(tmp_path: Path, estate: str, message: str) -> None:
    with pytest.raises(EstateError) as caught:
        catalog(tmp_path, estate)
    assert message in str(caught.value)
    assert caught.value.line is not None


def test_an_account_id_with_a_zero_in_front_needs_no_quotes(tmp_path: Path) -> None:
    book = catalog(tmp_path, "catalog:\n  accounts:\n    012345678901: {owner: them}\n")
    assert book.owner_of(database("a", account="012345678901")) is not None


def test_annotate_fills_only_what_is_missing(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        """\
        catalog:
          default_owner: them
          runbooks: [{topics: "rule-*", title: Do it, url: "https://wiki/do"}]
        """,
    )
    bare = Finding(rule="rule-1", severity=Severity.LOW, title="something", resource=database("a"))
    (full,) = book.annotate([bare])
    assert full.owner is not None
    assert full.runbook is not None
    assert (full.owner.name, full.runbook.url) == ("them", "https://wiki/do")
    assert full.fingerprint == bare.fingerprint
    assert book.annotate([full]) == (full,)


@given(st.text(alphabet="ab*?[]!-:/", min_size=1, max_size=12), st.text("ab:/", max_size=12))
def test_any_glob_is_a_pattern(pattern: str, text: str) -> None:
    assert matcher(pattern)(text) in (True, False)


@given(st.text(min_size=1).filter(lambda s: not s.startswith("re:") and not set(s) & set("*?[")))
def test_without_wildcards_a_pattern_is_the_name(name: str) -> None:
    assert matcher(name)(name)
    assert not matcher(name)(name + "x")


@given(
    st.lists(st.text("ab*?", min_size=1, max_size=4) | st.just("re:^b"), max_size=5),
    st.lists(st.text("ab", max_size=4), max_size=3),
)
def test_many_patterns_at_once_say_the_same_as_one_by_one(
    patterns: list[str], names: list[str]
) -> None:
    one_by_one = any(matcher(pattern)(name) for pattern in patterns for name in names)
    assert any_of(patterns)(names) is one_by_one


def test_a_name_without_its_arn_is_found_by_account_and_region(tmp_path: Path) -> None:
    """AWS Health names a database `cards-db`, the catalog has its ARN."""
    known = catalog(
        tmp_path,
        "catalog: {files: [catalog_info.yaml]}",
        catalog_info_yaml="""
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata:
              name: ledger
              annotations:
                aws.amazon.com/arn: arn:aws:rds:us-east-1:111122223333:db:cards-db
            spec: {type: database, owner: cards}
            """,
    )
    owner = known.owner_of(database("cards-db", id="cards-db"))
    assert owner is not None
    assert owner.name == "cards"
    for other in (
        {"account": "444455556666"},
        {"account": None},
        {"region": "eu-west-1"},
        {"service": "ELASTICACHE"},
    ):
        assert known.owner_of(database("cards-db", **{"id": "cards-db", **other})) is None
    assert known.owner_of(database("cards", id="cards")) is None
