"""Names that must stand once, because files, secrets and resume points hang on them."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.problems import Code, Location, Problem
from hadocs.spec.component import ComponentSpec


def unique_problems(catalog: Catalog) -> Iterator[Problem]:
    """Secrets and endpoints over all components; services and filled slots in each."""
    seen: dict[tuple[str, ...], Location] = {}
    for component in catalog.components.values():
        for what, key, where in _names(component):
            if key in seen:
                message = f"{what} {key[-1]!r} stands twice"
                yield Problem(where, Code.UNKNOWN_NAME, message, f"first at {seen[key]}")
            seen.setdefault(key, where)


def _names(
    component: Loaded[ComponentSpec],
) -> Iterator[tuple[str, tuple[str, ...], Location]]:
    for name in component.spec.secrets:
        yield "secret", ("secret", name), component.at("secrets", name, key=True)
    for index, service in enumerate(component.spec.services):
        place = ("services", index)
        own = (component.name, "service", service.name)
        yield "service", own, component.at(*place, "name")
        for name in service.endpoints:
            where = component.at(*place, "endpoints", name, key=True)
            yield "endpoint", ("endpoint", name), where
        for number, fill in enumerate(service.fills):
            filled = (component.name, fill.slot, fill.name or service.name)
            yield f"filling of {fill.slot!r}", filled, component.at(*place, "fills", number)
