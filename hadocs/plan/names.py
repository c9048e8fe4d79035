"""What things are called on one system: packages, units, paths, users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hadocs.loading.catalog import Loaded, System
from hadocs.spec.base import Fact, Kinds
from hadocs.spec.component import ComponentSpec
from hadocs.spec.parts import NamesSpec

NameKind: TypeAlias = Literal["packages", "units", "paths", "users"]
NAME_KINDS: tuple[NameKind, ...] = ("packages", "units", "paths", "users")


@dataclass(frozen=True)
class Known:
    """A real name with its certainty and source."""

    kind: NameKind
    name: str
    words: tuple[str, ...]
    certainty: str
    source: str


def look_up(
    component: Loaded[ComponentSpec], system: System, kind: NameKind, name: str
) -> Known | None:
    """The distro's word, else the component's for the system, the distro, the family, else its own.

    Either side can hold the word, so that whichever file is newer carries it.
    """
    distro, tables = system.distro.spec, component.spec.names
    if fact := _of_distro(system, kind, name):
        certainty, source = distro.certainty, distro.source
    elif fact := _of_component(component.spec, system, kind, name):
        certainty = tables.certainty or distro.certainty
        source = tables.source or distro.source
    else:
        return None
    return Known(kind, name, fact.value, fact.certainty or certainty, fact.source or source)


def known_names(component: Loaded[ComponentSpec], system: System, kind: NameKind) -> set[str]:
    """Every logical name of one kind that has a word here."""
    tables = (system.version.names, system.distro.spec.names, component.spec.names)
    return {name for table in tables for name in getattr(table, kind)}


def _of_distro(system: System, kind: NameKind, name: str) -> Fact | None:
    for table in (system.version.names, system.distro.spec.names):
        found = _table(table, kind).get(name)
        if found is not None:
            return found
    return None


def _table(kinds: Kinds, kind: NameKind) -> Mapping[str, Fact]:
    return getattr(kinds, kind)  # type: ignore[no-any-return]  # a field for each kind


def _of_component(spec: ComponentSpec, system: System, kind: NameKind, name: str) -> Fact | None:
    names: NamesSpec | None = getattr(spec.names, kind).get(name)
    if names is None:
        return None
    return next(filter(None, _candidates(names, system)), None)


def _candidates(names: NamesSpec, system: System) -> Iterator[Fact | None]:
    yield names.system.get(system.id)
    yield names.distro.get(system.distro.name)
    yield names.family.get(system.distro.spec.family)
    yield names.default
