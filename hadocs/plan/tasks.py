"""Procedures and drills seen as components: the same steps and pages, outside the order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.names import NAME_KINDS
from hadocs.plan.template import BRACES
from hadocs.plan.walk import actions, all_steps, templates
from hadocs.problems import Code, Problem, not_there
from hadocs.spec.component import ComponentSpec
from hadocs.spec.parts import NameTables
from hadocs.spec.task import DrillSpec, ProcedureSpec

Task = Loaded[ProcedureSpec] | Loaded[DrillSpec]


def tasks(catalog: Catalog) -> Iterator[Task]:
    """Every procedure and every drill."""
    yield from catalog.procedures.values()
    yield from catalog.drills.values()


def task_named(name: str, catalog: Catalog) -> Task:
    """The procedure or the drill *name*, which exists."""
    return catalog.procedures.get(name) or catalog.drills[name]


def as_component(task: Task, catalog: Catalog) -> Loaded[ComponentSpec]:
    """The task with the names, parameters and roles of the components that it works on.

    Their expectations keep their own place: a task names them as ``component/name``.
    """
    spec = task.spec
    homes = [catalog.components[name].spec for name in spec.of if name in catalog.components]
    made = ComponentSpec.model_construct(
        title=spec.title,
        chapter=catalog.guide.spec.chapter_of_tasks,
        summary=spec.summary,
        roles=tuple(dict.fromkeys(role for home in homes for role in home.roles)),
        names=_names([home.names for home in homes]),
        parameters={name: p for home in homes for name, p in home.parameters.items()},
        expectations=spec.expectations,
        steps=spec.steps,
        checks=spec.checks,
        silence=spec.silence,
    )
    return Loaded(task.name, made, task.source)


def _names(tables: list[NameTables]) -> NameTables:
    merged: dict[str, Any] = {
        kind: {name: known for table in tables for name, known in getattr(table, kind).items()}
        for kind in NAME_KINDS
    }
    return NameTables.model_construct(**merged)


def nodes_of_task(name: str, catalog: Catalog) -> tuple[str, ...]:
    """Nodes that an operator names, or that are found, when the task *name* is run."""
    if name not in catalog.procedures and name not in catalog.drills:
        return ()
    task = task_named(name, catalog)
    asked = task.spec.ask if isinstance(task.spec, ProcedureSpec) else {}
    return (*asked, *task.spec.find)


def everything(catalog: Catalog) -> Iterator[Loaded[ComponentSpec]]:
    """Every component, then every procedure and drill seen as one."""
    yield from catalog.components.values()
    for task in tasks(catalog):
        yield as_component(task, catalog)


def task_problems(catalog: Catalog) -> Iterator[Problem]:
    """Components, expectations and nodes that a task names and that are not there."""
    for task in tasks(catalog):
        for index, name in enumerate(task.spec.of):
            if name not in catalog.components:
                yield not_there(task.at(*("of", index)), "component", name, [*catalog.components])
        known = [*nodes_of_task(task.name, catalog)]
        for name, place in _nodes(task, catalog):
            if name not in known:
                yield not_there(task.at(*place), "node", name, known)
        procedure = task.spec if isinstance(task.spec, ProcedureSpec) else None
        for index, name in enumerate(procedure.off if procedure else ()):
            if procedure and name not in procedure.ask:
                yield not_there(task.at("off", index), "named node", name, procedure.ask)
        yield from _lost_probes(task, catalog)
        for step, place in actions(as_component(task, catalog)):
            for number, name in enumerate(step.follow or ()):
                if name not in (*catalog.components, "all"):
                    where = task.at(*place, "follow", number)
                    yield not_there(where, "component", name, [*catalog.components, "all"])

        yield from _found(task, catalog)


def _found(task: Task, catalog: Catalog) -> Iterator[Problem]:
    """Queries that cannot find a node: it is asked before any is found, and numbers are text."""
    of_found = re.compile(rf"\b({'|'.join(map(_key, task.spec.find))})\.")
    for word, query in task.spec.find.items():
        home, _, own = query.asked.rpartition("/")
        owner = catalog.components.get(home) if home else task
        asked = owner.spec.expectations.get(own) if owner else None
        if asked is None:
            continue
        if query.way == "highest" and asked.format != "text":
            message = f"'highest' compares what is printed, but {own!r} is no 'as: text'"
            yield Problem(task.at("find", word, "highest"), Code.SCHEMA, message)
        for text, place in () if home else templates(asked, ("expectations", own)):
            if found := next((of_found.search(one[0]) for one in BRACES.finditer(text)), None):
                message = f"{found[1]!r} is not found yet when {own!r} is asked"
                yield Problem(task.at(*place), Code.UNDEFINED, message)


def _key(word: str) -> str:
    return re.escape(word.replace("-", "_"))


def _lost_probes(task: Task, catalog: Catalog) -> Iterator[Problem]:
    known = [f"{c.name}/{name}" for c in catalog.components.values() for name in c.spec.probes]
    for index, client in enumerate(task.spec.clients if isinstance(task.spec, DrillSpec) else ()):
        if client.probe not in known:
            yield not_there(task.at("clients", index, "probe"), "probe", client.probe, known)


def _nodes(task: Task, catalog: Catalog) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The nodes that steps, faults and checks name."""
    for index, check in enumerate(task.spec.checks):
        if check.nodes.only is not None:
            yield check.nodes.only, ("checks", index, "nodes", "only")
    for index, client in enumerate(task.spec.clients if isinstance(task.spec, DrillSpec) else ()):
        yield client.node, ("clients", index, "node")
    component = as_component(task, catalog)
    for step, place in all_steps(component):
        if step.nodes.only is not None:
            yield step.nodes.only, (*place, "nodes", "only")
    for action, place in actions(component):
        for kind, what in action.fault or ():
            for name in [what] if isinstance(what, str) else what or ():
                yield name, (*place, "fault", kind)
