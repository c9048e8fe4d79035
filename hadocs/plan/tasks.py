"""Procedures and drills seen as components: the same steps and pages, outside the order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.names import NAME_KINDS
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
