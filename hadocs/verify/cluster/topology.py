"""The machines of a cluster and the addresses they have."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from hadocs.spec.conf import SiteSpec
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
        if wrong := tuple(self._wrong()):
            raise ClusterError("the cluster cannot be laid out", wrong)

    def _wrong(self) -> Iterator[str]:
        every = (*self.nodes, *self.names, self.lab)
        network = ipaddress.ip_network(self.network)
        for host in every:
            if not _NAME.fullmatch(host.name):
                yield f"{host.name!r} is no host name"
            try:
                inside = ipaddress.ip_address(host.address) in network
            except ValueError:
                inside = False
            if not inside:
                yield f"{host.name}: {host.address!r} is no address in {network}"
        machines = (*self.nodes, self.lab)
        if len({host.name for host in every}) < len(every):
            yield "a name stands twice"
        if len({host.address for host in machines}) < len(machines):
            yield "two machines have one address"
        if not self.nodes:
            yield "no node"

    @property
    def prefix(self) -> int:
        """The length of the network's prefix, which every address is written with."""
        return ipaddress.ip_network(self.network).prefixlen

    @property
    def hosts(self) -> str:
        """The text of a node's hosts file."""
        entries = (*self.nodes, *self.names, self.lab)
        return "127.0.0.1 localhost\n" + "".join(
            f"{host.address} {host.name}\n" for host in entries
        )


def of_site(site: SiteSpec) -> Topology:
    """The machines of a site; the lab has the first address of its network."""
    network = ipaddress.ip_network(site.network.cidr)
    return Topology(
        nodes=tuple(Host(node.name, node.address) for node in site.nodes),
        names=(Host(site.vip.name, site.vip.address),),
        network=str(network),
        lab=Host("lab", str(next(iter(network.hosts())))),
    )


def three_controllers() -> Topology:
    """The cluster to try things on: three controllers and the name of a virtual address."""
    return Topology(
        nodes=tuple(Host(f"controller{n}", f"10.77.0.1{n}") for n in (1, 2, 3)),
        names=(Host("controller", "10.77.0.10"),),
    )
