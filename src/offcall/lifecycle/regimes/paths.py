"""The upgrades that AWS allows from a version, engine by engine, as far as its pages say.

Where they do not, nothing is invented: the move is to ask AWS.

MySQL        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.MySQL.Major.html
OpenSearch   https://docs.aws.amazon.com/opensearch-service/latest/developerguide/version-migration.html
MSK          https://docs.aws.amazon.com/msk/latest/developerguide/zk-to-kraft-migration.html
DocumentDB   https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-mvu.html
Neptune      https://docs.aws.amazon.com/neptune/latest/userguide/release-types.html
EKS          https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from offcall.lifecycle.columns import MEANINGS, USUAL, periods
from offcall.lifecycle.dataset import match
from offcall.lifecycle.engines import engine_in_version, engine_of
from offcall.lifecycle.products import Product, Release
from offcall.lifecycle.regimes.model import Dates, Move
from offcall.lifecycle.regimes.runtimes import runtimes
from offcall.lifecycle.snapshot import Inventory, Running
from offcall.lifecycle.values import numbers, plain_version

__all__ = ["PATHS", "Way"]


@dataclass(frozen=True, slots=True)
class Way:
    """A resource and what is known about the versions above its own."""

    item: Running
    product: Product | None
    dates: Dates
    today: date
    inventory: Inventory

    def end(self, release: Release) -> date | None:
        """The last day of standard support; None when none is set, `date.min` when over."""
        if self.product is None:
            return None
        end = periods(self.product, release).standard
        return date.min if end is True else end if isinstance(end, date) else None

    def until(self, version: str) -> date | None:
        """The same for a version, which may be of the product that this one leads to."""
        name = engine_of(engine_in_version(self.item.engine, version)).product
        found = [one for one in self.inventory.products if one.name == name]
        release = match(found[0], version) if found else None
        end = periods(found[0], release).standard if release else None
        return end if isinstance(end, date) else None

    def majors(self) -> list[Release]:
        """The releases above the running one, lowest first."""
        if self.product is None:
            return []
        minor = MEANINGS.get(self.product.name, USUAL).minor
        return sorted(
            (
                one
                for one in self.product.releases
                if numbers(one.cycle) > numbers(self.dates.cycle)
                and (not minor or len(numbers(one.cycle)) == 2)
            ),
            key=lambda one: numbers(one.cycle),
        )

    def good(self) -> list[Release]:
        """Those of them that are in standard support."""
        return [one for one in self.majors() if (self.end(one) or date.max) > self.today]

    def goal(self) -> Release | None:
        """The one that lasts longest; long-term support is preferred where no end is set."""
        good = self.good()
        if not good:
            return None
        best = max(good, key=lambda one: (self.end(one) or date.max, numbers(one.cycle)))
        lasting = [one for one in good if one.lts]
        if lasting and self.end(best) is None:
            best = max(lasting, key=lambda one: numbers(one.cycle))
        return best

    def move(self, release: Release, why: str, *, then: bool = False) -> Move:
        """A move to a release; a support that is over already is said, not promised."""
        end = self.end(release)
        over = end is not None and end < self.today
        if over:
            why += f"; standard support over since {end}"
        until = None if over else end
        return Move(version=release.cycle, why=why, supported_until=until, then=then)


def _ask(way: Way) -> Iterator[Move]:
    """PostgreSQL, MariaDB, Aurora: the way depends on the minor version, and only AWS knows it."""
    goal = way.goal()
    if goal is None:
        return
    named = f"{goal.cycle} (Aurora MySQL {goal.alias})" if goal.alias else goal.cycle
    yield Move(
        version=None,
        goal=goal.cycle,
        why=f"ask AWS which major versions it can go to; {named} has the longest standard support",
        supported_until=way.end(goal),
    )


def _mysql(way: Way) -> Iterator[Move]:
    """5.6 to 5.7 to 8.0 to 8.4: none can be left out."""
    goal = way.goal()
    if goal is None:
        return
    first = way.majors()[0]
    yield way.move(first, "next major version; RDS for MySQL goes one at a time")
    if goal.cycle != first.cycle:
        yield way.move(goal, "longest standard support", then=True)


def _search(way: Way) -> Iterator[Move]:
    """The table of upgrade paths of OpenSearch Service."""
    elastic = engine_of(way.item.engine).name == "elasticsearch"
    running = numbers(plain_version(way.item.version))[:2]
    newest = _newest_search(way)
    if elastic and running < (5, 1):
        yield Move(
            version=None,
            why="no upgrade in place below Elasticsearch 5.1: restore a snapshot into a new domain",
        )
        return
    if elastic:
        step, why = _elastic_step(running)
    elif running < (1, 3):
        step, why = "OpenSearch_1.3", "the last 1.x, from which 2.x is reached"
    elif running < (2, 19):
        step, why = "OpenSearch_2.19", "the last 2.x, from which alone 3.x is reached"
    elif newest is not None and running < numbers(newest):
        step, why = newest, "newest version; indexes made before 2.x have to be reindexed first"
    else:
        return
    yield Move(version=step, why=why, supported_until=way.until(step))
    if newest is not None and newest != step:
        yield Move(
            version=newest,
            why="newest version, over the last version of each major",
            supported_until=way.until(newest),
            then=True,
        )


def _elastic_step(running: tuple[int, ...]) -> tuple[str, str]:
    if running < (5, 6):
        return "Elasticsearch_5.6", "the last 5.x, from which 6.x is reached"
    if running < (6, 8):
        return "Elasticsearch_6.8", "the last 6.x, from which OpenSearch 1.x is reached"
    return "OpenSearch_1.3", "the last 1.x, from which 2.x is reached"


def _newest_search(way: Way) -> str | None:
    cycles = [
        one.cycle
        for product in way.inventory.products
        if product.name == "amazon-opensearch"
        for one in product.releases
    ]
    return f"OpenSearch_{max(cycles, key=numbers)}" if cycles else None


KRAFT = "https://docs.aws.amazon.com/msk/latest/developerguide/zk-to-kraft-migration.html"


def _kafka(way: Way) -> Iterator[Move]:
    """With ZooKeeper up to 3.9, there in place to KRaft, and Kafka 4 with KRaft alone."""
    goal = way.goal()
    if goal is None or way.product is None:
        return
    newest = f"{goal.latest or goal.cycle}.kraft"
    if "kraft" in way.item.version.lower():
        yield Move(
            version=None,
            goal=newest,
            why=f"ask AWS for its compatible versions; {newest} is the newest, and not every type "
            "of broker can run it",
        )
        return
    if numbers(way.item.version)[:2] < (3, 9):
        last = next((one for one in way.product.releases if one.cycle == "3.9"), None)
        if last is None:
            yield Move(version=None, goal=newest, why="ask AWS for its compatible versions")
            return
        yield Move(
            version=last.latest or "3.9.x",
            why="the last version with ZooKeeper",
            supported_until=way.end(last),
        )
    else:
        yield Move(version="3.9.x.kraft", why=f"KRaft in place of ZooKeeper, see {KRAFT}")
    yield Move(
        version=newest,
        why="Kafka 4 runs with KRaft alone: migrate at 3.9.x, or make a new cluster",
        then=True,
    )


def _neptune(way: Way) -> Iterator[Move]:
    """One major version (the first two numbers) at a time."""
    goal = way.goal()
    if goal is None:
        return
    here, there = numbers(way.item.version)[:2], numbers(goal.cycle)[:2]
    if here == there:
        yield way.move(goal, "newest engine release, same major version")
        return
    above = [one for one in way.majors() if numbers(one.cycle)[:2] > here]
    major = numbers(above[0].cycle)[:2]
    step = goal if major == there else [o for o in above if numbers(o.cycle)[:2] == major][-1]
    yield way.move(step, "next major version; Neptune goes one at a time")
    if step is not goal:
        yield way.move(goal, "longest support", then=True)


def _docdb(way: Way) -> Iterator[Move]:
    """3.6 and 4.0 go to 5.0 in place."""
    for one in way.majors():
        if one.cycle == "5.0":
            yield way.move(one, "long-term support" if one.lts else "upgrade in place")


def _redis(way: Way) -> Iterator[Move]:
    """Any version goes to the newest; AWS wants both numbers."""
    goal = way.goal()
    if goal is not None:
        found = way.move(goal, "longest standard support")
        yield found.model_copy(update={"version": goal.latest or goal.cycle})


def _eks(way: Way) -> Iterator[Move]:
    """A control plane goes up one minor version at a time; nodes go as far as their plane."""
    if way.item.kind == "eks nodegroup":
        yield from _nodes(way)
        return
    good = way.good()
    running = numbers(way.item.version)
    if not good or len(running) < 2:
        return
    first, last = good[0], good[-1]
    step = f"{running[0]}.{running[1] + 1}"
    after = next((one for one in way.majors() if one.cycle == step), None)
    why = "next version; EKS goes one at a time"
    yield way.move(after, why) if after else Move(version=step, why=why)
    if first.cycle not in (step, last.cycle):
        yield way.move(first, "first version in standard support", then=True)
    if last.cycle != step:
        hops = numbers(last.cycle)[1] - running[1]
        yield way.move(last, f"longest standard support, {hops} upgrades away", then=True)


def _nodes(way: Way) -> Iterator[Move]:
    item = way.item
    plane = item.cluster_version or next(
        (
            one.version
            for one in way.inventory.resources
            if (one.kind, one.name) == ("eks cluster", item.cluster)
            and (one.account, one.region) == (item.account, item.region)
        ),
        None,
    )
    if plane is None:
        if way.goal() is not None:
            yield Move(version=None, why="ask AWS for the version of its control plane, its limit")
    elif numbers(item.version) < numbers(plane):
        yield Move(
            version=plane,
            why="the version of its control plane, which nodes may not pass",
            supported_until=way.until(plane),
        )
    elif (goal := way.goal()) is not None:
        yield way.move(goal, "after its control plane, which has to go first", then=True)


def _lambda(way: Way) -> Iterator[Move]:
    if way.product is not None:
        yield from runtimes(way.item, way.product, way.today)


PATHS: Mapping[str, Callable[[Way], Iterator[Move]]] = {
    "aurora-mysql": _ask,
    "aurora-postgresql": _ask,
    "docdb": _docdb,
    "eks": _eks,
    "elasticsearch": _search,
    "kafka": _kafka,
    "lambda": _lambda,
    "mariadb": _ask,
    "mysql": _mysql,
    "neptune": _neptune,
    "opensearch": _search,
    "postgres": _ask,
    "redis": _redis,
}
