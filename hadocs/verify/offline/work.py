"""What offline checks look at, and what they found."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, default_ways, supported
from hadocs.plan.model import Plan
from hadocs.plan.resolve import resolve
from hadocs.problems import Problem
from hadocs.spec.conf import SiteSpec


@dataclass(frozen=True)
class Found:
    """What one check found.

    *counted* says what was looked at, in words. *unproven* says what could not be checked here and
    why: an error where nothing may stay unproven.
    """

    problems: tuple[Problem, ...] = ()
    counted: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Work:
    """A project whose specs are right; *cache* keeps what is costly to find again.

    Each is its own, so that what was made of it can be remembered by it.
    """

    catalog: Catalog
    cache: Path

    @functools.cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The guide's site on every system, series and shell; each way not chosen there, once."""
        return tuple(self._plans(self.site))

    @functools.cached_property
    def plans_of_all_sites(self) -> tuple[Plan, ...]:
        """What `plans` has of the guide's site, of every site."""
        others = (s for s in self.catalog.sites.values() if s.name != self.site.name)
        return self.plans + tuple(plan for site in others for plan in self._plans(site))

    @functools.cached_property
    def points(self) -> tuple[Point, ...]:
        """Where the guide's site is planned."""
        return tuple(self._points(self.site))

    @property
    def site(self) -> Loaded[SiteSpec]:
        """The site that the guide's own pages show."""
        return self.catalog.sites[self.catalog.guide.spec.site]

    def _plans(self, site: Loaded[SiteSpec]) -> Iterator[Plan]:
        return (resolve(self.catalog, site, point) for point in self._points(site))

    def _points(self, site: Loaded[SiteSpec]) -> Iterator[Point]:
        for system, series in supported(self.catalog):
            for shell in self.catalog.systems[system].distro.spec.shells:
                for ways in self._ways(site):
                    yield Point(system, shell, series, ways)

    def _ways(self, site: Loaded[SiteSpec]) -> Iterator[Mapping[str, str]]:
        usual: Mapping[str, str] = {**default_ways(self.catalog), **site.spec.ways}
        yield usual
        for name, chosen in usual.items():
            for way in self.catalog.components[name].spec.open_ways:
                if way.id != chosen:
                    yield {**usual, name: way.id}


Check: TypeAlias = Callable[[Work], Found]
