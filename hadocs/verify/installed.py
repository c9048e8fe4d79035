"""Which packages a plan installs, and which versions of them the nodes have."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from hadocs.plan.actions import Install
from hadocs.plan.model import Plan, Stage, Step
from hadocs.verify.cluster import Cluster
from hadocs.verify.cluster.recipe import Recipe


def packages(plan: Plan, needs: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Names of packages that each component depends on: its own, and those of what it needs."""
    own = {stage.component: set(_installs(stage)) for stage in plan.stages}
    return {
        name: tuple(sorted(found.union(*(own.get(other, set()) for other in needs[name]))))
        for name, found in own.items()
    }


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


def _installs(stage: Stage) -> Iterator[str]:
    for turn in stage.turns:
        if isinstance(turn.item, Step):
            for deed in turn.item.deeds.values():
                if isinstance(deed.action, Install):
                    yield from deed.action.packages
