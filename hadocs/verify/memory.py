"""How much memory the nodes of a lab need at most, disks included: they are in memory too."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hadocs.verify.cluster import Cluster, ClusterError, disk

_INTERVAL = 3.0
_OF_CGROUP = ("memory.peak", "memory.current")
_PROCESSES = "proportional memory of processes and disks, sampled; the kernel has no memory.peak"
_MIB = 1024 * 1024


@dataclass
class Peak:
    """The most that was seen, in MiB, and *how* it was measured."""

    mib: int = 0
    how: str = ""


@contextlib.contextmanager
def sampled(cluster: Cluster) -> Iterator[Peak]:
    """The peak of *cluster* while the context lasts."""
    peak, ended = Peak(), threading.Event()
    how = next((name for name in _OF_CGROUP if _has(cluster, name)), "")
    peak.how = how or _PROCESSES

    def look() -> None:
        while not ended.wait(_INTERVAL):
            # Nodes and their processes come and go while they are counted.
            with contextlib.suppress(OSError, ValueError, ClusterError):
                peak.mib = max(peak.mib, _used(cluster, how) // _MIB)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _has(cluster: Cluster, name: str) -> bool:
    return all((cgroup / name).is_file() for cgroup in _cgroups(cluster))


def _used(cluster: Cluster, how: str) -> int:
    if how:
        return sum(int((cgroup / how).read_text()) for cgroup in _cgroups(cluster))
    used = sum(disk.used(cluster.lab, machine) for machine in cluster.machines())
    return used + sum(_of_processes(cgroup) for cgroup in _cgroups(cluster))


def _cgroups(cluster: Cluster) -> Iterator[Path]:
    for machine in cluster.machines():
        yield cluster.lab.path(machine.cgroup)


def _of_processes(cgroup: Path) -> int:
    """Bytes of all processes; what several share is divided among them."""
    total = 0
    for procs in cgroup.rglob("cgroup.procs"):
        with contextlib.suppress(OSError):
            for pid in procs.read_text().split():
                total += _of_process(pid)
    return total


def _of_process(pid: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
