"""The turns of a drill one after the other: steps by the driver, faults and waits from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from hadocs.plan.actions import Fault, Pause
from hadocs.plan.model import Expectation, Plan, Stage, Step, Turn
from hadocs.verify.asking import ask
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.drills.faults import cause
from hadocs.verify.driving import Driver, secrets_of

_PAUSE = 0.3


@dataclass
class Walk:
    """What was done when, in seconds of the wall clock."""

    cluster: Cluster
    heard: Callable[[str], None]
    faults: list[tuple[str, float]] = field(default_factory=list)
    met: list[tuple[str, float]] = field(default_factory=list)

    def go(self, plan: Plan) -> None:
        """Do all turns of *plan*, which is a part of a drill."""
        for number, (kind, turns) in enumerate(groupby(_turns(plan), _kind)):
            if kind == "step":
                self._drive(plan, number, tuple(turns))
                continue
            for turn in turns:
                self.heard(f"{turn.item.id}: {turn.item.title}")
                if kind == "fault":
                    self._cause(turn)
                else:
                    self._wait(turn)

    def _cause(self, turn: Turn) -> None:
        """The fault once, whatever nodes the step has: it names its own."""
        faults = dict.fromkeys(action for action in _actions(turn) if isinstance(action, Fault))
        for fault in faults:
            self.faults.append((turn.item.id, time.time()))
            cause(self.cluster, fault)

    def _wait(self, turn: Turn) -> None:
        for node, expectation, at_most in _questions(turn):
            until = time.monotonic() + at_most
            while (answer := self._asked(node, expectation)) is not None:
                if time.monotonic() > until:
                    raise ClusterError(f"{turn.item.id}: not within {at_most} s", [answer])
                time.sleep(_PAUSE)
        self.met.append((turn.item.id, time.time()))

    def _asked(self, node: str, expectation: Expectation) -> str | None:
        """Why it does not hold; None if it does."""
        said = ask(self.cluster, node, expectation, secrets_of(self.cluster))
        return None if said.verdict == "holds" else f"{node}: {said.verdict}: {said.text}"

    def _drive(self, plan: Plan, number: int, turns: tuple[Turn, ...]) -> None:
        """Steps that a script can do are done by scripts."""
        stage = plan.stages[0]
        target = replace(plan.target, task=f"{plan.target.task}-{number}")
        part = replace(plan, target=target, stages=(Stage(stage.component, stage.title, turns),))
        driver = Driver(part, self.cluster, self.heard)
        driver.prepare()
        driver.forget()
        if failed := driver.run().failed:
            raise ClusterError(failed)


def upto_fault(plan: Plan) -> tuple[Plan, Plan]:
    """The part of a plan before its first fault, and the rest."""
    turns = [*_turns(plan)]
    first = next((at for at, turn in enumerate(turns) if _kind(turn) == "fault"), len(turns))
    return _part(plan, turns[:first]), _part(plan, turns[first:])


def _part(plan: Plan, turns: list[Turn]) -> Plan:
    stage = plan.stages[0]
    return replace(plan, stages=(Stage(stage.component, stage.title, tuple(turns)),))


def _turns(plan: Plan) -> Iterator[Turn]:
    return (turn for turn in plan.turns() if turn.nodes)


def _kind(turn: Turn) -> str:
    actions = _actions(turn)
    if any(isinstance(action, Fault) for action in actions):
        return "fault"
    return "step" if any(not isinstance(action, Pause) for action in actions) else "wait"


def _actions(turn: Turn) -> tuple[object, ...]:
    if not isinstance(turn.item, Step):
        return ()
    return tuple(turn.item.deeds[node].action for node in turn.nodes)


def _questions(turn: Turn) -> Iterator[tuple[str, Expectation, int]]:
    """Who is asked what, and how long it may take; a check is a wait like any other."""
    for node in turn.nodes:
        if not isinstance(turn.item, Step):
            yield node, turn.item.asked[node], turn.item.within
        elif (wait := turn.item.deeds[node].wait) is not None:
            yield node, wait.expectation, wait.at_most
