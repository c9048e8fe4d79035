"""The two cluster shells build the same cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hadocs.plan.model import Target
from hadocs.problems import Code, Location, Problem
from hadocs.verify.offline.cib import Built, cibs
from hadocs.verify.offline.commands import Command
from hadocs.verify.offline.facts import Fact, facts
from hadocs.verify.offline.places import placed
from hadocs.verify.offline.toolbox import tools
from hadocs.verify.offline.work import Found, Work


@dataclass(frozen=True)
class Side:
    """What one shell builds, with the command that each fact comes from."""

    shell: str
    facts: Mapping[Fact, str]
    commands: Mapping[Fact, Command]


def check(work: Work) -> Found:
    """Whatever one shell builds, the other one builds, too."""
    problems: dict[tuple[Location, str], Problem] = {}
    pairs = alone = 0
    for one, other in _pairs(work):
        if other is None and (missing := _missing(one, work)):
            problems.setdefault((missing.where, missing.message), missing)
        elif other is None:
            alone += 1
        elif not one.problems and not other.problems:
            pairs += 1
            for problem in differences(side(one), side(other), work.catalog.root):
                problems.setdefault((problem.where, problem.message), problem)
    counted = f"{pairs} pairs of cluster configurations by two shells compared"
    if alone:
        counted += f"; {alone} that a system without a second shell builds were not"
    found = tools(work.cache)
    return Found(tuple(problems.values()), (counted,) if found.toolboxes else (), found.unproven)


def _missing(built: Built, work: Work) -> Problem | None:
    """What is wrong if only one of the shells that a system has builds anything."""
    target = built.targets[0]
    others = {*work.catalog.systems[target.system].distro.spec.shells} - {target.shell}
    if not others or not built.changes:
        return None
    message = f"{target.shell} builds a cluster, {' and '.join(sorted(others))} nothing"
    where = placed(work.catalog.root, built.changes[0].command)
    return Problem(where, Code.PARITY, message, f"this is the first command, for {target}")


def side(built: Built) -> Side:
    """The facts of a configuration, each with the last command that changed it."""
    made: dict[Fact, Command] = {}
    before: Mapping[Fact, str] = {}
    for change in built.changes:
        after = facts(change.cib)
        made |= {fact: change.command for fact in after if before.get(fact) != after[fact]}
        before = after
    return Side(built.targets[0].shell, before, made)


def differences(one: Side, other: Side, root: Path) -> Iterator[Problem]:
    """A problem for each fact in which they differ, at a line of one, with that of the other."""
    for fact in sorted({*one.facts, *other.facts}):
        if one.facts.get(fact) != other.facts.get(fact):
            # The side that lacks the fact is the one to be changed, most likely.
            lacks, has = (other, one) if fact not in other.facts else (one, other)
            yield _difference(fact, lacks, has, root)


def _difference(fact: Fact, lacks: Side, has: Side, root: Path) -> Problem:
    there = has.commands[fact]
    here = lacks.commands.get(fact) or _nearest(fact, there, lacks) or there
    value = has.facts[fact]
    if fact in lacks.facts:
        said = f"{lacks.shell} says {lacks.facts[fact]!r}, {has.shell} says {value!r}"
    else:
        said = f"{lacks.shell} does not have it, {has.shell} says {value!r}"
    message = f"{fact.subject}, {fact.what}: {said}"
    hint = f"{has.shell}'s is at {placed(root, there)}"
    return Problem(placed(root, here), Code.PARITY, message, hint)


def _nearest(fact: Fact, there: Command, lacks: Side) -> Command | None:
    """The command of the other side to which a missing fact would belong."""
    same_step = [c for c in lacks.commands.values() if c.step == there.step]
    about = [c for known, c in lacks.commands.items() if known.subject == fact.subject]
    both = [command for command in about if command in same_step]
    return next(iter([*both, *same_step, *about]), None)


def _pairs(work: Work) -> Iterator[tuple[Built, Built | None]]:
    """What two shells build for the same target, each pair once."""
    by_target: dict[tuple[Target, str], dict[str, Built]] = {}
    for built in cibs(work):
        for target in built.targets:
            key = replace(target, shell=""), built.generation
            by_target.setdefault(key, {})[target.shell] = built
    once = {
        tuple(id(built) for built in shells.values()): [shells[name] for name in sorted(shells)]
        for shells in by_target.values()
    }
    for found in once.values():
        yield found[0], found[1] if len(found) > 1 else None
