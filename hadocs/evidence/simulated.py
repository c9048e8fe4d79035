"""Failures that Pacemaker's scheduler played on the configuration of a plan, for the guide."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hadocs.evidence.digests import chosen
from hadocs.evidence.lists import read_list, write_list
from hadocs.evidence.records import file_of
from hadocs.plan.actions import Cluster, Run
from hadocs.plan.model import Plan, Step, Target

_NAME = "simulation"


@dataclass(frozen=True)
class SimulatedEvent:
    """Where each resource was after an *event*, and which nodes were *fenced* on the way."""

    event: str
    placed: tuple[tuple[str, tuple[str, ...]], ...]
    fenced: tuple[str, ...]


@dataclass(frozen=True)
class Simulation:
    """Every event that was played on one configuration.

    *digest* stands for the steps that configure the cluster; *programs* are whose scheduler it was.
    """

    digest: str
    programs: str
    events: tuple[SimulatedEvent, ...]


def of_cluster(plan: Plan) -> str:
    """What stands for the steps of a plan that configure the cluster."""
    return chosen(plan, lambda step: _configures(step, plan.target.shell))


def simulated(root: Path, target: Target) -> Simulation | None:
    """What is recorded for a system and shell."""
    return next(iter(read_list(root, file_of(target, _NAME), _NAME, _entry)), None)


def record_simulated(root: Path, target: Target, found: Simulation) -> str:
    """Write *found* in the place of what was recorded for its system and shell; the path."""
    path = file_of(target, _NAME)
    write_list(root, path, _NAME, [_data(found)])
    return path


def _configures(step: Step, shell: str) -> bool:
    return any(
        isinstance(deed.action, Cluster)
        or (isinstance(deed.action, Run) and str(deed.action.text).startswith(f"{shell} "))
        for deed in step.deeds.values()
    )


def _data(found: Simulation) -> dict[str, Any]:
    events = [
        {**asdict(one), "placed": {name: list(nodes) for name, nodes in one.placed}}
        for one in found.events
    ]
    return {**asdict(found), "events": events}


def _entry(data: dict[str, Any]) -> Simulation:
    events = tuple(map(_event, data["events"]))
    return Simulation(data["digest"], data["programs"], events)


def _event(data: dict[str, Any]) -> SimulatedEvent:
    placed = tuple((name, tuple(nodes)) for name, nodes in data["placed"].items())
    return SimulatedEvent(data["event"], placed, tuple(data["fenced"]))
