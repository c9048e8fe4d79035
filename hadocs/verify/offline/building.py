"""The cluster configuration (CIB) that the commands of one plan build, on a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from hadocs.node.judge import HOLDS, UNKNOWN, judge
from hadocs.plan.actions import Service
from hadocs.plan.model import Expectation, Plan, Step
from hadocs.problems import Code, Problem, not_there
from hadocs.verify.offline.commands import Command, Condition, Kind, answers_offline, commands
from hadocs.verify.offline.places import placed
from hadocs.verify.offline.session import Answer, Asked, Session
from hadocs.verify.offline.toolbox import Unanswered

#: The cluster's nodes are those on which this unit is started.
_MANAGER = "pacemaker"
_EMPTY = (Path(__file__).parent / "empty.sh").read_text()
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_MOST_WORDS = 300


@dataclass(frozen=True)
class Change:
    """A command that was executed, and the configuration after it."""

    command: Command
    cib: str


@dataclass(frozen=True)
class Recipe:
    """What of a plan decides the configuration: equal recipes build the same.

    *units* are the units of systemd that the plan's system has by its specs.
    """

    nodes: tuple[str, ...]
    units: frozenset[str]
    deeds: tuple[tuple[Command, ...], ...]


@dataclass(frozen=True)
class Result:
    """The configuration at the end, or where a command was refused, and how it came to be."""

    cib: str
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def recipe(plan: Plan) -> Recipe:
    """What of *plan* decides the configuration."""
    deeds = [
        (node, deed)
        for turn in plan.turns()
        if isinstance(turn.item, Step)
        for node, deed in turn.item.deeds.items()
    ]
    managed = dict.fromkeys(
        node
        for node, deed in deeds
        if isinstance(deed.action, Service) and deed.action.unit == _MANAGER
    )
    units = {
        w for _, deed in deeds for fact in deed.facts if fact.kind == "units" for w in fact.words
    }
    nodes = tuple(managed) or tuple(node.name for node in plan.nodes)
    return Recipe(nodes, frozenset(units), tuple(commands(plan)))


def build(made_of: Recipe, generation: str, session: Session, root: Path) -> Result:
    """Execute the commands of a recipe, one after the other, up to the first that is refused."""
    return _Builder(made_of, generation, session, root).result()


class _Builder:
    def __init__(self, recipe: Recipe, generation: str, session: Session, root: Path) -> None:
        self._recipe, self._generation = recipe, generation
        self._session, self._root = session, root
        self._changes: list[Change] = []
        words = ("bash", "-c", _EMPTY, "empty.sh", *recipe.nodes)
        self._cib = self._must(words).cib

    def result(self) -> Result:
        problems = [*self._problems()]
        if not problems and self._changes:
            problems = [*self._verified()]
        return Result(self._cib, tuple(self._changes), tuple(problems))

    def _problems(self) -> Iterator[Problem]:
        for deed in self._recipe.deeds:
            if self._is_done(deed[0].guard):
                for command in (c for c in deed if c.kind is Kind.CIB):
                    if command.makes and command.makes in _ids(self._cib):
                        continue
                    if (problem := self._executed(command)) is not None:
                        yield problem
                        return

    def _executed(self, command: Command) -> Problem | None:
        """What is wrong with the command when it is executed here."""
        answer = self._ask(command.words, command.input)
        where = placed(self._root, command)
        if answer.status:
            message = f"{command.words[0]} of {self._generation} refuses this: {_said(answer)}"
            return Problem(where, Code.REFUSED, message, f"executed: {command}")
        before, self._cib = self._cib, answer.cib
        self._changes.append(Change(command, self._cib))
        if command.makes and command.makes not in _ids(self._cib):
            message = f"this makes nothing of the id {command.makes!r}: each run would do it again"
            new = ", ".join(sorted(_ids(self._cib) - _ids(before)))
            return Problem(where, Code.CIB, message, f"by {self._generation} it makes: {new}")
        # The shells take any word for a unit.
        for unit in _units(self._cib) - self._recipe.units:
            return not_there(where, "unit", unit, self._recipe.units)
        return None

    def _verified(self) -> Iterator[Problem]:
        answer = self._ask(("crm_verify", "--verbose", "--xml-file", "cib.xml"))
        if answer.status:
            message = f"crm_verify of {self._generation} finds the configuration wrong"
            where = placed(self._root, self._changes[-1].command)
            yield Problem(
                where, Code.CIB, f"{message}: {_said(answer)}", "this is its last command"
            )

    def _is_done(self, guard: Condition | None) -> bool:
        """Whether the step is done: a guard that only a running cluster can answer lets it be."""
        if guard is None or not all(answers_offline(str(asked.text)) for asked in guard.asked):
            return True
        verdicts = set(map(self._judged, guard.asked))
        holds = HOLDS in verdicts if not guard.every else verdicts == {HOLDS}
        return UNKNOWN in verdicts or holds is not guard.skip_if_holds

    def _judged(self, asked: Expectation) -> str:
        answer = self._ask(("bash", "-c", str(asked.text)), str(asked.input or ""))
        expect = [(query, str(matcher)) for query, matcher in asked.expect]
        return judge(asked.format, expect, answer.output, answer.status, answer.errors)[0]

    def _must(self, words: Sequence[str]) -> Answer:
        self._cib = ""
        answer = self._ask(words)
        if answer.status:
            message = f"no empty configuration by {self._generation}"
            raise Unanswered(message, answer.errors.strip().splitlines()[-5:])
        return answer

    def _ask(self, words: Sequence[str], given: str = "") -> Answer:
        spoken_of = " ".join(words) + given + self._cib
        units = tuple(sorted(unit for unit in self._recipe.units if unit in spoken_of))
        return self._session.ask(Asked(tuple(words), self._cib, given, units))


def _ids(cib: str) -> set[str]:
    found = ElementTree.fromstring(cib).iter()  # noqa: S314 - the cluster's programs made it
    return {element.attrib["id"] for element in found if "id" in element.attrib}


def _units(cib: str) -> set[str]:
    """The units of systemd that resources are."""
    found = ElementTree.fromstring(cib).iter("primitive")  # noqa: S314 - the same
    units = (element for element in found if element.get("class") == "systemd")
    return {element.get("type", "").removesuffix(".service") for element in units}


def _said(answer: Answer) -> str:
    """The errors of a program in one line, else all that it said."""
    lines = _COLOURS.sub("", answer.errors + answer.output).splitlines()
    errors = [line for line in lines if "error" in line.lower()] or lines
    said = "; ".join(dict.fromkeys(" ".join(line.split()) for line in errors if line.strip()))
    return said[:_MOST_WORDS] + "…" * (len(said) > _MOST_WORDS) or f"exit status {answer.status}"
