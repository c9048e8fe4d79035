"""Every package and unit that a plan names is in the archive of its system, where that can be read."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.actions import WriteFile
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
from hadocs.verify.offline.toolbox import Generation, generations
from hadocs.verify.offline.work import Found, Work

_KINDS = ("packages", "units")
_LIMIT = 600.0
_UNIT = re.compile(r"^(?:usr/)?lib/systemd/system/([^/\s]+)\.service\s", re.MULTILINE)
_INIT = re.compile(r"^etc/init\.d/([^/\s]+)\s", re.MULTILINE)
#: Lists of files of packages, which apt does not fetch by itself.
_CONTENTS = {
    "MetaKey": "$(COMPONENT)/Contents-{}",
    "ShortDescription": "Contents-{}",
    "Description": "$(RELEASE)/$(COMPONENT) Contents-{}",
    "flatMetaKey": "Contents-{}",
    "flatDescription": "$(RELEASE) Contents-{}",
}


@dataclass(frozen=True)
class Index:
    """Names of an archive by their kind."""

    names: Mapping[str, frozenset[str]]

    def has(self, kind: str, word: str) -> bool:
        """Whether the archive has it; ``name@instance`` is the unit ``name@``."""
        template = word.partition("@")[0] + "@" if "@" in word else word
        return bool({word, template} & self.names[kind])


@dataclass
class Seen:
    """Names that were looked up, and by system those that could not be."""

    known: set[tuple[str, str, str]] = field(default_factory=set)
    elsewhere: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    without: dict[str, set[tuple[str, str]]] = field(default_factory=dict)


def check(work: Work) -> Found:
    """Look every name up in the archive of the system itself."""
    indexes, unproven = _indexes(work)
    seen, problems = Seen(), dict[Problem, None]()
    for plan in work.plans:
        system, series = plan.target.system, plan.target.series
        extra = system in work.catalog.releases[series].spec.repositories
        for kind, word, where in _named(plan, work.catalog):
            index = indexes.get(system)
            if index is None:
                seen.without.setdefault(system, set()).add((kind, word))
            elif index.has(kind, word):
                seen.known.add((system, kind, word))
            elif extra:
                seen.elsewhere.setdefault(system, set()).add((kind, word))
            else:
                message = f"{system} has no {kind[:-1]} {word!r}"
                hint = did_you_mean(word, index.names[kind])
                problems[Problem(where, Code.NOT_PACKAGED, message, hint)] = None
    return Found(tuple(problems), tuple(_counted(seen)), unproven)


def _counted(seen: Seen) -> Iterator[str]:
    systems = {system for system, _, _ in seen.known}
    if seen.known:
        yield f"{len(seen.known)} packages and units are in the archives of {_joined(systems)}"
    for system, names in sorted(seen.elsewhere.items()):
        words = sorted({word for _, word in names})
        yield f"{len(names)} names of {system} not in its archive, perhaps in that of the series: {', '.join(words)}"
    if seen.without:
        count = ", ".join(f"{len(names)} of {system}" for system, names in sorted(seen.without.items()))
        yield f"packages and units without an index here: {count}"


def _joined(words: set[str]) -> str:
    return ", ".join(sorted(words))


def _named(plan: Plan, catalog: Catalog) -> Iterator[tuple[str, str, Location]]:
    """Kind, name and place of each package and unit, but for units that the plan itself writes."""
    steps = [turn.item for turn in plan.turns() if isinstance(turn.item, Step)]
    deeds = {id(deed): (step, deed) for step in steps for deed in step.deeds.values()}
    own = {
        Path(deed.action.path).stem
        for _, deed in deeds.values()
        if isinstance(deed.action, WriteFile)
    }
    for step, deed in deeds.values():
        for known in deed.facts:
            if known.kind in _KINDS and known.words[0] not in own:
                where = _place(catalog, step.id, known, plan.target.system) or deed.where
                yield from ((known.kind, word, where) for word in known.words)


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


def _indexes(work: Work) -> tuple[Mapping[str, Index], tuple[str, ...]]:
    """By system: the index of its own archive, where there is a recipe for that."""
    wanted = {plan.target.system for plan in work.plans}
    found, unproven = {}, []
    for generation in generations(RECIPES):
        if generation.name in wanted:
            try:
                found[generation.name] = _index(generation, work.cache)
            except ClusterError as error:
                said = "; ".join(str(error).split("\n    "))
                unproven.append(f"whether {generation.name} has the packages and units: {said}")
    return found, tuple(unproven)


@functools.cache
def _index(generation: Generation, cache: Path) -> Index:
    folder = built(
        cache / f"index-{key_of(generation.base.archives, __file__)}",
        lambda part: _fetch(generation.base, part),
    )
    return Index({kind: frozenset((folder / kind).read_text().split()) for kind in _KINDS})


def _fetch(base: Bootstrap, part: Path) -> None:
    work = part / "apt"
    for name in ("lists/partial", "cache/archives/partial", "none"):
        (work / name).mkdir(parents=True)
    (work / "sources.list").write_text("\n".join(archives.sources(base)) + "\n")
    apt = _options(work)
    must(["apt-get", *apt, "--quiet", "update"], "cannot read the archives", timeout=_LIMIT)
    packages = must(["apt-cache", *apt, "pkgnames"], "cannot list packages", timeout=_LIMIT)
    listed = must(
        ["apt-get", *apt, "indextargets", "--format", "$(FILENAME)", "Created-By: Contents"],
        "cannot list what packages have",
        timeout=_LIMIT,
    )
    units: set[str] = set()
    for path in filter(None, listed.splitlines()):
        text = must(["/usr/lib/apt/apt-helper", "cat-file", path], "cannot read", timeout=_LIMIT)
        units.update(_UNIT.findall(text), _INIT.findall(text))
    must(["rm", "-r", str(work)], "cannot remove what the download left", timeout=60)
    (part / "packages").write_text(packages)
    (part / "units").write_text("\n".join(sorted(units)))


def _options(work: Path) -> list[str]:
    options = {
        "Dir::State::status": "/dev/null",
        "Dir::State::lists": str(work / "lists"),
        "Dir::Cache": str(work / "cache"),
        "Dir::Etc::sourcelist": str(work / "sources.list"),
        "Dir::Etc::sourceparts": str(work / "none"),
        "APT::Sandbox::User": "root",
    }
    for number, what in enumerate(("$(NATIVE_ARCHITECTURE)", "all")):
        for key, value in _CONTENTS.items():
            options[f"Acquire::IndexTargets::deb::Contents{number}::{key}"] = value.format(what)
    return [f"-o={key}={value}" for key, value in options.items()]
