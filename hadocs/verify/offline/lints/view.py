"""What lints look at: texts of specs, their commands, and the targets that have them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, default_ways, holds, in_series, supported
from hadocs.plan.order import in_order, present
from hadocs.plan.tasks import everything
from hadocs.plan.walk import Place, actions, templates
from hadocs.problems import Location
from hadocs.spec.actions import ActionSpec
from hadocs.spec.base import CommandTemplate
from hadocs.spec.component import CaseSpec, ComponentSpec
from hadocs.verify.offline.lints.pages import Page, pages
from hadocs.verify.offline.lints.said import cluster_commands, commands

#: Stands for a value of a template, which only a plan knows. No file has this character.
VALUE = "\ufffc"
_SHOWN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Part:
    """A text of a spec. *text* has its values masked; *action* is the one that it belongs to."""

    component: Loaded[ComponentSpec]
    place: Place
    text: str
    is_command: bool
    action: ActionSpec | None
    action_place: Place = ()

    def at(self, line: int = 0, word: str = "") -> Location:
        """Where *word* stands, in that line or a later one; else the beginning of that line."""
        lines = self._raw.split("\n")
        literal = max(word.split(VALUE), key=len)
        for number in range(line, len(lines)):
            if literal and (column := lines[number].find(literal)) >= 0:
                return self.component.source.inside(self.place, number, column)
        here = lines[line] if line < len(lines) else ""
        return self.component.source.inside(self.place, line, len(here) - len(here.lstrip()))

    @functools.cached_property
    def _raw(self) -> str:
        value: object = self.component.spec
        for key in self.place:
            if isinstance(value, (Mapping, tuple)):
                value = value[key]  # type: ignore[index]  # the place leads through this value
            else:
                value = getattr(value, "copy_" if key == "copy" else str(key))
        return str(value)


@dataclass(frozen=True, eq=False)
class Command:
    """A simple command of a part: its words without values, and what it reads.

    *line* is its first one in the part, from 0. *makes* is the id of what it creates, if it says so.
    """

    part: Part
    words: tuple[str, ...]
    line: int
    input: str = ""
    input_part: Part | None = None
    makes: str = ""

    def at(self, word: str = "") -> Location:
        """Where *word* of it stands."""
        return self.part.at(self.line, word or self.words[0])


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
        return tuple(part for component in self.components for part in _parts(component))

    @functools.cached_property
    def commands(self) -> tuple[Command, ...]:
        """Every simple command of every shell text, in the order of the files."""
        inputs = {(p.component.source.path, p.place): p for p in self.parts}
        return tuple(
            command
            for part in self.parts
            if part.is_command
            for command in _commands(part, inputs)
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
        asking = [action for action, _ in actions(component) if part.place[1] in _asked(action)]
        if not asking or part.place[1] in {check.holds for check in component.spec.checks}:
            return self.having(component, None)
        points = (point for action in asking for point in self.having(component, action))
        return tuple({str(point): point for point in points}.values())

    def having(
        self, component: Loaded[ComponentSpec], action: ActionSpec | None
    ) -> tuple[Point, ...]:
        """Every system, series and shell that has an action of a component, whatever the ways."""
        found = []
        for point in self.everywhere:
            if not in_series(point.series, component.spec.since, component.spec.until, self.catalog):
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


def _parts(component: Loaded[ComponentSpec]) -> Iterator[Part]:
    known = {place: action for action, place in actions(component)}
    for text, place in templates(component.spec, ()):
        at = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in known), ())
        is_command = isinstance(text, CommandTemplate)
        yield Part(component, place, masked(text), is_command, known.get(at), at)


def masked(text: str) -> str:
    """A template with its values masked and its statements left out; its lines stay."""
    shown = _SHOWN.sub(lambda found: VALUE + "\n" * found[0].count("\n"), text)
    return _STATEMENT.sub(lambda found: "\n" * found[0].count("\n"), shown)


def _commands(part: Part, parts: Mapping[tuple[str, Place], Part]) -> Iterator[Command]:
    if part.place[-1] == "cluster" and isinstance(part.action, CaseSpec):
        for shell in part.action.when.shell[:1]:
            for makes, one in cluster_commands(part.text, shell):
                yield Command(part, one.words, one.line, makes=makes)
        return
    given = parts.get((part.component.source.path, (*part.place[:-1], "input")))
    for one in commands(part.text):
        if one.input or given is None:
            yield Command(part, one.words, one.line, one.input)
        else:
            yield Command(part, one.words, one.line, given.text, given)
