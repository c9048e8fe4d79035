"""Bash scripts: one for each node, and a driver that keeps the order across nodes."""

from __future__ import annotations

import string
from collections.abc import Iterator
from importlib.resources import files

from hadocs import node as node_programs
from hadocs.output import Artifact
from hadocs.plan.actions import Fault
from hadocs.plan.model import Plan
from hadocs.problems import Code, HadocsError, Problem
from hadocs.renderers.scripts.driver import driver, order
from hadocs.renderers.scripts.nodes import executed_of, items, script
from hadocs.renderers.scripts.questions import Questions

#: What lib.sh is made of, in this order.
_LIBRARY = ("say", "values", "files", "actions", "questions", "preflight", "turns")


def render(plan: Plan, executed: frozenset[str], named: str = "") -> Iterator[Artifact]:
    """The files of one target's folder; *executed* are steps that ran on exactly this target.

    *named* says of a procedure which node has which name, and how it is found. A plan with a fault
    is refused: what is done to a machine from outside is no script of it.
    """
    if faults := [*_faults(plan)]:
        raise HadocsError(faults)
    questions = Questions(plan)
    for node in plan.nodes:
        text = script(plan, node, questions, executed)
        yield Artifact(f"{node.name}.sh", text, executable=True)
    yield Artifact("lib.sh", "".join(_own(f"{name}.sh") for name in _LIBRARY))
    yield Artifact("run.sh", driver(plan, questions, executed, _own("driver.sh")), executable=True)
    yield Artifact("order.tsv", order(plan))
    yield Artifact("README.txt", _readme(plan, executed, named))
    for name in ("judge.py", "options.py"):
        text = files(node_programs).joinpath(name).read_text(encoding="utf-8")
        yield Artifact(name, text, executable=True)


def _faults(plan: Plan) -> Iterator[Problem]:
    for one in items(plan):
        if one.deed and isinstance(one.deed.action, Fault):
            message = f"{one.item.id} is a fault, which no script can cause"
            yield Problem(one.deed.where, Code.UNSUPPORTED, message)


def _own(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _readme(plan: Plan, executed: frozenset[str], named: str) -> str:
    title = f"Scripts for {plan.target}"
    return string.Template(_own("README.txt")).substitute(
        target=plan.target,
        underline="=" * len(title),
        executed=executed_of(plan, "", executed),
        named=f"\n{named}\n" if named else "",
    )
