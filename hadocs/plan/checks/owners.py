"""Two steps that own the same file or option; a unit that two managers start."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.actions import Cluster, Service, SetOptions, WriteFile
from hadocs.plan.domain import Point, default_ways, supported
from hadocs.plan.model import Deed, Step
from hadocs.plan.placing import placed_steps
from hadocs.plan.resolve import point_of
from hadocs.plan.resolver import Resolver
from hadocs.plan.walk import conditions
from hadocs.problems import Code, HadocsError, Location, Problem
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import SiteSpec

#: A step's id and the place of its action.
Owner: TypeAlias = tuple[str, Location]
#: A node and a path on it, perhaps with a section and the key of an option.
Key: TypeAlias = tuple[str, ...]
_UNIT = re.compile(r"\bsystemd:([\w@.-]+)")


@dataclass(frozen=True)
class Owned:
    """What a step owns on a node: *mine*; *rivals*, which no other may own, with their words."""

    owner: Owner
    mine: tuple[Key, ...] = ()
    rivals: Mapping[Key, str] = field(default_factory=dict)
    twice: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()


def owner_problems(catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with the plans of every site on every system that its series allows."""
    found = {
        problem: None
        for site in catalog.sites.values()
        for problem in owner_problems_of(catalog, site, _plans(catalog, site.spec))
    }
    yield from found


def owner_problems_of(
    catalog: Catalog, site: Loaded[SiteSpec], points: Iterable[Point]
) -> Iterator[Problem]:
    """What is wrong with the plans of one site."""
    stages = Stages(catalog, site)
    for point in points:
        yield from _plan_problems(stages, point)


class Stages:
    """What the nodes of one site do for a component, made once for all plans that agree on it."""

    def __init__(self, catalog: Catalog, site: Loaded[SiteSpec]) -> None:
        self.catalog, self.site = catalog, site
        self._ways = {name: _ways(c, catalog) for name, c in catalog.components.items()}
        self._made: dict[tuple[str, ...], tuple[Owned, ...] | HadocsError] = {}

    def on(self, point: Point) -> Iterator[tuple[Owned, ...] | HadocsError]:
        """What each component of a plan owns, in order, or why that cannot be said."""
        resolver = Resolver(self.catalog, self.site, point)
        for component in resolver.components:
            ways = (point.ways.get(way, "") for way in self._ways[component.name])
            key = (component.name, point.system, point.shell, point.series, *ways)
            if key not in self._made:
                self._made[key] = _owned(resolver, component)
            yield self._made[key]


def _ways(component: Loaded[ComponentSpec], catalog: Catalog) -> tuple[str, ...]:
    """The components whose way makes a difference to the steps of *component*."""
    owners = {placed.owner.name: placed.owner for placed in placed_steps(component, catalog)}
    asked = (
        owner.name if name == "self" else name
        for owner in (component, *owners.values())
        for when, _ in conditions(owner)
        for name in when.way
    )
    return tuple(dict.fromkeys(asked))


def _plans(catalog: Catalog, site: SiteSpec) -> Iterator[Point]:
    """The site's own choice on each system, then each way changed by itself."""
    series = site.series or catalog.guide.spec.series
    systems = [system for system, carried in supported(catalog) if carried == series]
    for system in systems:
        yield point_of(catalog, site, system, None, series)
    for system in systems[:1]:
        base = point_of(catalog, site, system, None, series)
        for name in default_ways(catalog):
            for way in catalog.components[name].spec.open_ways:
                for shell in ("crm", "pcs"):
                    yield Point(system, shell, series, {**base.ways, name: way.id})


def _owned(resolver: Resolver, component: Loaded[ComponentSpec]) -> tuple[Owned, ...] | HadocsError:
    try:
        stage = resolver.stage(component)
    except HadocsError as error:
        return error
    steps = [turn.item for turn in stage.turns if isinstance(turn.item, Step)]
    made = (owned(node, deed, step.id) for step in steps for node, deed in step.deeds.items())
    return tuple(one for one in made if one is not None)


def owned(node: str, deed: Deed, step: str) -> Owned | None:
    """What one node's deed owns, if anything.

    A file's owner owns all of it; ``(node, path, "")`` says who owns some option of it.
    """
    match deed.action:
        case WriteFile(path=path):
            rivals = {(node, path): path, (node, path, ""): path}
            return Owned((step, deed.where), ((node, path),), rivals)
        case SetOptions(path=path, options=options):
            said = Counter((node, path, option.section, option.key) for option in options)
            rivals = {(node, path): path, **{key: " ".join(key[1:]) for key in said}}
            twice = tuple(rivals[key] for key, count in said.items() if count > 1)
            return Owned((step, deed.where), (*said, (node, path, "")), rivals, twice)
        case Cluster(commands=commands):
            units = (unit for _, command in commands for unit in _UNIT.findall(str(command)))
            return Owned((step, deed.where), managed=tuple(units))
        case Service(unit=unit, boot=True):
            return Owned((step, deed.where), enabled=(unit,))
    return None


def _plan_problems(stages: Stages, point: Point) -> Iterator[Problem]:
    owners: dict[Key, Owner] = {}
    managed: dict[str, Location] = {}
    enabled: dict[str, Location] = {}
    for made in stages.on(point):
        if isinstance(made, HadocsError):
            yield from made.problems
            continue
        for one in made:
            yield from _rivalry(owners, one)
            where = one.owner[1]
            managed.update(dict.fromkeys(one.managed, where))
            enabled.update(dict.fromkeys(one.enabled, where))
    for unit in managed.keys() & enabled.keys():
        message = f"systemd starts {unit!r} at boot, and Pacemaker manages it"
        hint = f"Pacemaker: {managed[unit]}; say 'at_boot: no'"
        yield Problem(enabled[unit], Code.TWO_MANAGERS, message, hint)


def _rivalry(owners: dict[Key, Owner], one: Owned) -> Iterator[Problem]:
    step, where = one.owner
    for what in one.twice:
        yield Problem(where, Code.TWO_OWNERS, f"{what!r} stands twice in one step")
    for key in owners.keys() & one.rivals.keys():
        other, there = owners[key]
        if other != step:
            message = f"{one.rivals[key]!r} has two owners: {other} and {step}"
            yield Problem(where, Code.TWO_OWNERS, message, f"the other is at {there}")
    for key in one.mine:
        owners.setdefault(key, one.owner)
