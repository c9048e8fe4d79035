"""Builds a cluster from nothing by the exported scripts, twice, and records what was executed."""

from __future__ import annotations

import shlex
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hadocs.evidence import Record, digests_of
from hadocs.plan.actions import Install, Pause
from hadocs.plan.model import Plan, Stage, Step
from hadocs.verify import driving
from hadocs.verify.cluster import Cluster, Topology, down, up
from hadocs.verify.cluster.recipe import Recipe, recipe
from hadocs.verify.comparison import differences, snapshot
from hadocs.verify.driving import Driver
from hadocs.verify.events import ItemRun, items, node_run

_RUN_LIMIT = 1800.0
_LAST_LINES = 30

#: Events of every node, by node and item.
Runs: TypeAlias = Mapping[str, Mapping[str, ItemRun]]


@dataclass(frozen=True)
class Verification:
    """What a verification found; *seconds* are those of each run."""

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Verifier:
    """How to verify: the lab, whether it stays, and who hears what the driver says.

    *needs* are the components that each component comes after; *today* dates the records.
    """

    lab: str
    keep: bool
    heard: Callable[[str], None]
    needs: Mapping[str, tuple[str, ...]]
    today: str

    def verify(self, plan: Plan, topology: Topology) -> Verification:
        """Run *plan* from bare nodes, then again; the lab is removed also when interrupted."""
        driving.required()
        made_of = recipe(plan.target.system)
        try:
            with tempfile.TemporaryDirectory(prefix="hadocs-") as folder:
                self.heard(f"starting {len(topology.nodes)} nodes in lab {self.lab}")
                cluster = up(topology, self.lab, plan.target.system)
                driver = Driver(plan, cluster, Path(folder))
                driver.prepare()
                return self._verified(driver, made_of)
        finally:
            if not self.keep:
                down(self.lab)

    def _verified(self, driver: Driver, made_of: Recipe) -> Verification:
        cluster, plan = driver.cluster, driver.plan
        failed, first, took = self._run(driver)
        versions = installed(cluster, plan, made_of)
        if failed:
            records = self._records(driver, first, {}, versions)
            return Verification(records, (failed,), (took,))
        before = snapshot(cluster, cluster.nodes, made_of.state)
        driver.forget()
        self.heard("second run, with nothing remembered: it must change nothing")
        failed, second, took_again = self._run(driver)
        after = snapshot(cluster, cluster.nodes, made_of.state)
        problems = [failed] if failed else []
        problems += [*done_again(plan, second), *differences(before, after)]
        records = self._records(driver, first, second, versions)
        return Verification(records, tuple(problems), (took, took_again))

    def _run(self, driver: Driver) -> tuple[str, Runs, float]:
        """What failed, the events of every node, and how long it took."""
        lines: list[str] = []

        def heard(line: str) -> None:
            lines.append(line)
            self.heard(line)

        start = time.monotonic()
        status = driver.run(heard, _RUN_LIMIT)
        took = time.monotonic() - start
        runs = {node: items(driver.events(node)) for node in driver.cluster.nodes}
        if status == 0:
            return "", runs, took
        told = [f"run.sh ended with status {status}", *lines[-_LAST_LINES:]]
        return "\n    ".join(told), runs, took

    def _records(
        self, driver: Driver, first: Runs, second: Runs, versions: Mapping[str, str]
    ) -> tuple[Record, ...]:
        plan, secrets, found = driver.plan, driver.secrets, []
        target = plan.target
        needed = {
            component: tuple((name, versions[name]) for name in names if name in versions)
            for component, names in packages(plan, self.needs).items()
        }
        for step, digest in digests_of(plan).items():
            runs = tuple(
                node_run(node, run[step], second.get(node, {}).get(step), secrets)
                for node, run in first.items()
                if step in run
            )
            if runs:
                versions_of = needed[step.partition("/")[0]]
                found.append(
                    Record(step, digest, self.today, target.site, target.ways, versions_of, runs)
                )
        return tuple(found)


def done_again(plan: Plan, second: Runs) -> Iterator[str]:
    """Steps whose action ran a second time although there was nothing to do."""
    for turn in plan.turns():
        if not isinstance(turn.item, Step):
            continue
        for node in turn.nodes:
            waits_only = isinstance(turn.item.deeds[node].action, Pause)
            run = second.get(node, {}).get(turn.item.id)
            if run and run.outcome == "done" and not waits_only:
                yield f"{node}: {turn.item.id} did it again"


def packages(plan: Plan, needs: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Names of packages that each component depends on: its own, and those of what it needs."""
    own = {stage.component: set(_installs(stage)) for stage in plan.stages}
    return {
        name: tuple(sorted(found.union(*(own.get(other, set()) for other in needs[name]))))
        for name, found in own.items()
    }


def _installs(stage: Stage) -> Iterator[str]:
    for turn in stage.turns:
        if isinstance(turn.item, Step):
            for deed in turn.item.deeds.values():
                if isinstance(deed.action, Install):
                    yield from deed.action.packages


def installed(cluster: Cluster, plan: Plan, made_of: Recipe) -> Mapping[str, str]:
    """Versions of the packages of *plan*; several where nodes differ."""
    names = sorted({name for stage in plan.stages for name in _installs(stage)})
    found: dict[str, set[str]] = {}
    for node in cluster.nodes:
        told = cluster.run(node, f"{made_of.versions} {shlex.join(names)}", timeout=30).stdout
        for line in told.splitlines():
            name, _, version = line.partition(" ")
            if version:
                found.setdefault(name, set()).add(version)
    return {name: ", ".join(sorted(versions)) for name, versions in found.items()}
