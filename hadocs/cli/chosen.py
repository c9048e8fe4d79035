"""What the arguments of a command choose: the project, the site, the targets."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hadocs.loading.catalog import Catalog, Loaded, load, load_site
from hadocs.plan.checks import check_plan, check_specs
from hadocs.plan.domain import supported
from hadocs.plan.model import Plan
from hadocs.plan.resolve import Setting, point_of, resolve
from hadocs.problems import Code, HadocsError, Location, Problem, did_you_mean, not_there
from hadocs.spec.conf import SiteSpec


def root_of(arguments: argparse.Namespace) -> Path:
    """The folder of the project."""
    return Path(arguments.project or ".")


def plans(arguments: argparse.Namespace, ways: Sequence[str] = ()) -> tuple[Plan, ...]:
    """The plans that the arguments ask for: one for each of their settings."""
    return tuple(resolve(one.catalog, one.site, one.point) for one in settings(arguments, ways))


def settings(arguments: argparse.Namespace, ways: Sequence[str] = ()) -> tuple[Setting, ...]:
    """What the arguments ask for: one for each distro version that has the series.

    *ways* (``COMPONENT=WAY``) are taken instead of the site's.
    """
    root = root_of(arguments)
    catalog = load(root)
    check_specs(catalog)
    site = _by_ways(catalog, site_of(catalog, arguments.site), ways)
    systems = systems_of(catalog, arguments.distro)
    series = arguments.series or site.spec.series or catalog.guide.spec.series
    if series not in catalog.releases:
        raise _wrong("--series", "series", series, catalog.live_series)
    if series not in catalog.live_series:
        message = f"series {series!r} is history: it has no steps"
        hint = did_you_mean("", catalog.live_series)
        raise HadocsError([Problem(Location("--series"), Code.UNSUPPORTED, message, hint)])
    carried = set(supported(catalog))
    kept = [system for system in systems if (system, series) in carried]
    if not kept:
        raise HadocsError(_unsupported(catalog, systems, series))
    for system in kept:
        _shell_problem(catalog, system, arguments.shell)
    points = [point_of(catalog, site.spec, system, arguments.shell, series) for system in kept]
    for point in points:
        check_plan(catalog, site, point)
    return tuple(Setting(catalog, site, point) for point in points)


def site_of(catalog: Catalog, name: str) -> Loaded[SiteSpec]:
    """The site called *name*, or that of a file; without a name that of the guide."""
    name = name or catalog.guide.spec.site
    if name in catalog.sites:
        return catalog.sites[name]
    if not Path(name).suffix:
        raise _wrong("--site", "site", name, catalog.sites)
    return load_site(Path(), name)


def _by_ways(catalog: Catalog, site: Loaded[SiteSpec], chosen: Sequence[str]) -> Loaded[SiteSpec]:
    ways = dict(site.spec.ways)
    for name, _, way in (one.partition("=") for one in chosen):
        having = {n: c.spec.open_ways for n, c in catalog.components.items() if c.spec.open_ways}
        if name not in having:
            raise _wrong("--way", "component with ways", name, having)
        if way not in [known.id for known in having[name]]:
            raise _wrong("--way", f"way of {name}", way, [known.id for known in having[name]])
        ways[name] = way
    return replace(site, spec=site.spec.model_copy(update={"ways": ways}))


def systems_of(catalog: Catalog, name: str) -> tuple[str, ...]:
    """The versions of a distro, one version, or all there are."""
    if name == "all":
        return tuple(catalog.systems)
    if name in catalog.systems:
        return (name,)
    if name not in catalog.distros:
        raise _wrong("--distro", "distro", name, [*catalog.distros, *catalog.systems])
    return tuple(f"{name}-{version.id}" for version in catalog.distros[name].spec.versions)


def _unsupported(catalog: Catalog, systems: tuple[str, ...], series: str) -> Iterator[Problem]:
    for name in systems:
        system = catalog.systems[name]
        said = system.version.series.get(series)
        reason = said.nothing if said else "nobody looked it up"
        version = system.distro.spec.versions.index(system.version)
        where = system.distro.at("versions", version, "series", series)
        yield Problem(where, Code.UNSUPPORTED, f"{name} does not carry {series}: {reason}")


def _shell_problem(catalog: Catalog, system: str, shell: str | None) -> None:
    distro = catalog.systems[system].distro
    if shell is not None and shell not in distro.spec.shells:
        message = f"{distro.spec.title} has no package of the shell {shell}"
        hint = f"it has {' and '.join(distro.spec.shells)}"
        raise HadocsError([Problem(distro.at("shells"), Code.UNSUPPORTED, message, hint)])


def _wrong(option: str, what: str, name: str, known: Iterable[str]) -> HadocsError:
    return HadocsError([not_there(Location(option), what, name, known)])
