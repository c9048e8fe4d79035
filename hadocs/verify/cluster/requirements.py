"""What a machine needs before it can carry a cluster."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.pulled import ENGINES
from hadocs.verify.cluster.recipe import Bootstrap, Pull, recipe

#: Programs, each with the package that Debian and its relatives have it in.
_PROGRAMS = {
    "runc": "runc",
    "tini": "tini",
    "ip": "iproute2",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "flock": "util-linux",
}


#: What makes an image, by the kind of its base; one program of each group is enough.
_MAKERS: Mapping[type[Bootstrap | Pull], tuple[tuple[str, ...], ...]] = {
    Bootstrap: (("mmdebstrap",), ("apt-get",), ("apt-ftparchive",)),
    Pull: (ENGINES, ("tar",)),
}


def requirements(image: str) -> tuple[str, ...]:
    """What this machine lacks, in words; empty when a cluster of *image* can start."""
    lacking = [
        f"program {program} (package {package})"
        for program, package in _PROGRAMS.items()
        if not shutil.which(program)
    ]
    lacking += [
        f"program {' or '.join(programs)}"
        for programs in _MAKERS[type(recipe(image).base)]
        if not any(map(shutil.which, programs))
    ]
    if os.geteuid() != 0:
        lacking.append("root: namespaces, overlays and bridges are made")
    filesystems = Path("/proc/filesystems").read_text().split()
    lacking += [f"file system {kind}" for kind in ("overlay", "cgroup2") if kind not in filesystems]
    return tuple(lacking)


def required(image: str) -> None:
    """Say at once all that this machine lacks, before anything is built or started."""
    if lacking := requirements(image):
        raise ClusterError("this machine cannot carry a cluster; it lacks", lacking)
