"""What clients wrote before something happened to a cluster, looked for after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hadocs.plan.drills import Probe, probe
from hadocs.plan.frame import Frame
from hadocs.plan.order import present
from hadocs.plan.resolve import Setting
from hadocs.verify.cluster import Cluster
from hadocs.verify.drills.clients import Client, all_steady, each


@dataclass(frozen=True)
class Kept:
    """Clients that have written, and write no more."""

    clients: tuple[Client, ...]

    def lost(self) -> Iterator[str]:
        """What of each client's confirmed writes is not there any more; the rest is removed."""
        for client in self.clients:
            tried, there = client.counted()
            confirmed = {one.number for one in tried if one.confirmed}
            if missing := confirmed - {*(there or ())}:
                said = f"{len(missing)} of {len(confirmed)} confirmed writes are lost"
                yield f"{client.probe.node}: the probe {client.probe.id}: {said}"
        each(self.clients, Client.remove)


def written(setting: Setting, cluster: Cluster, node: str) -> Kept:
    """Every client that can count, after some confirmed writes from *node*."""
    clients = tuple(Client(cluster, one) for one in _counting(setting, node))
    each(clients, Client.start)
    all_steady(clients)
    each(clients, Client.stop)
    return Kept(clients)


def _counting(setting: Setting, node: str) -> Iterator[Probe]:
    frame = Frame(setting.catalog, setting.site, setting.point)
    for component in present(setting.catalog, setting.point).values():
        for name, spec in component.spec.probes.items():
            if spec.count is not None:
                yield probe(frame, component, name, node)
