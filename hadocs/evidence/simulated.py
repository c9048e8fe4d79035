"""Failures that Pacemaker's scheduler played on the configuration of a plan, for the guide."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hadocs.evidence.digests import chosen
from hadocs.evidence.lists import read_list, write_list
from hadocs.evidence.records import file_of
from hadocs.plan.actions import Cluster, Run
from hadocs.plan.model import Plan, Step, Target

_NAME = "simulation"


@dataclass(frozen=True)
class Simulated:
    """Where each resource was after an *event*, and which nodes were *fenced* on the way.

    *digest* stands for the steps that configure the cluster; *programs* are whose scheduler it was.
    """

    event: str
    placed: tuple[tuple[str, tuple[str, ...]], ...]
    fenced: tuple[str, ...]
    digest: str
    programs: str


def of_cluster(plan: Plan) -> str:
    """What stands for the steps of a plan that configure the cluster."""
    return chosen(plan, lambda step: _configures(step, plan.target.shell))


def simulated(root: Path, target: Target) -> tuple[Simulated, ...]:
    """What is recorded for a system and shell."""
    return read_list(root, file_of(target, _NAME), _NAME, _entry)


def record_simulated(root: Path, target: Target, found: tuple[Simulated, ...]) -> None:
    """Write *found* in the place of what was recorded for its system and shell."""
    write_list(root, file_of(target, _NAME), _NAME, [_data(one) for one in found])


def _configures(step: Step, shell: str) -> bool:
    return any(
        isinstance(deed.action, Cluster)
        or (isinstance(deed.action, Run) and str(deed.action.text).startswith(f"{shell} "))
        for deed in step.deeds.values()
    )


def _data(one: Simulated) -> dict[str, Any]:
    return {**asdict(one), "placed": {name: list(nodes) for name, nodes in one.placed}}


def _entry(data: dict[str, Any]) -> Simulated:
    placed = tuple((name, tuple(nodes)) for name, nodes in data["placed"].items())
    return replace(Simulated(**data), placed=placed, fenced=tuple(data["fenced"]))
