"""What each command does, by calls of the library."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from hadocs.cli.told import told
from hadocs.loading.catalog import Catalog, Loaded, load, load_site
from hadocs.plan.checks import check as check_catalog
from hadocs.plan.checks import check_site
from hadocs.plan.domain import supported
from hadocs.plan.model import Plan
from hadocs.plan.resolve import point_of, resolve
from hadocs.problems import Code, HadocsError, Location, Problem, did_you_mean
from hadocs.renderers.guide import Guide
from hadocs.renderers.guide.link_checks import check_links
from hadocs.spec.conf import SiteSpec


def check(arguments: argparse.Namespace) -> int:
    """Every problem, or those of some files."""
    root = _root(arguments)
    wanted = {os.path.relpath(Path(path).resolve(), root.resolve()) for path in arguments.paths}
    try:
        catalog = load(root)
        check_catalog(catalog)
        check_links(catalog)
    except HadocsError as error:
        shown = [p for p in error.problems if not wanted or p.where.path in wanted]
        if shown:
            raise HadocsError(shown) from None
        count = len(error.problems)
        print(f"no problems there; {count} in other files", file=sys.stderr)
        return 0
    parts = catalog.components.values()
    steps = sum(len(loaded.spec.steps) for loaded in parts)
    print(f"{len(parts)} components, {steps} steps, {len(catalog.sites)} sites: no problems")
    return 0


def export_scripts(arguments: argparse.Namespace) -> int:
    """The scripts of one target."""
    from hadocs.output import write
    from hadocs.renderers.scripts import render

    plans = _plans(arguments)
    for plan in plans:
        folder = Path(arguments.output) / str(plan.target)
        changed = write(render(plan, frozenset()), folder)
        print(f"{folder}: {len(plan.nodes)} nodes, {_steps(plan)} steps, {changed} files changed")
    print(f"read {folder / 'README.txt'}, make the secrets (hadocs secrets), then run")
    print(f"{folder / 'run.sh'} --secrets secrets/{plan.target.site} --dry-run")
    return 0


def secrets(arguments: argparse.Namespace) -> int:
    """The secrets of one site: what is missing is made, what is there stays."""
    from hadocs.secrets import extend

    plan = _plans(arguments)[0]
    path = Path(arguments.file or f"secrets/{plan.target.site}")
    made = extend(path, plan.secrets)
    print(f"{path}: {len(plan.secrets)} secrets, {made} of them new")
    return 0


def list(arguments: argparse.Namespace) -> int:
    """Names and titles, one a line."""
    catalog = load(_root(arguments))
    for line in _LISTS[arguments.what](catalog):
        print(line)
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """One step, with every variant."""
    catalog = load(_root(arguments))
    check_catalog(catalog)
    guide = Guide(catalog, arguments.series or None)
    print(told(guide, arguments.step))
    return 0


def linkcheck(arguments: argparse.Namespace) -> int:
    """Every external link, with its place and what became of it."""
    from hadocs.sphinx.linkcheck import main

    return main(_root(arguments), arguments.series or None, arguments.fresh_days)


def completion(arguments: argparse.Namespace) -> int:
    """Completion for a shell."""
    import shtab

    from hadocs.cli import parser

    print(shtab.complete(parser(), arguments.shell))
    return 0


def coloured(text: str, stream: TextIO) -> str:
    """Problems with colours, on a terminal that wants them."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    text = re.sub(r"(?m)^(\S+?:\d+:\d+): error", "\033[1m\\1\033[0m: \033[31merror\033[0m", text)
    return re.sub(r"(?m)^    hint: (.*)$", "    \033[36mhint:\033[0m \\1", text)


def _root(arguments: argparse.Namespace) -> Path:
    return Path(arguments.project or ".")


def _plans(arguments: argparse.Namespace) -> tuple[Plan, ...]:
    """The plans that the arguments ask for: one for each distro version that has the series."""
    root = _root(arguments)
    catalog = load(root)
    check_catalog(catalog)
    site = _site(catalog, arguments.site)
    systems = _systems(catalog, arguments.distro)
    series = arguments.series or site.spec.series or catalog.guide.spec.series
    if series not in catalog.live_series:
        raise _wrong("--series", "series with steps", series, catalog.live_series)
    carried = set(supported(catalog))
    kept = [system for system in systems if (system, series) in carried]
    if not kept:
        raise HadocsError(_unsupported(catalog, systems, series))
    for system in kept:
        _shell_problem(catalog, system, arguments.shell)
    points = [point_of(catalog, site.spec, system, arguments.shell, series) for system in kept]
    return tuple(resolve(catalog, site, point) for point in points)


def _site(catalog: Catalog, name: str) -> Loaded[SiteSpec]:
    name = name or catalog.guide.spec.site
    if name in catalog.sites:
        return catalog.sites[name]
    if not Path(name).suffix:
        raise _wrong("--site", "site", name, catalog.sites)
    site = load_site(Path(), name)
    check_site(catalog, site)
    return site


def _systems(catalog: Catalog, name: str) -> tuple[str, ...]:
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


def _wrong(option: str, what: str, name: str, known: object) -> HadocsError:
    words = [str(word) for word in known]  # type: ignore[attr-defined]  # some names
    message = f"{what} {name!r} does not exist"
    return HadocsError(
        [Problem(Location(option), Code.UNKNOWN_NAME, message, did_you_mean(name, words))]
    )


def _steps(plan: Plan) -> int:
    return len({turn.item.id for turn in plan.turns()})


def _components(catalog: Catalog) -> Iterator[str]:
    for component in Guide(catalog).context.ordered:
        yield f"{component.name}\t{component.spec.title}"


def _list_steps(catalog: Catalog) -> Iterator[str]:
    context = Guide(catalog).context
    for component in context.ordered:
        for placed in context.placed(component):
            yield f"{placed.id}\t{placed.spec.title}\t{placed.owner.at(*placed.place)}"


def _distros(catalog: Catalog) -> Iterator[str]:
    for system in catalog.systems.values():
        shells = ", ".join(system.distro.spec.shells)
        yield f"{system.id}\t{system.version.title}\t{shells}"


def _series(catalog: Catalog) -> Iterator[str]:
    for name in catalog.series:
        release = catalog.releases[name].spec
        yield f"{name}\t{release.title}\t{release.status}"


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
    "steps": _list_steps,
    "distros": _distros,
    "series": _series,
    "sites": _sites,
    "support": _support,
}
