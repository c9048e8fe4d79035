"""Every package that a plan names is in the archive of its system, where that can be read."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.model import Plan, Step
from hadocs.plan.names import Known
from hadocs.problems import Code, Location, Problem, did_you_mean
from hadocs.spec.component import ComponentSpec
from hadocs.verify.cluster import archives
from hadocs.verify.cluster.cache import built, key_of
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Bootstrap
from hadocs.verify.offline.files import RECIPES
from hadocs.verify.offline.toolbox import generations
from hadocs.verify.offline.work import Found, Work

_LIMIT = 600.0


@dataclass
class Seen:
    """Names that were looked up, and by system those that could not be."""

    known: set[tuple[str, str]] = field(default_factory=set)
    elsewhere: dict[str, set[str]] = field(default_factory=dict)
    without: dict[str, set[str]] = field(default_factory=dict)
    units: dict[str, set[str]] = field(default_factory=dict)


def check(work: Work) -> Found:
    """Look every package up in the archive of the system itself; count the units."""
    indexes, unproven = _indexes(work)
    seen, problems = Seen(), dict[Problem, None]()
    for plan in work.plans:
        system, series = plan.target.system, plan.target.series
        extra = system in work.catalog.releases[series].spec.repositories
        index = indexes.get(system)
        for known, where in _known(plan, work.catalog):
            if known.kind == "units":
                seen.units.setdefault(system, set()).update(known.words)
                continue
            for word in known.words:
                if index is None:
                    seen.without.setdefault(system, set()).add(word)
                elif word in index:
                    seen.known.add((system, word))
                elif extra:
                    seen.elsewhere.setdefault(system, set()).add(word)
                else:
                    message = f"{system} has no package {word!r}"
                    hint = did_you_mean(word, index)
                    problems[Problem(where, Code.NOT_PACKAGED, message, hint)] = None
    return Found(tuple(problems), tuple(_counted(seen)), unproven)


def _counted(seen: Seen) -> Iterator[str]:
    if seen.known:
        systems = ", ".join(sorted({system for system, _ in seen.known}))
        yield f"{len(seen.known)} packages are in the archives of {systems}"
    for system, words in sorted(seen.elsewhere.items()):
        named = ", ".join(sorted(words))
        yield f"packages of {system} that only the repository of a series can have: {named}"
    if seen.without:
        yield f"packages not looked up, no index here: {_by_system(seen.without)}"
    if seen.units:
        yield f"units not looked up, no index lists them: {_by_system(seen.units)}"


def _by_system(names: Mapping[str, set[str]]) -> str:
    return ", ".join(f"{len(words)} of {system}" for system, words in sorted(names.items()))


def _known(plan: Plan, catalog: Catalog) -> Iterator[tuple[Known, Location]]:
    """Each name of packages or units that a plan uses, with its place."""
    steps = [turn.item for turn in plan.turns() if isinstance(turn.item, Step)]
    deeds = {id(deed): (step, deed) for step in steps for deed in step.deeds.values()}
    for step, deed in deeds.values():
        for known in deed.facts:
            if known.kind in ("packages", "units"):
                where = _place(catalog, step.id, known, plan.target.system)
                yield known, where or deed.where


def _place(catalog: Catalog, step: str, known: Known, system: str) -> Location | None:
    """Where a name gets its words: in the distro's file, or in that of the step's component."""
    about = catalog.systems[system]
    for number, version in enumerate(about.distro.spec.versions):
        if version.id == about.version.id and known.name in getattr(version.names, known.kind):
            return about.distro.at("versions", number, "names", known.kind, known.name)
    if known.name in getattr(about.distro.spec.names, known.kind):
        return about.distro.at("names", known.kind, known.name)
    for component in catalog.components.values():
        if step.startswith(f"{component.name}/"):
            return _in_component(component, known, system, catalog)
    return None


def _in_component(
    component: Loaded[ComponentSpec], known: Known, system: str, catalog: Catalog
) -> Location | None:
    tables = getattr(component.spec.names, known.kind).get(known.name)
    if tables is None:
        return None
    about, place = catalog.systems[system].distro, ("names", known.kind, known.name)
    for key, word in (("system", system), ("distro", about.name), ("family", about.spec.family)):
        if word in getattr(tables, key):
            return component.at(*place, key, word)
    return component.at(*place)


def _indexes(work: Work) -> tuple[Mapping[str, Collection[str]], tuple[str, ...]]:
    """By system: the packages of its own archive, where there is a recipe for that."""
    wanted = {plan.target.system for plan in work.plans}
    found: dict[str, Collection[str]] = {}
    unproven: list[str] = []
    for generation in generations(RECIPES):
        if generation.name in wanted:
            try:
                found[generation.name] = index(generation.base, work.cache)
            except ClusterError as error:
                said = "; ".join(str(error).split("\n    "))
                unproven.append(f"whether {generation.name} has the packages: {said}")
    return found, tuple(unproven)


@functools.cache
def index(base: Bootstrap, cache: Path) -> frozenset[str]:
    """Names of all packages of an archive, as it was when it was first asked."""
    key = key_of((base.archives, base.components), __file__)
    folder = built(cache / f"index-{key}", lambda part: _fetch(base, part))
    return frozenset((folder / "packages").read_text().split())


def _fetch(base: Bootstrap, part: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="hadocs-") as folder:
        work = Path(folder)
        for name in ("lists/partial", "cache/archives/partial", "none"):
            (work / name).mkdir(parents=True)
        (work / "sources.list").write_text("\n".join(archives.sources(base)) + "\n")
        apt = _options(work)
        update = ["apt-get", *apt, "--quiet", "--error-on=any", "update"]
        must(update, "cannot read the archive", timeout=_LIMIT)
        names = must(["apt-cache", *apt, "pkgnames"], "cannot list packages", timeout=_LIMIT)
    (part / "packages").write_text(names)


def _options(work: Path) -> list[str]:
    options = {
        "Dir::State::status": "/dev/null",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": work / "none",
        "APT::Sandbox::User": "root",
    }
    return [f"-o={key}={value}" for key, value in options.items()]
