"""What a project has, one name a line, for people and for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from hadocs.cli.chosen import root_of
from hadocs.loading.catalog import Catalog, load
from hadocs.plan.order import in_order
from hadocs.plan.placing import placed_steps


def list(arguments: argparse.Namespace) -> int:
    """Names and titles, one a line."""
    catalog = load(root_of(arguments))
    for line in _LISTS[arguments.what](catalog):
        print(line)
    return 0


def _components(catalog: Catalog) -> Iterator[str]:
    for component in in_order(catalog, catalog.components):
        yield f"{component.name}\t{component.spec.title}"


def _steps(catalog: Catalog) -> Iterator[str]:
    for component in in_order(catalog, catalog.components):
        for placed in placed_steps(component, catalog):
            yield f"{placed.id}\t{placed.spec.title}\t{placed.owner.at(*placed.place)}"


def _procedures(catalog: Catalog) -> Iterator[str]:
    for name, loaded in catalog.procedures.items():
        yield f"{name}\t{loaded.spec.title}\t{', '.join(loaded.spec.ask)}"


def _drills(catalog: Catalog) -> Iterator[str]:
    for name, loaded in catalog.drills.items():
        yield f"{name}\t{loaded.spec.title}"


def _distros(catalog: Catalog) -> Iterator[str]:
    for system in catalog.systems.values():
        shells = ", ".join(system.distro.spec.shells)
        yield f"{system.id}\t{system.version.title}\t{shells}"


def _series(catalog: Catalog) -> Iterator[str]:
    for name in catalog.series:
        release = catalog.releases[name].spec
        slurp = "SLURP, " if release.slurp else ""
        yield f"{name}\t{release.title}\t{slurp}{release.status}"


def _sites(catalog: Catalog) -> Iterator[str]:
    for name, site in catalog.sites.items():
        yield f"{name}\t{site.spec.title}\t{', '.join(node.name for node in site.spec.nodes)}"


def _support(catalog: Catalog) -> Iterator[str]:
    for system in catalog.systems.values():
        for series, said in system.version.series.items():
            word = f"no: {said.nothing}" if said.nothing else f"yes: {said.from_}"
            yield f"{system.id}\t{series}\t{word}"


_LISTS = {
    "components": _components,
    "steps": _steps,
    "procedures": _procedures,
    "drills": _drills,
    "distros": _distros,
    "series": _series,
    "sites": _sites,
    "support": _support,
}
