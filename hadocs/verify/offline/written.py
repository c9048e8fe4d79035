"""Where the YAML says what a deed writes: an option, a line of a file's text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from hadocs.loading.catalog import Catalog, Loaded, Place
from hadocs.plan.tasks import everything
from hadocs.plan.walk import actions
from hadocs.problems import Location
from hadocs.spec.actions import ActionSpec
from hadocs.spec.component import ComponentSpec

_VALUE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


class Written:
    """The actions of all specs of a catalog, found by `Deed.where`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @functools.cached_property
    def _at(self) -> Mapping[Location, tuple[Loaded[ComponentSpec], Place, ActionSpec]]:
        return {
            component.source.inside((*place, key), 0): (component, (*place, key), action)
            for component in everything(self._catalog)
            for action, place in actions(component)
            for key in action.acts()[:1]
        }

    def option(self, where: Location, section: str, key: str, *, of_key: bool) -> Location:
        """The value of an option that a ``set:`` at *where* has, or (*of_key*) its name.

        It may stand in a shared set of options, perhaps of another component.
        """
        component, place, action = self._at[where]
        if action.set is None:
            return where
        if key in action.set.options.get(section, {}):
            return component.at(*place, "options", section, key, key=of_key)
        for use in action.set.use:
            name, _, shared = use.set.rpartition("/")
            owner = self._catalog.components[name] if name else component
            if key in owner.spec.option_sets[shared].options.get(section, {}):
                return owner.at("option_sets", shared, "options", section, key, key=of_key)
        return where

    def line(self, where: Location, rendered: str) -> Location:
        """The line of the text of a deed, or of what else is at *where*, that became *rendered*."""
        if where not in self._at:
            return where
        component, place, action = self._at[where]
        if action.write is not None:
            return _line(component, (*place, "text"), str(action.write.text), rendered)
        if action.run is not None:
            return _line(component, place, str(action.run), rendered)
        return where


def _line(component: Loaded[ComponentSpec], place: Place, text: str, rendered: str) -> Location:
    """The line of a template that is most like a line which it became; the first, if none is."""
    lines = text.split("\n")
    wanted = " ".join(rendered.split())
    alike = [
        (certain, -number)
        for number, line in enumerate(lines)
        for certain, pattern in _patterns(line)
        if wanted and re.fullmatch(pattern, wanted)
    ]
    number = -max(alike)[1] if alike else 0
    column = len(lines[number]) - len(lines[number].lstrip())
    return component.source.inside(place, number, column)


def _patterns(line: str) -> Iterator[tuple[int, str]]:
    """What a line of a template can become, with how much of it is certain."""
    literal = [" ".join(part.split()) for part in _VALUE.split(line)]
    if any(literal):
        parts = (re.escape(part) for part in literal)
        yield sum(map(len, literal)), r"\s*.*\s*".join(parts)
