"""The machines of a cluster and the addresses they have."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from hadocs.verify.cluster.error import ClusterError

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Host:
    """A name and its address: a node, or only an entry in the nodes' hosts file."""

    name: str
    address: str


@dataclass(frozen=True)
class Topology:
    """*nodes* are machines; *names* are other hosts entries, such as the virtual address.

    The lab itself has *lab*, where the power switch answers.
    """

    nodes: tuple[Host, ...]
    names: tuple[Host, ...] = ()
    network: str = "10.77.0.0/24"
    lab: Host = Host("lab", "10.77.0.1")

    def __post_init__(self) -> None:
        every = (*self.nodes, *self.names, self.lab)
        network = ipaddress.ip_network(self.network)
        wrong = [f"{host.name} is no host name" for host in every if not _NAME.fullmatch(host.name)]
        wrong += [
            f"{host.address} is not in {network}"
            for host in every
            if ipaddress.ip_address(host.address) not in network
        ]
        if len({host.name for host in every}) < len(every):
            wrong.append("a name stands twice")
        if len({host.address for host in (*self.nodes, self.lab)}) <= len(self.nodes):
            wrong.append("an address stands twice")
        if not self.nodes:
            wrong.append("no node")
        if wrong:
            raise ClusterError("the cluster cannot be laid out", wrong)

    @property
    def prefix(self) -> int:
        return ipaddress.ip_network(self.network).prefixlen

    @property
    def hosts(self) -> str:
        """The text of a node's hosts file."""
        entries = (*self.nodes, *self.names, self.lab)
        return "127.0.0.1 localhost\n" + "".join(f"{host.address} {host.name}\n" for host in entries)


def three_controllers() -> Topology:
    """The cluster to try things on: three controllers and the name of a virtual address."""
    return Topology(
        nodes=tuple(Host(f"controller{n}", f"10.77.0.1{n}") for n in (1, 2, 3)),
        names=(Host("controller", "10.77.0.10"),),
    )
