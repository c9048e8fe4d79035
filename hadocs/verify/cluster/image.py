"""The root file system that every node starts from, built once."""

from __future__ import annotations

from pathlib import Path

from hadocs.verify.cluster import archives
from hadocs.verify.cluster.cache import built, key_of
from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Recipe

_BUILD_LIMIT = 900.0
#: A builder's mounts and processes end with this one, also when it is killed; what it left
#: behind can then be removed without walking into a mounted /dev.
_CONTAINED = (
    "setpriv", "--pdeathsig", "KILL",
    "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
)  # fmt: skip


def image(recipe: Recipe, cache: Path) -> Path:
    """The folder of *recipe*'s root file system; it is never written again."""
    return built(
        cache / f"image-{key_of(recipe.system, __file__)}", lambda part: _build(recipe, part)
    )


def _build(recipe: Recipe, root: Path) -> None:
    must(
        [
            *_CONTAINED, "mmdebstrap", "--mode=root", "--variant=important", "--format=directory",
            f"--include={','.join(recipe.packages)}",
            f"--components={','.join(recipe.components)}",
            recipe.release, str(root), *archives.sources(recipe),
        ],
        "cannot build the image of the nodes",
        timeout=_BUILD_LIMIT,
    )  # fmt: skip
    _adapt(recipe, root)


def _adapt(recipe: Recipe, root: Path) -> None:
    """Make *root* a system that was never started: no identity, no source but the lab's."""
    for left in ("etc/hostname", "var/lib/dbus/machine-id", "etc/apt/sources.list"):
        (root / left).unlink(missing_ok=True)
    for pattern in ("etc/ssh/ssh_host_*", "etc/apt/sources.list.d/*", "var/lib/apt/lists/*_*"):
        for path in root.glob(pattern):
            path.unlink()
    (root / "etc/machine-id").write_text("")
    for name, text in recipe.files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for unit in recipe.masked:
        path = root / "etc/systemd/system" / unit
        path.unlink(missing_ok=True)
        path.symlink_to("/dev/null")
    for program in recipe.no_ops:
        must(
            ["chroot", str(root), "dpkg-divert", "--local", "--rename", "--add", program],
            f"cannot divert {program}",
            timeout=60,
        )
        (root / program.lstrip("/")).symlink_to("/bin/true")
