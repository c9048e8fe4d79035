"""Every part of a component that a check asks about, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from hadocs.loading.catalog import Loaded
from hadocs.spec.actions import ActionSpec
from hadocs.spec.base import Template
from hadocs.spec.component import ComponentSpec, StepSpec
from hadocs.spec.conditions import When

Place = tuple[str | int, ...]


def own_steps(component: Loaded[ComponentSpec]) -> Iterator[tuple[StepSpec, Place]]:
    """The component's own steps, those inside rolling blocks too, slots' steps not."""
    yield from _opened(component.spec.steps, ("steps",))


def all_steps(component: Loaded[ComponentSpec]) -> Iterator[tuple[StepSpec, Place]]:
    """The component's own steps and those of its slots."""
    yield from own_steps(component)
    for name, slot in component.spec.slots.items():
        yield from _opened(slot.steps, ("slots", name, "steps"))


def _opened(steps: tuple[StepSpec, ...], place: Place) -> Iterator[tuple[StepSpec, Place]]:
    for index, step in enumerate(steps):
        yield step, (*place, index)
        for inner, rolled in enumerate(step.rolling):
            yield rolled, (*place, index, "rolling", inner)


def actions(component: Loaded[ComponentSpec]) -> Iterator[tuple[ActionSpec, Place]]:
    """Every step and every case."""
    for step, place in all_steps(component):
        yield step, place
        for index, case in enumerate(step.cases):
            yield case, (*place, "cases", index)


def cluster_ids(component: Loaded[ComponentSpec]) -> Iterator[str]:
    """What its commands of a cluster shell make: the id before each, perhaps with a value in it."""
    for action, _ in actions(component):
        for line in (action.cluster or "").split("\n"):
            if line and not line.startswith((" ", "{%")):
                yield line.partition(": ")[0]


def conditions(component: Loaded[ComponentSpec]) -> Iterator[tuple[When, Place]]:
    """Every ``when``."""
    yield component.spec.when, ("when",)
    for step, place in all_steps(component):
        for index, case in enumerate(step.cases):
            yield case.when, (*place, "cases", index, "when")
    for index, service in enumerate(component.spec.services):
        for number, fill in enumerate(service.fills):
            yield fill.when, ("services", index, "fills", number, "when")
    for index, check in enumerate(component.spec.checks):
        yield check.when, ("checks", index, "when")


def guards(component: Loaded[ComponentSpec]) -> Iterator[tuple[str, Place]]:
    """The expectations that guards name."""
    for action, place in actions(component):
        for key in ("unless", "only_if"):
            guard = getattr(action, key, None)
            if guard is not None:
                yield guard.holds, (*place, key)


def waits(component: Loaded[ComponentSpec]) -> Iterator[tuple[str, Place]]:
    """The expectations that waits name."""
    for action, place in actions(component):
        if action.wait is not None:
            yield action.wait.holds, (*place, "wait", "holds")


def templates(value: object, place: Place) -> Iterator[tuple[Template, Place]]:
    """Every template inside *value*, with its place."""
    match value:
        case Template():
            yield value, place
        case BaseModel():
            fields = type(value).model_fields
            for name in value.model_fields_set:
                yield from templates(getattr(value, name), (*place, fields[name].alias or name))
        case dict():
            for key, item in value.items():
                yield from templates(key, (*place, key))
                yield from templates(item, (*place, key))
        case tuple():
            for index, item in enumerate(value):
                yield from templates(item, (*place, index))
