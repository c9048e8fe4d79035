"""Every plan's cluster configuration (CIB), built by the cluster's programs without a cluster."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hadocs.plan.model import Target
from hadocs.problems import Problem
from hadocs.verify.offline.building import Change, Recipe, build, recipe
from hadocs.verify.offline.commands import Command, Kind
from hadocs.verify.offline.session import Session
from hadocs.verify.offline.toolbox import Toolbox, generations, tools
from hadocs.verify.offline.work import Found, Work


@dataclass(frozen=True)
class Built:
    """What the same commands build for all *targets* by the programs of one *generation*.

    *cib* is the whole configuration, or what there was when a command was refused: then there are
    *problems*. *changes* are the commands that were executed, each with the configuration after it.
    """

    targets: tuple[Target, ...]
    generation: str
    cib: str
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def cibs(work: Work) -> Iterator[Built]:
    """What every plan of every site builds, by each generation that its system can have."""
    yield from _all_built(work)


@functools.lru_cache(maxsize=1)
def _all_built(work: Work) -> tuple[Built, ...]:
    known = [system for generation in generations() for system in generation.systems]
    made = _recipes(work)
    with ThreadPoolExecutor() as pool:
        jobs = [
            pool.submit(_built, toolbox, chosen, work)
            for toolbox in tools(work.cache).toolboxes
            for shell in sorted({t.shell for targets in made.values() for t in targets})
            if (chosen := _chosen(made, toolbox, shell, known))
        ]
        return tuple(built for job in jobs for built in job.result())


def check(work: Work) -> Found:
    """Every command is accepted, and what they build together is right."""
    missing = tools(work.cache).unproven
    problems = {
        (problem.where, problem.code, problem.message): problem
        for built in cibs(work)
        for problem in built.problems
    }
    return Found(tuple(problems.values()), tuple(_counted(work)), missing)


@functools.lru_cache(maxsize=1)
def _recipes(work: Work) -> Mapping[Recipe, Sequence[Target]]:
    """Every recipe that has commands, with the targets that it is for."""
    made: dict[Recipe, list[Target]] = {}
    for plan in work.plans_of_all_sites:
        one = recipe(plan)
        if one.deeds:
            made.setdefault(one, []).append(plan.target)
    return made


def _chosen(
    made: Mapping[Recipe, Sequence[Target]], toolbox: Toolbox, shell: str, known: Sequence[str]
) -> dict[Recipe, tuple[Target, ...]]:
    """The recipes of one shell for systems of the generation, or of none that is known."""
    mine = toolbox.generation.systems
    chosen = {
        one: tuple(
            t for t in targets if t.shell == shell and (t.system in mine or t.system not in known)
        )
        for one, targets in made.items()
    }
    return {one: targets for one, targets in chosen.items() if targets}


def _built(
    toolbox: Toolbox, recipes: Mapping[Recipe, tuple[Target, ...]], work: Work
) -> list[Built]:
    name = toolbox.generation.name
    with Session(toolbox, work.cache) as session:
        results = [
            (targets, build(one, name, session, work.catalog.root))
            for one, targets in recipes.items()
        ]
    return [Built(targets, name, r.cib, r.changes, r.problems) for targets, r in results]


def _counted(work: Work) -> Iterator[str]:
    if not tools(work.cache).toolboxes:
        return
    once: dict[Command, None] = {}
    for one in _recipes(work):
        once |= dict.fromkeys(command for deed in one.deeds for command in deed)
    counts = Counter(command.kind for command in once)
    names = ", ".join(toolbox.generation.name for toolbox in tools(work.cache).toolboxes)
    yield f"{counts[Kind.CIB]} cluster commands executed on a file, with the programs of {names}"
    for kind, why in sorted({(c.kind, c.why) for c in once if c.kind is not Kind.CIB}):
        shown = {" ".join(c.words[:3]) for c in once if (c.kind, c.why) == (kind, why)}
        count = sum((c.kind, c.why) == (kind, why) for c in once)
        yield f"{count} not executed ({', '.join(sorted(shown))}): {why}"
