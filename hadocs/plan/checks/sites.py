"""Sites whose services would stop when a single node fails, or whose ways lack what they need."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.order import present
from hadocs.plan.resolve import point_of
from hadocs.problems import Code, Problem
from hadocs.spec.conf import SiteSpec


def majority_problems(site: Loaded[SiteSpec], catalog: Catalog) -> Iterator[Problem]:
    """Services that need a majority and have an even number of members here.

    One member is the single-controller mode, which grows; two stop when either fails.
    """
    system = next(iter(catalog.systems), None)
    if system is None:
        return
    point = point_of(catalog, site.spec, system, None, None)
    for component in present(catalog, point).values():
        for service in component.spec.services:
            if service.majority is None:
                continue
            roles = set(service.majority.roles)
            members = [node.name for node in site.spec.nodes if roles & set(node.roles)]
            if members and len(members) % 2 == 0:
                message = (
                    f"{service.name!r} would have {len(members)} members ({', '.join(members)}), "
                    f"and stops when {len(members) // 2} of them fail"
                )
                hint = f"add or remove a node with one of the roles {', '.join(sorted(roles))}"
                yield Problem(site.at("nodes"), Code.MAJORITY, message, hint)


def way_problems(site: Loaded[SiteSpec], catalog: Catalog) -> Iterator[Problem]:
    """Ways that need what no component has here, by the series or by another way."""
    system = next(iter(catalog.systems), None)
    if system is None:
        return
    point = point_of(catalog, site.spec, system, None, None)
    components = present(catalog, point)
    provided = {name for c in components.values() for name in c.spec.provides}
    for name, component in components.items():
        chosen = [way for way in component.spec.ways if way.id == point.ways.get(name)]
        for capability in (c for way in chosen for c in way.after if c not in provided):
            message = f"the way {point.ways[name]!r} of {name!r} needs the {capability}"
            providers = [
                c.name for c in catalog.components.values() if capability in c.spec.provides
            ]
            hint = f"{' or '.join(providers)} provides it, but not in this series with these ways"
            yield Problem(site.at("ways", name), Code.UNSUPPORTED, message, hint)
