"""Other sites of a project that a cluster may come from, or pass through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hadocs.loading.catalog import Loaded
from hadocs.plan.resolve import Setting
from hadocs.problems import Code, HadocsError, Location, Problem
from hadocs.spec.conf import SiteSpec


def smaller(setting: Setting) -> Setting:
    """The smallest site that has only the first nodes of this one."""
    nodes = setting.site.spec.nodes
    fitting = [
        site
        for site in _alike(setting)
        if len(site.spec.nodes) < len(nodes) and site.spec.nodes == nodes[: len(site.spec.nodes)]
    ]
    found = min(fitting, key=lambda site: len(site.spec.nodes), default=None)
    return _at(setting, found, "only the first of its nodes")


def changed(setting: Setting) -> Setting:
    """A site with the same nodes and other values."""
    own = setting.site.spec
    fitting = (
        site
        for site in _alike(setting)
        if site.spec.nodes == own.nodes and site.spec.values != own.values
    )
    return _at(setting, next(fitting, None), "its nodes and other values")


def _alike(setting: Setting) -> Iterator[Loaded[SiteSpec]]:
    """Every site in the same network, with the same virtual address."""
    own = setting.site.spec
    for site in setting.catalog.sites.values():
        if (site.spec.vip, site.spec.network) == (own.vip, own.network):
            yield site


def _at(setting: Setting, site: Loaded[SiteSpec] | None, having: str) -> Setting:
    if site is None:
        message = f"there is no site beside {setting.site.name} that has {having}"
        raise HadocsError([Problem(Location("conf/sites"), Code.VALUE, message)])
    return replace(setting, site=site)
