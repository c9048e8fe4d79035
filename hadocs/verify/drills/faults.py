"""What a drill does to a machine from outside, and how all of it is undone."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from functools import partial

from hadocs.plan.actions import Fault
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.cluster.nodes import Power

_LIMIT = 30.0
_STATES = "systemctl show --property=Id --property=FreezerState '*.service'"


def cause(cluster: Cluster, fault: Fault) -> None:
    """Do the *fault* to its node."""
    _FAULTS[fault.kind](cluster, fault)


def undo(cluster: Cluster) -> None:
    """Give every node its disk, its units, its cable and its power again, whatever was done.

    All of it is tried; the first error is raised at the end.
    """
    nodes, errors = cluster.status(), []
    for mend, names in (
        (cluster.free_disk, cluster.nodes),
        (cluster.unpause, [node.name for node in nodes if node.power is Power.PAUSED]),
        (partial(_thaw_all, cluster), [node.name for node in nodes if node.power is not Power.OFF]),
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


def _systemctl(words: str, cluster: Cluster, fault: Fault) -> None:
    """Do it to a unit by the kernel, so that the unit can do nothing before."""
    _told(cluster, fault.node, f"systemctl {words} {shlex.quote(fault.what)}",
          f"cannot {fault.kind} {fault.what}")  # fmt: skip


def _thaw_all(cluster: Cluster, *names: str) -> None:
    for name in names:
        shown = _told(cluster, name, _STATES, "cannot tell which of its units are frozen")
        states = (dict(line.split("=", 1) for line in block.splitlines())
                  for block in shown.split("\n\n"))  # fmt: skip
        frozen = [one["Id"] for one in states if one.get("FreezerState") == "frozen"]
        if frozen:
            _told(
                cluster, name, shlex.join(["systemctl", "thaw", *frozen]), "cannot thaw its units"
            )


def _told(cluster: Cluster, node: str, text: str, refused: str) -> str:
    done = cluster.run(node, text, timeout=_LIMIT)
    if not done.ok:
        raise ClusterError(f"{node}: {refused}", done.stderr.splitlines()[-5:])
    return done.stdout


_FAULTS: Mapping[str, Callable[[Cluster, Fault], None]] = {
    "power_off": lambda cluster, fault: cluster.power_off(fault.node),
    "power_on": lambda cluster, fault: cluster.power_on(fault.node),
    "cut": lambda cluster, fault: cluster.cut_off(fault.node),
    "plug": lambda cluster, fault: cluster.reconnect(fault.node),
    "pause": lambda cluster, fault: cluster.pause(fault.node),
    "unpause": lambda cluster, fault: cluster.unpause(fault.node),
    "kill": partial(_systemctl, "kill --signal=KILL"),
    "freeze": partial(_systemctl, "freeze"),
    "thaw": partial(_systemctl, "thaw"),
    "fill_disk": lambda cluster, fault: cluster.fill_disk(fault.node),
    "free_disk": lambda cluster, fault: cluster.free_disk(fault.node),
}
