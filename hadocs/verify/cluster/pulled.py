"""Root file systems and packages from a container image, by the machine's container engine.

The engine only fetches; what is run in the root file system is run in namespaces of its own, with
this machine's network.
"""

from __future__ import annotations

import shlex
import shutil
import tempfile
from pathlib import Path

from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Pull

#: Engines that can fetch an image and give its file system, in the order in which they are tried.
ENGINES = ("podman", "docker")
_LIMIT = 900.0

# $1 is the root file system, $2 shell text, $3 a folder that it sees as /srv/repository. The
# mounts go with the namespace.
_INSIDE = """
set -e
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/run"
mount --rbind /dev "$1/dev"
[ -e "$1/etc/resolv.conf" ] || : > "$1/etc/resolv.conf"
mount --bind "$(readlink -f /etc/resolv.conf)" "$1/etc/resolv.conf"
if [ -n "$3" ]; then
    mkdir -p "$1/srv/repository"
    mount --bind "$3" "$1/srv/repository"
fi
exec chroot "$1" sh -ec "$2"
"""
_CONTAINED = (
    "setpriv", "--pdeathsig", "KILL",
    "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child",
)  # fmt: skip


def root(reference: str, base: Pull, packages: tuple[str, ...], folder: Path) -> None:
    """Fill *folder* with the file system of the image *reference*, made a server by *base*."""
    engine = next(filter(shutil.which, ENGINES))
    with tempfile.TemporaryDirectory(prefix="hadocs-") as work:
        tar = Path(work) / "root.tar"
        container = must(
            [engine, "create", reference, "true"], f"cannot fetch {reference}", timeout=_LIMIT
        ).strip().splitlines()[-1]  # fmt: skip
        try:
            must([engine, "export", "--output", str(tar), container],
                 f"cannot read {reference}", timeout=_LIMIT)  # fmt: skip
        finally:
            must([engine, "rm", container], f"cannot remove {container}", timeout=60)
        must(["tar", "-x", "-p", "--numeric-owner", "-f", str(tar), "-C", str(folder)],
             f"cannot unpack {reference}", timeout=_LIMIT)  # fmt: skip
    run_in(folder, f"{base.install} {shlex.join(packages)}", f"cannot make a server of {reference}")


def repository(image: Path, base: Pull, groups: tuple[tuple[str, ...], ...], folder: Path) -> None:
    """Fill *folder* with the packages of *groups*, downloaded by the system in *image*.

    It works on a copy, so that the image stays as it was.
    """
    with tempfile.TemporaryDirectory(prefix="hadocs-") as work:
        copy = Path(work) / "root"
        must(["cp", "--archive", "--reflink=auto", str(image), str(copy)],
             "cannot copy the image", timeout=_LIMIT)  # fmt: skip
        for group in groups:
            text = f"cd /srv/repository\n{base.download} {shlex.join(group)}"
            run_in(copy, text, f"cannot download {' '.join(group)}", folder)
        run_in(copy, f"cd /srv/repository\n{base.index}", "cannot index the packages", folder)


def run_in(root: Path, text: str, what: str, packages: Path | None = None) -> None:
    """Run shell *text* in the file system *root*; *packages* is its ``/srv/repository``."""
    argv = [*_CONTAINED, "sh", "-c", _INSIDE, "sh", str(root), text, str(packages or "")]
    must(argv, what, timeout=_LIMIT)
