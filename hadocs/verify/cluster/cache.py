"""Folders that are built once and then only read, named by what was asked for."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from hadocs.verify.cluster.error import ClusterError


def default_cache() -> Path:
    """Where the user's caches are, by the XDG base directories."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hadocs"


def key_of(asked: object, *builders: str) -> str:
    """A short name of *asked*, any data that JSON can say, and of the modules that build it."""
    text = json.dumps(asked, sort_keys=True) + "".join(Path(one).read_text() for one in builders)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def built(folder: Path, build: Callable[[Path], None]) -> Path:
    """*folder*, made by *build* when it is not there.

    What is there is complete: it is made beside and renamed at the end, by one builder at a
    time. What an interrupted builder left is removed by the next one.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_name(f"{folder.name}.lock")):
        if folder.is_dir():
            return folder
        for left in folder.parent.glob(f"{folder.name}.part-*"):
            shutil.rmtree(left)
        part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
        try:
            build(part)
            part.rename(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return folder


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            raise ClusterError(f"{path}: cannot be locked: {error}") from error
        yield
