"""What a spec claims of a service that Pacemaker keeps, and which failures break it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hadocs.problems import Location

#: Roles in which a resource does its work, or stands by with its data.
_RUNS = frozenset({"Started", "Promoted", "Unpromoted"})


@dataclass(frozen=True)
class Event:
    """Nodes that are *lost*, with or without the majority; or a resource that *failed* on a node.

    Without either it is the start of all nodes.
    """

    lost: tuple[str, ...] = ()
    quorum: bool = True
    failed: str = ""
    node: str = ""
    starts: bool = True

    def __str__(self) -> str:
        if self.failed:
            again = "" if self.starts else " and does not start there again"
            return f"{self.failed} fails on {self.node}{again}"
        if not self.lost:
            return "all nodes start" if self.quorum else "the majority is lost"
        without = "" if self.quorum else ", and the majority with them"
        verb = "is" if len(self.lost) == 1 else "are"
        return f"{' and '.join(self.lost)} {verb} lost{without}"


@dataclass(frozen=True)
class Played:
    """Where each resource is after *event*, by node with its role, and which nodes were fenced."""

    event: Event
    placed: Mapping[str, Mapping[str, str]]
    fenced: tuple[str, ...]

    def nodes(self, resource: str) -> frozenset[str]:
        """The nodes on which *resource* runs."""
        placed = self.placed.get(resource, {})
        return frozenset(node for node, role in placed.items() if role in _RUNS)


@dataclass(frozen=True)
class Claim:
    """The *resource* of a service runs on each of *nodes* or on exactly one, *beside* others."""

    service: str
    resource: str
    everywhere: bool
    beside: tuple[str, ...]
    nodes: tuple[str, ...]
    where: Location


def losses(nodes: Sequence[str], voters: int) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Nodes that are lost together, and whether the others have the majority of *voters* then.

    Each node alone, all but each one, and the majority by the network alone.
    """
    if len(nodes) < 2:
        return
    for node in nodes:
        yield (node,), (voters - 1) * 2 > voters
    if len(nodes) > 2:
        for node in nodes:
            lost = tuple(other for other in nodes if other != node)
            yield lost, (voters - len(lost)) * 2 > voters
    yield (), False


def broken(claim: Claim, played: Played) -> Iterator[str]:
    """What is not as claimed after the event, in words that follow the service's name."""
    event = played.event
    on = played.nodes(claim.resource) - set(event.lost)
    if not event.quorum:
        if on:
            yield f"still runs on {_listed(on)}"
        return
    if unfenced := sorted({*event.lost} - {*played.fenced}):
        yield f"goes on although {_listed(unfenced)} was not fenced"
    yield from _misplaced(claim, event, on)
    for other in claim.beside:
        if apart := on - played.nodes(other):
            yield f"runs on {_listed(apart)}, where {other!r} does not"


def _misplaced(claim: Claim, event: Event, on: frozenset[str]) -> Iterator[str]:
    stopped = event.failed in (claim.resource, *claim.beside) and not event.starts
    unfit = {event.node} if stopped else set()
    may = set(claim.nodes) - set(event.lost) - unfit
    if claim.everywhere and on != may:
        yield f"runs on {_listed(on)}, not on {_listed(may)}"
    elif not claim.everywhere and may and (len(on) != 1 or not on <= may):
        yield f"runs on {_listed(on)}, not on exactly one of {_listed(may)}"


def _listed(nodes: Iterable[str]) -> str:
    return ", ".join(sorted(nodes)) or "no node"
