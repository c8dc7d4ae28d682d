"""Which runbook applies, and why."""

from __future__ import annotations

from pathlib import Path

from offcall.core.findings import Evidence, Finding, Severity
from tests.catalog.build import catalog, database

PAGES = {
    "runbooks__both_md": """\
        ---
        title: Upgrade orders
        applies: [AWS_RDS_*]
        resources: "orders-*"
        ---
        # Something else
        """,
    "runbooks__topic_md": """\
        ---
        applies: "AWS_RDS_*"
        ---
        text
        # Upgrade a database
        """,
    "runbooks__resource_md": "---\nresources: ['*-db']\ntitle: The databases\n---\n",
    "runbooks__none_md": "# Only to be read\n",
}
ESTATE = """\
    catalog:
      runbook_files: "runbooks/*.md"
      runbook_url: "https://git.example/{path}"
      runbooks:
        - {topics: AWS_RDS_STORAGE_FAILURE, title: Storage, url: "https://wiki/storage"}
    """


def test_the_order_of_belief(tmp_path: Path) -> None:
    book = catalog(tmp_path, ESTATE, **PAGES)
    assert book.problems == []
    orders = database("orders-db")
    found = book.runbooks_for(orders, "AWS_RDS_STORAGE_FAILURE")
    assert [one.title for one in found] == [
        "Storage",
        "Upgrade orders",
        "Upgrade a database",
        "The databases",
    ]
    assert found[0].rule == "offcall.yaml:5"
    assert found[1].url == "https://git.example/runbooks/both.md"
    assert found[1].rule == "runbooks/both.md:1 front matter"
    other = book.runbook_for(database("x"), "aws_rds_reboot")
    assert other is not None
    assert other.title == "Upgrade a database"
    assert book.runbook_for(database("x"), "AWS_EC2_REBOOT") is None
    assert "Only to be read" in [page.title for page in book.pages]


def test_front_matter_that_is_wrong(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {runbook_files: ['*.md', 'none/*.md']}\n",
        open_md="---\ntitle: never ends\n",
        bad_md="---\ntitle: [\n---\n",
        regex_md="---\ntitle: x\napplies: 're:['\n---\n",
    )
    assert [str(one) for one in book.problems] == [
        "bad.md:2: not valid YAML: did not find expected node content",
        "open.md:1: the front matter has no end; a line with --- is expected",
        "regex.md:2: 're:[' is not a regular expression: unterminated character set at position 0",
        "none/*.md: no such runbook file",
    ]


def test_links_of_the_entity_and_of_its_system(tmp_path: Path) -> None:
    book = catalog(
        tmp_path,
        "catalog: {files: catalog-info.yaml}\n",
        **{
            "catalog-info_yaml": """\
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata:
              name: orders-db
              annotations: {backstage.io/techdocs-ref: "url:https://docs/orders"}
              links:
                - {url: "https://grafana/x", title: Dashboard}
                - {url: "", title: Runbook}
            spec: {system: sales}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: System
            metadata:
              name: sales
              links: [{url: "https://wiki/sales", title: "Sales runbook"}]
            spec: {owner: a}
            """
        },
    )
    tagged = database("orders-db", tags={"Runbook": "https://wiki/tag"})
    assert [one.url for one in book.runbooks_for(tagged)] == [
        "https://wiki/tag",
        "https://wiki/sales",
        "https://docs/orders",
    ]


def test_a_finding_is_about_its_rule_and_its_event_type(tmp_path: Path) -> None:
    book = catalog(tmp_path, ESTATE, **PAGES)
    finding = Finding(
        rule="health-change",
        severity=Severity.HIGH,
        title="x",
        resource=database("reviews-1"),
        evidence=(Evidence(name="event type", value="AWS_RDS_STORAGE_FAILURE"),),
    )
    (full,) = book.annotate([finding])
    assert full.runbook is not None
    assert full.runbook.title == "Storage"
