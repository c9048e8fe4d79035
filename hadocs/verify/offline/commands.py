"""Which commands of a plan change the cluster's configuration, and whether a file does for them."""

from __future__ import annotations

import enum
import functools
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hadocs.plan.actions import Action, Cluster, Run
from hadocs.plan.model import Deed, Expectation, Plan, Step
from hadocs.plan.text import Text, join
from hadocs.problems import Location
from hadocs.shell import quoted
from hadocs.verify.offline.words import carried, simple_commands

#: What ``test`` asks of files.
_OF_A_FILE = re.compile(r"-[abcdefghkprsuwxLNOGS]|-nt|-ot|-ef")
_DATA = Path(__file__).with_name("commands.toml")


class Kind(enum.StrEnum):
    """What a command needs."""

    CIB = "cib"
    COROSYNC = "corosync"
    LIVE = "live"


@dataclass(frozen=True)
class Condition:
    """A guard: what it asks each of its nodes, in a form that can be compared."""

    asked: tuple[Expectation, ...]
    every: bool
    skip_if_holds: bool


@dataclass(frozen=True)
class Command:
    """One command of a program of the cluster.

    *words* begin with the program; *input* is what it reads. *makes* is the id of what it creates:
    it is left out where that is there. *guard* says whether its step is done at all. *why* is what
    it needs that a file is not. *where* is the line of the YAML's text, *step* the step's id.
    """

    words: tuple[str, ...]
    kind: Kind
    why: str = ""
    input: str = ""
    makes: str = ""
    guard: Condition | None = None
    step: str = ""
    where: Location = field(compare=False, default=Location(""))

    def __str__(self) -> str:
        return shlex.join(self.words)


def commands(plan: Plan) -> Iterator[tuple[Command, ...]]:
    """What each deed asks of the cluster's programs, in the order of a plan's turns."""
    for turn in plan.turns():
        if isinstance(turn.item, Step):
            for node in turn.nodes:
                if made := tuple(_of_deed(turn.item, turn.item.deeds[node])):
                    yield made


def answers_offline(text: str) -> bool:
    """Whether shell *text* asks nothing but the configuration: it can then be asked of a file."""
    said = [*simple_commands(text)]
    return all(not one.unsure and _is_question(one.words) for one in said)


def _is_question(words: tuple[str, ...]) -> bool:
    """Whether a command asks for the configuration, and not for a file of the node."""
    files = words[0] in ("test", "[") and any(map(_OF_A_FILE.fullmatch, words[1:]))
    return words[0] in _data()["questions"] and not files


def _of_deed(step: Step, deed: Deed) -> Iterator[Command]:
    guard, condition = deed.guard, None
    if guard is not None:
        condition = Condition(tuple(guard.asked.values()), guard.every, guard.skip_if_holds)
    for made in commands_of(deed.action):
        yield replace(made, guard=condition, step=step.id, where=deed.where)


def commands_of(action: Action) -> Iterator[Command]:
    """The commands of the cluster's programs in one action."""
    match action:
        case Cluster(shell=shell, commands=pairs):
            for id_, text in pairs:
                for made in _of_text(join(" ", [shell, text]), ""):
                    yield replace(made, makes=id_)
        case Run(text=text, input=given):
            yield from _of_text(text, str(given or ""))


def _of_text(text: Text, given: str) -> Iterator[Command]:
    yield from _of_shell(str(quoted(text)), "", given)


def _of_shell(text: str, unsure: str, given: str) -> Iterator[Command]:
    """Also those that another program starts; *unsure* is why it may not."""
    for said in simple_commands(text):
        words, inner = carried(said.words)
        why = unsure or said.unsure
        if inner:
            yield from _of_shell(inner, why, given)
        elif words and words[0] in _data()["programs"]:
            kind, why = (Kind.LIVE, why) if why else _kind(words)
            yield Command(words, kind, why, given)


def _kind(words: tuple[str, ...]) -> tuple[Kind, str]:
    """What the longest known beginning of a command says; options are looked at by themselves."""
    table = _data()["programs"][words[0]]
    options = [word for word in words[1:] if word.startswith("-")]
    plain = [word for word in words[1:] if not word.startswith("-")]
    beginnings = [" ".join(plain[:length]) for length in range(len(plain), -1, -1)]
    for known in [*options, *beginnings]:
        if known in table:
            kind, _, why = table[known].partition(": ")
            return Kind(kind), why
    return Kind.LIVE, "it is not known to work on a file"


@functools.cache
def _data() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(_DATA.read_text())
