"""A catalog, a site and a target become a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, default_ways
from hadocs.plan.model import Node, Plan, Stage, Target
from hadocs.plan.preflight import preflights, secrets_of
from hadocs.plan.resolver import Resolver
from hadocs.problems import HadocsError, Problem
from hadocs.spec.conf import SiteSpec


@dataclass(frozen=True)
class Setting:
    """What plans are made of: a project, a site of it, and a point of its domain."""

    catalog: Catalog
    site: Loaded[SiteSpec]
    point: Point

    @property
    def image(self) -> str:
        """The container image of the system; empty if there is none."""
        return self.catalog.systems[self.point.system].version.image


def point_of(
    catalog: Catalog, site: SiteSpec, system: str, shell: str | None, series: str | None
) -> Point:
    """The point that a site, a system and perhaps a shell and a series say together."""
    chosen = shell or site.shell or catalog.systems[system].distro.spec.shell
    return Point(
        system,
        chosen,
        series or site.series or catalog.guide.spec.series,
        {**default_ways(catalog), **site.ways},
    )


def resolve(catalog: Catalog, site: Loaded[SiteSpec], point: Point) -> Plan:
    """The whole plan of a site; raises what keeps it from being one."""
    resolver = Resolver(catalog, site, point)
    stages: list[Stage] = []
    problems: list[Problem] = []
    for component in resolver.components:
        try:
            stages.append(resolver.stage(component))
        except HadocsError as error:
            problems += error.problems
    if problems:
        raise HadocsError(problems)
    ways = tuple(sorted(point.ways.items()))
    target = Target(point.series, point.system, point.shell, site.name, ways)
    nodes = tuple(Node(n.name, n.address, n.roles, n.values) for n in site.spec.nodes)
    plan = Plan(target, nodes, tuple(stages), {}, ())
    return replace(
        plan,
        preflight=preflights(catalog, resolver.system, site, plan),
        secrets=secrets_of(catalog, plan),
    )
