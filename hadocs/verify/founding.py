"""Which steps make what may exist once in a whole cluster, and which of them a run did."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.plan.actions import Nothing
from hadocs.plan.model import Guard, Plan, Step
from hadocs.verify.driving import Runs


def founding(plan: Plan) -> Iterator[tuple[int, str, str]]:
    """Number, item and node of each turn that makes what may exist once in the whole cluster."""
    for number, turn in enumerate(plan.turns(), start=1):
        if isinstance(turn.item, Step):
            for node in turn.nodes:
                deed = turn.item.deeds[node]
                if _founds(deed.guard) and not isinstance(deed.action, Nothing):
                    yield number, turn.item.id, node


def founded(plan: Plan, runs: Runs) -> Iterator[str]:
    """Steps that founded something in a run where everything existed."""
    did = set(done(runs))
    yield from (
        f"{node}: {item} founded it again" for _, item, node in founding(plan) if item in did
    )


def done(runs: Runs) -> Iterator[str]:
    """The items whose action some node did, once for each node."""
    for run in runs.values():
        yield from (item for item, one in run.items() if one.outcome == "done")


def _founds(guard: Guard | None) -> bool:
    return guard is not None and len(guard.asked) > 1 and guard.skip_if_holds and not guard.every
