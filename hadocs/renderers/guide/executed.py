"""How much of the guide was executed, and what was not, by name and reason."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hadocs.evidence import Kind, State, digests_of
from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point, default_ways
from hadocs.plan.placing import Placed
from hadocs.plan.resolve import resolve
from hadocs.plan.tasks import as_component
from hadocs.renderers.blocks import Block, Bullets, Folded, Inline, Line, Link, Table
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.evidence import acts, best, sites_with, states_of, target_of
from hadocs.spec.component import ComponentSpec

_HEAD = (
    "System", "Shell", "Executed", "Changed since", "Failed", "Not executed", "All", "Share",
)  # fmt: skip
#: A variant of a step: its id, and the place of the case that is done.
_Variant: TypeAlias = tuple[str, tuple[str | int, ...]]


@dataclass
class _Tally:
    """The best that is known of every variant of every step of one system and shell."""

    system: str
    shell: str
    states: dict[_Variant, tuple[Placed, State]] = field(default_factory=dict)

    def add(self, variant: _Variant, placed: Placed, state: State) -> None:
        before = self.states.get(variant)
        known = (state,) if before is None else (before[1], state)
        self.states[variant] = placed, best(known)

    def count(self, *kinds: Kind) -> int:
        return sum(1 for _, state in self.states.values() if state.kind in kinds)


def executed(context: Context) -> Iterator[Block]:
    """Steps executed of all steps of all ways, for each system and shell; then of procedures."""
    targets = [
        (system, shell)
        for system in context.systems
        for shell in context.catalog.systems[system].distro.spec.shells
    ]
    yield from _counted(context, [_of_components(context, *target) for target in targets])
    yield Line(("The steps that procedures have of their own:",))
    yield from _counted(context, [_of_procedures(context, *target) for target in targets])


def _counted(context: Context, tallies: Sequence[_Tally]) -> Iterator[Block]:
    yield Table(_HEAD, tuple(tuple((cell,) for cell in _row(context, one)) for one in tallies))
    for one in tallies:
        if len(one.states) > one.count(Kind.NOT):
            yield from _missing(context, one)


def _of_components(context: Context, system: str, shell: str) -> _Tally:
    tally = _Tally(system, shell)
    for point in _points(context, system, shell):
        whole = functools.cache(functools.partial(_states, context, point))
        for placed in _acting(context, point, context.ordered):
            sites = sites_with(context, placed, point)
            known = [whole(site.name).get(placed.id, State(Kind.NOT)) for site in sites]
            tally.add(_variant(context, point, placed), placed, best(known))
    return tally


def _of_procedures(context: Context, system: str, shell: str) -> _Tally:
    tally, catalog = _Tally(system, shell), context.catalog
    procedures = [as_component(one, catalog) for one in catalog.procedures.values()]
    for point in _points(context, system, shell):
        for placed in _acting(context, point, procedures):
            known = states_of(context, placed, point)
            tally.add(_variant(context, point, placed), placed, best(known))
    return tally


def _points(context: Context, system: str, shell: str) -> Iterator[Point]:
    return (context.point(system, shell, ways) for ways in _ways(context))


def _acting(
    context: Context, point: Point, components: Iterable[Loaded[ComponentSpec]]
) -> Iterator[Placed]:
    for component in components:
        yield from (one for one in context.placed(component) if acts(context, one, point))


def _variant(context: Context, point: Point, placed: Placed) -> _Variant:
    return placed.id, context.resolver(point).chosen(placed).place


def _ways(context: Context) -> Iterator[dict[str, str]]:
    """The ways of the guide's site, then one of them changed at a time."""
    usual = {**default_ways(context.catalog), **context.site.spec.ways}
    yield usual
    for name, chosen in usual.items():
        for way in context.catalog.components[name].spec.open_ways:
            if way.id != chosen:
                yield {**usual, name: way.id}


def _states(context: Context, point: Point, name: str) -> dict[str, State]:
    """The states of a whole plan of the site *name*, if anything of it was ever run."""
    site, evidence = context.catalog.sites[name], context.evidence
    target = target_of(context, point, site)
    if not any(evidence.has(target, component.name) for component in context.ordered):
        return {}
    digests = digests_of(resolve(context.catalog, site, point))
    return {id_: evidence.state(id_, digest, target) for id_, digest in digests.items()}


def _row(context: Context, tally: _Tally) -> Iterator[str]:
    done, total = tally.count(Kind.EXECUTED), len(tally.states)
    yield context.catalog.systems[tally.system].version.title
    yield tally.shell
    changed = tally.count(Kind.EARLIER, Kind.STALE)
    for number in (done, changed, tally.count(Kind.FAILED), tally.count(Kind.NOT), total):
        yield str(number)
    yield f"{100 * done // total} %" if total else "–"


def _missing(context: Context, tally: _Tally) -> Iterator[Block]:
    """The steps that were not executed, each with the reason."""
    point = context.point(tally.system, tally.shell, {})
    items: list[tuple[Inline, ...]] = []
    for placed, state in tally.states.values():
        if state.kind is not Kind.EXECUTED:
            anchor = placed.id.rsplit("/", 1)[1]
            link = Link(placed.id, page=f"guide/{placed.component.name}", anchor=anchor)
            why = state.why
            if not sites_with(context, placed, point):
                why = "no site of the project has such a node"
            items.append((link, f" ({placed.spec.title}): {why}"))
    title = context.catalog.systems[tally.system].version.title
    if items:
        yield Folded(
            (f"{title} with {tally.shell}: what does not count as executed",),
            (Bullets(tuple(items)),),
        )
    else:
        yield Line((f"{title} with {tally.shell}: every step was executed.",))
