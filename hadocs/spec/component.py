"""Components: their steps, checks and slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from hadocs.spec.actions import ActionSpec
from hadocs.spec.base import (
    Name,
    Phrase,
    Phrases,
    Prose,
    Reference,
    Seconds,
    Spec,
    TemplateText,
    Word,
    Words,
)
from hadocs.spec.conditions import GuardSpec, NodesSpec, When
from hadocs.spec.parts import (
    ExpectationSpec,
    FailoverSpec,
    NameTables,
    OptionSetSpec,
    ParameterSpec,
    ProbeSpec,
    SecretSpec,
    ServiceInfo,
    WaySpec,
)


class CaseSpec(ActionSpec):
    """One action for one condition; the cases of a step exclude each other and leave no gap."""

    when: When = When()
    unless: GuardSpec | None = None
    only_if: GuardSpec | None = None


class StepSpec(ActionSpec):
    """One step. Its id is unique in the component and is kept for ever; *was* are former ids.

    *same_without_ha* names the Install Guide page that says the same. *silence*: why what an
    offline check says of it is wrong, by code.
    """

    id: Word
    was: Words = ()
    title: Phrase
    text: Prose = ""
    nodes: NodesSpec = NodesSpec()
    unless: GuardSpec | None = None
    only_if: GuardSpec | None = None
    cases: tuple[CaseSpec, ...] = ()
    rolling: tuple[StepSpec, ...] = ()
    same_without_ha: Phrase = ""
    silence: Mapping[Word, Phrase] = {}

    @model_validator(mode="after")
    def _one_action(self) -> StepSpec:
        said = [*self.acts(), *(["cases"] * bool(self.cases)), *(["rolling"] * bool(self.rolling))]
        if len(said) > 1:
            raise ValueError(f"a step has one action; this one has {' and '.join(said)}")
        if not said and self.wait is None:
            raise ValueError(
                f"a step needs an action: one of {', '.join(self.ACTIONS)}, or 'cases', 'rolling'"
            )
        return self


class CheckSpec(Spec):
    """An expectation that holds before the guide goes on."""

    id: Word
    title: Phrase
    holds: Reference
    nodes: NodesSpec = NodesSpec()
    within: Seconds = 30
    when: When = When()


class SlotSpec(Spec):
    """What other components' services may ask of this one; its steps stand on the filler's page."""

    about: Phrase
    parameters: Mapping[Name, Phrase] = {}
    defaults: Mapping[Name, TemplateText] = {}
    expectations: Mapping[Word, ExpectationSpec] = {}
    steps: tuple[StepSpec, ...]


class ComponentSpec(Spec):
    """A component of the guide: one file, one page, one stage of the plan.

    *silence* is that of a step, for the whole file.
    """

    kind: Literal["component"] = "component"
    title: Phrase
    chapter: Word
    priority: int | None = None
    summary: Prose
    provides: Phrases = ()
    after: Phrases = ()
    roles: Words = Field(min_length=1)
    when: When = When()
    since: Word | None = None
    until: Word | None = None
    replaced_by: Phrase = ""
    services: tuple[ServiceInfo, ...] = ()
    failover: FailoverSpec | None = None
    install_guide: Phrases = ()
    names: NameTables = NameTables()
    ways: tuple[WaySpec, ...] = ()
    parameters: Mapping[Name, ParameterSpec] = {}
    secrets: Mapping[Name, SecretSpec] = {}
    slots: Mapping[Word, SlotSpec] = {}
    option_sets: Mapping[Name, OptionSetSpec] = {}
    expectations: Mapping[Word, ExpectationSpec] = {}
    probes: Mapping[Word, ProbeSpec] = {}
    steps: tuple[StepSpec, ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    notes: Prose = ""
    silence: Mapping[Word, Phrase] = {}

    @property
    def open_ways(self) -> tuple[WaySpec, ...]:
        """The ways that a site can choose."""
        return tuple(way for way in self.ways if not way.elsewhere)

    @property
    def after_by_any_way(self) -> tuple[str, ...]:
        """The capabilities that it comes after, one order for all ways."""
        return (*self.after, *(name for way in self.open_ways for name in way.after))
