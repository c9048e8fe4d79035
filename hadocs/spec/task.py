"""Procedures and drills, and the kinds of spec that there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from hadocs.spec.base import Phrase, Prose, Reference, Seconds, Spec, Word, Words, YesNo
from hadocs.spec.component import CheckSpec, ComponentSpec, StepSpec
from hadocs.spec.parts import ExpectationSpec


class QuerySpec(Spec):
    """A node found at run time: the first on which the expectation holds, or where it fails.

    *highest*: the one that prints the highest number, by an expectation as text. It holds on a node
    that has a number, which is the last word of the output; words before it have to be equal on all
    of them. Here every node has to answer: one that cannot tell could have a higher one.
    *within*: how long nodes may need until they can tell.
    """

    WAYS: ClassVar = ("holds", "fails", "highest")

    holds: Reference | None = None
    fails: Reference | None = None
    highest: Reference | None = None
    role: Word
    within: Seconds = 30

    @property
    def way(self) -> str:
        """The key by which the node is found."""
        return next(key for key in self.WAYS if getattr(self, key) is not None)

    @property
    def asked(self) -> str:
        """The expectation that is asked."""
        return str(getattr(self, self.way))

    @model_validator(mode="after")
    def _one(self) -> QuerySpec:
        if sum(getattr(self, key) is not None for key in self.WAYS) != 1:
            raise ValueError("a node is found by exactly one of 'holds', 'fails' and 'highest'")
        return self


class TaskSpec(Spec):
    """What procedures and drills share: nodes found by queries, steps outside the main order."""

    title: Phrase
    summary: Prose
    of: Words = Field(min_length=1, description="components that it works on")
    find: Mapping[Word, QuerySpec] = {}
    expectations: Mapping[Word, ExpectationSpec] = {}
    steps: tuple[StepSpec, ...]
    checks: tuple[CheckSpec, ...] = ()
    silence: Mapping[Word, Phrase] = {}


class ProcedureSpec(TaskSpec):
    """Something that an operator does to a cluster. *ask*: nodes that he names.

    *off* are those of them that are off meanwhile, so that they are asked nothing and do nothing.
    *after_full_stop*: a cluster needs it after all its nodes were off, and it harms none.
    """

    kind: Literal["procedure"]
    ask: Mapping[Word, Phrase] = {}
    off: Words = ()
    after_full_stop: YesNo = False


class ClientSpec(Spec):
    """A probe of a component, on the node that a word of ``find`` means."""

    probe: Reference
    node: Word

    @property
    def name(self) -> str:
        """The probe's own name, by which records know it."""
        return self.probe.rpartition("/")[2]


class DrillSpec(TaskSpec):
    """A failure on purpose, whose outage and loss are measured.

    It is held against what the first component of ``of`` claims of its failover. Clients *watch* so
    much longer when all is well again, or seems to be.
    """

    kind: Literal["drill"]
    clients: tuple[ClientSpec, ...]
    repeat: Annotated[int, Field(ge=1)] = 3
    watch: Seconds = 10

    @model_validator(mode="after")
    def _measured(self) -> DrillSpec:
        if not self.clients:
            raise ValueError("a drill without a client measures nothing")
        names = [client.name for client in self.clients]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two clients have the probe name {min(twice)!r}")
        return self


KINDS: Mapping[str, type[ComponentSpec | ProcedureSpec | DrillSpec]] = {
    "component": ComponentSpec,
    "procedure": ProcedureSpec,
    "drill": DrillSpec,
}
