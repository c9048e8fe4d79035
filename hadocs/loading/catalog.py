"""All specs of a project, and what is wrong in any of its files, in one run."""

from __future__ import annotations

import contextlib
import functools
import gc
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from hadocs.loading.schema import validated
from hadocs.loading.source import Data, Place, Source, read
from hadocs.problems import Code, HadocsError, Location, Problem, did_you_mean
from hadocs.spec.base import Spec
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import DistroSpec, GuideSpec, ReleaseSpec, SiteSpec, VersionSpec
from hadocs.spec.task import KINDS, DrillSpec, ProcedureSpec

#: A site's name becomes part of paths and of the scripts.
_SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*\.yaml")
S = TypeVar("S", bound=Spec, covariant=True)
T = TypeVar("T", bound=Spec)


@dataclass(frozen=True)
class Loaded(Generic[S]):
    """A spec, the name of its file without the ending, and where its values stand."""

    name: str
    spec: S
    source: Source

    def at(self, *place: str | int, key: bool = False) -> Location:
        """Where the value at *place* stands."""
        return self.source.at(place, key=key)


@dataclass(frozen=True)
class System:
    """A distro version: ``debian-13``."""

    id: str
    distro: Loaded[DistroSpec]
    version: VersionSpec


@dataclass(frozen=True)
class Catalog:
    """Everything that a project says, by name."""

    root: Path
    guide: Loaded[GuideSpec]
    components: Mapping[str, Loaded[ComponentSpec]]
    procedures: Mapping[str, Loaded[ProcedureSpec]]
    drills: Mapping[str, Loaded[DrillSpec]]
    distros: Mapping[str, Loaded[DistroSpec]]
    releases: Mapping[str, Loaded[ReleaseSpec]]
    sites: Mapping[str, Loaded[SiteSpec]]

    @functools.cached_property
    def systems(self) -> Mapping[str, System]:
        """Every version of every distro, by ``distro-version``."""
        return {
            f"{name}-{version.id}": System(f"{name}-{version.id}", distro, version)
            for name, distro in self.distros.items()
            for version in distro.spec.versions
        }

    @functools.cached_property
    def series(self) -> tuple[str, ...]:
        """Names of the series from the oldest to the newest."""
        return tuple(sorted(self.releases, key=lambda name: self.releases[name].spec.order))

    @functools.cached_property
    def live_series(self) -> tuple[str, ...]:
        """The series that have steps."""
        return tuple(name for name in self.series if not self.releases[name].spec.historic)

    def is_before(self, series: str, other: str) -> bool:
        """Whether *series* is older than *other*; releases give the order, not the alphabet."""
        return self.series.index(series) < self.series.index(other)


@contextlib.contextmanager
def _without_gc() -> Iterator[None]:
    """Specs are trees without cycles: collecting while they grow doubles the time.

    They live as long as the process, so that later collections need not walk over them either.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def load(root: Path) -> Catalog:
    """The catalog of the project in *root*; raises the problems of all files together."""
    with _without_gc():
        return _load(root)


def load_site(root: Path, path: str) -> Loaded[SiteSpec]:
    """One site file from anywhere: *path* is shown as it was given."""
    folder = (root / path).resolve().parent
    if not _SITE.fullmatch(Path(path).stem):
        message, hint = "is no name for a site", "letters, digits, '.', '_' and '-'"
        raise HadocsError([Problem(Location(path), Code.UNREADABLE, message, hint)])
    try:
        source, data = read(folder, Path(path).name)
    except HadocsError as error:
        given = (replace(p, where=replace(p.where, path=path)) for p in error.problems)
        raise HadocsError(given) from None
    shown = Source(path, source.text, source.root)
    return Loaded(Path(path).stem, validated(SiteSpec, shown, data), shown)


def _load(root: Path) -> Catalog:
    problems: list[Problem] = []
    loaded: dict[str, dict[str, Loaded[Any]]] = {kind: {} for kind in KINDS}
    for path in _files(root, "components", problems):
        with _collecting(problems):
            source, data = read(root, path)
            kind = _kind(source, data)
            name = Path(path).stem
            loaded[kind][name] = Loaded(name, validated(KINDS[kind], source, data), source)
    distros = _folder(root, "conf/distros", DistroSpec, problems)
    releases = _folder(root, "conf/releases", ReleaseSpec, problems)
    sites = _folder(root, "conf/sites", SiteSpec, problems)
    guide: Loaded[GuideSpec] | None = None
    with _collecting(problems):
        source, data = read(root, "conf/guide.yaml")
        guide = Loaded("guide", validated(GuideSpec, source, data), source)
    if problems or guide is None:
        raise HadocsError(problems)
    return Catalog(
        root,
        guide,
        loaded["component"],
        loaded["procedure"],
        loaded["drill"],
        distros,
        releases,
        sites,
    )


@contextlib.contextmanager
def _collecting(problems: list[Problem]) -> Iterator[None]:
    try:
        yield
    except HadocsError as error:
        problems.extend(error.problems)


def _files(root: Path, folder: str, problems: list[Problem]) -> list[str]:
    if not (root / folder).is_dir():
        message = f"there is no folder {folder!r} here"
        hint = "run hadocs in the project's folder, or say --project"
        problems.append(Problem(Location(folder), Code.UNREADABLE, message, hint))
        return []
    names = sorted(path.name for path in (root / folder).iterdir())
    for name in names:
        if name.endswith(".yml") or (name.endswith(".yaml") and not _NAME.fullmatch(name)):
            message = f"{name!r} is not the name of a spec"
            hint = "a word of a-z, 0-9, '-' and '.', and the ending .yaml"
            where = Location(f"{folder}/{name}")
            problems.append(Problem(where, Code.UNREADABLE, message, hint))
    return [f"{folder}/{name}" for name in names if _NAME.fullmatch(name)]


def _folder(
    root: Path, folder: str, model: type[T], problems: list[Problem]
) -> dict[str, Loaded[T]]:
    result = {}
    for path in _files(root, folder, problems):
        with _collecting(problems):
            source, data = read(root, path)
            name = Path(path).stem
            result[name] = Loaded(name, validated(model, source, data), source)
    return result


def _kind(source: Source, data: Data) -> str:
    kind = data.get("kind", "component") if isinstance(data, dict) else "component"
    if isinstance(kind, str) and kind in KINDS:
        return kind
    message = f"{kind!r} is not a kind of spec"
    hint = did_you_mean(str(kind), KINDS)
    raise HadocsError([Problem(source.at(["kind"]), Code.SCHEMA, message, hint)])


__all__ = ["Catalog", "Loaded", "Place", "System", "load", "load_site"]
