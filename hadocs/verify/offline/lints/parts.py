"""Texts of specs and the commands in them, each with the place where it stands."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Loaded
from hadocs.plan.walk import Place, actions, templates
from hadocs.problems import Location
from hadocs.spec.actions import ActionSpec
from hadocs.spec.base import CommandTemplate
from hadocs.spec.component import CaseSpec, ComponentSpec
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
        if literal := max(word.split(VALUE), key=len):
            whole = re.compile(rf"(?<![\w-]){re.escape(literal)}(?![\w-])")
            for number in range(line, len(lines)):
                if found := whole.search(lines[number]):
                    return self.component.source.inside(self._scalar, number, found.start())
        here = lines[line] if line < len(lines) else ""
        return self.component.source.inside(self._scalar, line, len(here) - len(here.lstrip()))

    @functools.cached_property
    def _scalar(self) -> Place:
        """The place without the number of a list that is written as one value."""
        source, around = self.component.source, self.place[:-1]
        is_alone = self.place[-1] == 0 and source.at(around) == source.at(self.place)
        return around if is_alone else self.place

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

    *line* is its first one in the part, from 0. *makes* is the id that it says it creates.
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


def parts_of(component: Loaded[ComponentSpec]) -> Iterator[Part]:
    """Every template of a spec."""
    known = {place: action for action, place in actions(component)}
    for text, place in templates(component.spec, ()):
        at = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in known), ())
        is_command = isinstance(text, CommandTemplate)
        yield Part(component, place, masked(text), is_command, known.get(at), at)


def masked(text: str) -> str:
    """A template with its values masked and its statements left out; its lines stay."""
    shown = _SHOWN.sub(lambda found: VALUE + "\n" * found[0].count("\n"), text)
    return _STATEMENT.sub(lambda found: "\n" * found[0].count("\n"), shown)


def commands_of(part: Part, parts: Mapping[tuple[str, Place], Part]) -> Iterator[Command]:
    """The commands of a part; *parts* are those of the same specs, by file and place."""
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
