"""The root file system that every node starts from, built once."""

from __future__ import annotations

from pathlib import Path

from hadocs.verify.cluster import archives, pulled
from hadocs.verify.cluster.cache import built, key_of
from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Bootstrap, Pull, Recipe

_BUILD_LIMIT = 900.0
#: A builder's mounts and processes end with this one, also when it is killed; what it left
#: behind can then be removed without walking into a mounted /dev.
_CONTAINED = (
    "setpriv", "--pdeathsig", "KILL",
    "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
)  # fmt: skip


def image(recipe: Recipe, reference: str, cache: Path) -> Path:
    """The folder of *recipe*'s root file system; it is never written again.

    *reference* names the container image that it comes from, where the recipe wants one.
    """
    key = key_of((recipe.system, reference), __file__, pulled.__file__, archives.__file__)
    return built(cache / f"image-{key}", lambda part: _build(recipe, reference, part))


def _build(recipe: Recipe, reference: str, root: Path) -> None:
    match recipe.base:
        case Bootstrap() as base:
            _bootstrap(base, recipe.packages, root)
        case Pull() as base:
            pulled.root(reference, base, recipe.packages, root)
    _adapt(recipe, root)


def _bootstrap(base: Bootstrap, packages: tuple[str, ...], root: Path) -> None:
    must(
        [
            *_CONTAINED, "mmdebstrap", "--mode=root", "--variant=important", "--format=directory",
            f"--include={','.join(packages)}", f"--components={','.join(base.components)}",
            base.release, str(root), *archives.sources(base),
        ],
        "cannot build the image of the nodes",
        timeout=_BUILD_LIMIT,
    )  # fmt: skip


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
