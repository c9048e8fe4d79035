"""What lints look at: texts of specs, their commands, and the targets that have them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, default_ways, holds, in_series, supported
from hadocs.plan.order import in_order, present
from hadocs.plan.tasks import everything
from hadocs.plan.walk import actions
from hadocs.spec.actions import ActionSpec
from hadocs.spec.component import CaseSpec, ComponentSpec
from hadocs.verify.offline.lints.pages import Page, pages
from hadocs.verify.offline.lints.parts import Command, Part, commands_of, parts_of


@dataclass(frozen=True, eq=False)
class View:
    """A project as lints see it; each part of it is found once."""

    catalog: Catalog

    @functools.cached_property
    def components(self) -> tuple[Loaded[ComponentSpec], ...]:
        """Every component, procedure and drill."""
        return tuple(everything(self.catalog))

    @functools.cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every template."""
        return tuple(part for component in self.components for part in parts_of(component))

    @functools.cached_property
    def commands(self) -> tuple[Command, ...]:
        """Every simple command of every shell text, in the order of the files."""
        inputs = {(p.component.source.path, p.place): p for p in self.parts}
        return tuple(
            command
            for part in self.parts
            if part.is_command
            for command in commands_of(part, inputs)
        )

    @functools.cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page of prose."""
        return tuple(pages(self.catalog.root))

    def targets(self, part: Part) -> tuple[Point, ...]:
        """Every system, series and shell that has the part, whatever the ways.

        A question is there where an action asks it; where a check does, or nobody, everywhere.
        """
        component = part.component
        if part.place[0] != "expectations":
            return self.having(component, part.action)
        name = str(part.place[1])
        asking = [action for action, _ in actions(component) if name in _asked(action)]
        if not asking or name in {check.holds for check in component.spec.checks}:
            return self.having(component, None)
        points = (point for action in asking for point in self.having(component, action))
        return tuple({str(point): point for point in points}.values())

    def having(
        self, component: Loaded[ComponentSpec], action: ActionSpec | None
    ) -> tuple[Point, ...]:
        """Every system, series and shell that has an action of a component, whatever the ways."""
        found = []
        for point in self.everywhere:
            if not in_series(
                point.series, component.spec.since, component.spec.until, self.catalog
            ):
                continue
            if isinstance(action, CaseSpec):
                plain = action.when.model_copy(update={"way": {}})
                if not holds(plain, point, self.catalog, component.name):
                    continue
            found.append(point)
        return tuple(found)

    @functools.cached_property
    def everywhere(self) -> tuple[Point, ...]:
        """Every system, series and shell, by the ways that the guide's site has."""
        site = self.catalog.sites[self.catalog.guide.spec.site].spec
        ways = {**default_ways(self.catalog), **site.ways}
        return tuple(
            Point(system, shell, series, ways)
            for system, series in supported(self.catalog)
            for shell in self.catalog.systems[system].distro.spec.shells
        )

    def clusters(self) -> Iterator[tuple[Command, ...]]:
        """What different targets do, in the order of the plan: each list of commands once."""
        seen: set[tuple[int, ...]] = set()
        for base in self.everywhere:
            for point in _one_way_changed(base, self.catalog):
                chosen = tuple(self._of(point))
                key = tuple(map(id, chosen))
                if key not in seen:
                    seen.add(key)
                    yield chosen

    def _of(self, point: Point) -> Iterator[Command]:
        there = present(self.catalog, point)
        for component in in_order(self.catalog, there):
            for command in self._by_component.get(component.name, ()):
                action = command.part.action
                if not isinstance(action, CaseSpec) or holds(
                    action.when, point, self.catalog, component.name
                ):
                    yield command

    @functools.cached_property
    def _by_component(self) -> Mapping[str, list[Command]]:
        result: dict[str, list[Command]] = {}
        for command in self.commands:
            if command.part.component.name in self.catalog.components:
                result.setdefault(command.part.component.name, []).append(command)
        return result


def _asked(action: ActionSpec) -> Iterator[str]:
    """The expectations that an action names."""
    for key in ("unless", "only_if", "wait"):
        if (asks := getattr(action, key, None)) is not None:
            yield asks.holds


def _one_way_changed(point: Point, catalog: Catalog) -> Iterator[Point]:
    yield point
    for name, chosen in point.ways.items():
        for way in catalog.components[name].spec.open_ways:
            if way.id != chosen:
                ways = {**point.ways, name: way.id}
                yield Point(point.system, point.shell, point.series, ways)
