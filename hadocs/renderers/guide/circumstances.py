"""Which circumstances a cluster was run in, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.evidence import CircumstanceRun, circumstances, whole
from hadocs.plan.domain import Point
from hadocs.renderers.blocks import Block, Line, Table
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.evidence import target_of

_HEAD = (
    "System", "Shell", "Circumstance", "Outcome", "Recorded", "Minutes", "Peak memory", "Compared",
)  # fmt: skip


def in_circumstances(context: Context) -> Iterator[Block]:
    """One row for each record of the guide's site with its ways."""
    rows = [row for point in context.points for row in _rows(context, point)]
    if rows:
        yield Table(_HEAD, tuple(tuple((cell,) for cell in row) for row in rows))
    else:
        yield Line(("No run in any circumstance is recorded.",))


def _rows(context: Context, point: Point) -> Iterator[tuple[str, ...]]:
    recorded = circumstances(context.evidence.root, target_of(context, point))
    if not recorded:
        return
    digest = whole(context.plan(point))
    title = context.catalog.systems[point.system].version.title
    for one in recorded:
        yield title, point.shell, *_row(one, stale=one.digest != digest)


def _row(one: CircumstanceRun, stale: bool) -> tuple[str, ...]:
    return (
        one.title,
        f"{one.outcome}; the steps have changed since" if stale else one.outcome,
        one.when,
        f"{one.seconds / 60:.1f}",
        f"{one.memory} MiB ({one.measured})" if one.memory else "not measured",
        "; ".join(one.compared),
    )
