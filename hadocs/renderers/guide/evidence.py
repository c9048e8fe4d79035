"""What was executed of a step: a mark beneath each of its variants, with what was printed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from hadocs.evidence import Kind, Record, State, file_of
from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point, holds
from hadocs.plan.model import Target
from hadocs.plan.placing import Placed
from hadocs.plan.text import Text
from hadocs.renderers.blocks import Badge, Badges, Block, Code, Folded, InCode, Line, Tabs
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.variants import Axis, Blocks
from hadocs.spec.conf import SiteSpec

_SAID: Mapping[Kind, tuple[str, str]] = {
    Kind.EXECUTED: ("executed on {where}, {when}", "good"),
    Kind.STALE: ("changed since it was executed on {where}, {when}", "fair"),
    Kind.EARLIER: ("executed on {where}, {when}; something before it has changed since", "fair"),
    Kind.FAILED: ("failed on {where}, {when}", "poor"),
    Kind.NOT: ("not executed on {where}: {why}", "poor"),
}
_BEST = (Kind.EXECUTED, Kind.EARLIER, Kind.STALE, Kind.FAILED, Kind.NOT)
_NEVER = Badge("evidence", "not executed", "no run of it is recorded for this target", "poor")


def with_evidence(
    context: Context, placed: Placed, over: tuple[Axis, ...], blocks: Blocks
) -> Blocks:
    """The variants of a step, each with what ran of exactly it.

    It comes after equal variants became one panel, so that a run never makes commands look
    different; where a panel stands for several systems, the mark says which of them it was.
    """
    return _marked(context, placed, over, blocks, {})


def _marked(
    context: Context,
    placed: Placed,
    over: tuple[Axis, ...],
    blocks: Blocks,
    keys: Mapping[str, tuple[str, ...]],
) -> Blocks:
    if not over:
        return (*blocks, *_beneath(context, placed, tuple(_points(context, keys))))
    group, rest = over[0].group, over[1:]
    match blocks:
        case (Tabs(panels=panels) as tabs,) if tabs.group == group:
            marked = (
                replace(
                    panel,
                    blocks=_marked(
                        context, placed, rest, panel.blocks, {**keys, group: panel.keys}
                    ),
                )
                for panel in panels
            )
            return (replace(tabs, panels=tuple(marked)),)
    return _marked(context, placed, rest, blocks, keys)


def _points(context: Context, keys: Mapping[str, tuple[str, ...]]) -> Iterator[Point]:
    """Every target that a panel with *keys* stands for."""
    ways = {group: chosen for group, chosen in keys.items() if group.startswith("way:")}
    for system in keys.get("system", context.systems):
        shells = context.catalog.systems[system].distro.spec.shells
        for shell in shells:
            if shell in keys.get("shell", shells):
                for picked in itertools.product(*ways.values()):
                    names = (group.removeprefix("way:") for group in ways)
                    yield context.point(system, shell, dict(zip(names, picked, strict=True)))


def _beneath(context: Context, placed: Placed, points: tuple[Point, ...]) -> Iterator[Block]:
    found = [
        (point, best(states))
        for point in points
        if acts(context, placed, point) and (states := states_of(context, placed, point))
    ]
    if not found:
        return
    known = [(point, state) for point, state in found if state.record is not None]
    badges = tuple(_badge(context, point, state) for point, state in known)
    yield Badges(tuple(dict.fromkeys(badges)) or (_NEVER,))
    for point, state in known:
        if state.kind in (Kind.EXECUTED, Kind.FAILED) and state.record is not None:
            yield from _printed(context.where(point), state.record)
            return


def acts(context: Context, placed: Placed, point: Point) -> bool:
    """Whether there is anything to execute in the step at *point*, on whatever node."""
    resolver = context.resolver(point)
    if placed.component.name in context.catalog.drills:
        return False  # its evidence is what it measured
    lacking = context.catalog.components.keys() - resolver.present.keys()
    if placed.owner.name in lacking or placed.component.name in lacking:
        return False
    if not holds(placed.when, point, context.catalog, placed.component.name):
        return False
    spec = resolver.chosen(placed).spec
    return not any((spec.nothing, spec.fault, spec.follow))


def sites_with(context: Context, placed: Placed, point: Point) -> tuple[Loaded[SiteSpec], ...]:
    """The guide's site if it has a node for the step, else every other one that has."""

    def has_node(site: Loaded[SiteSpec]) -> bool:
        return bool(context.resolver(point, site).nodes(placed.nodes, placed.owner.spec))

    if has_node(context.site):
        return (context.site,)
    return tuple(site for site in context.other_sites if has_node(site))


def states_of(context: Context, placed: Placed, point: Point) -> tuple[State, ...]:
    """What the records of exactly this target say of the step, on each site that can tell."""
    sites = sites_with(context, placed, point)
    return tuple(_state(context, placed, point, site) for site in sites)


def best(states: Iterable[State]) -> State:
    """The state that says most for a step; one without a record says least, as does none."""
    return min(
        states,
        key=lambda state: (_BEST.index(state.kind), state.record is None),
        default=State(Kind.NOT),
    )


def _state(context: Context, placed: Placed, point: Point, site: Loaded[SiteSpec]) -> State:
    target = target_of(context, point, site)
    if not context.evidence.has(target, placed.component.name):
        return State(Kind.NOT)
    digest = context.digests(point, placed.component, site).get(placed.id)
    return context.evidence.state(placed.id, digest, target) if digest else State(Kind.NOT)


def target_of(context: Context, point: Point, site: Loaded[SiteSpec] | None = None) -> Target:
    """The target that a point means for a site, the guide's own if none is said."""
    ways = tuple(sorted(point.ways.items()))
    return Target(point.series, point.system, point.shell, (site or context.site).name, ways)


def files(context: Context, component: str) -> frozenset[str]:
    """The files that may have records of a component, whether they are there or not."""
    return frozenset(file_of(target_of(context, point), component) for point in context.points)


def _badge(context: Context, point: Point, state: State) -> Badge:
    text, level = _SAID[state.kind]
    if (record := state.record) is None:
        return _NEVER
    said = text.format(where=context.where(point), when=record.when, why=state.why)
    if record.circumstance:
        said = f"{said} ({record.circumstance})"
    ways = [f"site: {record.site}", *(f"{component}: {way}" for component, way in record.ways)]
    packages = [f"{name} {version}" for name, version in record.packages]
    return Badge("evidence", said, "; ".join([*ways, *packages]), level)


def _printed(where: str, record: Record) -> Iterator[Block]:
    """The output of one node that did it; the others' is alike."""
    runs = [run for run in record.runs if run.outcome == record.outcome]
    told = next((run for run in runs if run.printed or run.holds), None)
    if told is None:
        return
    blocks: list[Block] = []
    if told.printed:
        text = Text(told.printed)
        blocks.append(Code(text, "text", "output", nodes=(told.node,)))
    if told.holds:
        blocks.append(Line(("The wait ended: ", InCode(told.holds))))
    yield Folded((f"What {told.node} printed on {where}",), tuple(blocks))
