"""The page of a procedure or a drill: on which nodes, how they are found, its steps, its checks."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from hadocs.plan.domain import Point
from hadocs.plan.outside import finding
from hadocs.plan.tasks import Task, as_component
from hadocs.plan.text import Text
from hadocs.renderers.blocks import Block, Code, InCode, Inline, Line, Prose, Section, Strong
from hadocs.renderers.guide.asked import asked_blocks, duration
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.drills import client_section, measured_section
from hadocs.renderers.guide.links import linked
from hadocs.renderers.guide.steps import check_section, step_section
from hadocs.renderers.guide.variants import Blocks, axes, varied
from hadocs.spec.task import ProcedureSpec

_FOUND = {
    "holds": ("the first of them on which this holds: ", "."),
    "fails": ("the first of them on which this does not hold: ", "."),
    "highest": (
        "the one that prints the highest number: ",
        ". Every node has to answer, since one that cannot tell could have a higher one. The words"
        " before the number have to be equal on all nodes, or the numbers do not compare.",
    ),
}


def task_blocks(context: Context, task: Task) -> tuple[Block, ...]:
    """All blocks of the page."""
    return tuple(_blocks(context, task))


def _blocks(context: Context, task: Task) -> Iterator[Block]:
    spec = task.spec
    component = as_component(task, context.catalog)
    yield Prose(spec.summary, task.source.inside(("summary",), 0))
    yield Line(("It works on: ", *linked(spec.of), ".", *_followed(task)))
    if isinstance(spec, ProcedureSpec):
        yield from _exported(spec, task.name)
    drill = context.catalog.drills.get(task.name)
    if drill is not None:
        yield measured_section(context, drill)
    if nodes := tuple(_nodes(context, task)):
        yield Section("nodes", "The nodes", nodes)
    if drill is not None:
        yield client_section(context, drill)
    for number, placed in enumerate(context.placed(component), 1):
        yield step_section(context, placed, number)
    yield from check_section(context, component)


def _exported(spec: ProcedureSpec, name: str) -> Iterator[Block]:
    """By which command an operator gets it as scripts."""
    words = "".join(f" --node {word}=NODE" for word in (*spec.ask, *spec.find))
    command = f"hadocs export-scripts --distro NAME --site FILE \\\n  --procedure {name}{words}"
    yield Line(("As scripts, with the secrets file of this very cluster:",))
    yield Code(Text(command), "bash", "command", prompt="$")
    gone = " A node that is gone for good, and cannot be asked, is named by "
    yield Line(
        ("Without a node, the command says how to find it.", gone, InCode("--gone NODE"), ".")
    )


def _followed(task: Task) -> Iterator[Inline]:
    names = [*dict.fromkeys(name for step in task.spec.steps for name in step.follow or ())]
    if "all" in names:
        yield " It repeats steps of every component."
    elif names:
        yield from (" It repeats steps of: ", *linked(tuple(names)), ".")


def _nodes(context: Context, task: Task) -> Iterator[Block]:
    """Which nodes the steps mean by a word, and how each of them is known."""
    spec = task.spec
    if isinstance(spec, ProcedureSpec):
        off = dict.fromkeys(spec.off, " It is off meanwhile.")
        for word, about in spec.ask.items():
            yield Line((Strong(word), f", which you name: {about}.{off.get(word, '')}"))
    for word in spec.find:
        yield from _found(context, task, word)


def _found(context: Context, task: Task, word: str) -> Iterator[Block]:
    query = task.spec.find[word]
    role = next(r for r in context.catalog.guide.spec.roles if r.id == query.role)
    before, after = _FOUND[query.way]
    title = Strong(_title(context, task, query.asked))
    within = f" Nodes may need {duration(query.within)} until they can tell."
    start = f", of every {role.title.lower()} "
    yield Line((Strong(word), start, before, title, after, within))
    if not context.historic:
        over = axes(context, ways=(), system=True, shell=False)
        yield from varied(context, over, functools.partial(_question, context, task, word))


def _title(context: Context, task: Task, asked: str) -> str:
    name, _, own = asked.rpartition("/")
    home = context.catalog.components[name].spec if name else task.spec
    return home.expectations[own].title


def _question(context: Context, task: Task, word: str, point: Point) -> Blocks:
    query = finding(context.catalog, context.site, point, task.name).get(word)
    return tuple(asked_blocks(query.expectation, query.nodes)) if query and query.nodes else ()
