"""A test cluster: nodes that start from one image, in a lab of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from hadocs.verify.cluster import disk, nodes, process
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.lab import Lab
from hadocs.verify.cluster.machine import Machine
from hadocs.verify.cluster.topology import Topology
from hadocs.verify.runner import Result

_T = TypeVar("_T")


@dataclass(frozen=True)
class NodeStatus:
    """What is known of a node from outside."""

    name: str
    address: str
    power: nodes.Power
    pulled: bool


@dataclass(frozen=True)
class Cluster:
    """A cluster of this machine, found again by the name of its lab. It is a Runner."""

    lab: Lab
    topology: Topology
    image: Path

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes, in the order in which they were given."""
        return tuple(node.name for node in self.topology.nodes)

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        """Run bash *text* as root on *node*."""
        return nodes.run(self.lab, self._machine(node), text, stdin=stdin, timeout=timeout)

    def copy(self, node: str, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file on *node*, its folders included."""
        nodes.copy(self.lab, self._machine(node), path, data, mode)

    def shell(self, node: str) -> tuple[str, ...]:
        """The command of this machine that is an interactive shell on *node*."""
        return nodes.shell(self.lab, self._machine(node))

    def fetch(self, node: str, path: str) -> bytes:
        """The content of a file on *node*."""
        return nodes.fetch(self.lab, self._machine(node), path)

    def logs(self, node: str, lines: int) -> Result:
        """The last *lines* of the journal of *node*, of earlier starts too."""
        return self.run(node, f"journalctl --no-pager --lines={lines}", timeout=30)

    def in_lab(self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float) -> Result:
        """Run *argv* beside the nodes: in their network, on this machine's file system."""
        return self.lab.run(argv, stdin=stdin, timeout=timeout)

    def follow(self, argv: Sequence[str], heard: Callable[[str], None], *, timeout: float) -> int:
        """Run *argv* beside the nodes; *heard* gets each line as it is printed."""
        return process.follow(self.lab.argv(argv), heard, timeout=timeout)

    def authorize(self, node: str, public_key: str) -> None:
        """Let the owner of *public_key* in as root by ssh, and have sshd answer."""
        nodes.authorize(self.lab, self._machine(node), public_key)

    def status(self) -> tuple[NodeStatus, ...]:
        """The power and the cable of every node."""
        return tuple(
            NodeStatus(m.node.name, m.node.address, nodes.power(self.lab, m),
                       nodes.pulled(self.lab, m))
            for m in self.machines()
        )  # fmt: skip

    def power_off(self, *names: str) -> None:
        """Power off at once; here and below no name means all nodes."""
        self.each(nodes.switch_off, names)

    def shut_down(self, *names: str) -> None:
        """Let the systems stop their services first."""
        self.each(nodes.shut_down, names)

    def power_on(self, *names: str) -> None:
        """Power on and wait for the systems."""
        self.each(nodes.switch_on, names)

    def reboot(self, *names: str) -> None:
        """Power off and on again, without asking the system."""
        self.power_off(*names)
        self.power_on(*names)

    def cut_off(self, *names: str) -> None:
        """Pull the network cables, until they are plugged in by reconnect."""
        self.each(nodes.pull, names)

    def reconnect(self, *names: str) -> None:
        """Plug the network cables in."""
        self.each(nodes.plug, names)

    def pause(self, *names: str) -> None:
        """Stop all processes where they stand."""
        self.each(nodes.pause, names)

    def unpause(self, *names: str) -> None:
        """Let the processes go on."""
        self.each(nodes.unpause, names)

    def fill_disk(self, *names: str) -> None:
        """Leave no free block on the disks, until they are freed by free_disk."""
        self.each(disk.fill, names)

    def free_disk(self, *names: str) -> None:
        """Give the disks their own size again."""
        self.each(disk.free, names)

    def reinstall(self, *names: str) -> None:
        """A new disk with a fresh system, as after a replaced machine."""
        self.power_off(*names)
        self.each(self.install, names)
        self.power_on(*names)

    def checkpoint(self, name: str) -> None:
        """Keep the disks of all nodes as *name*; they are shut down and started again."""
        disk.fit(name)
        self.shut_down()
        self.each(partial(disk.keep, checkpoint=name), ())
        self.power_on()

    def checkpoints(self) -> tuple[str, ...]:
        """The names of the checkpoints that can be restored."""
        return disk.checkpoints(self.lab)

    def restore(self, name: str) -> None:
        """Bring all nodes back to the disks of checkpoint *name*, and start them."""
        disk.known(self.lab, name)
        self.power_off()
        self.each(partial(disk.bring_back, checkpoint=name), ())
        self.power_on()

    def down(self) -> None:
        """End the nodes and their lab; nothing of them is kept."""
        self.lab.down()

    def install(self, lab: Lab, machine: Machine) -> None:
        """Give *machine*, which is off, a new disk."""
        disk.install(lab, machine, self.image, self.topology.hosts)

    def machines(self, names: Iterable[str] = ()) -> tuple[Machine, ...]:
        """The machines called *names*; all of them when none is named."""
        known = {
            node.name: Machine(node, number)
            for number, node in enumerate(self.topology.nodes, start=1)
        }
        return tuple(known[self._known(name)] for name in names or known)

    def _machine(self, name: str) -> Machine:
        return self.machines((name,))[0]

    def _known(self, name: str) -> str:
        if name not in self.nodes:
            raise ClusterError(f"no node {name!r}", [f"known: {', '.join(self.nodes)}"])
        return name

    def each(self, act: Callable[[Lab, Machine], _T], names: Iterable[str]) -> tuple[_T, ...]:
        """Do *act* to machines at the same time."""
        with ThreadPoolExecutor() as pool:
            return tuple(pool.map(partial(act, self.lab), self.machines(names)))
