"""How much of the guide was executed, and what was not, by name and reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from hadocs.evidence import Kind, State, digests_of
from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point, default_ways
from hadocs.plan.placing import Placed
from hadocs.plan.resolve import resolve
from hadocs.renderers.blocks import Block, Bullets, Folded, Inline, Line, Link, Table
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.evidence import acts, site_with, target_of
from hadocs.spec.conf import SiteSpec

_BEST = (Kind.EXECUTED, Kind.EARLIER, Kind.STALE, Kind.FAILED, Kind.NOT)
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
        if before is None or _rank(state) < _rank(before[1]):
            self.states[variant] = placed, state

    def count(self, *kinds: Kind) -> int:
        return sum(1 for _, state in self.states.values() if state.kind in kinds)


def _rank(state: State) -> tuple[int, bool]:
    return _BEST.index(state.kind), state.record is None


def executed(context: Context) -> Iterator[Block]:
    """Steps executed of all steps of all ways, for each system and shell."""
    tallies = [
        _tally(context, system, shell)
        for system in context.systems
        for shell in context.catalog.systems[system].distro.spec.shells
    ]
    head = (
        "System",
        "Shell",
        "Executed",
        "Changed since",
        "Failed",
        "Not executed",
        "All",
        "Share",
    )
    yield Table(head, tuple(tuple((cell,) for cell in _row(context, one)) for one in tallies))
    for one in tallies:
        if len(one.states) > one.count(Kind.NOT):
            yield from _missing(context, one)


def _tally(context: Context, system: str, shell: str) -> _Tally:
    tally = _Tally(system, shell)
    for ways in _ways(context):
        point = context.point(system, shell, ways)
        states: dict[str, dict[str, State]] = {}
        resolver = context.resolver(point)
        for component in context.ordered:
            for placed in context.placed(component):
                if acts(context, placed, point):
                    site = site_with(context, placed, point) or context.site
                    if site.name not in states:
                        states[site.name] = _states(context, point, site)
                    variant = placed.id, resolver.chosen(placed).place
                    tally.add(variant, placed, states[site.name].get(placed.id, State(Kind.NOT)))
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
    items: list[tuple[Inline, ...]] = []
    for placed, state in tally.states.values():
        if state.kind is not Kind.EXECUTED:
            anchor = placed.id.rsplit("/", 1)[1]
            link = Link(placed.id, page=f"guide/{placed.component.name}", anchor=anchor)
            items.append((link, f" ({placed.spec.title}): {state.why}"))
    title = context.catalog.systems[tally.system].version.title
    if items:
        yield Folded(
            (f"{title} with {tally.shell}: what does not count as executed",),
            (Bullets(tuple(items)),),
        )
    else:
        yield Line((f"{title} with {tally.shell}: every step was executed.",))
