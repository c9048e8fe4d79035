"""Builds a cluster from nothing by the exported scripts, twice, and records what was executed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from hadocs.evidence import CircumstanceRun, Record
from hadocs.plan.actions import Pause
from hadocs.plan.model import Plan, Step
from hadocs.plan.resolve import Setting
from hadocs.verify import checkpoints, driving
from hadocs.verify.cluster import Topology, down
from hadocs.verify.cluster.recipe import Recipe, recipe
from hadocs.verify.comparison import differences, snapshot
from hadocs.verify.driving import Driven, Driver, Runs
from hadocs.verify.installed import installed, packages
from hadocs.verify.memory import Peak, sampled
from hadocs.verify.recorded import circumstance_run, records


@dataclass(frozen=True)
class Verification:
    """What a verification found; *seconds* are those of each run, *peak* the most memory.

    *failed* is the item that failed first, if there is one. *flaky* says what failed once and
    passed on a fresh cluster.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    seconds: tuple[float, ...]
    peak: Peak
    failed: str = ""
    told: tuple[str, ...] = ()
    flaky: str = ""


@dataclass(frozen=True)
class Verifier:
    """How to verify: the lab, whether it stays, and who hears what the driver says.

    *needs* are the components that each component comes after; *today* dates the records; *setting*
    has the procedures for after a full stop.
    """

    lab: str
    keep: bool
    heard: Callable[[str], None]
    needs: Mapping[str, tuple[str, ...]]
    today: str
    setting: Setting | None = None

    def verify(self, plan: Plan, topology: Topology, only: str = "") -> Verification:
        """Run *plan*, or the component *only* of it, from bare nodes, then again.

        What fails gets one fresh cluster, unless the one where it failed is to be kept. The lab is
        removed also when interrupted.
        """
        driving.required()
        try:
            running = checkpoints.running(self.lab, plan, topology, self.heard) if only else None
            made = self._verified(plan, topology, only, running)
            if not made.problems or self.keep:
                return made
            self.heard(f"{made.failed or 'the second run'} failed: once more, on a fresh cluster")
            return judged(made, self._verified(plan, topology, only, None))
        finally:
            if not self.keep:
                down(self.lab)

    def started(self, plan: Plan, topology: Topology) -> Driver:
        """The driver of *plan* on bare nodes; a cluster that is there is replaced."""
        image = self.setting.image if self.setting else ""
        return driving.started(plan, topology, self.lab, image, self.heard)

    def from_nothing(self, plan: Plan, made: Verification) -> CircumstanceRun:
        """The verification itself, as one of the circumstances."""
        return circumstance_run(
            plan, "from-nothing", "Bare nodes, then a second run", self.today,
            held=not made.problems and not made.flaky, seconds=sum(made.seconds),
            compared=("every question about the nodes' state",), peak=made.peak,
        )  # fmt: skip

    def _verified(
        self, plan: Plan, topology: Topology, only: str, running: Driver | None
    ) -> Verification:
        made_of = recipe(plan.target.system)
        if not only:
            return self._twice(self.started(plan, topology), made_of, ())
        ready = checkpoints.ready(only, running, lambda: self.started(plan, topology), self.setting)
        if isinstance(ready, Driven):
            return _failed(ready, (), Peak())
        driver, options = ready
        return self._twice(driver, made_of, options)

    def _twice(self, driver: Driver, made_of: Recipe, options: tuple[str, ...]) -> Verification:
        cluster, plan = driver.cluster, driver.plan
        with sampled(cluster) as peak:
            first = driver.run(*options)
            if first.failed:
                return _failed(first, self.records(driver, first.runs, {}), peak)
            before = snapshot(cluster, cluster.nodes, made_of.state)
            driver.forget()
            self.heard("second run, with nothing remembered: it must change nothing")
            second = driver.run(*options)
            after = snapshot(cluster, cluster.nodes, made_of.state)
        records = self.records(driver, first.runs, second.runs)
        problems = [second.failed] if second.failed else []
        problems += [*done_again(plan, second.runs), *differences(before, after)]
        seconds = first.seconds, second.seconds
        failed = failed_item(second)
        return Verification(records, tuple(problems), seconds, peak, failed, second.told)

    def records(
        self, driver: Driver, first: Runs, second: Runs, circumstance: str = ""
    ) -> tuple[Record, ...]:
        """What is kept of each step that the *first* run of *driver* came to."""
        plan = driver.plan
        versions = installed(driver.cluster, plan, recipe(plan.target.system))
        needed = {
            component: tuple((name, versions[name]) for name in names if name in versions)
            for component, names in packages(plan, self.needs).items()
        }
        return records(
            plan, first, second, driver.secrets, self.today, needed.__getitem__, circumstance
        )


def judged(first: Verification, second: Verification) -> Verification:
    """What two clusters together say of a plan that failed on the *first*."""
    if second.problems:
        return second
    lines = [
        f"{first.failed.partition('/')[0] or 'the second run'}: failed on one cluster and passed"
        " on the next",
        *(f"first:  {line}" for line in "\n".join(first.problems).splitlines()),
        *(f"second: {line}" for line in second.told),
    ]
    return replace(second, flaky="\n    ".join(lines))


def _failed(driven: Driven, records: tuple[Record, ...], peak: Peak) -> Verification:
    seconds, failed = (driven.seconds,), failed_item(driven)
    return Verification(records, (driven.failed,), seconds, peak, failed, driven.told)


def failed_item(driven: Driven) -> str:
    """The item that some node did not end; empty if each ended."""
    for run in driven.runs.values():
        for item, one in run.items():
            if one.outcome in ("failed", ""):
                return item
    return ""


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
