"""A plan: stages of concrete steps, and the order of their turns over all nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hadocs.plan.actions import Action
from hadocs.plan.names import Known
from hadocs.plan.text import Text
from hadocs.problems import Location


@dataclass(frozen=True)
class Node:
    """A machine of the site; *values* are its own parameters of components."""

    name: str
    address: str
    roles: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Target:
    """What a plan is for. *system* is distro and version (``debian-13``).

    *task* is the procedure or the drill; it is empty for the whole plan of the site.
    """

    series: str
    system: str
    shell: str
    site: str
    ways: tuple[tuple[str, str], ...] = ()
    task: str = ""

    def __str__(self) -> str:
        parts = (self.series, self.system, self.shell, self.site, self.task)
        return "-".join(filter(None, parts))


@dataclass(frozen=True)
class Expectation:
    """A named question to a node: run *text*, read the output as *format*, compare.

    *expect* pairs a query with a matcher, in the judge's language. Identity is ``component/name``.
    """

    id: str
    title: str
    text: Text
    format: str
    expect: tuple[tuple[str, Text], ...]
    input: Text | None = None
    where: Location = field(default=Location(""), compare=False)


class Asked:
    """What is asked on some nodes: *asked* has the question in each node's own words."""

    asked: Mapping[str, Expectation]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes that are asked."""
        return tuple(self.asked)

    @property
    def expectation(self) -> Expectation:
        """The question in the words of the first node."""
        return next(iter(self.asked.values()))


@dataclass(frozen=True)
class Guard(Asked):
    """Whether a step has to be done: *skip_if_holds*, else only if it holds.

    *asked* are the nodes that are asked, each with the question in its own words. With several it
    holds when *every* one says so, or when any does. Where the answer depends on a node that cannot
    tell, the run stops.
    """

    asked: Mapping[str, Expectation]
    every: bool
    skip_if_holds: bool


@dataclass(frozen=True)
class Wait:
    """Wait on the same node until the expectation holds, at most so many seconds."""

    expectation: Expectation
    at_most: int


@dataclass(frozen=True)
class Deed:
    """What one node does in a step: the guard, then the action, then the wait.

    *where* is the YAML line of the action's own text; *facts* are the real names that it uses.
    """

    action: Action
    guard: Guard | None
    wait: Wait | None
    where: Location
    facts: tuple[Known, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Check(Asked):
    """An expectation that must hold on each node of *asked* before the plan goes on."""

    id: str
    title: str
    asked: Mapping[str, Expectation]
    within: int
    where: Location = field(default=Location(""), compare=False)


@dataclass(frozen=True)
class Step:
    """One step of a component; *deeds* has an entry for each node that has something to do."""

    id: str
    title: str
    page: str
    deeds: Mapping[str, Deed]
    where: Location = field(default=Location(""), compare=False)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes on which there is something to do, in the site's order."""
        return tuple(self.deeds)


@dataclass(frozen=True)
class Turn:
    """Some nodes do a step, or answer a check, at the same time."""

    item: Step | Check
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """All turns of one component, in order."""

    component: str
    title: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Preflight:
    """What must be true of a node before the first write.

    *peers* are the other nodes, by name and address. *hosts*: names with the address to which
    they must resolve, unless the plan itself writes them. *ports*: TCP ports that must be free
    unless one of *units* runs already. *unanswered*: addresses that no other machine has.
    """

    node: str
    os_ids: tuple[str, ...]
    os_version: str
    address: str
    peers: tuple[tuple[str, str], ...]
    hosts: tuple[tuple[str, str], ...]
    ports: tuple[int, ...]
    units: tuple[str, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class SecretValue:
    """A secret that the plan uses: how it is made and what it is for."""

    name: str
    kind: str
    length: int
    about: str


@dataclass(frozen=True)
class Plan:
    """Everything that the nodes of one site do, in order."""

    target: Target
    nodes: tuple[Node, ...]
    stages: tuple[Stage, ...]
    preflight: Mapping[str, Preflight]
    secrets: tuple[SecretValue, ...]

    def only(self, components: Collection[str]) -> Plan:
        """What of the plan belongs to *components*."""
        return replace(self, stages=tuple(s for s in self.stages if s.component in components))

    def turns(self) -> Iterator[Turn]:
        """All turns of all stages, in order."""
        for stage in self.stages:
            yield from stage.turns
