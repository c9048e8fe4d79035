"""Measurements of drills: on which target, whether they still hold, and how bad it was."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hadocs.evidence import DrillRecord, drill_digest, drill_file, drill_record
from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point
from hadocs.plan.drills import Drill, any_nodes, resolve_drill, under
from hadocs.plan.resolve import Setting
from hadocs.renderers.guide.asked import duration
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.evidence import target_of
from hadocs.spec.parts import SlaSpec
from hadocs.spec.task import DrillSpec


@dataclass(frozen=True)
class Measurement:
    """The *record* of a drill *where* it was run; *stale*: something of it is another one now."""

    record: DrillRecord
    where: str
    stale: bool
    sla: SlaSpec | None

    @property
    def worst(self) -> float:
        """The longest outage of any client in any run."""
        return max(account.outage for run in self.record.runs for _, account in run.probes)

    @property
    def failed(self) -> str:
        """How many attempts of all clients failed, which an outage of some seconds may hide."""
        accounts = [account for run in self.record.runs for _, account in run.probes]
        failed, tried = sum(a.failures for a in accounts), sum(a.attempts for a in accounts)
        return f"{failed} of {tried}"

    @property
    def lost(self) -> str:
        """How much was confirmed and is not there, of all that was counted."""
        accounts = (account for run in self.record.runs for _, account in run.probes)
        counted = [account.lost for account in accounts if account.lost >= 0]
        return str(sum(counted)) if counted else "only reads"

    @property
    def kept(self) -> str:
        """Whether the claim held in every run; one in words is not compared."""
        if self.sla is None or self.sla.at_most is None:
            return "not compared: no time is claimed"
        return "kept" if self.worst <= self.sla.at_most else "not kept"

    @property
    def cores(self) -> str:
        """How large the machine of the test cluster was."""
        return f"{self.record.cores} core{'s' * (self.record.cores != 1)}"


def measurements(context: Context, drill: Loaded[DrillSpec]) -> Iterator[Measurement]:
    """One for each system and shell on which the drill was run."""
    for point in context.points:
        record = drill_record(context.evidence.root, target_of(context, point), drill.name)
        if record is not None:
            stale = record.digest != _digest(context, drill.name, point.system, point.shell)
            yield Measurement(record, context.where(point), stale, sla_of(context, drill))


def sla_of(context: Context, drill: Loaded[DrillSpec]) -> SlaSpec | None:
    """The claim against which a drill is held."""
    failover = context.catalog.components[drill.spec.of[0]].spec.failover
    return failover.sla if failover else None


def claim(sla: SlaSpec | None) -> str:
    """The claim in words."""
    if sla is None:
        return "none"
    return sla.says or (f"at most {duration(sla.at_most)}" if sla.at_most else "unstated")


def worst_of(context: Context, component: str) -> tuple[str, str]:
    """The worst outage that the drills of a component measured, and in which drill.

    What was measured of it as it is now counts alone, if there is any.
    """
    drills = [one for one in context.catalog.drills.values() if one.spec.of[0] == component]
    every = [(one, drill.name) for drill in drills for one in measurements(context, drill)]
    found = [each for each in every if not each[0].stale] or every
    if not found:
        return "unmeasured", ""
    runs = sum(len(one.record.runs) for one, _ in found)
    one, drill = max(found, key=lambda each: each[0].worst)
    since = "; changed since" if one.stale else ""
    return f"{lasted(one.worst)} ({one.cores}, {runs} runs, worst{since})", drill


def lasted(outage: float) -> str:
    """How long an outage was."""
    return f"{outage:.1f} s" if outage else "none"


def drill_files(context: Context, name: str) -> frozenset[str]:
    """The files that may have records of a drill, whether they are there or not."""
    return frozenset(drill_file(target_of(context, point), name) for point in context.points)


def resolved(context: Context, drill: Loaded[DrillSpec], point: Point) -> Drill:
    """The drill at a point, whoever is hit."""
    setting = Setting(context.catalog, context.site, point)
    return resolve_drill(setting, drill.name, any_nodes(setting, drill.name))


@functools.lru_cache(maxsize=1024)
def _digest(context: Context, name: str, system: str, shell: str) -> str:
    """What a record stands for if nothing has changed: what the drill does, and all under it.

    Only that is resolved: a page of a drill does not depend on other components.
    """
    drill, point = context.catalog.drills[name], context.point(system, shell, {})
    resolver, names = context.resolver(point), under(context.catalog, drill.spec.of)
    stages = tuple(resolver.stage(one) for one in resolver.components if one.name in names)
    drilled = resolved(context, drill, point)
    return drill_digest(drilled, replace(drilled.plan, stages=stages))
