"""The actions that a step may have, as they are written in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from hadocs.spec.base import (
    CommandText,
    Name,
    Phrase,
    Prose,
    Reference,
    Seconds,
    Spec,
    TemplateText,
    Word,
    Words,
    YesNo,
    listed,
)

Templates = Annotated[tuple[TemplateText, ...], BeforeValidator(listed)]


class WriteSpec(Spec):
    """One whole file."""

    path: TemplateText
    text: TemplateText
    mode: Literal["0400", "0600", "0640", "0644", "0700", "0750", "0755"] = "0644"
    owner: TemplateText = "root"
    group: TemplateText = "root"


class UseSpec(Spec):
    """A shared set of options with values for its parameters."""

    set: Reference
    given: Mapping[Name, TemplateText] = {}

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"set": data} if isinstance(data, str) else data


class SetSpec(Spec):
    """Options in an ini file that others set too: section, key, value or several values."""

    path: TemplateText
    use: tuple[UseSpec, ...] = ()
    options: Mapping[Phrase, Mapping[Phrase, Templates]] = {}


class ServiceSpec(Spec):
    """A unit's state. *files* newer than its start cause a restart, or a reload.

    Names are logical: ``units:`` of the component or of the distro says the real one.
    """

    start: Name | None = None
    stop: Name | None = None
    at_boot: YesNo | None = None
    files: Templates = ()
    by: Literal["restart", "reload"] = "restart"

    @model_validator(mode="after")
    def _one(self) -> ServiceSpec:
        if (self.start is None) == (self.stop is None):
            raise ValueError("a service needs exactly one of 'start' and 'stop'")
        return self


class CopySpec(Spec):
    """Files made on one node of a role and carried to the nodes of this step that lack them."""

    paths: Templates
    role: Word | None = None


class CaptureSpec(Spec):
    """What a command prints on this node, kept as ``captured.NAME``."""

    name: Name
    run: CommandText


class WaitSpec(Spec):
    """Wait until the expectation holds."""

    holds: Reference
    at_most: Seconds


class FaultSpec(Spec):
    """What a drill does to a node, and what ends it. No exporter of scripts accepts one.

    *cut* pulls the network cable, *plug* plugs it in. Of a node and a unit: *kill* ends all its
    processes at once, *freeze* lets them hang with their ports open, *thaw* lets them go on.
    *fill_disk* leaves no free block on the node's disk, *free_disk* gives them back.
    """

    power_off: Word | None = None
    power_on: Word | None = None
    cut: Word | None = None
    plug: Word | None = None
    pause: Word | None = None
    unpause: Word | None = None
    kill: Mapping[Word, Name] | None = None
    freeze: Mapping[Word, Name] | None = None
    thaw: Mapping[Word, Name] | None = None
    fill_disk: Word | None = None
    free_disk: Word | None = None

    @property
    def kind(self) -> str:
        """Which of the faults it is."""
        return next(name for name, value in self if value is not None)

    @property
    def units(self) -> Mapping[Word, Name]:
        """The logical name of the unit that it is done to, by the word for its node."""
        return self.kill or self.freeze or self.thaw or {}

    def said(self) -> str:
        """The fault in words: ``power off victim``, ``kill server on victim``."""
        units = ", ".join(f"{unit} on {node}" for node, unit in self.units.items())
        return f"{self.kind.replace('_', ' ')} {units or getattr(self, self.kind)}"

    @model_validator(mode="after")
    def _one(self) -> FaultSpec:
        if sum(value is not None for _, value in self) != 1:
            raise ValueError(f"a fault is exactly one of: {', '.join(type(self).model_fields)}")
        if len(self.units) > 1 or {} in (self.kill, self.freeze, self.thaw):
            raise ValueError("a fault is of exactly one unit: NODE: UNIT")
        return self


class ActionSpec(Spec):
    """Exactly one action; a *wait* may stand beside it, or alone.

    *install* has logical names of packages, or a template that gives a real one. *fault* stands in
    drills alone; *follow* in procedures and drills: all steps of some components on
    the step's nodes, or of ``all``, in the guide's order.
    """

    ACTIONS: ClassVar = (
        "install", "write", "set", "service", "run", "cluster", "copy", "capture", "fill",
        "fault", "follow", "nothing",
    )  # fmt: skip

    install: Templates | None = None
    write: WriteSpec | None = None
    set: SetSpec | None = None
    service: ServiceSpec | None = None
    run: CommandText | None = None
    input: TemplateText | None = None
    environment: Mapping[str, TemplateText] = {}
    exposes: Phrase = ""
    cluster: CommandText | None = None
    copy_: CopySpec | None = Field(default=None, alias="copy")
    capture: CaptureSpec | None = None
    fill: Word | None = None
    fault: FaultSpec | None = None
    follow: Words | None = None
    nothing: Prose | None = None
    wait: WaitSpec | None = None

    def acts(self) -> tuple[str, ...]:
        """The keys of the actions that are written here."""
        return tuple(
            key
            for key in self.ACTIONS
            if getattr(self, "copy_" if key == "copy" else key) is not None
        )

    @model_validator(mode="after")
    def _beside_run(self) -> ActionSpec:
        beside = [key for key in ("input", "environment", "exposes") if getattr(self, key)]
        if beside and self.run is None:
            raise ValueError(f"{beside[0]!r} stands only beside 'run'")
        return self
