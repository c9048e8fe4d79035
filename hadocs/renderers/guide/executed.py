"""How much of the guide was executed, and what was not, by name and reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from hadocs.spec.conf import SiteSpec

_HEAD = (
    "System", "Shell", "Executed", "Changed since", "Failed", "Not executed", "All", "Share",
)  # fmt: skip
_UNKNOWN = State(Kind.NOT)
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
    for ways in _ways(context):
        point = context.point(system, shell, ways)
        states: dict[str, dict[str, State]] = {}
        resolver = context.resolver(point)
        for component in context.ordered:
            for placed in context.placed(component):
                if acts(context, placed, point):
                    sites = sites_with(context, placed, point)
                    for site in sites:
                        if site.name not in states:
                            states[site.name] = _states(context, point, site)
                    known = [states[site.name].get(placed.id, _UNKNOWN) for site in sites]
                    variant = placed.id, resolver.chosen(placed).place
                    tally.add(variant, placed, best(known or [_UNKNOWN]))
    return tally


def _of_procedures(context: Context, system: str, shell: str) -> _Tally:
    tally = _Tally(system, shell)
    for ways in _ways(context):
        point = context.point(system, shell, ways)
        resolver = context.resolver(point)
        for procedure in context.catalog.procedures.values():
            for placed in context.placed(as_component(procedure, context.catalog)):
                if acts(context, placed, point):
                    known = states_of(context, placed, point) or [_UNKNOWN]
                    tally.add((placed.id, resolver.chosen(placed).place), placed, best(known))
    return tally


def _ways(context: Context) -> Iterator[dict[str, str]]:
    """The ways of the guide's site, then one of them changed at a time."""
    usual = {**default_ways(context.catalog), **context.site.spec.ways}
    yield usual
    for name, chosen in usual.items():
        for way in context.catalog.components[name].spec.open_ways:
            if way.id != chosen:
                yield {**usual, name: way.id}


def _states(context: Context, point: Point, site: Loaded[SiteSpec]) -> dict[str, State]:
    """The states of a whole plan, if anything of it was ever run."""
    target, evidence = target_of(context, point, site), context.evidence
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
