"""Steps and checks as examples that tests execute: which there are, and where they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.actions import Nothing
from hadocs.plan.model import Check, Plan, Step
from hadocs.plan.placing import Placed, placed_steps
from hadocs.plan.tasks import as_component, tasks
from hadocs.problems import Location
from hadocs.spec.component import ComponentSpec, ProcedureSpec

_NOT_CHOSEN = "the site, its ways and the target have nothing for it"
_OUTSIDE = {
    True: "a procedure is outside the order; circumstances perform it",
    False: "a drill is outside the order",
}


@dataclass(frozen=True)
class Example:
    """A step or a check on the page of one component, or the step of a procedure or a drill.

    *id* is that of plan, evidence and anchor. *where* is its place in the component's own file: a
    slot's step stands where the slot is filled. *turns* are the numbers of its turns, none if the
    plan does not have it; *left_out* then says why.
    """

    id: str
    where: Location
    turns: tuple[int, ...] = ()
    left_out: str = ""

    @property
    def name(self) -> str:
        """The id without its component."""
        return self.id.partition("/")[2]


def examples(catalog: Catalog, plan: Plan) -> Mapping[str, tuple[Example, ...]]:
    """Every example of every file of components, by its path; as written, whatever the plan has."""
    turns: dict[str, tuple[int, ...]] = {}
    for number, turn in enumerate(plan.turns(), start=1):
        turns[turn.item.id] = (*turns.get(turn.item.id, ()), number)
    found: dict[str, tuple[Example, ...]] = {}
    for component in catalog.components.values():
        found[component.source.path] = tuple(
            Example(id_, where, turns.get(id_, ()), "" if id_ in turns else _NOT_CHOSEN)
            for id_, where in _written(component, catalog)
        )
    for task in tasks(catalog):
        why = _OUTSIDE[isinstance(task.spec, ProcedureSpec)]
        found[task.source.path] = tuple(
            Example(id_, where, left_out=why)
            for id_, where in _written(as_component(task, catalog), catalog)
        )
    return found


def idle(item: Step | Check) -> str:
    """Why there is nothing to do on any node; empty if there is something."""
    if isinstance(item, Check):
        return ""
    actions = [deed.action for deed in item.deeds.values()]
    reasons = [action.reason for action in actions if isinstance(action, Nothing)]
    return reasons[0] if len(reasons) == len(actions) else ""


def _written(
    component: Loaded[ComponentSpec], catalog: Catalog
) -> Iterator[tuple[str, Location]]:
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
