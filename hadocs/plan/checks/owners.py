"""Two steps that own the same file or option; a unit that two managers start."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.actions import Cluster, Service, SetOptions, WriteFile
from hadocs.plan.domain import Point, default_ways, supported
from hadocs.plan.model import Deed, Step
from hadocs.plan.resolve import point_of
from hadocs.plan.resolver import Resolver
from hadocs.problems import Code, HadocsError, Location, Problem
from hadocs.spec.conf import SiteSpec

#: A step's id and the place of its action.
Owner: TypeAlias = tuple[str, Location]
_UNIT = re.compile(r"\bsystemd:([\w@.-]+)")


def owner_problems(catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with the plans of every site on every system that its series allows."""
    found: dict[Problem, None] = {}
    for site in catalog.sites.values():
        for point in _plans(catalog, site.spec):
            for problem in _plan_problems(catalog, site, point):
                found.setdefault(problem)
    yield from found


def _plans(catalog: Catalog, site: SiteSpec) -> Iterator[Point]:
    """The site's own choice on each system, then each way changed by itself."""
    series = site.series or catalog.guide.spec.series
    systems = [system for system, carried in supported(catalog) if carried == series]
    for system in systems:
        yield point_of(catalog, site, system, None, series)
    for system in systems[:1]:
        base = point_of(catalog, site, system, None, series)
        for name in default_ways(catalog):
            for way in catalog.components[name].spec.ways:
                for shell in ("crm", "pcs"):
                    yield Point(system, shell, series, {**base.ways, name: way.id})


def _plan_problems(catalog: Catalog, site: Loaded[SiteSpec], point: Point) -> Iterator[Problem]:
    resolver = Resolver(catalog, site, point)
    owners: dict[tuple[str, ...], Owner] = {}
    managed: dict[str, Location] = {}
    enabled: dict[str, Location] = {}
    for component in resolver.components:
        try:
            stage = resolver.stage(component)
        except HadocsError as error:
            yield from error.problems
            continue
        for turn in stage.turns:
            if not isinstance(turn.item, Step):
                continue
            for node, deed in turn.item.deeds.items():
                yield from _owned(owners, node, deed, turn.item.id)
                managed.update(dict.fromkeys(_managed(deed), deed.where))
                if isinstance(deed.action, Service) and deed.action.boot:
                    enabled[deed.action.unit] = deed.where
    for unit in managed.keys() & enabled.keys():
        message = f"systemd starts {unit!r} at boot, and Pacemaker manages it"
        hint = f"Pacemaker: {managed[unit]}; say 'at_boot: no'"
        yield Problem(enabled[unit], Code.TWO_MANAGERS, message, hint)


def _owned(
    owners: dict[tuple[str, ...], Owner], node: str, deed: Deed, step: str
) -> Iterator[Problem]:
    """A file's owner owns all of it; ``(node, path, "")`` says who owns some option of it."""
    mine: list[tuple[str, ...]] = []
    rivals: dict[tuple[str, ...], str] = {}
    match deed.action:
        case WriteFile(path=path):
            mine = [(node, path)]
            rivals = {(node, path): path, (node, path, ""): path}
        case SetOptions(path=path, options=options):
            mine = [(node, path, option.section, option.key) for option in options]
            rivals = {(node, path): path, **{key: " ".join(key[1:]) for key in mine}}
            for twice in (key for key, count in Counter(mine).items() if count > 1):
                message = f"{rivals[twice]!r} stands twice in one step"
                yield Problem(deed.where, Code.TWO_OWNERS, message)
            mine.append((node, path, ""))
    for key, what in rivals.items():
        other, where = owners.get(key, (step, deed.where))
        if other != step:
            message = f"{what!r} has two owners: {other} and {step}"
            yield Problem(deed.where, Code.TWO_OWNERS, message, f"the other is at {where}")
    for key in mine:
        owners.setdefault(key, (step, deed.where))


def _managed(deed: Deed) -> list[str]:
    if not isinstance(deed.action, Cluster):
        return []
    return [unit for _, command in deed.action.commands for unit in _UNIT.findall(str(command))]
