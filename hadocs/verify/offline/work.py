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


@dataclass(frozen=True)
class Work:
    """A project whose specs are right; *cache* keeps what is costly to find again."""

    catalog: Catalog
    cache: Path

    @functools.cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The guide's site on every system, series and shell; each way not chosen there, once."""
        return tuple(
            resolve(self.catalog, self.site, point)
            for system, series in supported(self.catalog)
            for shell in self.catalog.systems[system].distro.spec.shells
            for point in self._points(system, series, shell)
        )

    @property
    def site(self) -> Loaded[SiteSpec]:
        """The site that the guide's own pages show."""
        return self.catalog.sites[self.catalog.guide.spec.site]

    def _points(self, system: str, series: str, shell: str) -> Iterator[Point]:
        ways: Mapping[str, str] = {**default_ways(self.catalog), **self.site.spec.ways}
        yield Point(system, shell, series, ways)
        for name, chosen in ways.items():
            for way in self.catalog.components[name].spec.open_ways:
                if way.id != chosen:
                    yield Point(system, shell, series, {**ways, name: way.id})


Check: TypeAlias = Callable[[Work], Found]
