"""What the pages of one build share: the site, the targets, the order, the closures."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

from hadocs.evidence import Digest, Evidence, digests
from hadocs.evidence import load as evidence_of
from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import SHELLS, Point, default_ways, supported
from hadocs.plan.model import Plan, Step
from hadocs.plan.order import in_order, needs
from hadocs.plan.outside import own_turns
from hadocs.plan.placing import Placed, placed_steps
from hadocs.plan.resolve import resolve
from hadocs.plan.resolver import Resolver
from hadocs.plan.scope import site_scope
from hadocs.plan.template import Absent, rendered
from hadocs.plan.text import Text
from hadocs.problems import Code, HadocsError, Location, Problem, did_you_mean
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import SiteSpec


class Context:
    """A catalog seen from one series and the guide's own site."""

    def __init__(self, catalog: Catalog, series: str) -> None:
        self.catalog, self.series = catalog, series
        self._resolvers: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], Resolver] = {}
        self._plans: dict[tuple[str, str], Plan] = {}
        self._digests: dict[tuple[Resolver, str], Mapping[str, Digest]] = {}

    @functools.cached_property
    def site(self) -> Loaded[SiteSpec]:
        """The site whose values the guide shows."""
        name = self.catalog.guide.spec.site
        if name not in self.catalog.sites:
            hint = did_you_mean(name, self.catalog.sites)
            where = self.catalog.guide.at("site")
            raise HadocsError(
                [Problem(where, Code.UNKNOWN_NAME, f"site {name!r} does not exist", hint)]
            )
        return self.catalog.sites[name]

    @functools.cached_property
    def other_sites(self) -> tuple[Loaded[SiteSpec], ...]:
        """Sites of the project that may have nodes of roles that the guide's own lacks."""
        return tuple(site for site in self.catalog.sites.values() if site.name != self.site.name)

    @functools.cached_property
    def systems(self) -> tuple[str, ...]:
        """The systems that carry the series, in the order of the distro files."""
        return tuple(system for system, series in supported(self.catalog) if series == self.series)

    @functools.cached_property
    def historic(self) -> bool:
        """Whether the series has services and text, but no steps."""
        return self.catalog.releases[self.series].spec.historic

    @functools.cached_property
    def ordered(self) -> tuple[Loaded[ComponentSpec], ...]:
        """Every component, of every way and series, in the guide's order."""
        return in_order(self.catalog, self.catalog.components)

    @functools.cached_property
    def before(self) -> dict[str, tuple[str, ...]]:
        """For each component, those that provide what it comes after."""
        return needs(self.catalog.components)

    def point(self, system: str, shell: str, ways: dict[str, str]) -> Point:
        """A point of the guide's series; other ways are the site's, else the recommended ones."""
        return Point(system, shell, self.series, {**self._ways, **ways})

    @functools.cached_property
    def _ways(self) -> dict[str, str]:
        return {**default_ways(self.catalog), **self.site.spec.ways}

    @property
    def points(self) -> Iterator[Point]:
        """Every system of the series with each of its shells, by the usual ways."""
        for system in self.systems:
            for shell in self.catalog.systems[system].distro.spec.shells:
                yield self.point(system, shell, {})

    def where(self, point: Point) -> str:
        """A point's system and shell in words."""
        return f"{self.catalog.systems[point.system].version.title} with {point.shell}"

    def plan(self, point: Point) -> Plan:
        """The whole plan of one of `points`, made once."""
        key = point.system, point.shell
        if key not in self._plans:
            self._plans[key] = resolve(self.catalog, self.site, point)
        return self._plans[key]

    def resolver(self, point: Point, site: Loaded[SiteSpec] | None = None) -> Resolver:
        """The resolver of a point on a site, the guide's own if none is said; made once."""
        at = site or self.site
        key = (at.name, point.system, point.shell, tuple(sorted(point.ways.items())))
        if key not in self._resolvers:
            self._resolvers[key] = Resolver(self.catalog, at, point)
        return self._resolvers[key]

    @functools.cached_property
    def evidence(self) -> Evidence:
        """The recorded runs of the project."""
        return evidence_of(self.catalog.root)

    def digests(
        self, point: Point, component: Loaded[ComponentSpec], site: Loaded[SiteSpec]
    ) -> Mapping[str, Digest]:
        """What evidence has to stand for, by the ids of a component's steps."""
        resolver = self.resolver(point, site)
        key = resolver, component.name
        if key not in self._digests:
            roles = {node.name: node.roles for node in site.spec.nodes}
            self._digests[key] = digests(self._steps(resolver, component), roles)
        return self._digests[key]

    def _steps(self, resolver: Resolver, component: Loaded[ComponentSpec]) -> Iterable[Step]:
        if component.name in self.catalog.components:
            return (resolver.step(placed) for placed in resolver.placed(component))
        turns = own_turns(self.catalog, resolver.site, resolver.point, component.name)
        return (turn.item for turn in turns if isinstance(turn.item, Step))

    @functools.cached_property
    def shells(self) -> tuple[str, ...]:
        """The cluster shells, the default of the first system first."""
        return SHELLS

    def placed(self, component: Loaded[ComponentSpec]) -> Iterator[Placed]:
        """Every step of a component's page, whatever the target."""
        if not self.historic:
            yield from placed_steps(component, self.catalog)

    def closure(self, component: Loaded[ComponentSpec]) -> frozenset[str]:
        """Names of the components whose files a component's page shows something of."""
        spec = component.spec
        names = {component.name}
        for service in spec.services:
            names.update(fill.slot.rpartition("/")[0] for fill in service.fills)
        for placed in placed_steps(component, self.catalog):
            for action in (placed.spec, *placed.spec.cases):
                names.update(name for name in _mentioned(action) if name)
        return frozenset(names & set(self.catalog.components))

    def value(self, expression: str) -> Text:
        """A value of the site, as prose shows it."""
        try:
            return rendered(f"{{{{ {expression} }}}}", site_scope(self.site.spec, self.catalog))
        except Absent:
            message = f"the site has no value {expression!r}"
            raise HadocsError([Problem(Location(""), Code.UNDEFINED, message)]) from None


def _mentioned(action: object) -> Iterator[str]:
    """Components that a step or a case names."""
    chosen = getattr(action, "set", None)
    for use in chosen.use if chosen else ():
        yield use.set.rpartition("/")[0]
    for key in ("unless", "only_if", "wait"):
        asked = getattr(action, key, None)
        if asked is not None:
            yield asked.holds.rpartition("/")[0]
    when = getattr(action, "when", None)
    yield from (when.way if when else ())
