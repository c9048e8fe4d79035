"""What evidence keeps of runs: each step that was executed, and a whole run as one."""

from __future__ import annotations

from collections.abc import Callable

from hadocs.evidence import CircumstanceRun, Record, digests_of, whole
from hadocs.plan.model import Plan
from hadocs.verify.driving import Runs
from hadocs.verify.events import node_run
from hadocs.verify.memory import Peak


def records(
    plan: Plan,
    first: Runs,
    second: Runs,
    secrets: tuple[str, ...],
    today: str,
    versions: Callable[[str], tuple[tuple[str, str], ...]],
    circumstance: str = "",
) -> tuple[Record, ...]:
    """A record of each step that the *first* run came to; *versions* of packages by component."""
    target, found = plan.target, []
    for step, digest in digests_of(plan).items():
        runs = tuple(
            node_run(node, run[step], second.get(node, {}).get(step), secrets)
            for node, run in first.items()
            if step in run
        )
        if runs:
            of = versions(step.partition("/")[0])
            found.append(
                Record(step, digest, today, target.site, target.ways, of, runs, circumstance)
            )
    return tuple(found)


def circumstance_run(
    plan: Plan,
    name: str,
    title: str,
    today: str,
    *,
    held: bool,
    seconds: float,
    compared: tuple[str, ...],
    peak: Peak,
) -> CircumstanceRun:
    """A run of the whole *plan* in a circumstance."""
    return CircumstanceRun(
        name=name, title=title, digest=whole(plan), when=today,
        site=plan.target.site, ways=plan.target.ways,
        outcome="held" if held else "failed", seconds=int(seconds),
        compared=compared, memory=peak.mib, measured=peak.how,
    )  # fmt: skip
