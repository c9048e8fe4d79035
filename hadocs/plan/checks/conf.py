"""What is wrong in the files of conf/, and in the words of components that point there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.checks.references import unknown
from hadocs.plan.domain import live
from hadocs.plan.names import NAME_KINDS
from hadocs.plan.site import fits_parameter
from hadocs.plan.walk import Place
from hadocs.problems import Code, Problem
from hadocs.spec.base import Spec
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import DistroSpec, ReleaseSpec


def conf_problems(catalog: Catalog) -> Iterator[Problem]:
    """Problems of the guide, the distros, the releases; tables and defaults of components."""
    yield from _guide(catalog)
    for distro in catalog.distros.values():
        yield from _distro(distro, catalog)
    orders: dict[int, str] = {}
    for name, release in catalog.releases.items():
        first = orders.setdefault(release.spec.order, name)
        if first != name:
            message = f"{first} and {name} have the same order"
            yield Problem(release.at("order"), Code.VALUE, message)
        yield from _addresses(release)
    for component in catalog.components.values():
        yield from _tables(component, catalog)
        yield from _defaults(component)


def _addresses(release: Loaded[ReleaseSpec]) -> Iterator[Problem]:
    """What is no pattern of an address, with {project} and {page} alone."""
    for key in ("docs", "shared_docs"):
        try:
            getattr(release.spec, key).format(project="", page="")
        except (LookupError, ValueError, AttributeError):
            message, hint = "is no pattern of an address", "its fields are {project} and {page}"
            yield Problem(release.at(key), Code.VALUE, message, hint)


def _guide(catalog: Catalog) -> Iterator[Problem]:
    guide = catalog.guide
    spec = guide.spec
    yield from live(guide, spec.series, catalog)
    yield from unknown(guide, ("site",), "site", spec.site, catalog.sites)
    chapters = [(chapter.id, ("chapters", i, "id")) for i, chapter in enumerate(spec.chapters)]
    roles = [(role.id, ("roles", i, "id")) for i, role in enumerate(spec.roles)]
    names = [(role.many, ("roles", i, "many")) for i, role in enumerate(spec.roles)]
    known = [chapter.id for chapter in spec.chapters]
    yield from unknown(guide, ("tasks",), "chapter", spec.chapter_of_tasks, known)
    yield from _twice(guide, "chapter", chapters)
    yield from _twice(guide, "role", roles)
    yield from _twice(guide, "name of nodes", names)


def _twice(
    loaded: Loaded[Spec], what: str, words: Iterable[tuple[str, Place]]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for word, place in words:
        if word in seen:
            message = f"{what} {word!r} stands twice"
            yield Problem(loaded.at(*place), Code.UNKNOWN_NAME, message)
        seen.add(word)


def _distro(distro: Loaded[DistroSpec], catalog: Catalog) -> Iterator[Problem]:
    spec = distro.spec
    yield from unknown(distro, ("shell",), "shell", spec.shell, spec.shells)
    versions = [(version.id, ("versions", i, "id")) for i, version in enumerate(spec.versions)]
    yield from _twice(distro, "version", versions)
    for index, version in enumerate(spec.versions):
        for series in version.series:
            place = ("versions", index, "series", series)
            yield from unknown(distro, place, "series", series, catalog.releases, key=True)


def _tables(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    known: dict[str, Iterable[str]] = {
        "system": catalog.systems,
        "distro": catalog.distros,
        "family": {distro.spec.family for distro in catalog.distros.values()},
    }
    for kind in NAME_KINDS:
        for name, table in getattr(component.spec.names, kind).items():
            for key, words in known.items():
                for word in getattr(table, key):
                    place = ("names", kind, name, key, word)
                    yield from unknown(component, place, key, word, words, key=True)


def _defaults(component: Loaded[ComponentSpec]) -> Iterator[Problem]:
    for name, parameter in component.spec.parameters.items():
        default = parameter.default
        if default is not None and not fits_parameter(parameter, default):
            where = component.at("parameters", name, "default")
            hint = f"one of: {', '.join(parameter.choices)}" if parameter.choices else ""
            message = f"{default!r} is not of type {parameter.type!r}"
            yield Problem(where, Code.VALUE, message, hint)
