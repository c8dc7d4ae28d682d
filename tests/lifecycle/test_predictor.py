"""Each regime, with the days around its boundaries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from offcall.lifecycle.regimes.model import Act, Phase
from offcall.lifecycle.snapshot import LiveSupport
from tests.lifecycle.make import outlook, steps

TWO = {"class": "db.r6g.large"}


def test_postgres_is_billed_then_doubled_then_upgraded() -> None:
    found = outlook("postgres", "13.20", "2026-11-24", **TWO)
    assert steps(found) == [
        ("bill", "2026-03-01", "146.00"),
        ("bill", "2028-03-01", "292.00"),
        ("upgrade", "2029-03-01", None),
    ]
    assert found.phase is Phase.EXTENDED
    assert found.cost_now is not None
    assert found.cost_now.monthly_usd == Decimal("146.00")


@pytest.mark.parametrize(
    ("today", "phase", "days", "price"),
    [
        ("2026-02-27", Phase.STANDARD, 1, None),
        ("2026-02-28", Phase.STANDARD, 0, None),
        ("2026-03-01", Phase.EXTENDED, -1, "146.00"),
        ("2028-02-29", Phase.EXTENDED, -731, "146.00"),
        ("2028-03-01", Phase.EXTENDED, -732, "292.00"),
        ("2029-02-28", Phase.EXTENDED, -1096, "292.00"),
        ("2029-03-01", Phase.ENDED, -1097, None),
    ],
)
def test_postgres_13_day_by_day(today: str, phase: Phase, days: int, price: str | None) -> None:
    found = outlook("postgres", "13.20", today, **TWO)
    assert (found.phase, found.days_left) == (phase, days)
    assert (str(found.cost_now.monthly_usd) if found.cost_now else None) == price


@pytest.mark.parametrize("engine", ["postgres", "aurora-postgresql"])
def test_version_11_was_charged_a_month_late(engine: str) -> None:
    found = outlook(engine, "11.22", "2024-03-15", **TWO)
    assert found.phase is Phase.EXTENDED
    assert found.cost_now is None
    assert steps(found)[:2] == [("bill", "2024-04-01", "146.00"), ("bill", "2026-04-01", "292.00")]
    charged = outlook(engine, "11.22", "2024-04-01", **TWO)
    assert charged.cost_now is not None


def test_extended_support_off_means_upgrade_at_the_end() -> None:
    found = outlook("postgres", "14.22", "2026-11-24", extended_support=False, **TWO)
    assert steps(found) == [("upgrade", "2027-03-01", None)]
    assert "disabled" in found.steps[0].text
    past = outlook("postgres", "14.22", "2027-03-02", extended_support=False, **TWO)
    assert past.phase is Phase.ENDED
    assert past.cost_now is None


def test_the_default_is_named_as_a_default() -> None:
    default = outlook("postgres", "13.20", "2026-11-24", **TWO)
    chosen = outlook("postgres", "13.20", "2026-11-24", extended_support=True, **TWO)
    assert "the default; the setting was not read" in default.steps[0].text
    assert "default" not in chosen.steps[0].text


@pytest.mark.parametrize(
    ("more", "price", "words"),
    [
        ({"multi_az": True}, "292.00", "2 x 2 vCPU"),
        ({"region": "eu-west-1"}, "163.52", "$0.112"),
        ({"region": "sa-east-1"}, "146.00", "us-east-1 price; sa-east-1 may differ"),
        ({"class": "db.r6g.4xlarge"}, "1168.00", "1 x 16 vCPU"),
        ({"class": "db.t4g.micro"}, "146.00", "1 x 2 vCPU"),
        ({"class": "db.x9z.colossal", "vcpu": 48}, "3504.00", "1 x 48 vCPU"),
        ({"class": None, "vcpu": 4, "multi_az": True}, "584.00", "2 x 4 vCPU"),
    ],
)
def test_price_of_this_very_instance(more: dict[str, object], price: str, words: str) -> None:
    found = outlook("postgres", "13.20", "2026-11-24", **{**TWO, **more})
    assert found.cost_now is not None
    assert str(found.cost_now.monthly_usd) == price
    assert words in found.cost_now.basis


def test_a_price_that_is_not_known_is_said_to_be_unknown() -> None:
    for more in ({"class": "db.x9z.colossal"}, {}):
        found = outlook("postgres", "13.20", "2026-11-24", **more)
        assert found.cost_now is not None
        assert found.cost_now.monthly_usd is None
        assert "not known" in found.cost_now.basis


def test_aurora_counts_every_machine_of_the_cluster() -> None:
    found = outlook(
        "aurora-postgresql",
        "13.20",
        "2026-11-24",
        **{"class": "db.r6g.xlarge", "instances": 2, "other_classes": {"db.r6g.large": 1}},
        multi_az=True,
    )
    assert found.cost_now is not None
    assert str(found.cost_now.monthly_usd) == "730.00"


def test_aurora_serverless_is_priced_by_capacity() -> None:
    found = outlook("aurora-postgresql", "13.20", "2026-11-24", acu="0.5", instances=2)
    assert found.cost_now is not None
    assert str(found.cost_now.monthly_usd) == "62.05"


def test_serverless_members_are_added_to_those_of_a_class() -> None:
    mixed = {"class": "db.r6g.large", "instances": 1, "other_classes": {"db.serverless": 2}}
    found = outlook("aurora-postgresql", "13.20", "2026-11-24", acu="0.5", **mixed)
    assert found.cost_now is not None
    # 2 vCPU x 0.100 x 730, and 2 x 0.5 ACU x 0.085 x 730.
    assert str(found.cost_now.monthly_usd) == "208.05"
    unsaid = outlook("aurora-postgresql", "13.20", "2026-11-24", **{"class": "db.serverless"})
    assert unsaid.cost_now is not None
    assert unsaid.cost_now.monthly_usd is None
    assert "give 'acu'" in unsaid.cost_now.basis


def test_aurora_mysql_2_keeps_its_first_price() -> None:
    found = outlook("aurora-mysql", "5.7.mysql_aurora.2.11.4", "2026-11-24", **TWO)
    assert steps(found) == [("bill", "2024-12-01", "146.00"), ("upgrade", "2027-03-01", None)]


@pytest.mark.parametrize(
    ("engine", "version", "start", "charged"),
    [
        ("aurora-mysql", "5.7.mysql_aurora.2.11.4", "2024-11-01", "2024-12-01"),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.4", "2025-01-01", "2025-01-01"),
        ("postgres", "14.22", "2027-04-01", "2027-04-01"),
    ],
)
def test_the_start_that_aws_gives_is_used_unless_charges_began_later(
    engine: str, version: str, start: str, charged: str
) -> None:
    cycle = "5.7" if engine == "aurora-mysql" else "14"
    live = _live(engine, cycle, extended_start=start)
    found = outlook(engine, version, "2026-11-24", live=(live,), **TWO)
    assert steps(found)[0] == ("bill", charged, "146.00")


def test_aurora_mysql_by_its_own_number() -> None:
    found = outlook("aurora-mysql", "3.05.2", "2026-11-24", **TWO)
    assert found.dates is not None
    assert found.dates.cycle == "8.0"
    assert found.days_left == 523


@pytest.mark.parametrize(
    ("today", "due"), [("2026-09-30", False), ("2026-10-01", False), ("2026-10-02", True)]
)
def test_minor_past_its_end_is_upgraded_whatever_the_switch_says(today: str, due: bool) -> None:
    found = outlook(
        "mysql", "8.4.6", today, auto_minor_version_upgrade=False, maintenance_window="sun:02:00"
    )
    first = found.steps[0]
    assert (first.act, str(first.on)) == (Act.MINOR, "2026-10-01")
    assert "sun:02:00, although AutoMinorVersionUpgrade is off" in first.text
    step = found.next_step(datetime.fromisoformat(today).date())
    assert step == first
    assert (step.on < datetime.fromisoformat(today).date()) is due  # type: ignore[union-attr,operator]


def test_a_minor_that_is_no_longer_listed_ended_no_later_than_the_oldest_listed() -> None:
    found = outlook("mysql", "8.4.0", "2026-11-24")
    assert found.dates is not None
    assert (str(found.dates.minor_end and found.dates.minor_end.on), found.dates.minor_bound) == (
        "2026-05-31",
        "8.4.3",
    )
    assert "at the latest: 8.4.3 ended then" in found.steps[0].text


def test_a_minor_that_ends_with_its_major_is_not_a_step_of_its_own() -> None:
    assert [act for act, *_ in steps(outlook("mysql", "8.0.46", "2026-05-01", **TWO))] == [
        "bill",
        "bill",
        "upgrade",
    ]


@pytest.mark.parametrize(
    ("engine", "version"),
    [
        ("postgres", "16.3"),
        ("mariadb", "10.11.4"),
        ("aurora-postgresql", "16.3"),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.1"),
    ],
)
def test_minors_that_no_source_dates_are_said_to_be_unknown(engine: str, version: str) -> None:
    dates = outlook(engine, version, "2026-11-24").dates
    assert dates is not None
    assert dates.minor_unknown is not None
    assert f"describe-db-engine-versions --engine {engine} --engine-version" in dates.minor_unknown
    read = outlook(engine, version, "2026-11-24", version_status="deprecated").dates
    assert read is not None
    assert read.minor_unknown == "not known here; AWS calls it deprecated"
    known = outlook("mysql", "8.4.7", "2026-11-24").dates
    assert known is not None
    assert known.minor_unknown is None


@pytest.mark.parametrize("version", ["8.0.mysql_aurora.3.05.2", "3.07.1", "3.01.0"])
def test_minors_of_aurora_mysql_that_its_release_list_calls_deprecated(version: str) -> None:
    found = outlook("aurora-mysql", version, "2026-11-24")
    step = found.next_step(date(2026, 11, 24))
    assert step is not None
    assert (step.act, step.on) == (Act.MINOR, None)
    assert found.dates is not None
    assert found.dates.minor_end is not None
    assert "AuroraMySQL.Updates.30Updates" in found.dates.minor_end.text
    kept = outlook("aurora-mysql", "8.0.mysql_aurora.3.04.1", "2026-11-24")
    assert Act.MINOR not in [step.act for step in kept.steps]


def test_a_minor_that_aws_calls_deprecated_is_due_at_any_time() -> None:
    found = outlook("postgres", "16.3", "2026-11-24", version_status="deprecated")
    minor = next(step for step in found.steps if step.act is Act.MINOR)
    assert minor.on is None
    assert found.next_step(datetime(2026, 11, 24, tzinfo=UTC).date()) is not None


def test_aurora_serverless_v1_has_ended_and_has_no_extended_support() -> None:
    found = outlook(
        "aurora-mysql", "5.7.mysql_aurora.2.11.4", "2026-11-24", engine_mode="serverless", acu="1"
    )
    assert steps(found) == [("upgrade", "2025-04-01", None)]
    assert found.phase is Phase.ENDED
    assert found.cost_now is None
    assert found.moves == ()
    assert "Serverless v2" in found.steps[0].text


def test_mariadb_has_no_extended_support() -> None:
    found = outlook("mariadb", "10.6.20", "2026-11-24", **TWO)
    assert steps(found) == [("upgrade", "2027-01-01", None)]
    assert outlook("mariadb", "10.6.20", "2026-12-31").phase is Phase.STANDARD
    assert outlook("mariadb", "10.6.20", "2027-01-01").phase is Phase.ENDED


@pytest.mark.parametrize(
    ("today", "phase", "price"),
    [
        ("2025-11-26", Phase.STANDARD, None),
        ("2025-11-27", Phase.EXTENDED, "365.00"),
        ("2026-11-26", Phase.EXTENDED, "365.00"),
        ("2026-11-27", Phase.ENDED, None),
    ],
)
def test_eks_extended(today: str, phase: Phase, price: str | None) -> None:
    found = outlook("eks", "1.31", today)
    assert found.phase is phase
    assert (str(found.cost_now.monthly_usd) if found.cost_now else None) == price
    assert steps(found) == [("bill", "2025-11-27", "365.00"), ("upgrade", "2026-11-27", None)]


def test_eks_standard_is_upgraded_at_the_end_of_standard_support() -> None:
    found = outlook("eks", "1.34", "2026-11-24", extended_support=False)
    assert steps(found) == [("upgrade", "2026-12-03", None)]
    assert found.days_left == 8


def test_eks_goes_up_one_version_at_a_time() -> None:
    found = outlook("eks", "1.31", "2026-11-24")
    assert [move.version for move in found.moves] == ["1.32", "1.34", "1.36"]
    assert "5 upgrades away" in found.moves[-1].why
    assert "--kubernetes-version 1.32" in found.commands[-1]


def test_eks_nodes_are_left_alone() -> None:
    found = outlook("eks", "1.31", "2026-11-24", kind="eks nodegroup", cluster="prod")
    assert [act for act, *_ in steps(found)] == ["deprecate"]
    assert found.cost_now is None


@pytest.mark.parametrize(
    ("today", "act"),
    [
        ("2025-12-15", "deprecate"),
        ("2025-12-16", "block create"),
        ("2027-02-01", "block create"),
        ("2027-02-02", "block update"),
        ("2027-03-03", "block update"),
        ("2027-03-04", None),
    ],
)
def test_lambda_deprecates_then_blocks_create_then_update(today: str, act: str | None) -> None:
    found = outlook("lambda", "python3.9", today)
    assert steps(found) == [
        ("deprecate", "2025-12-15", None),
        ("block create", "2027-02-01", None),
        ("block update", "2027-03-03", None),
    ]
    step = found.next_step(datetime.fromisoformat(today).date())
    assert (step.act.value if step else None) == act
    assert all("keep" in one.text for one in found.steps)


@pytest.mark.parametrize(
    ("runtime", "to"),
    [
        ("python3.9", "python3.14"),
        ("nodejs16.x", "nodejs24.x"),
        ("go1.x", "provided.al2023"),
        ("dotnetcore3.1", "dotnet10"),
        ("ruby2.7", "ruby4.0"),
    ],
)
def test_lambda_stays_in_its_language(runtime: str, to: str) -> None:
    assert [move.version for move in outlook("lambda", runtime, "2026-11-24").moves] == [to]


def test_elasticache_adds_a_share_of_the_node_price() -> None:
    found = outlook(
        "redis",
        "5.0.6",
        "2026-11-24",
        **{"class": "cache.t4g.micro", "instances": 2, "region": "ap-northeast-2"},
    )
    # 0.024 an hour each: 80 % of two nodes, then 160 %.
    assert steps(found) == [
        ("bill", "2026-02-01", "28.03"),
        ("bill", "2028-02-01", "56.06"),
        ("upgrade", "2029-02-01", None),
    ]


def test_opensearch_is_billed_by_normalised_hours() -> None:
    found = outlook(
        "opensearch",
        "OpenSearch_2.9",
        "2026-11-24",
        **{"class": "m7g.medium.search", "instances": 3, "other_classes": {"m7g.large.search": 3}},
    )
    # (3 x 2 + 3 x 4) x 0.0065 x 730.
    assert found.cost_now is not None
    assert str(found.cost_now.monthly_usd) == "85.41"
    assert [act for act, *_ in steps(found)] == ["bill", "end"]


def test_documentdb_was_charged_later_and_its_price_is_not_carried() -> None:
    found = outlook("docdb", "3.6.0", "2026-06-30", **TWO)
    assert found.phase is Phase.EXTENDED
    assert found.cost_now is None
    assert steps(found) == [
        ("bill", "2026-07-01", "None"),
        ("bill", "2028-03-31", "None"),
        ("upgrade", "2029-03-31", None),
    ]
    assert "enrolled on 2026-03-31" in found.steps[0].text
    assert "docdb-version-support-dates" in found.steps[1].source
    later = outlook("docdb", "3.6.0", "2026-07-01", **TWO)
    assert later.cost_now is not None
    assert later.cost_now.monthly_usd is None
    assert [move.version for move in later.moves] == ["5.0"]
    assert later.moves[0].why == "long-term support"


@pytest.mark.parametrize("version", ["3.7.x", "3.7.x.kraft", "3.7.1"])
def test_msk_is_upgraded_without_notice(version: str) -> None:
    found = outlook("kafka", version, "2026-11-24")
    assert steps(found) == [("upgrade", "2026-09-02", None)]
    assert "without a further notice" in found.steps[0].text


@pytest.mark.parametrize(
    ("version", "upgraded"),
    [("2.8.0", "2024-09-12"), ("2.8.1", "2024-09-12"), ("2.8.2-tiered", "2025-01-15")],
)
def test_patch_versions_of_kafka_have_ends_of_their_own(version: str, upgraded: str) -> None:
    assert steps(outlook("kafka", version, "2026-11-24")) == [("upgrade", upgraded, None)]


def test_software_that_aws_does_not_run() -> None:
    found = outlook("debian", "11", "2026-11-24")
    assert found.phase is Phase.ENDED
    assert [act for act, *_ in steps(found)] == ["end", "end"]
    assert found.title == "Debian"


@pytest.mark.parametrize(("engine", "version"), [("frobnicator", "3"), ("postgres", "99.1")])
def test_what_no_source_knows_is_not_judged(engine: str, version: str) -> None:
    found = outlook(engine, version, "2026-11-24")
    assert found.phase is Phase.UNKNOWN
    assert found.not_judged


def test_no_date_set_is_no_end() -> None:
    found = outlook("redis", "7.1", "2026-11-24")
    assert (found.phase, found.days_left, found.steps) == (Phase.STANDARD, None, ())


def _live(engine: str, version: str, **ends: str) -> LiveSupport:
    read = datetime(2026, 11, 24, 6, tzinfo=UTC)
    return LiveSupport.model_validate(
        {"engine": engine, "version": version, "source": "api", "read_at": read, **ends}
    )


def test_live_dates_win_and_the_disagreement_is_kept() -> None:
    live = _live("postgres", "14", standard_end="2027-06-30", extended_end="2030-02-28")
    found = outlook("postgres", "14.22", "2026-11-24", live=(live,), **TWO)
    assert found.dates is not None
    assert found.dates.standard_end is not None
    assert (str(found.dates.standard_end.on), found.dates.standard_end.live) == ("2027-06-30", True)
    [one] = found.dates.disagreements
    assert (str(one.live.on), str(one.carried.on)) == ("2027-06-30", "2027-02-28")
    assert steps(found)[0] == ("bill", "2027-07-01", "146.00")


def test_the_last_moment_of_a_day_is_that_day() -> None:
    live = _live("postgres", "13", standard_end="2026-02-28T23:59:59.999Z")
    found = outlook("postgres", "13.20", "2026-11-24", live=(live,))
    assert found.dates is not None
    assert found.dates.disagreements == ()
    assert found.dates.standard_end is not None
    assert str(found.dates.standard_end.on) == "2026-02-28"


def test_live_dates_alone_are_enough() -> None:
    live = _live("postgres", "99", standard_end="2099-01-31")
    found = outlook("postgres", "99.1", "2026-11-24", live=(live,))
    assert found.phase is Phase.STANDARD
    assert found.not_judged is None


@pytest.mark.parametrize(
    ("engine", "version"),
    [("eks", "1.99"), ("postgres", "99"), ("redis", "99"), ("docdb", "99"), ("opensearch", "99.1")],
)
def test_extended_support_that_nothing_is_known_of_is_unknown_and_not_none(
    engine: str, version: str
) -> None:
    live = _live(engine, version, standard_end="2026-10-31")
    found = outlook(engine, version, "2026-11-24", live=(live,))
    assert found.phase is Phase.UNKNOWN
    assert found.cost_now is None
    [step] = found.steps
    assert (step.act, str(step.on)) == (Act.BILL, "2026-11-01")
    assert "if this version has extended support: no source here says so" in step.text
    ahead = outlook(engine, version, "2026-10-31", live=(live,))
    assert ahead.phase is Phase.STANDARD


def test_eks_in_china_is_priced_with_a_warning() -> None:
    found = outlook("eks", "1.33", "2026-11-24", region="cn-north-1")
    assert found.cost_now is not None
    assert "us-east-1 price; cn-north-1 may differ" in found.cost_now.basis
    home = outlook("eks", "1.33", "2026-11-24", region="eu-west-1").cost_now
    assert home is not None
    assert "differ" not in home.basis


def test_live_dates_of_another_version_do_not_apply() -> None:
    live = _live("eks", "1.3", standard_end="2020-01-01")
    assert outlook("eks", "1.34", "2026-11-24", live=(live,)).phase is Phase.STANDARD


def test_targets_from_aws_come_before_those_of_the_dataset() -> None:
    found = outlook(
        "postgres",
        "13.20",
        "2026-11-24",
        upgrade_targets=[
            {"version": "13.22"},
            {"version": "13.23", "auto": True},
            {"version": "16.9", "major": True},
            {"version": "17.5", "major": True},
        ],
    )
    assert [(move.version, move.minor) for move in found.moves] == [
        ("13.23", True),
        ("17.5", False),
    ]
    minor, major = found.moves
    assert (
        "modify-db-instance --db-instance-identifier orders --engine-version 13.23"
        in (minor.commands[-1])
    )
    assert "create-blue-green-deployment" in major.commands[-1]
    assert len(found.commands) == 3


def test_a_move_within_a_major_is_made_in_place() -> None:
    [move] = outlook("mysql", "8.4.6", "2026-11-24").moves
    assert (move.version, move.minor) == ("8.4.10", True)
    assert "--engine-version 8.4.10 --apply-immediately" in move.commands[-1]


def test_opensearch_targets_keep_the_name_of_the_engine() -> None:
    names = ("Elasticsearch_7.10", "OpenSearch_2.9", "OpenSearch_2.19", "OpenSearch_2.11")
    targets = [{"version": one, "major": True} for one in names]
    found = outlook("opensearch", "2.5", "2026-11-24", upgrade_targets=targets)
    [move] = found.moves
    assert move.version == "OpenSearch_2.19"
    assert str(move.supported_until) == "2027-11-07"
    assert "--target-version OpenSearch_2.19 " in move.commands[1]


def test_maintenance_and_certificates_are_steps_among_the_others() -> None:
    found = outlook(
        "postgres",
        "14.22",
        "2026-11-24",
        certificate={"authority": "rds-ca-2019", "valid_till": "2026-12-04T23:59:59Z"},
        pending=[
            {
                "action": "system-update",
                "auto_applied_after": "2026-12-02",
                "forced_apply": "2026-12-16",
            },
            {"action": "some-day"},
        ],
        **TWO,
    )
    assert [(act, on) for act, on, _ in steps(found)][:3] == [
        ("maintenance", "2026-12-02"),
        ("certificate", "2026-12-04"),
        ("bill", "2027-03-01"),
    ]
    assert "at the latest on 2026-12-16" in found.steps[0].text


@pytest.mark.parametrize(
    ("engine", "version", "standard", "extended"),
    [
        ("elasticsearch", "7.10", "2027-11-07", "2030-11-07"),
        ("opensearch", "Elasticsearch_7.10", "2027-11-07", "2030-11-07"),
        ("elasticsearch", "Elasticsearch_5.6", "2025-11-07", "2028-11-07"),
        ("opensearch", "elasticsearch_7.1", "2025-11-07", "2027-11-07"),
        ("elasticsearch", "OpenSearch_1.3", "2027-11-07", "2030-11-07"),
    ],
)
def test_elasticsearch_versions_have_dates_of_their_own(
    engine: str, version: str, standard: str, extended: str
) -> None:
    found = outlook(engine, version, "2026-11-24", **{"class": "m5.large.search"})
    assert found.dates is not None
    assert found.dates.standard_end is not None
    assert found.dates.extended_end is not None
    assert (str(found.dates.standard_end.on), str(found.dates.extended_end.on)) == (
        standard,
        extended,
    )
    assert found.engine == ("opensearch" if "1.3" in version else "elasticsearch")
