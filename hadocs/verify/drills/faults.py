"""What a drill does to a machine from outside, and how all of it is undone."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from hadocs.plan.actions import Fault
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.cluster.nodes import Power

_LIMIT = 30.0


def cause(cluster: Cluster, fault: Fault) -> None:
    """Do the *fault* to its node."""
    _FAULTS[fault.kind](cluster, fault)


def undo(cluster: Cluster) -> None:
    """Give every node its disk, its cable and its power again, whatever was done."""
    cluster.free_disk()
    for node in cluster.status():
        if node.power is Power.PAUSED:
            cluster.unpause(node.name)
        if node.pulled:
            cluster.reconnect(node.name)
        if node.power is Power.OFF:
            cluster.power_on(node.name)


def _kill(cluster: Cluster, fault: Fault) -> None:
    """End all processes of a unit by the kernel, so that it can do nothing before."""
    unit = shlex.quote(fault.what)
    done = cluster.run(fault.node, f"systemctl kill --signal=KILL {unit}", timeout=_LIMIT)
    if not done.ok:
        raise ClusterError(f"{fault.node}: cannot kill {fault.what}", done.stderr.splitlines()[-5:])


_FAULTS: Mapping[str, Callable[[Cluster, Fault], None]] = {
    "power_off": lambda cluster, fault: cluster.power_off(fault.node),
    "power_on": lambda cluster, fault: cluster.power_on(fault.node),
    "cut": lambda cluster, fault: cluster.cut_off(fault.node),
    "plug": lambda cluster, fault: cluster.reconnect(fault.node),
    "pause": lambda cluster, fault: cluster.pause(fault.node),
    "unpause": lambda cluster, fault: cluster.unpause(fault.node),
    "kill": _kill,
    "fill_disk": lambda cluster, fault: cluster.fill_disk(fault.node),
    "free_disk": lambda cluster, fault: cluster.free_disk(fault.node),
}
