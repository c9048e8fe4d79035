"""Executes examples on a cluster in the plan's order, each once, and says what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from hadocs.plan.actions import Nothing
from hadocs.plan.model import Check, Plan, Step
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.driving import Driven
from hadocs.verify.events import ItemRun
from hadocs.verify.examples import Example, Verdict
from hadocs.verify.failures import Failure
from hadocs.verify.runner import Result, Runner
from hadocs.verify.verification import failed_item

_LIMIT = 60.0


class Drives(Protocol):
    """What runs the plan on a cluster."""

    @property
    def cluster(self) -> Runner:
        """The nodes."""

    def run(self, *options: str) -> Driven:
        """Run run.sh with *options*."""


class Execution:
    """One plan on one cluster: what is asked for is done, after all that comes before it.

    *start* gives what drives; it is called when something is asked for the first time. *root* is
    the folder of the project.
    """

    def __init__(self, plan: Plan, root: Path, start: Callable[[], Drives]) -> None:
        self.plan, self._root, self._start = plan, root, start
        self._turns = tuple(plan.turns())
        self._components = [stage.component for stage in plan.stages for _ in stage.turns]
        self._wanted: set[int] = set()
        self._items = {turn.item.id: turn.item for turn in self._turns}
        self._driver: Drives | None = None
        self._runs: dict[str, dict[str, ItemRun]] = {node.name: {} for node in plan.nodes}
        self._done = 0
        self._broken: str | None = None

    def want(self, turns: Iterable[int]) -> None:
        """Say which *turns* will be asked for: those of a component are then done in one run."""
        self._wanted.update(turns)

    def verdict(self, example: Example) -> Verdict:
        """What became of *example*, which is executed now unless it was before."""
        if example.known:
            return example.known
        return self._upto(example.turns[-1]) or self._became(self._items[example.id])

    def read(self, node: str, text: str) -> Verdict:
        """Run *text*, which changes nothing, on *node* of the cluster when all turns are done."""
        if node not in self._runs:
            return Verdict("not executed", f"site {self.plan.target.site} has no node {node}")
        if failed := self._upto(len(self._turns)):
            return failed
        if self._broken is not None or self._driver is None:
            return self._missing()
        return became(node, text, self._driver.cluster.run(node, text, timeout=_LIMIT))

    def _upto(self, turn: int) -> Verdict | None:
        """Do what is not done of all up to *turn*; a verdict if the driver itself fails."""
        if self._broken is not None or turn <= self._done:
            return None
        goal = self._clean(self._goal(turn))
        first, last = self._turns[self._done].item.id, self._turns[goal - 1].item.id
        try:
            self._driver = self._driver or self._start()
            driven = self._driver.run("--from", first, "--to", last)
        except ClusterError as error:
            self._broken = "the cluster"
            return Verdict("failed", str(error))
        for node, runs in driven.runs.items():
            self._runs[node].update(runs)
        if driven.status == 0:
            self._done = goal
            return None
        self._broken = failed_item(driven)
        if self._broken:
            return None
        self._broken = "run.sh"
        return Verdict("failed", driven.failed)

    def _goal(self, turn: int) -> int:
        """The last turn of the same component that is wanted."""
        component = self._components[turn - 1]
        wanted = (one for one in self._wanted if self._components[one - 1] == component)
        return max([turn, *wanted])

    def _clean(self, turn: int) -> int:
        """The next turn, at least *turn*, after which no item is half done.

        The driver begins and ends with items; one that takes turns with others would be done twice.
        """
        last = {one.item.id: number for number, one in enumerate(self._turns, start=1)}
        upto = 0
        for number, one in enumerate(self._turns, start=1):
            upto = max(upto, last[one.item.id])
            if number >= turn and upto == number:
                return number
        return len(self._turns)

    def _became(self, item: Step | Check) -> Verdict:
        runs = {
            node: self._runs[node][item.id] for node in item.nodes if item.id in self._runs[node]
        }
        bad = {node: run for node, run in runs.items() if run.outcome in ("failed", "")}
        if bad:
            failures = (self._failure(item, node, run).text for node, run in bad.items())
            return Verdict("failed", "\n\n".join(failures))
        if len(runs) < len(item.nodes):
            return self._missing()
        if any(run.outcome == "done" for run in runs.values()):
            return Verdict("executed")
        return Verdict("held already", _held(item, runs))

    def _failure(self, item: Step | Check, node: str, run: ItemRun) -> Failure:
        at = item.deeds[node].where if isinstance(item, Step) else item.where
        written = (self._root / at.path).read_text(encoding="utf-8").splitlines()
        return Failure(item, node, run, written)

    def _missing(self) -> Verdict:
        return Verdict("not executed", f"{self._broken} failed before it")


def became(node: str, command: str, ended: Result) -> Verdict:
    """The verdict on a *command* that *ended* on *node*."""
    if ended.ok:
        return Verdict("executed")
    printed = f"{ended.stdout}{ended.stderr}".rstrip()
    return Verdict("failed", f"{node}: status {ended.status} of: {command.rstrip()}\n{printed}")


def _held(item: Step | Check, runs: Iterable[str]) -> str:
    """Why no node had anything to do: the guards that held, or the state that was there."""
    deeds = [item.deeds[node] for node in runs] if isinstance(item, Step) else []
    asked = [
        deed.guard.expectation.id
        for deed in deeds
        if deed.guard and not isinstance(deed.action, Nothing)
    ]
    return f"its guard says so: {asked[0]}" if asked else "it was so before"
