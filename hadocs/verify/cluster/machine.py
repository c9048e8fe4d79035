"""One machine of a lab as a folder: its disk layers, its power and its plug.

Every path here is the lab's. The scripts are shell because they run where only the lab is, and
because three readers start them: this program, the power switch and the runtime.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hadocs.verify.cluster.topology import Host

BRIDGE = "mgmt"
NODES = Path("/run/hadocs/nodes")
_RUNTIME = ("runc", "--root=/run/hadocs/runc")

# The lock is the power: held while the machine runs. A machine whose system asked for a reboot
# is started again, as the kernel says by SIGHUP (128 + 1). Its disk is there while it runs.
_RUN = """#!/bin/sh
cd {folder} || exit 1
exec 9> power
flock --timeout 2 9 || exit 0
while
    mountpoint --quiet root ||
        mount -t overlay {name} -o "lowerdir=$(cat lowers),upperdir=upper,workdir=work" root ||
        exit 1
    {runtime} delete --force {name} 2> /dev/null
    {runtime} run --bundle . {name} < /dev/null > console 2>&1 9>&-
    [ $? = 129 ]
do :; done
umount root
"""

# First *signal* with *seconds* to obey, then no mercy. Then the cable goes first: the kernel would
# close the connections of processes that it ends, and a machine without power says nothing.
_OFF = """#!/bin/sh
cd {folder} || exit 1
if [ $# = 2 ]; then
    {runtime} kill {name} "$1" 2> /dev/null
    flock --timeout "$2" power true && exit
fi
ip link set {port} down 2> /dev/null
for _ in $(seq 50); do
    {runtime} kill {name} KILL 2> /dev/null
    flock --timeout 0.2 power true && exit
done
echo "{name} is still on" >&2
exit 1
"""

# A cable that was pulled stays pulled over a reboot.
_PLUG = """#!/bin/sh
set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin
pid=$(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p')
ip link delete {port} 2> /dev/null || true
ip link add {port} type veth peer name eth0 address {mac} netns "$pid"
ip link set {port} master {bridge}
[ -e {folder}/pulled ] || ip link set {port} up
nsenter --target="$pid" --net sh -c '
    ip link set lo up
    ip address add {address}/{prefix} dev eth0
    ip link set eth0 up'
"""


@dataclass(frozen=True)
class Machine:
    """A node's place in the lab; *number* makes the name of its port on the bridge."""

    node: Host
    number: int

    @property
    def folder(self) -> Path:
        """Where its scripts, state and disk are."""
        return NODES / self.node.name

    @property
    def port(self) -> str:
        """Its end of the cable, on the lab's bridge."""
        return f"port{self.number}"

    @property
    def mac(self) -> str:
        """An address of its network card that a reboot does not change, as neighbours expect."""
        return "02:00:" + ipaddress.ip_address(self.node.address).packed.hex(":")

    @property
    def run(self) -> Path:
        """The script that is the machine while it is on."""
        return self.folder / "run"

    @property
    def off(self) -> Path:
        """The script that powers it off."""
        return self.folder / "off"

    @property
    def plug(self) -> Path:
        """The hook that connects it to the network when it starts."""
        return self.folder / "plug"

    @property
    def cgroup(self) -> Path:
        """The cgroup of all its processes, as the lab sees it."""
        return Path("/sys/fs/cgroup/nodes") / self.node.name

    def scripts(self, prefix: int) -> Mapping[Path, str]:
        """The texts of its scripts; *prefix* is the length of the network's prefix."""
        words = {
            "folder": self.folder,
            "name": self.node.name,
            "runtime": " ".join(_RUNTIME),
            "port": self.port,
            "bridge": BRIDGE,
            "address": self.node.address,
            "mac": self.mac,
            "prefix": prefix,
        }
        return {
            self.run: _RUN.format(**words),
            self.off: _OFF.format(**words),
            self.plug: _PLUG.format(**words),
        }

    def runtime(self, command: str, *arguments: str) -> tuple[str, ...]:
        """A command of the container runtime, for the lab."""
        return (*_RUNTIME, command, *arguments)
