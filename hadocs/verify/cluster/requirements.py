"""What a machine needs before it can carry a cluster."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from hadocs.verify.cluster.error import ClusterError

#: Programs, each with the package that Debian and its relatives have it in.
_PROGRAMS = {
    "runc": "runc",
    "tini": "tini",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "apt-get": "apt",
    "apt-ftparchive": "apt-utils",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "flock": "util-linux",
}


def requirements() -> tuple[str, ...]:
    """What this machine lacks, in words; empty when a cluster can start."""
    lacking = [
        f"program {program} (package {package})"
        for program, package in _PROGRAMS.items()
        if not shutil.which(program)
    ]
    if os.geteuid() != 0:
        lacking.append("root: namespaces, overlays and bridges are made")
    filesystems = Path("/proc/filesystems").read_text().split()
    lacking += [f"file system {kind}" for kind in ("overlay", "cgroup2") if kind not in filesystems]
    return tuple(lacking)


def required() -> None:
    """Say at once all that this machine lacks, before anything is built or started."""
    if lacking := requirements():
        raise ClusterError("this machine cannot carry a cluster; it lacks", lacking)
