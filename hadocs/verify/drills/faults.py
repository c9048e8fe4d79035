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
    """Give every node its disk, its cable and its power again, whatever was done.

    All of it is tried; the first error is raised at the end.
    """
    nodes, errors = cluster.status(), []
    for mend, names in (
        (cluster.free_disk, cluster.nodes),
        (cluster.unpause, [node.name for node in nodes if node.power is Power.PAUSED]),
        (cluster.reconnect, [node.name for node in nodes if node.pulled]),
        (cluster.power_on, [node.name for node in nodes if node.power is Power.OFF]),
    ):
        try:
            if names:
                mend(*names)
        except ClusterError as error:
            errors.append(error)
    if errors:
        raise errors[0]


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
