"""Where the resources of the cluster go when something fails, by Pacemaker's own scheduler."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.evidence import SimulatedEvent, Simulation, of_cluster, simulated
from hadocs.plan.domain import Point
from hadocs.renderers.blocks import Block, Folded, Line, Table
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.evidence import target_of


def in_the_scheduler(context: Context) -> Iterator[Block]:
    """One table for each system and shell whose configuration was simulated."""
    tables = [
        _table(context, point, recorded)
        for point in context.points
        if (recorded := simulated(context.evidence.root, target_of(context, point)))
    ]
    yield from tables or [Line(("No simulation is recorded.",))]


def _table(context: Context, point: Point, recorded: Simulation) -> Block:
    resources = sorted({name for one in recorded.events for name, _ in one.placed})
    head = ("When", *resources, "Fenced")
    rows = tuple(
        tuple((cell,) for cell in (one.event, *_cells(one, resources), _listed(one.fenced)))
        for one in recorded.events
    )
    now = of_cluster(context.plan(point))
    stale = "" if recorded.digest == now else " The steps have changed since."
    about = f"By the programs of {recorded.programs}.{stale}"
    return Folded((context.where(point),), (Line((about,)), Table(head, rows)))


def _cells(one: SimulatedEvent, resources: list[str]) -> Iterator[str]:
    placed = dict(one.placed)
    return (_listed(placed.get(name, ())) for name in resources)


def _listed(nodes: tuple[str, ...]) -> str:
    return ", ".join(nodes) or "–"
