"""What a procedure or a drill names and what is not there, or is something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hadocs.loading.catalog import Catalog
from hadocs.plan.scope import SCOPE
from hadocs.plan.tasks import Task, as_component, nodes_of_task, tasks
from hadocs.plan.template import BRACES
from hadocs.plan.walk import actions, all_steps, templates
from hadocs.problems import Code, Problem, not_there
from hadocs.spec.task import DrillSpec, ProcedureSpec


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
        yield from _hidden(task, catalog)


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


def _hidden(task: Task, catalog: Catalog) -> Iterator[Problem]:
    """Words for nodes that would take the place of something that templates name."""
    taken = {*SCOPE, *(role.many for role in catalog.guide.spec.roles)}
    asked = task.spec.ask if isinstance(task.spec, ProcedureSpec) else {}
    for key, words in (("ask", asked), ("find", task.spec.find)):
        for word in words:
            if word.replace("-", "_") in taken or (key == "find" and word in asked):
                message = f"{word!r} has a meaning here already"
                hint = "choose another word for the node"
                yield Problem(task.at(key, word, key=True), Code.VALUE, message, hint)


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
