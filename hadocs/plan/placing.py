"""Where each step of a component stands: its own, those of the slots that its services fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.spec.component import ComponentSpec, StepSpec
from hadocs.spec.conditions import NodesSpec, When
from hadocs.spec.parts import FillSpec, ServiceInfo


@dataclass(frozen=True)
class Placed:
    """A step as it stands in the plan.

    *component* is the one on whose page it stands; *owner* is the one whose file says it, whose
    names and expectations it uses (a slot's steps have another owner). *given* are templates of the
    filler for the *slot*'s parameters, *fill* is its name there. *rolling*: the block whose steps
    take turns node by node.
    """

    id: str
    component: Loaded[ComponentSpec]
    owner: Loaded[ComponentSpec]
    spec: StepSpec
    place: tuple[str | int, ...]
    nodes: NodesSpec
    when: When = field(default_factory=When)
    service: ServiceInfo | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    slot: str = ""
    fill: str = ""
    rolling: str = ""


def placed_steps(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Placed]:
    """All steps of a component in order, whatever the target; rolling blocks are opened."""
    spec = component.spec
    filled: set[str] = set()
    for index, step in enumerate(spec.steps):
        place = ("steps", index)
        if step.fill is not None:
            filled.add(step.fill)
            yield from _slot_steps(component, catalog, step.fill)
        else:
            yield from _opened(_own(component, step, place))
    for service in spec.services:
        if service.fills and service.name not in filled:
            yield from _slot_steps(component, catalog, service.name)


def _own(component: Loaded[ComponentSpec], step: StepSpec, place: tuple[str | int, ...]) -> Placed:
    id_ = f"{component.name}/{step.id}"
    return Placed(id_, component, component, step, place, step.nodes)


def _opened(placed: Placed) -> Iterator[Placed]:
    """The step itself, or the steps of its rolling block on the block's nodes."""
    if not placed.spec.rolling:
        yield placed
        return
    for index, inner in enumerate(placed.spec.rolling):
        id_ = f"{placed.id.rsplit('/', 1)[0]}/{inner.id}"
        place = (*placed.place, "rolling", index)
        yield replace(placed, id=id_, spec=inner, place=place, rolling=placed.id)


def _slot_steps(
    component: Loaded[ComponentSpec], catalog: Catalog, service_name: str
) -> Iterator[Placed]:
    service = next((s for s in component.spec.services if s.name == service_name), None)
    for fill in service.fills if service else ():
        owner, slot = _slot(catalog, fill)
        if owner is None or service is None:
            continue
        given = {**owner.spec.slots[slot].defaults, **fill.given}
        name = fill.name or service.name
        for index, step in enumerate(owner.spec.slots[slot].steps):
            yield from _opened(
                Placed(
                    f"{component.name}/{owner.name}-{name}-{step.id}",
                    component,
                    owner,
                    step,
                    ("slots", slot, "steps", index),
                    step.nodes,
                    fill.when,
                    service,
                    given,
                    slot,
                    name,
                )
            )


def _slot(catalog: Catalog, fill: FillSpec) -> tuple[Loaded[ComponentSpec] | None, str]:
    """The component that offers the slot, if there is one."""
    name, _, slot = fill.slot.rpartition("/")
    owner = catalog.components.get(name)
    return (owner, slot) if owner and slot in owner.spec.slots else (None, slot)
