"""Writes artifacts: only what differs, and removes what is stale."""

from __future__ import annotations

import collections
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hadocs.problems import Code, HadocsError, Location, Problem

#: Lists the files of an export, in its folder, so that the next one removes only these.
MANIFEST = ".hadocs-manifest"


@dataclass(frozen=True)
class Artifact:
    """A file to be made; *path* is relative to the folder of the export."""

    path: str
    text: str
    executable: bool = False


def write(artifacts: Iterable[Artifact], folder: Path) -> int:
    """How many files of *folder* changed: were made, replaced or removed.

    Files that an earlier export made and this one does not are removed; others are left alone.
    Each file is replaced at once, and one that is so already is not touched. Nothing is written if
    a path stands twice, or leaves the folder, by its name or by a link.
    """
    given = tuple(artifacts)
    wanted = {artifact.path: artifact for artifact in given}
    stale = sorted(set(_listed(folder)) - set(wanted))
    problems = [*_twice(given, folder), *_problems([*wanted, *stale, MANIFEST], folder)]
    if problems:
        raise HadocsError(problems)
    manifest = Artifact(MANIFEST, "".join(f"{path}\n" for path in sorted(wanted)))
    # The manifest goes first with both lists, so that an export which is cut off is cleaned later.
    _replace(folder, Artifact(MANIFEST, manifest.text + "".join(f"{path}\n" for path in stale)))
    changed = [path for path, artifact in sorted(wanted.items()) if _replace(folder, artifact)]
    changed += [path for path in stale if _remove(folder, path)]
    _replace(folder, manifest)
    return len(changed)


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Write *data* beside *path* and put it there at once: a full disk leaves what was there."""
    descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(new).replace(path)
    except BaseException:
        Path(new).unlink()
        raise


def _twice(artifacts: Iterable[Artifact], folder: Path) -> Iterator[Problem]:
    for path, count in collections.Counter(one.path for one in artifacts).items():
        if count > 1:
            message, hint = f"{path!r} would be two files", "give the node another name"
            yield Problem(Location(str(folder)), Code.VALUE, message, hint)


def _listed(folder: Path) -> tuple[str, ...]:
    manifest = folder / MANIFEST
    if manifest.is_symlink() or not manifest.is_file():
        return ()
    return tuple(manifest.read_text(encoding="utf-8").splitlines())


def _problems(paths: Iterable[str], folder: Path) -> Iterator[Problem]:
    for path in paths:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\n" in path or "\0" in path:
            yield Problem(Location(str(folder)), Code.VALUE, f"{path!r} leaves the folder")
            continue
        at = folder
        for part in parts:
            at /= part
            if at.is_symlink():
                message = "is a link, which an export does not follow"
                yield Problem(Location(str(at)), Code.VALUE, message, "remove it")


def _replace(folder: Path, artifact: Artifact) -> bool:
    """Whether the file had to be written."""
    path = folder / artifact.path
    data, mode = artifact.text.encode(), 0o755 if artifact.executable else 0o644
    if path.is_file() and path.read_bytes() == data:
        if path.stat().st_mode & 0o7777 == mode:
            return False
        path.chmod(mode)
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, data, mode)
    return True


def _remove(folder: Path, path: str) -> bool:
    """Whether there was a file to remove; folders that are empty then go too."""
    gone = folder / path
    if not gone.is_file():
        return False
    gone.unlink()
    for parent in gone.parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()
    return True
