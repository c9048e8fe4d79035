"""Judges circumstances one after the other, each on a cluster that is whole or bare as it needs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hadocs.evidence import CircumstanceRun, Record
from hadocs.plan.model import Plan
from hadocs.plan.resolve import Setting
from hadocs.verify.circumstances import CIRCUMSTANCES
from hadocs.verify.cluster import ClusterError, Topology, down
from hadocs.verify.cluster.recipe import recipe
from hadocs.verify.driving import Driver
from hadocs.verify.ground import Ground
from hadocs.verify.memory import Peak, sampled
from hadocs.verify.recorded import circumstance_run
from hadocs.verify.verification import Verifier


@dataclass(frozen=True)
class Judged:
    """A circumstance as evidence keeps it, what was wrong, and the steps that it gave work."""

    run: CircumstanceRun
    problems: tuple[str, ...]
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Judge:
    """Who judges the *plan* of a *setting*."""

    verifier: Verifier
    plan: Plan
    topology: Topology
    setting: Setting

    def judged(self, names: Iterable[str]) -> Iterator[Judged]:
        """What becomes of each circumstance.

        Those that held leave a whole cluster behind, on which the next one is judged; one that did
        not ends all, where its cluster is to be kept.
        """
        left: Driver | None = None
        try:
            for name in names:
                bare = CIRCUMSTANCES[name].bare
                if bare or left is None:
                    left = self.verifier.started(self.plan, self.topology)
                    if not bare and (failed := left.run().failed):
                        found = self._found(name, 0, Peak(), failed)
                        yield Judged(found, (f"not built: {failed}",))
                        left = None
                        if self.verifier.keep:
                            return
                        continue
                judged = self._one(name, left)
                left = None if judged.problems else left
                yield judged
                if judged.problems and self.verifier.keep:
                    return
        finally:
            if not self.verifier.keep:
                down(self.verifier.lab)

    def _one(self, name: str, driver: Driver) -> Judged:
        driver.heard(f"circumstance {name}: {CIRCUMSTANCES[name].title}")
        start = time.monotonic()
        with sampled(driver.cluster) as peak:
            ground = Ground(driver, recipe(self.plan.target.system), self.setting)
            problems = tuple(_problems(name, ground))
        seconds = int(time.monotonic() - start)
        found = self._found(name, seconds, peak, *problems)
        if problems or not ground.ran:
            return Judged(found, problems)
        kept = self.verifier.records(driver, ground.ran[-1], {}, CIRCUMSTANCES[name].title)
        return Judged(found, (), tuple(one for one in kept if one.outcome == "done"))

    def _found(self, name: str, seconds: int, peak: Peak, *problems: str) -> CircumstanceRun:
        circumstance = CIRCUMSTANCES[name]
        return circumstance_run(
            self.plan, name, circumstance.title, self.verifier.today,
            held=not problems, seconds=seconds, compared=circumstance.compared, peak=peak,
        )  # fmt: skip


def _problems(name: str, ground: Ground) -> Iterator[str]:
    """What is wrong; a node that does not come back, or cannot be found, is wrong too."""
    try:
        yield from CIRCUMSTANCES[name].judge(ground)
    except ClusterError as error:
        yield str(error)
