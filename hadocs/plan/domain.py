"""The finite domain of variation: which conditions hold for a target, and every target there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.problems import Code, Problem, did_you_mean
from hadocs.spec.base import Spec
from hadocs.spec.conditions import When

SHELLS = ("crm", "pcs")


@dataclass(frozen=True)
class Point:
    """A point of the domain. *ways* has a way for each component that has several."""

    system: str
    shell: str
    series: str
    ways: Mapping[str, str]

    def __str__(self) -> str:
        ways = (f"way {name}: {way}" for name, way in self.ways.items())
        return ", ".join(filter(None, [self.system, self.shell, self.series, *ways]))


def holds(when: When, point: Point, catalog: Catalog, component: str) -> bool:
    """Whether the condition holds at *point*; ``way`` without a component is *component*'s own."""
    system = catalog.systems[point.system]
    plain = (
        (when.system, point.system),
        (when.distro, system.distro.name),
        (when.family, system.distro.spec.family),
        (when.shell, point.shell),
        (when.series, point.series),
    )
    if any(allowed and value not in allowed for allowed, value in plain):
        return False
    if not in_series(point.series, when.since, when.until, catalog):
        return False
    enabled = point.system in catalog.releases[point.series].spec.repositories
    if when.repository not in (None, enabled):
        return False
    chosen = ((point.ways.get(_own(name, component)), ways) for name, ways in when.way.items())
    return all(way in ways for way, ways in chosen)


def in_series(series: str, since: str | None, until: str | None, catalog: Catalog) -> bool:
    """Whether *series* is neither before *since* nor after *until*."""
    too_early = since is not None and catalog.is_before(series, since)
    too_late = until is not None and catalog.is_before(until, series)
    return not too_early and not too_late


def live(loaded: Loaded[Spec], series: str, catalog: Catalog) -> Iterator[Problem]:
    """The ``series`` of a file is none that has steps."""
    if series not in catalog.live_series:
        message = f"series {series!r} " + (
            "is historic: it has no steps" if series in catalog.releases else "does not exist"
        )
        hint = did_you_mean(series, catalog.live_series)
        yield Problem(loaded.at("series"), Code.UNKNOWN_NAME, message, hint)


def default_ways(catalog: Catalog) -> dict[str, str]:
    """The recommended way of each component that has ways, else its first."""
    result = {}
    for name, loaded in catalog.components.items():
        if ways := loaded.spec.open_ways:
            chosen = next((way for way in ways if way.recommended), ways[0])
            result[name] = chosen.id
    return result


def supported(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Pairs of a system and a series that it can carry."""
    for name, system in catalog.systems.items():
        for series in catalog.live_series:
            support = system.version.series.get(series)
            if support is not None and not support.nothing:
                yield name, series


def points(whens: Iterable[When], catalog: Catalog, component: str) -> Iterator[Point]:
    """Every point that the conditions *whens* can tell apart, and that is supported."""
    whens = tuple(whens)
    axes = {_own(name, component) for when in whens for name in when.way}
    chosen = [
        [(name, way.id) for way in catalog.components[name].spec.open_ways] for name in sorted(axes)
    ]
    shells = SHELLS if any(when.shell for when in whens) else SHELLS[:1]
    pairs = list(supported(catalog))
    if not any(w.by_system or w.series or w.since or w.until for w in whens):
        alike = {catalog.systems[pair[0]].distro.spec.shells: pair for pair in reversed(pairs)}
        pairs = list(alike.values())
    ways = default_ways(catalog)
    for (system, series), shell, picked in itertools.product(
        pairs, shells, itertools.product(*chosen)
    ):
        if len(shells) == 1 or shell in catalog.systems[system].distro.spec.shells:
            yield Point(system, shell, series, {**ways, **dict(picked)})


def _own(name: str, component: str) -> str:
    return component if name == "self" else name
