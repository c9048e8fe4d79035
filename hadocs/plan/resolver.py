"""Answers for one target what each component, step and node does."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import holds
from hadocs.plan.frame import Frame
from hadocs.plan.making import Maker
from hadocs.plan.model import Check, Deed, Stage, Step, Turn
from hadocs.plan.names import Known
from hadocs.plan.order import in_order, present
from hadocs.plan.placing import Placed, placed_steps
from hadocs.plan.questions import check, guard, wait
from hadocs.spec.actions import ActionSpec
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conditions import GuardSpec, NodesSpec
from hadocs.spec.conf import SiteNode


@dataclass(frozen=True)
class Chosen:
    """What one node does in a step, as it is written: the action's spec and its place."""

    spec: ActionSpec
    place: tuple[str | int, ...]
    unless: GuardSpec | None
    only_if: GuardSpec | None


class Resolver(Frame):
    """The plan of one target, made stage by stage; what nobody asks for is not made."""

    @functools.cached_property
    def present(self) -> Mapping[str, Loaded[ComponentSpec]]:
        """The components that the target has, by name."""
        return present(self.catalog, self.point)

    @functools.cached_property
    def components(self) -> tuple[Loaded[ComponentSpec], ...]:
        """The components that the target has, in order."""
        return in_order(self.catalog, self.present)

    def placed(self, component: Loaded[ComponentSpec]) -> Iterator[Placed]:
        """The steps of a component that the target has."""
        for placed in placed_steps(component, self.catalog):
            if placed.owner.name in self.present and holds(
                placed.when, self.point, self.catalog, component.name
            ):
                yield placed

    def chosen(self, placed: Placed) -> Chosen:
        """The action of the step for this target: its own, or that of the case that holds."""
        step = placed.spec
        for index, case in enumerate(step.cases):
            if holds(case.when, self.point, self.catalog, placed.owner.name):
                place = (*placed.place, "cases", index)
                return Chosen(case, place, case.unless or step.unless, case.only_if or step.only_if)
        return Chosen(step, placed.place, step.unless, step.only_if)

    def deed(self, placed: Placed, node: SiteNode) -> Deed:
        """What *node* does in the step."""
        chosen = self.chosen(placed)
        used: list[Known] = []
        with self.rendering(placed.owner, chosen.place):
            scope, sources = self.scope(placed, node, used), self._sources(placed, chosen)
            maker = Maker(self, placed.owner, node, scope, used, sources)
            action = maker.action(chosen.spec)
        keys = chosen.spec.acts()
        where = (
            placed.owner.source.inside((*chosen.place, keys[0]), 0)
            if keys
            else placed.owner.at(*chosen.place)
        )
        facts = tuple(dict.fromkeys(used))
        return Deed(
            action,
            guard(self, placed, chosen.unless, chosen.only_if, node),
            wait(self, placed, chosen.spec.wait, node),
            where,
            facts,
        )

    def step(self, placed: Placed) -> Step:
        """The step with what each of its nodes does."""
        deeds = {
            node.name: self.deed(placed, node)
            for node in self.nodes(placed.nodes, placed.owner.spec)
        }
        page = f"guide/{placed.component.name}#{placed.id.rsplit('/', 1)[1]}"
        return Step(placed.id, placed.spec.title, page, deeds, placed.owner.at(*placed.place))

    def stage(self, component: Loaded[ComponentSpec]) -> Stage:
        """All turns of a component: its steps, then its checks."""
        turns: list[Turn] = []
        block: list[tuple[Placed, Step]] = []
        for placed in self.placed(component):
            if block and block[0][0].rolling != placed.rolling:
                turns += _rolled([step for _, step in block])
                block = []
            step = self.step(placed)
            if placed.rolling:
                block.append((placed, step))
            else:
                turns += _turns(step, placed.nodes.order == "one at a time")
        turns += _rolled([step for _, step in block])
        turns += [Turn(check, check.nodes) for check in self.checks(component)]
        return Stage(
            component.name, component.spec.title, tuple(turn for turn in turns if turn.nodes)
        )

    def checks(self, component: Loaded[ComponentSpec]) -> Iterator[Check]:
        """What must hold when the component's steps are done."""
        for index, spec in enumerate(component.spec.checks):
            if holds(spec.when, self.point, self.catalog, component.name):
                made = check(self, component, spec, index)
                if made.nodes:
                    yield made

    def _sources(self, placed: Placed, chosen: Chosen) -> tuple[str, ...]:
        """The nodes from which files can be copied: all of the role, the first of them first."""
        if chosen.spec.copy_ is None:
            return ()
        role = chosen.spec.copy_.role
        spec = NodesSpec(role=(role,) if role else ())
        return tuple(node.name for node in self.nodes(spec, placed.owner.spec))


def _turns(step: Step, one_at_a_time: bool) -> list[Turn]:
    if one_at_a_time:
        return [Turn(step, (node,)) for node in step.nodes]
    return [Turn(step, step.nodes)]


def _rolled(steps: list[Step]) -> list[Turn]:
    """Every step on one node, then every step on the next."""
    nodes = dict.fromkeys(node for step in steps for node in step.nodes)
    return [Turn(step, (node,)) for node in nodes for step in steps if node in step.deeds]
