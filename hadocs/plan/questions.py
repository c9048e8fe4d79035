"""Questions of a plan: expectations, and the guards, waits and checks that ask them."""

from __future__ import annotations

from hadocs.loading.catalog import Loaded
from hadocs.plan.frame import Frame
from hadocs.plan.model import Check, Expectation, Guard, Wait
from hadocs.plan.names import Known
from hadocs.plan.placing import Placed
from hadocs.plan.template import rendered
from hadocs.problems import Code, HadocsError, Problem
from hadocs.spec.actions import WaitSpec
from hadocs.spec.component import CheckSpec, ComponentSpec
from hadocs.spec.conditions import GuardSpec, NodesSpec
from hadocs.spec.conf import SiteNode


def expectation(
    frame: Frame,
    owner: Loaded[ComponentSpec],
    name: str,
    node: SiteNode | None,
    placed: Placed | None = None,
) -> Expectation:
    """A named expectation of *owner*, or of another component (``component/name``).

    A slot has its own, which know what the slot is filled with.
    """
    other, _, own = name.rpartition("/")
    home = frame.catalog.components[other] if other else owner
    known, id_ = home.spec.expectations, f"{home.name}/{own}"
    place: tuple[str, ...] = ("expectations", own)
    used: list[Known] = []
    if placed is not None and placed.slot and not other:
        of_slot = home.spec.slots[placed.slot].expectations
        if own in of_slot:
            known, place = of_slot, ("slots", placed.slot, *place)
            id_ = f"{placed.component.name}/{home.name}-{placed.fill}-{own}"
    spec = known[own]
    with frame.rendering(home, place):
        if placed is not None and placed.owner is home:
            scope = frame.scope(placed, node, used)
        else:
            scope = frame.component_scope(home, node, used)
        return Expectation(
            id_,
            spec.title,
            rendered(spec.run, scope),
            spec.format,
            tuple(
                (str(rendered(query, scope)), rendered(matcher, scope))
                for query, matcher in spec.expect.items()
            ),
            None if spec.input is None else rendered(spec.input, scope),
            home.source.inside((*place, "run"), 0),
        )


def guard(
    frame: Frame,
    placed: Placed,
    unless: GuardSpec | None,
    only_if: GuardSpec | None,
    node: SiteNode,
) -> Guard | None:
    """What decides whether *node* does the step."""
    spec = unless or only_if
    if spec is None:
        return None
    several = frame.nodes(NodesSpec(role=spec.role or placed.nodes.role), placed.owner.spec)
    nodes = (node,) if spec.nodes == "self" else several
    if not nodes:
        message = f"{placed.id!r} asks nodes of a role that the site {frame.site.name} has not"
        where = placed.owner.at(*placed.place, "unless" if unless else "only_if")
        raise HadocsError([Problem(where, Code.UNSUPPORTED, message, "ask nodes that it has")])
    asked = {one.name: expectation(frame, placed.owner, spec.holds, one, placed) for one in nodes}
    return Guard(asked, every=spec.nodes == "all", skip_if_holds=unless is not None)


def wait(frame: Frame, placed: Placed, spec: WaitSpec | None, node: SiteNode) -> Wait | None:
    """What *node* waits for when it has done the step."""
    if spec is None:
        return None
    return Wait(expectation(frame, placed.owner, spec.holds, node, placed), spec.at_most)


def check(frame: Frame, component: Loaded[ComponentSpec], spec: CheckSpec, index: int) -> Check:
    """A check of a component, asked on all its nodes."""
    nodes = frame.nodes(spec.nodes, component.spec)
    return Check(
        f"{component.name}/{spec.id}",
        spec.title,
        {node.name: expectation(frame, component, spec.holds, node) for node in nodes},
        spec.within,
        component.at("checks", index),
    )
