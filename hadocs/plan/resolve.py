"""A catalog and a target become a plan: lazily, stage by stage."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, default_ways, holds
from hadocs.plan.making import Maker
from hadocs.plan.model import (
    Check,
    Deed,
    Expectation,
    Guard,
    Node,
    Plan,
    Stage,
    Step,
    Target,
    Turn,
    Wait,
)
from hadocs.plan.names import Known
from hadocs.plan.order import in_order, present
from hadocs.plan.placing import Placed, placed_steps
from hadocs.plan.preflight import preflights, secrets_of
from hadocs.plan.scope import name_scope, node_scope, site_scope
from hadocs.plan.template import Absent, Value, rendered
from hadocs.problems import Code, HadocsError, Problem
from hadocs.spec.actions import ActionSpec
from hadocs.spec.component import CheckSpec, ComponentSpec
from hadocs.spec.conditions import GuardSpec, NodesSpec
from hadocs.spec.conf import SiteNode, SiteSpec


@dataclass(frozen=True)
class Chosen:
    """What one node does in a step, as it is written: the action's spec and its place."""

    spec: ActionSpec
    place: tuple[str | int, ...]
    unless: GuardSpec | None
    only_if: GuardSpec | None


class Resolver:
    """Answers for one target what each component, step and node does; nothing is made twice."""

    def __init__(self, catalog: Catalog, site: Loaded[SiteSpec], point: Point) -> None:
        self.catalog, self.site, self.point = catalog, site, point
        self.system = catalog.systems[point.system]
        self._site_scope = site_scope(site.spec, catalog)

    @functools.cached_property
    def components(self) -> tuple[Loaded[ComponentSpec], ...]:
        """The components that the target has, in order."""
        return in_order(self.catalog, present(self.catalog, self.point))

    def placed(self, component: Loaded[ComponentSpec]) -> Iterator[Placed]:
        """The steps of a component that the target has."""
        names = {loaded.name for loaded in self.components}
        for placed in placed_steps(component, self.catalog):
            if placed.owner.name in names and holds(
                placed.when, self.point, self.catalog, component.name
            ):
                yield placed

    def nodes(self, spec: NodesSpec, component: ComponentSpec) -> tuple[SiteNode, ...]:
        """The nodes of a step, a check or a guard, in the site's order.

        A node that is found at run time is shown by the last one of the role.
        """
        roles = spec.role or component.roles
        if spec.only is not None:
            return tuple(n for n in self.site.spec.nodes if set(roles) & set(n.roles))[-1:]
        found = tuple(node for node in self.site.spec.nodes if set(roles) & set(node.roles))
        return {"all": found, "first": found[:1], "others": found[1:]}[spec.pick]

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
        scope = self._scope(placed, node, used)
        maker = Maker(
            self.catalog, placed.owner, self.system, self.point.shell, scope, used,
            self._sources(placed, chosen),
        )  # fmt: skip
        try:
            action = maker.action(chosen.spec)
        except Absent as absent:
            raise self._absent(absent, placed, chosen.place) from None
        keys = chosen.spec.acts()
        where = placed.owner.source.inside((*chosen.place, keys[0]), 0) if keys else placed.owner.at(*chosen.place)
        facts = tuple(dict.fromkeys(used))
        guard, wait = self._guard(placed, chosen, node), self._wait(placed, chosen, node)
        return Deed(action, guard, wait, where, facts)

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
        return Stage(component.name, component.spec.title, tuple(turn for turn in turns if turn.nodes))

    def step(self, placed: Placed) -> Step:
        """The step with what each of its nodes does."""
        deeds = {node.name: self.deed(placed, node) for node in self.nodes(placed.nodes, self._roles(placed))}
        page = f"guide/{placed.component.name}#{placed.id.rsplit('/', 1)[1]}"
        return Step(placed.id, placed.spec.title, page, deeds, placed.owner.at(*placed.place))

    def checks(self, component: Loaded[ComponentSpec]) -> Iterator[Check]:
        """What must hold when the component's steps are done."""
        for index, spec in enumerate(component.spec.checks):
            if holds(spec.when, self.point, self.catalog, component.name):
                yield self._check(component, spec, index)

    def expectation(
        self, owner: Loaded[ComponentSpec], name: str, node: SiteNode | None, placed: Placed | None = None
    ) -> Expectation:
        """A named expectation of *owner*, or of another component (``component/name``)."""
        other, _, own = name.rpartition("/")
        home = self.catalog.components[other] if other else owner
        spec = home.spec.expectations[own]
        used: list[Known] = []
        if placed is not None and placed.owner is home:
            scope = self._scope(placed, node, used)
        else:
            scope = self._plain_scope(home, node, used)
        place = ("expectations", own)
        try:
            return Expectation(
                f"{home.name}/{own}",
                spec.title,
                rendered(spec.run, scope),
                spec.format,
                tuple((query, rendered(matcher, scope)) for query, matcher in spec.expect.items()),
                None if spec.input is None else rendered(spec.input, scope),
                home.source.inside((*place, "run"), 0),
            )
        except Absent as absent:
            raise HadocsError([self._problem(absent, home, place)]) from None

    def _roles(self, placed: Placed) -> ComponentSpec:
        """The component whose roles say the nodes, if the step does not."""
        return placed.component.spec

    def _plain_scope(
        self, component: Loaded[ComponentSpec], node: SiteNode | None, used: list[Known]
    ) -> dict[str, Value]:
        return {
            **self._site_scope,
            **node_scope(self.site.spec, self.catalog, component, node),
            **name_scope(component, self.system, used),
        }

    def _scope(self, placed: Placed, node: SiteNode | None, used: list[Known]) -> dict[str, Value]:
        scope = self._plain_scope(placed.owner, node, used)
        if placed.service is None:
            return scope
        filler = self._plain_scope(placed.component, node, used)
        given = {name: Value(rendered(text, filler)) for name, text in placed.given.items()}
        roles = placed.service.roles or placed.component.spec.roles
        members = [data for data in scope["nodes"].data if set(roles) & set(data["roles"])]
        ports: Mapping[str, Any] = {name: str(p) for name, p in placed.service.ports.items()}
        return {
            **scope,
            "given": Value(given, "given"),
            "service": Value({"name": placed.service.name, "ports": ports}, "service"),
            "members": Value(members, "members", scope["nodes"].kind),
        }

    def _sources(self, placed: Placed, chosen: Chosen) -> tuple[str, ...]:
        """The nodes from which files can be copied: all of the role, the first of them first."""
        if chosen.spec.copy_ is None:
            return ()
        role = chosen.spec.copy_.role
        spec = NodesSpec(role=(role,) if role else ())
        return tuple(node.name for node in self.nodes(spec, placed.component.spec))

    def _guard(self, placed: Placed, chosen: Chosen, node: SiteNode) -> Guard | None:
        spec = chosen.unless or chosen.only_if
        if spec is None:
            return None
        roles = NodesSpec(role=spec.role)
        names = tuple(n.name for n in self.nodes(roles, placed.component.spec))
        return Guard(
            self.expectation(placed.owner, spec.holds, node, placed),
            (node.name,) if spec.nodes == "self" else names,
            every=spec.nodes == "all",
            skip_if_holds=chosen.unless is not None,
        )

    def _wait(self, placed: Placed, chosen: Chosen, node: SiteNode) -> Wait | None:
        spec = chosen.spec.wait
        if spec is None:
            return None
        return Wait(self.expectation(placed.owner, spec.holds, node, placed), spec.at_most)

    def _check(self, component: Loaded[ComponentSpec], spec: CheckSpec, index: int) -> Check:
        nodes = self.nodes(spec.nodes, component.spec)
        return Check(
            f"{component.name}/{spec.id}",
            spec.title,
            self.expectation(component, spec.holds, nodes[0] if nodes else None),
            tuple(node.name for node in nodes),
            spec.within,
            component.at("checks", index),
        )

    def _absent(self, absent: Absent, placed: Placed, place: tuple[str | int, ...]) -> HadocsError:
        return HadocsError([self._problem(absent, placed.owner, place)])

    def _problem(
        self, absent: Absent, owner: Loaded[ComponentSpec], place: tuple[str | int, ...]
    ) -> Problem:
        message = f"the site gives no {absent.name!r}"
        return Problem(self.site.at(), Code.VALUE, message, f"needed at {owner.at(*place)}")


def _turns(step: Step, one_at_a_time: bool) -> list[Turn]:
    if one_at_a_time:
        return [Turn(step, (node,)) for node in step.nodes]
    return [Turn(step, step.nodes)]


def _rolled(steps: list[Step]) -> list[Turn]:
    """Every step on one node, then every step on the next."""
    nodes = dict.fromkeys(node for step in steps for node in step.nodes)
    return [Turn(step, (node,)) for node in nodes for step in steps if node in step.deeds]


def point_of(
    catalog: Catalog, site: SiteSpec, system: str, shell: str | None, series: str | None
) -> Point:
    """The point that a site, a system and perhaps a shell and a series say together."""
    chosen = shell or site.shell or catalog.systems[system].distro.spec.shell
    return Point(
        system,
        chosen,
        series or site.series or catalog.guide.spec.series,
        {**default_ways(catalog), **site.ways},
    )


def resolve(catalog: Catalog, site: Loaded[SiteSpec], point: Point) -> Plan:
    """The whole plan of a site; raises what keeps it from being one."""
    resolver = Resolver(catalog, site, point)
    stages, problems = [], []
    for component in resolver.components:
        try:
            stages.append(resolver.stage(component))
        except HadocsError as error:
            problems += error.problems
    if problems:
        raise HadocsError(problems)
    ways = tuple(sorted(site.spec.ways.items()))
    target = Target(point.series, point.system, point.shell, site.name, ways)
    nodes = tuple(Node(n.name, n.address, n.roles, n.values) for n in site.spec.nodes)
    plan = Plan(target, nodes, tuple(stages), {}, ())
    return replace(plan, preflight=preflights(resolver.system, site, plan), secrets=secrets_of(catalog, plan))


