"""Repeats a drill on a cluster that is whole before each run, and makes the record of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from hadocs.evidence import Account, DrillRecord, DrillRun, drill_digest
from hadocs.plan.drills import Drill, any_nodes, resolve_drill, under
from hadocs.plan.model import Check, Plan
from hadocs.plan.resolve import Setting, resolve
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.cluster.nodes import Power
from hadocs.verify.cluster.recipe import recipe
from hadocs.verify.drills.accounting import account, strangers
from hadocs.verify.drills.clients import Client, all_steady, each
from hadocs.verify.drills.faults import undo
from hadocs.verify.drills.turns import Walk, upto_fault
from hadocs.verify.driving import secrets_of
from hadocs.verify.finding import found_nodes
from hadocs.verify.installed import installed


@dataclass(frozen=True)
class Measured:
    """The runs of a drill, and why there are not more of them, if so."""

    record: DrillRecord
    problems: tuple[str, ...]


def measured(
    setting: Setting, name: str, cluster: Cluster, repeat: int, today: str,
    heard: Callable[[str], None],
) -> Measured:  # fmt: skip
    """Do the drill *name* so many times; whatever ends it, its faults are undone."""
    whole = resolve(setting.catalog, setting.site, setting.point)
    names = setting.catalog.drills[name].spec.of
    own = _checks(whole.only(names))
    drill = must_have_fault(setting, name)
    runs: list[DrillRun] = []
    problems: list[str] = []
    for number in range(1, repeat + 1):
        heard(f"{name}: run {number} of {repeat}")
        try:
            _healthy(own, cluster, heard)
            runs.append(_run(setting, name, cluster, heard))
        except ClusterError as error:
            problems += [f"run {number}: {one}" for one in _with_cause(error)]
            break
    below = whole.only(under(setting.catalog, names))
    versions = installed(cluster, below, recipe(whole.target.system))
    record = DrillRecord(
        digest=drill_digest(drill, below), when=today, site=whole.target.site,
        ways=whole.target.ways, cores=os.cpu_count() or 1,
        packages=tuple(sorted(versions.items())), runs=tuple(runs),
    )  # fmt: skip
    return Measured(record, tuple(problems))


def must_have_fault(setting: Setting, name: str) -> Drill:
    """The drill *name*, whoever is hit; raises if nothing is done to anybody with these ways."""
    drill = resolve_drill(setting, name, any_nodes(setting, name))
    if not [*upto_fault(drill.plan)[1].turns()]:
        raise ClusterError(f"{name} has no fault for {setting.point}")
    return drill


def _with_cause(error: ClusterError) -> Iterator[ClusterError]:
    """What ended a run, then the errors of undoing it."""
    if isinstance(error.__context__, ClusterError):
        yield from _with_cause(error.__context__)
    yield error


def _run(setting: Setting, name: str, cluster: Cluster, heard: Callable[[str], None]) -> DrillRun:
    nodes = found_nodes(setting, name, cluster, secrets=secrets_of(cluster))
    for word, node in nodes.items():
        heard(f"{name}: {word} is {node}")
    drill = resolve_drill(setting, name, nodes)
    clients = tuple(Client(cluster, probe) for probe in drill.probes)
    walk = Walk(cluster, heard)
    before, rest = upto_fault(drill.plan)
    walk.go(before)
    try:
        each(clients, Client.start)
        all_steady(clients)
        load = os.getloadavg()[0]
        walk.go(rest)
        all_steady(clients)
        time.sleep(setting.catalog.drills[name].spec.watch)
        return _told(drill, clients, walk, nodes, load)
    finally:
        try:
            undo(cluster)
        finally:
            each(clients, Client.remove)


def _told(
    drill: Drill, clients: tuple[Client, ...], walk: Walk, nodes: Mapping[str, str], load: float
) -> DrillRun:
    fault, accounts = walk.faults[0][1], []
    until = time.time()
    for client in clients:
        accounts.append((client.probe.id, _account(client, fault)))
    return DrillRun(
        nodes=tuple(nodes.items()),
        load=round(load, 1),
        watched=round(until - fault, 2),
        faults=tuple((id_, round(at - fault, 2)) for id_, at in walk.faults),
        met=tuple((id_, round(at - fault, 2)) for id_, at in walk.met if at >= fault),
        probes=tuple(accounts),
    )


def _account(client: Client, fault: float) -> Account:
    client.stop()
    tried, there = client.counted()
    if others := strangers(tried, there or ()):
        message = f"the probe {client.probe.id} counts numbers that it never tried"
        raise ClusterError(message, [", ".join(map(str, sorted(others)[:10]))])
    return account(tried, fault, client.probe.every / 1000, there)


def _healthy(own: Plan, cluster: Cluster, heard: Callable[[str], None]) -> None:
    """Every node is on and connected, and the components say of themselves that they are well."""
    for node in cluster.status():
        if node.power is not Power.ON or node.pulled:
            raise ClusterError(f"{node.name} is {node.power}{', cut off' * node.pulled}")
    Walk(cluster, heard).go(own)


def _checks(plan: Plan) -> Plan:
    stages = (
        replace(stage, turns=tuple(turn for turn in stage.turns if isinstance(turn.item, Check)))
        for stage in plan.stages
    )
    return replace(plan, stages=tuple(stages))
