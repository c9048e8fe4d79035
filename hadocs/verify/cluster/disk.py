"""The disks of nodes: stacked layers, so that a state can be kept and brought back.

The lowest layer is the image; each checkpoint turns what was written since into a layer.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.lab import Lab
from hadocs.verify.cluster.machine import Machine

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CHECKPOINTS = Path("/run/hadocs/checkpoints")


#: A node's disk is in memory; this is the most of it that one may take.
_SIZE = "80%"
_LIMIT = 20.0
_TRIES = 10


def make(lab: Lab, machine: Machine) -> None:
    """The disk of *machine*: a file system of its own, for all its layers."""
    lab.path(machine.folder).mkdir(parents=True)
    argv = ["mount", "-t", "tmpfs", "-o", f"mode=755,size={_SIZE}", machine.node.name,
            str(machine.folder)]  # fmt: skip
    lab.must(argv, f"cannot make the disk of {machine.node.name}", timeout=_LIMIT)


def fill(lab: Lab, machine: Machine) -> None:
    """Leave no free block, as if the disk were as small as what is on it."""
    for _ in range(_TRIES):
        # Refused where more has been written in the meantime.
        if lab.run(_resize(machine, str(used(lab, machine))), timeout=_LIMIT).ok:
            return
    raise ClusterError(f"cannot fill the disk of {machine.node.name}")


def free(lab: Lab, machine: Machine) -> None:
    """The disk has its own size again."""
    lab.must(_resize(machine, _SIZE), f"cannot free the disk of {machine.node.name}",
             timeout=_LIMIT)  # fmt: skip


def used(lab: Lab, machine: Machine) -> int:
    """Bytes that are on the disk, with all its layers."""
    disk = os.statvfs(lab.path(machine.folder))
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def _resize(machine: Machine, size: str) -> tuple[str, ...]:
    return ("mount", "-o", f"remount,size={size}", str(machine.folder))


def install(lab: Lab, machine: Machine, image: Path, hosts: str) -> None:
    """A fresh system: the image, and what an installer writes on it."""
    _stack(lab, machine, str(image))
    etc = lab.path(machine.folder / "upper/etc")
    etc.mkdir()
    (etc / "hostname").write_text(f"{machine.node.name}\n")
    (etc / "hosts").write_text(hosts)


def keep(lab: Lab, machine: Machine, checkpoint: str) -> None:
    """Freeze what *machine* has written as *checkpoint*; it has to be off."""
    folder = lab.path(machine.folder)
    layer = machine.folder / "layers" / str(sum(1 for _ in (folder / "layers").iterdir()))
    (folder / "upper").rename(lab.path(layer))
    lowers = f"{layer}:{(folder / 'lowers').read_text()}"
    kept = _kept(lab, machine, checkpoint)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(lowers)
    _stack(lab, machine, lowers)


def bring_back(lab: Lab, machine: Machine, checkpoint: str) -> None:
    """The disk as it was at *checkpoint*; *machine* has to be off."""
    _stack(lab, machine, _kept(lab, machine, checkpoint).read_text())


def known(lab: Lab, checkpoint: str) -> None:
    """Refuse a *checkpoint* that does not exist, before anything is powered off for it."""
    if checkpoint not in (names := checkpoints(lab)):
        raise ClusterError(
            f"no checkpoint {checkpoint!r}", [f"known: {', '.join(names) or 'none'}"]
        )


def fit(checkpoint: str) -> None:
    """Refuse a name that cannot be one folder's."""
    if not _NAME.fullmatch(checkpoint):
        raise ClusterError(f"{checkpoint!r} is no name for a checkpoint")


def checkpoints(lab: Lab) -> tuple[str, ...]:
    """The names of the states that can be brought back."""
    folder = lab.path(_CHECKPOINTS)
    return tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()


def _kept(lab: Lab, machine: Machine, checkpoint: str) -> Path:
    return lab.path(_CHECKPOINTS / checkpoint / machine.node.name)


def _stack(lab: Lab, machine: Machine, lowers: str) -> None:
    """Nothing written yet on *lowers*."""
    folder = lab.path(machine.folder)
    for name in ("upper", "work"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("upper", "work", "root", "layers"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "lowers").write_text(lowers)
