"""What all checks find, kept as long as nothing changes that they read."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import hadocs
from hadocs.problems import Code, Location, Problem
from hadocs.verify.offline import CHECKS
from hadocs.verify.offline.kept import kept
from hadocs.verify.offline.toolbox import Unanswered
from hadocs.verify.offline.work import Check, Found, Work

#: Folders of a project from which checks read.
_READ = ("components", "conf", "content")


def checked(work: Work, checks: Iterable[Check] = CHECKS) -> Iterator[Found]:
    """What each check finds.

    What is unproven is asked again each time, since what it lacked may be there now.
    """
    state = _state(work)
    for check in checks:
        asked = [check.__module__, check.__qualname__, state]
        answer = functools.partial(_made, check, work)
        yield _found(kept(work.cache / "checks", asked, answer, _is_proven))


def _made(check: Check, work: Work) -> dict[str, Any]:
    try:
        return asdict(check(work))
    except Unanswered as error:
        return asdict(Found(unproven=(f"{check.__module__.rpartition('.')[2]}: {error}",)))


def _is_proven(found: dict[str, Any]) -> bool:
    return not found["unproven"]


def _found(data: dict[str, Any]) -> Found:
    problems = (
        Problem(Location(**p["where"]), Code(p["code"]), p["message"], p["hint"])
        for p in data["problems"]
    )
    return Found(tuple(problems), tuple(data["counted"]), tuple(data["unproven"]))


def _state(work: Work) -> str:
    """Digest of the project, of this package, and of the programs that the machine has.

    A program that comes, goes or is replaced changes the time of its folder.
    """
    digest = hashlib.sha256(sys.version.encode())
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        with contextlib.suppress(OSError):
            digest.update(f"{folder} {Path(folder).stat().st_mtime_ns}\n".encode())
    root = work.catalog.root
    folders = [Path(hadocs.__file__).parent, *(root / name for name in _READ)]
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        if path.suffix != ".pyc":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path} {content}\n".encode())
    return digest.hexdigest()
