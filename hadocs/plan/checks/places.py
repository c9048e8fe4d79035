"""Roles that no node has, and guards, waits and actions where they would be lost."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.checks.references import unknown
from hadocs.plan.tasks import everything, tasks
from hadocs.plan.walk import Place, actions, all_steps
from hadocs.problems import Code, Problem
from hadocs.spec.component import CaseSpec, ComponentSpec, StepSpec
from hadocs.spec.conditions import NodesSpec


def place_problems(catalog: Catalog) -> Iterator[Problem]:
    """What stands where a plan would pass it over in silence."""
    roles = [role.id for role in catalog.guide.spec.roles]
    for component in everything(catalog):
        for role, place in _roles(component):
            yield from unknown(component, place, "role", role, roles)
        for message, place in _lost(component):
            yield Problem(component.at(*place), Code.SCHEMA, message)
        if component.name in catalog.components:
            yield from _of_tasks(component)
        if component.name not in catalog.drills:
            for action, place in actions(component):
                if action.fault is not None:
                    where = component.at(*place, "fault")
                    yield Problem(where, Code.SCHEMA, "'fault' stands only in drills")
    for task in tasks(catalog):
        for name, query in task.spec.find.items():
            yield from unknown(task, ("find", name, "role"), "role", query.role, roles)


def _of_tasks(component: Loaded[ComponentSpec]) -> Iterator[Problem]:
    """What only procedures and drills have, since only they know the node when they are run."""
    for step, place in all_steps(component):
        if step.nodes.only is not None:
            where = component.at(*place, "nodes", "only", key=True)
            yield Problem(where, Code.SCHEMA, "'only' stands only in procedures and drills")
    for action, place in actions(component):
        if action.follow is not None:
            where = component.at(*place, "follow")
            yield Problem(where, Code.SCHEMA, "'follow' stands only in procedures and drills")


def _roles(component: Loaded[ComponentSpec]) -> Iterator[tuple[str, Place]]:
    """The roles by which nodes are chosen."""
    for index, service in enumerate(component.spec.services):
        if service.majority is not None:
            place: Place = ("services", index, "majority", "roles")
            yield from _each(service.majority.roles, place)
    for step, place in all_steps(component):
        yield from _each(step.nodes.role, (*place, "nodes", "role"))
    for action, place in actions(component):
        for key in ("unless", "only_if"):
            guard = getattr(action, key)
            yield from _each(guard.role if guard else (), (*place, key, "role"))
        if action.copy_ is not None and action.copy_.role is not None:
            yield action.copy_.role, (*place, "copy", "role")
    for index, check in enumerate(component.spec.checks):
        yield from _each(check.nodes.role, ("checks", index, "nodes", "role"))


def _each(words: tuple[str, ...], place: Place) -> Iterator[tuple[str, Place]]:
    for index, word in enumerate(words):
        yield word, (*place, index)


def _lost(component: Loaded[ComponentSpec]) -> Iterator[tuple[str, Place]]:
    """Messages with their places."""
    for step, place in all_steps(component):
        if step.rolling:
            for key in ("unless", "only_if", "wait"):
                if getattr(step, key) is not None:
                    yield f"{key!r} stands in the steps of 'rolling'", (*place, key)
        for index, inner in enumerate(step.rolling):
            inside = (*place, "rolling", index)
            if inner.rolling:
                yield "'rolling' does not stand in 'rolling'", (*inside, "rolling")
            if inner.nodes != NodesSpec():
                yield "the nodes of a step in 'rolling' are those of the block", (*inside, "nodes")
        if step.cases and step.wait is not None:
            yield "'wait' stands in the cases", (*place, "wait")
        yield from _two_guards(step, place)
    for action, place in actions(component):
        if action.fill is not None and (place[0] != "steps" or len(place) > 2):
            yield "'fill' stands only in the steps of a component", (*place, "fill")


def _two_guards(step: StepSpec, place: Place) -> Iterator[tuple[str, Place]]:
    written: list[tuple[StepSpec | CaseSpec, Place]] = [(step, place)]
    written += [(case, (*place, "cases", index)) for index, case in enumerate(step.cases)]
    for one, inside in written:
        own = one.unless is not None or one.only_if is not None
        if own and (one.unless or step.unless) and (one.only_if or step.only_if):
            key = "only_if" if one.only_if is not None else "unless"
            yield "a step has one guard, 'unless' or 'only_if'", (*inside, key)
