"""Which components a target has, and in which order they come."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, holds, in_series
from hadocs.spec.component import ComponentSpec


def present(catalog: Catalog, point: Point) -> dict[str, Loaded[ComponentSpec]]:
    """The components that exist in the series and by the ways of *point*."""
    return {
        name: loaded
        for name, loaded in catalog.components.items()
        if in_series(point.series, loaded.spec.since, loaded.spec.until, catalog)
        and holds(loaded.spec.when, point, catalog, name)
    }


def needs(components: Mapping[str, Loaded[ComponentSpec]]) -> dict[str, tuple[str, ...]]:
    """For each component, those that provide what it comes after, by whichever way."""
    providers: dict[str, list[str]] = {}
    for name, loaded in components.items():
        for capability in loaded.spec.provides:
            providers.setdefault(capability, []).append(name)
    return {
        name: tuple(
            dict.fromkeys(
                provider
                for capability in loaded.spec.after_by_any_way
                for provider in providers.get(capability, ())
                if provider != name
            )
        )
        for name, loaded in components.items()
    }


def in_order(
    catalog: Catalog, components: Mapping[str, Loaded[ComponentSpec]]
) -> tuple[Loaded[ComponentSpec], ...]:
    """Each component after all that it needs; else by chapter, priority and name.

    Components that need each other come last, in the same way (`cycle` finds them).
    """
    chapters = [chapter.id for chapter in catalog.guide.spec.chapters]

    def rank(name: str) -> tuple[int, int, str]:
        spec = components[name].spec
        place = chapters.index(spec.chapter) if spec.chapter in chapters else len(chapters)
        return place, spec.priority if spec.priority is not None else 99, name

    waiting = {name: set(before) for name, before in needs(components).items()}
    users: dict[str, list[str]] = {}
    for name, before in waiting.items():
        for needed in before:
            users.setdefault(needed, []).append(name)
    ready = [rank(name) for name, before in waiting.items() if not before]
    heapq.heapify(ready)
    result: list[Loaded[ComponentSpec]] = []
    while waiting:
        chosen = heapq.heappop(ready)[-1] if ready else min(waiting, key=rank)
        del waiting[chosen]
        result.append(components[chosen])
        for name in users.get(chosen, ()):
            if name in waiting:
                waiting[name].discard(chosen)
                if not waiting[name]:
                    heapq.heappush(ready, rank(name))
    return tuple(result)


def cycle(components: Mapping[str, Loaded[ComponentSpec]]) -> tuple[str, ...]:
    """Names of components that wait for each other, in order, or none."""
    graph = needs(components)
    state: dict[str, int] = {}

    def visit(name: str, path: list[str]) -> tuple[str, ...]:
        if state.get(name) == 2:
            return ()
        if name in path:
            return tuple(path[path.index(name) :])
        for before in graph[name]:
            if found := visit(before, [*path, name]):
                return found
        state[name] = 2
        return ()

    return next(filter(None, (visit(name, []) for name in sorted(graph))), ())
