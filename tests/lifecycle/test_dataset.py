"""The carried dataset: what it says, where it is from, how versions find their release."""

from __future__ import annotations

from pathlib import Path

import pytest

from offcall.core.errors import UserError
from offcall.lifecycle.columns import periods
from offcall.lifecycle.dataset import SHIPPED, Dataset, bundled, installed, match, pack, user_file


def test_all_products_fit_and_survive_packing(tmp_path: Path) -> None:
    dataset = bundled()
    products = dataset.all()
    assert len(products) == 75
    assert sum(len(one.releases) for one in products) > 1200
    copy = tmp_path / "copy.json"
    copy.write_text(pack(products, dataset.provenance))
    assert Dataset.load(copy).all() == products


def test_provenance_is_kept() -> None:
    origin = bundled().provenance
    assert origin.source == "github.com/endoflife-date/endoflife.date"
    assert (origin.commit or "").startswith("a70eca33")
    assert str(origin.date) == "2026-08-22"
    assert "MIT" in (origin.licence or "")
    assert "endoflife.date contributors" in (SHIPPED.parent / "NOTICE").read_text()


@pytest.mark.parametrize(
    ("product", "version", "standard", "extended"),
    [
        ("amazon-rds-postgresql", "13", "2026-02-28", "2029-02-28"),
        ("amazon-rds-postgresql", "14", "2027-02-28", "2030-02-28"),
        ("amazon-rds-postgresql", "15", "2028-02-29", "2031-02-28"),
        ("amazon-rds-postgresql", "16", "2029-02-28", "2032-02-29"),
        ("amazon-aurora-postgresql", "16", "2029-02-28", "2032-02-28"),
        ("amazon-rds-mysql", "8.0", "2026-07-31", "2029-07-31"),
        ("amazon-rds-mysql", "8.4", "2029-07-31", "2032-07-31"),
        ("amazon-aurora-mysql", "3.05.2", "2028-04-30", "2029-07-31"),
        ("amazon-aurora-mysql", "2.11.4", "2024-10-31", "2027-02-28"),
        ("amazon-rds-mariadb", "10.6.20", "2026-12-31", "None"),
        ("amazon-eks", "1.31", "2025-11-26", "2026-11-26"),
        ("amazon-eks", "1.34", "2026-12-02", "2027-12-02"),
        ("amazon-elasticache-redis", "5.0.6", "2026-01-31", "2029-01-31"),
        ("amazon-opensearch", "2.11", "2027-11-07", "2028-11-07"),
        ("amazon-msk", "3.7.x", "2026-09-01", "None"),
        ("amazon-documentdb", "3.6.0", "2026-03-30", "2029-03-30"),
        ("aws-lambda", "python3.9", "2025-12-15", "None"),
    ],
)
def test_key_dates(product: str, version: str, standard: str, extended: str) -> None:
    facts = bundled().get(product)
    assert facts is not None
    release = match(facts, version)
    assert release is not None
    found = periods(facts, release)
    assert (str(found.standard), str(found.extended)) == (standard, extended)


@pytest.mark.parametrize(
    ("product", "version", "cycle"),
    [
        ("amazon-rds-postgresql", "13.20", "13"),
        ("amazon-rds-postgresql", "9.6.24", "9.6"),
        ("amazon-rds-postgresql", "130.1", None),
        ("amazon-rds-mysql", "8.0.41", "8.0.41"),
        ("amazon-rds-mysql", "8.0.35", "8.0"),
        ("amazon-aurora-mysql", "5.7.mysql_aurora.2.11.4", "5.7"),
        ("amazon-aurora-mysql", "8.0.mysql_aurora.3.04.1", "8.0"),
        ("amazon-eks", "1.3", None),
        ("amazon-eks", "v1.30", "1.30"),
        ("amazon-msk", "2.8.2.tiered", "2.8"),
        ("amazon-msk", "3.7.x.kraft", "3.7"),
        ("amazon-opensearch", "OpenSearch_2.11", "2.11"),
        ("aws-lambda", "nodejs", "nodejs"),
        ("aws-lambda", "Python3.9", "python3.9"),
        ("aws-lambda", "python3", None),
        ("amazon-neptune", "1.3.2.1", "1.3.2.1"),
        ("debian", "12.5", "12"),
        ("debian", "", None),
    ],
)
def test_match(product: str, version: str, cycle: str | None) -> None:
    facts = bundled().get(product)
    assert facts is not None
    release = match(facts, version)
    assert (release.cycle if release else None) == cycle


def test_the_users_own_dataset_replaces_the_bundled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert installed().file == SHIPPED
    own = user_file()
    own.parent.mkdir(parents=True)
    own.write_text(SHIPPED.read_text())
    assert installed().file == own


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "{}", '{"provenance": {}, "products": {}}', '"text"', "12"]
)
def test_a_broken_dataset_is_a_readable_error(tmp_path: Path, body: str) -> None:
    file = tmp_path / "dataset.json"
    file.write_text(body)
    with pytest.raises(UserError) as caught:
        Dataset.load(file)
    assert str(file) in str(caught.value)


def test_a_product_that_does_not_fit_says_which(tmp_path: Path) -> None:
    file = tmp_path / "dataset.json"
    file.write_text(SHIPPED.read_text().replace('"eol":"2026-02-28"', '"eol":"someday"', 1))
    dataset = Dataset.load(file)
    with pytest.raises(UserError, match="someday"):
        dataset.all()
    with pytest.raises(UserError, match="cannot read"):
        Dataset.load(tmp_path / "nothing.json")
