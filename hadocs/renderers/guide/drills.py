"""What clients saw of each fault, run by run, held against what is claimed."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Iterator

from hadocs.evidence import Account, DrillRecord, DrillRun
from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point
from hadocs.plan.drills import probe_of
from hadocs.renderers.blocks import (
    Badge,
    Badges,
    Block,
    Code,
    Inline,
    Line,
    Link,
    Row,
    Section,
    Strong,
    Table,
    Timeline,
)
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.measurements import (
    Measurement,
    claim,
    lasted,
    measurements,
    resolved,
    sla_of,
)
from hadocs.renderers.guide.variants import Blocks, axes, varied
from hadocs.shell import quoted
from hadocs.spec.component import CheckSpec, StepSpec
from hadocs.spec.task import DrillSpec

_HEAD = (
    "Client", "Outage, worst", "Median", "Each run", "Failed attempts", "Lost",
    "Unknown to the client", "Twice", "Slowest answer",
)  # fmt: skip
_ALL = (
    "Drill", "Component", "Claimed outage", "Source", "Measured, worst", "Failed attempts", "Runs",
    "Lost", "Claim",
)  # fmt: skip
_STALE = "changed since it was measured"
_SAID = {
    "run": "Each attempt, with its number in NUMBER",
    "prepare": "Once, before the first attempt",
    "count": "At the end, the numbers that are there",
    "cleanup": "After all",
}
_OUTAGE = (
    "An outage begins with the end of the last success before it, and ends with the end of the next"
    " one. Where no attempt failed, a wait of less than five periods of the client is none."
)
_LOSS = (
    " Lost is what the client was told to be done and is not there. Unknown to the client is what"
    " is there although the client was not told so."
)
#: What of a timeline is before the fault, in seconds.
_BEFORE = 2.0


def measured_section(context: Context, drill: Loaded[DrillSpec]) -> Section:
    """What clients saw, system by system, with the claim."""
    sla = sla_of(context, drill)
    about: list[Inline] = [Strong("Claimed outage"), " of ", Link("", f"guide/{drill.spec.of[0]}")]
    about.append(f": {claim(sla)}" + (f" (source: {sla.source})." if sla else "."))
    blocks: list[Block] = [Line(tuple(about))]
    for one in measurements(context, drill):
        blocks += _measured(context, drill, one)
    unmeasured = Line((Strong("Measured"), ": unmeasured, since no run is recorded."))
    counts = any(probe_of(context.catalog, one)[1].count for one in drill.spec.clients)
    blocks.append(Line((_OUTAGE + _LOSS * counts,)) if len(blocks) > 1 else unmeasured)
    return Section("measured", "What clients saw", tuple(blocks))


def client_section(context: Context, drill: Loaded[DrillSpec]) -> Section:
    """Who measures, how often, and by which commands."""
    blocks: list[Block] = []
    for index, client in enumerate(drill.spec.clients):
        probe = probe_of(context.catalog, client)[1]
        every, most = (f"{time / 1000:g} s" for time in (probe.every, probe.at_most))
        where = f", from the node that is {client.node}. An attempt begins every {every}, whatever"
        about = f"{where} became of the ones before, and is ended after {most}."
        blocks.append(Line((Strong(probe.title), about)))
        if not context.historic:
            over = axes(context, ways=(), system=True, shell=False)
            blocks += varied(context, over, functools.partial(_commands, context, drill, index))
    return Section("clients", "The clients", tuple(blocks))


def drills(context: Context) -> Iterator[Block]:
    """One row for each drill and each system on which it was run."""
    rows = [row for drill in context.catalog.drills.values() for row in _rows(context, drill)]
    if rows:
        yield Table(_ALL, tuple(rows))
    else:
        yield Line(("There is no drill.",))


def _commands(context: Context, drill: Loaded[DrillSpec], index: int, point: Point) -> Blocks:
    texts, client = resolved(context, drill, point).probes[index].texts, drill.spec.clients[index]
    return tuple(
        Code(quoted(text), "bash", "command", _SAID[key], "#", (client.node,))
        for key, text in texts
    )


def _rows(context: Context, drill: Loaded[DrillSpec]) -> Iterator[tuple[tuple[Inline, ...], ...]]:
    sla, of = sla_of(context, drill), Link("", f"guide/{drill.spec.of[0]}")
    link = Link(drill.spec.title, f"guide/{drill.name}", "measured")
    said = (link,), (of,), (claim(sla),), (sla.source if sla else "–",)
    found = [*measurements(context, drill)]
    for one in found:
        measured = f"{lasted(one.worst)} ({one.where}{f'; {_STALE}' * one.stale})"
        runs = f"{len(one.record.runs)}, {one.cores}"
        yield (*said, (measured,), (one.failed,), (runs,), (one.lost,), (one.kept,))
    if not found:
        yield (*said, ("unmeasured",), ("–",), ("0",), ("–",), ("unmeasured",))


def _measured(context: Context, drill: Loaded[DrillSpec], one: Measurement) -> Iterator[Block]:
    record = one.record
    said, level = (_STALE, "fair") if one.stale else ("measured", "good")
    packages = "; ".join(f"{name} {version}" for name, version in record.packages)
    yield Badges((Badge("evidence", f"{said} on {one.where}, {record.when}", packages, level),))
    load = max(run.load for run in record.runs)
    about = f"Test cluster of containers, {one.cores}, load up to {load:g}, {len(record.runs)} runs"
    loss = (
        ", in their order. What is turned off or fenced there loses its processes, not its power."
    )
    yield Line((about + loss, " Claim: ", Strong(one.kept), "."))
    seen = [
        (probe_of(context.catalog, client)[1].title, record.accounts(client.name))
        for client in drill.spec.clients
    ]
    yield Table(_HEAD, tuple(_row(title, accounts) for title, accounts in seen if accounts))
    for title, accounts in seen:
        if accounts:
            yield _timeline(drill, title, record, accounts)


def _row(title: str, accounts: tuple[Account, ...]) -> tuple[tuple[Inline, ...], ...]:
    outages = [one.outage for one in accounts]
    tried, failed = sum(one.attempts for one in accounts), sum(one.failures for one in accounts)
    counted = all(one.lost >= 0 for one in accounts)
    cells = (
        title,
        lasted(max(outages)),
        lasted(statistics.median(outages)),
        ", ".join(map(lasted, outages)),
        f"{failed} of {tried}",
        *(str(sum(getattr(one, key) for one in accounts)) if counted else "only reads"
          for key in ("lost", "unknown", "duplicated")),
        _slowest(accounts),
    )  # fmt: skip
    return tuple((cell,) for cell in cells)


def _slowest(accounts: tuple[Account, ...]) -> str:
    slowest = max(one.slowest for one in accounts)
    return lasted(slowest) if slowest >= 0 else "not recorded"


def _timeline(
    drill: Loaded[DrillSpec], title: str, record: DrillRecord, accounts: tuple[Account, ...]
) -> Timeline:
    named: tuple[StepSpec | CheckSpec, ...] = (*drill.spec.steps, *drill.spec.checks)
    titles = {f"{drill.name}/{one.id}": one.title for one in named}
    marks = [*dict.fromkeys(id_ for run in record.runs for id_, _ in _events(run))]
    rows = []
    for number, (run, one) in enumerate(zip(record.runs, accounts, strict=True), 1):
        label, events = f"Run {number}, {run.nodes[0][1]}", _events(run)
        gaps = [f"{begin:.1f} s to {end:.1f} s" for begin, end in one.interruptions]
        told = f"no answer from {', '.join(gaps)}" if gaps else "answered all the time"
        also = "".join(f"; {marks.index(id_) + 1} at {at:.1f} s" for id_, at in events)
        said = f"{label}: {told}, of {run.watched:.0f} s after the fault{also}."
        numbered = tuple((at, marks.index(id_) + 1) for id_, at in events)
        rows.append(Row(label, one.interruptions, numbered, said))
    end = max(run.watched for run in record.runs)
    about = f"{title}: when it was answered, in seconds from the fault."
    return Timeline(about, -_BEFORE, end, tuple(rows), tuple(titles.get(one, one) for one in marks))


def _events(run: DrillRun) -> list[tuple[str, float]]:
    """What was done after the first fault, and what was seen to be so, in its order."""
    return sorted((*run.met, *run.faults[1:]), key=lambda event: event[1])
