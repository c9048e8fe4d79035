"""A toolbox's root file system, made package by package."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hadocs.verify.cluster import archives
from hadocs.verify.cluster.cache import built, key_of
from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Bootstrap

_BUILD_LIMIT = 900.0
_NOT_NEEDED = ("man", "doc", "locale", "info")


def key(base: Bootstrap, packages: Iterable[str]) -> str:
    """A short name of what `root` makes."""
    return key_of((tuple(packages), base.archives), __file__)


def root(base: Bootstrap, packages: Iterable[str], cache: Path) -> Path:
    """The folder of a root file system with *packages*, built once."""
    folder = cache / f"toolbox-{key(base, packages)}"
    return built(folder, lambda part: _build(base, packages, part))


def _build(base: Bootstrap, packages: Iterable[str], part: Path) -> None:
    """Through an archive, so that all files belong to whoever builds it, in any mode."""
    excluded = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _NOT_NEEDED]
    archive = part.with_name(f"{part.name}.tar")
    bootstrap = [
        "mmdebstrap", "--mode=auto", "--variant=essential", "--format=tar", "--quiet",
        f"--include={','.join(packages)}", f"--components={','.join(base.components)}",
        '--aptopt=APT::Install-Recommends "false"', "--dpkgopt=force-unsafe-io", *excluded,
        base.release, str(archive), *archives.sources(base),
    ]  # fmt: skip
    unpack = ["tar", "--extract", "--no-same-owner", "--exclude=./dev/*", f"--file={archive}"]
    try:
        must(bootstrap, "cannot build the toolbox", timeout=_BUILD_LIMIT)
        must([*unpack, f"--directory={part}"], "cannot unpack the toolbox", timeout=300)
    finally:
        archive.unlink(missing_ok=True)
