"""Lays out a cluster in a lab, and finds one that was laid out before."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from hadocs.verify.cluster import disk, power
from hadocs.verify.cluster.bundle import config
from hadocs.verify.cluster.cache import default_cache
from hadocs.verify.cluster.cluster import Cluster
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.image import image
from hadocs.verify.cluster.lab import Lab
from hadocs.verify.cluster.machine import BRIDGE, NODES, Machine
from hadocs.verify.cluster.recipe import Pull, recipe
from hadocs.verify.cluster.repository import repository
from hadocs.verify.cluster.requirements import required
from hadocs.verify.cluster.topology import Host, Topology

_RECORD = Path("/run/hadocs/cluster.json")
_LIMIT = 20.0

# Its own bridge with no way out: nothing routes, nothing but the nodes is plugged in.
_NETWORK = """
set -e
ip link add "$1" address 02:00:00:00:00:01 type bridge
ip address add "$2" dev "$1"
ip link set "$1" up
echo 0 > /proc/sys/net/ipv4/ip_forward
"""


def up(
    topology: Topology, lab: str, image_name: str, cache: Path | None = None, reference: str = ""
) -> Cluster:
    """Start *topology* in the lab called *lab*; a cluster that is there is replaced.

    *reference* names a container image, for the images that are made from one.
    """
    required(image_name)
    made_of, folder = recipe(image_name), cache or default_cache()
    base = image(made_of, reference if isinstance(made_of.base, Pull) else "", folder)
    cluster = Cluster(Lab(lab), topology, base)
    packages = repository(made_of, base, folder)
    try:
        cluster.lab.up()
        _lay_out(cluster, packages)
        cluster.power_on()
    except BaseException:
        cluster.down()
        raise
    return cluster


def found(lab: str) -> Cluster:
    """The running cluster in the lab called *lab*."""
    place = Lab(lab)
    if not place.running:
        raise ClusterError(f"no cluster runs in lab {lab!r}", ["start one with: hadocs cluster up"])
    record = json.loads(place.path(_RECORD).read_text())
    laid_out = record["topology"]
    topology = Topology(
        nodes=tuple(Host(**host) for host in laid_out["nodes"]),
        names=tuple(Host(**host) for host in laid_out["names"]),
        network=laid_out["network"],
        lab=Host(**laid_out["lab"]),
    )
    return Cluster(place, topology, Path(record["image"]))


def down(lab: str) -> None:
    """Remove the cluster in the lab called *lab*, whatever state it is in."""
    Lab(lab).down()


def _lay_out(cluster: Cluster, packages: Path) -> None:
    lab, topology = cluster.lab, cluster.topology
    address = f"{topology.lab.address}/{topology.prefix}"
    lab.must(["sh", "-c", _NETWORK, "sh", BRIDGE, address], "cannot make the nodes' network",
             timeout=_LIMIT)  # fmt: skip
    for machine in cluster.machines():
        _place(cluster, machine, packages)
        cluster.install(lab, machine)
    lab.path(_RECORD).write_text(
        json.dumps({"topology": asdict(topology), "image": str(cluster.image)})
    )
    switch = [sys.executable, "-I", power.__file__, topology.lab.address, str(NODES)]
    lab.start([*switch, *cluster.nodes], _RECORD.with_name("power.log"))


def _place(cluster: Cluster, machine: Machine, packages: Path) -> None:
    disk.make(cluster.lab, machine)
    folder = cluster.lab.path(machine.folder)
    (folder / "power").touch()
    (folder / "config.json").write_text(config(machine.node, packages, machine.plug))
    for path, text in machine.scripts(cluster.topology.prefix).items():
        script = cluster.lab.path(path)
        script.write_text(text)
        script.chmod(0o755)
