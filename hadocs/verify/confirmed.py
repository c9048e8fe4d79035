"""What clients were told is written before something happened to a cluster, looked for after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hadocs.plan.drills import Probe, probe
from hadocs.plan.frame import Frame
from hadocs.plan.order import present
from hadocs.plan.resolve import Setting
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.drills.clients import Client, all_steady, each


@dataclass(frozen=True)
class Confirmed:
    """Clients that have written, and write no more."""

    clients: tuple[Client, ...]

    def lost(self) -> Iterator[str]:
        """What of each client's confirmed writes is not there any more; all is removed then."""
        try:
            for client in self.clients:
                yield from _lost(client)
        finally:
            each(self.clients, Client.remove)


def confirmed(setting: Setting, cluster: Cluster, node: str) -> Confirmed:
    """Every client that can count, after some confirmed writes from *node*."""
    clients = tuple(Client(cluster, one) for one in _counting(setting, node))
    try:
        each(clients, Client.start)
        all_steady(clients)
        each(clients, Client.stop)
    except BaseException:
        each(clients, Client.remove)
        raise
    return Confirmed(clients)


def _lost(client: Client) -> Iterator[str]:
    """A client that cannot count may have lost everything."""
    try:
        tried, there = client.counted()
    except ClusterError as error:
        yield str(error)
        return
    told = {one.number for one in tried if one.confirmed}
    if missing := told - {*(there or ())}:
        said = f"{len(missing)} of {len(told)} confirmed writes are lost"
        yield f"{client.probe.node}: the probe {client.probe.id}: {said}"


def _counting(setting: Setting, node: str) -> Iterator[Probe]:
    frame = Frame(setting.catalog, setting.site, setting.point)
    for component in present(setting.catalog, setting.point).values():
        for name, spec in component.spec.probes.items():
            if spec.count is not None:
                yield probe(frame, component, name, node)
