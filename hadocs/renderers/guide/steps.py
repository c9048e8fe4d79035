"""A step as a section: where it runs, what is done in each variant, when to skip it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point, holds
from hadocs.plan.model import Deed
from hadocs.plan.placing import Placed
from hadocs.plan.walk import templates
from hadocs.problems import HadocsError
from hadocs.renderers.blocks import (
    Badge,
    Badges,
    Block,
    Folded,
    Line,
    Prose,
    Section,
    Strong,
)
from hadocs.renderers.guide.asked import check_blocks
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.deeds import deed_blocks, likeness
from hadocs.renderers.guide.evidence import with_evidence
from hadocs.renderers.guide.links import install_guide_link, linked
from hadocs.renderers.guide.variants import Blocks, axes, varied
from hadocs.spec.component import CaseSpec, ComponentSpec, StepSpec
from hadocs.spec.conditions import NodesSpec, When

_NODE = re.compile(r"\bnode\b")
_NAMED = re.compile(r"\b(packages|units|paths|users)\b")


def step_section(context: Context, placed: Placed, number: int) -> Section:
    """The section of one step; its number is the spec's, equal in every tab."""
    spec = placed.spec
    blocks: list[Block] = [Badges((node_badge(context, placed.nodes, placed.owner.spec),))]
    if spec.text:
        blocks.append(Prose(spec.text, placed.owner.source.inside((*placed.place, "text"), 0)))
    over = axes(
        context, ways=_ways(context, placed), system=_by_system(placed), shell=_by_shell(placed)
    )
    done = varied(context, over, functools.partial(_content, context, placed, _by_node(placed)))
    done = with_evidence(context, placed, over, done)
    if spec.same_without_ha:
        blocks.append(Folded(("The same as without high availability",), done))
    else:
        blocks += done
    return Section(
        placed.id.rsplit("/", 1)[1], f"{number}. {spec.title}", tuple(blocks), tuple(spec.was)
    )


def check_section(context: Context, component: Loaded[ComponentSpec]) -> Iterator[Section]:
    """What must hold at the end of the page."""
    whens = [check.when for check in component.spec.checks]
    if not whens or context.historic:
        return
    ways = _way_names(whens, component.name)
    texts = [text for text, _ in templates(component.spec, ()) if _NAMED.search(text)]
    over = axes(context, ways=ways, system=bool(texts), shell=any(w.shell for w in whens))

    def content(point: Point) -> Blocks:
        resolver = context.resolver(point)
        return tuple(b for check in resolver.checks(component) for b in check_blocks(check))

    yield Section("checks", "Check the result", varied(context, over, content))


def node_badge(context: Context, nodes: NodesSpec, component: ComponentSpec) -> Badge:
    """Which nodes, in words and by the names of the guide's site."""
    if nodes.only is not None:
        return Badge("nodes", f"the node that is {nodes.only}", "found or named when it is run")
    roles = nodes.role or component.roles
    titles = {role.id: role.title.lower() for role in context.catalog.guide.spec.roles}
    said = " and ".join(titles.get(role, role) for role in roles)
    found = [n.name for n in context.site.spec.nodes if set(n.roles) & set(roles)]
    picked = {"all": found, "first": found[:1], "others": found[1:]}[nodes.pick]
    which = {"all": f"every {said}", "first": f"the first {said}", "others": f"every other {said}"}
    order = ", one at a time" if nodes.order == "one at a time" else ""
    where = f": {', '.join(picked)}" if picked else ": none in this site"
    return Badge(
        "nodes", f"{which[nodes.pick]}{order}{where}", "where the commands of this step run"
    )


def _content(context: Context, placed: Placed, by_node: bool, point: Point) -> Blocks:
    resolver = context.resolver(point)
    lacking = placed.owner.name in context.catalog.components.keys() - resolver.present.keys()
    if lacking or not holds(placed.when, point, context.catalog, placed.component.name):
        return (Line(("Nothing to do here: this variant does not use it.",)),)
    chosen = resolver.chosen(placed).spec
    if chosen.fault is not None:
        return (Line((Strong("Fault: "), chosen.fault.said())),)
    if chosen.follow is not None:
        return (_follow(chosen.follow),)
    nodes = resolver.nodes(placed.nodes, placed.owner.spec)
    linked = _same_link(context, placed, point)
    if not nodes:
        return (*linked, Line(("This site has no such node.",)))
    if not by_node:
        deed = resolver.deed(placed, nodes[0])
        return (*linked, *_of_nodes(placed, dict.fromkeys((n.name for n in nodes), deed)))
    return (*linked, *_of_nodes(placed, {n.name: resolver.deed(placed, n) for n in nodes}))


def _by_node(placed: Placed) -> bool:
    """Whether a node's own values can make a difference to what it does."""
    texts = (text for text, _ in templates(placed.spec, ()))
    written = (placed.spec, *placed.spec.cases)
    shared = any(action.set is not None and action.set.use for action in written)
    return shared or any(_NODE.search(text) for text in (*texts, *placed.given.values()))


def _of_nodes(placed: Placed, deeds: Mapping[str, Deed]) -> Iterator[Block]:
    """Once what is the same for several nodes, but for their own values; else node by node."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name, deed in deeds.items():
        groups.setdefault(likeness(deed), []).append(name)
    for names in groups.values():
        shown = (placed.nodes.only,) if placed.nodes.only else tuple(names)
        yield from deed_blocks(deeds[names[0]], shown)


def _follow(components: tuple[str, ...]) -> Line:
    executed = ". Each of them says there whether it was executed."
    if "all" in components:
        return Line(("Do there every step of the guide, in its order", executed))
    return Line(("Do there every step of: ", *linked(components), executed))


def _same_link(context: Context, placed: Placed, point: Point) -> Blocks:
    """The Install Guide page that says the same, if there is one for this system."""
    if not placed.spec.same_without_ha:
        return ()
    try:
        link = install_guide_link(context, placed.spec.same_without_ha, point.system)
    except HadocsError:
        return (Line(("The Install Guide has no page of it for this distribution.",)),)
    return (Line(("Install Guide: ", link)),)


def _ways(context: Context, placed: Placed) -> list[str]:
    """Components whose way makes a difference to the step."""
    whens = [case.when for case in placed.spec.cases]
    names = _way_names(whens, placed.owner.name)
    names += _way_names([placed.when], placed.component.name)
    names += _way_names([placed.owner.spec.when], placed.owner.name)
    return list(dict.fromkeys(names))


def _way_names(whens: list[When], own: str) -> list[str]:
    return list(dict.fromkeys(own if n == "self" else n for when in whens for n in when.way))


def _by_shell(placed: Placed) -> bool:
    return any(case.when.shell for case in placed.spec.cases)


def _by_system(placed: Placed) -> bool:
    """Whether a system can make a difference: by a condition, a name, or a package manager."""
    spec = placed.spec
    written: list[StepSpec | CaseSpec] = [spec, *spec.cases]
    whens = [case.when for case in spec.cases]
    if spec.same_without_ha or any(w.by_system for w in whens):
        return True
    if any(one.install is not None or one.service is not None for one in written):
        return True
    asked: list[BaseModel] = [*written]
    for one in written:
        for holder in (one.unless, one.only_if, one.wait):
            own = holder.holds.rpartition("/")[2] if holder else ""
            if own in placed.owner.spec.expectations:
                asked.append(placed.owner.spec.expectations[own])
    return any(_NAMED.search(text) for model in asked for text, _ in templates(model, ()))
