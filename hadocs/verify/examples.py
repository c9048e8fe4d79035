"""Steps and checks as examples that tests execute: which there are, and where they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.actions import Nothing
from hadocs.plan.model import Check, Plan, Step
from hadocs.plan.placing import Placed, placed_steps
from hadocs.plan.tasks import as_component, tasks
from hadocs.problems import Location
from hadocs.spec.component import ComponentSpec

Kind: TypeAlias = Literal["executed", "failed", "held already", "nothing to do", "not executed"]


@dataclass(frozen=True)
class Verdict:
    """What became of an example, and *why*, or how it failed.

    It is *executed* only if a command of it ran, or a question of it was asked, in this session.
    """

    kind: Kind
    why: str = ""


_NOT_CHOSEN = Verdict("not executed", "the target, the site and its ways have no turn for it")
_PROCEDURE = Verdict("not executed", "a procedure is outside the order of the guide")
_DRILL = Verdict("not executed", "a drill is outside the order of the guide")


@dataclass(frozen=True)
class Example:
    """A step or a check on the page of one component, or the step of a procedure or a drill.

    *id* is that of plan, evidence and anchor. *where* is its place in the component's own file: a
    slot's step stands where the slot is filled. *turns* are the numbers of its turns. *known* is
    the verdict where no cluster has to be asked.
    """

    id: str
    where: Location
    turns: tuple[int, ...] = ()
    known: Verdict | None = None

    @property
    def name(self) -> str:
        """The id without its component."""
        return self.id.partition("/")[2]


def examples(catalog: Catalog, plan: Plan) -> Mapping[str, tuple[Example, ...]]:
    """Every example of every file of components, by its path; as written, whatever the plan has."""
    turns: dict[str, tuple[int, ...]] = {}
    known: dict[str, Verdict | None] = {}
    for number, turn in enumerate(plan.turns(), start=1):
        turns[turn.item.id] = (*turns.get(turn.item.id, ()), number)
        known[turn.item.id] = _idle(turn.item)
    found: dict[str, tuple[Example, ...]] = {}
    for component in catalog.components.values():
        found[component.source.path] = tuple(
            Example(id_, where, turns.get(id_, ()), known.get(id_, _NOT_CHOSEN))
            for id_, where in _written(component, catalog)
        )
    for task in tasks(catalog):
        outside = _PROCEDURE if task.name in catalog.procedures else _DRILL
        found[task.source.path] = tuple(
            Example(id_, where, known=outside)
            for id_, where in _written(as_component(task, catalog), catalog)
        )
    return found


def _idle(item: Step | Check) -> Verdict | None:
    """Whether the spec says of every node that there is nothing to do."""
    actions = [deed.action for deed in item.deeds.values()] if isinstance(item, Step) else []
    reasons = [action.reason for action in actions if isinstance(action, Nothing)]
    if not reasons or len(reasons) < len(actions):
        return None
    return Verdict("nothing to do", reasons[0])


def _written(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[tuple[str, Location]]:
    for placed in placed_steps(component, catalog):
        yield placed.id, _place(placed)
    for index, check in enumerate(component.spec.checks):
        yield f"{component.name}/{check.id}", component.at("checks", index)


def _place(placed: Placed) -> Location:
    component = placed.component
    if placed.service is None:
        return component.at(*placed.place)
    for index, service in enumerate(component.spec.services):
        for number, fill in enumerate(service.fills if service == placed.service else ()):
            if (fill.slot, fill.name or service.name) == (
                f"{placed.owner.name}/{placed.slot}", placed.fill,
            ):  # fmt: skip
                return component.at("services", index, "fills", number)
    return component.at("services")
