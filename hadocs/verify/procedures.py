"""Performs procedures on a test cluster: finds their nodes, exports, drives, records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hadocs.evidence import Record
from hadocs.plan.model import Plan
from hadocs.plan.order import in_order, present
from hadocs.plan.outside import resolve_task
from hadocs.plan.resolve import Setting, resolve
from hadocs.verify import recorded
from hadocs.verify.cluster import Cluster
from hadocs.verify.cluster.recipe import recipe
from hadocs.verify.driving import Driven, Driver, secrets_of
from hadocs.verify.finding import found_nodes
from hadocs.verify.installed import installed


@dataclass(frozen=True)
class Performed:
    """A procedure that was performed."""

    plan: Plan
    driven: Driven


def perform(
    setting: Setting,
    name: str,
    cluster: Cluster,
    heard: Callable[[str], None],
    nodes: Mapping[str, str] | None = None,
    gone: frozenset[str] = frozenset(),
) -> Performed:
    """Do the procedure *name*; *nodes* are those that an operator names, others are found.

    Nodes that are *gone* for good may be off: they are asked nothing and do nothing.
    """
    known = found_nodes(setting, name, cluster, nodes, gone, secrets_of(cluster))
    for word, node in known.items():
        heard(f"{name}: {word} is {node}")
    plan = resolve_task(setting.catalog, setting.site, setting.point, name, known, gone)
    driver = Driver(plan, cluster, heard)
    driver.prepare()
    return Performed(plan, driver.run())


def after_full_stop(setting: Setting, components: tuple[str, ...]) -> Iterator[str]:
    """The procedures that *components* need after all nodes were off, in their order."""
    procedures = setting.catalog.procedures.values()
    wanted = {one.name: one.spec.of for one in procedures if one.spec.after_full_stop}
    here = present(setting.catalog, setting.point)
    order = [one.name for one in in_order(setting.catalog, here) if one.name in components]
    ready = {name: of for name, of in wanted.items() if set(of) & set(here) <= set(order)}
    last = {
        name: max((order.index(one) for one in of if one in order), default=-1)
        for name, of in ready.items()
    }
    yield from sorted((name for name in ready if last[name] >= 0), key=lambda one: last[one])


def records(setting: Setting, done: Performed, cluster: Cluster, today: str) -> tuple[Record, ...]:
    """Evidence of the procedure's own steps; those of components that it follows are not its own.

    Packages are those of the components that it works on.
    """
    task, secrets = done.plan.target.task, tuple(secrets_of(cluster).values())
    versions = _versions(setting, task, cluster)
    found = recorded.records(done.plan, done.driven.runs, {}, secrets, today, lambda _: versions)
    return tuple(one for one in found if one.step.partition("/")[0] == task)


def _versions(setting: Setting, name: str, cluster: Cluster) -> tuple[tuple[str, str], ...]:
    whole = resolve(setting.catalog, setting.site, setting.point)
    of = setting.catalog.procedures[name].spec.of
    versions = installed(cluster, whole.only(of), recipe(whole.target.system))
    return tuple(sorted(versions.items()))
