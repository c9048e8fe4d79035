"""Answers of programs, kept by everything that they depend on."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Answers that nobody asked for in so many seconds are removed.
_OLD = 30 * 24 * 3600


def kept(
    folder: Path,
    asked: object,
    answer: Callable[[], Any],
    lasts: Callable[[Any], bool] = lambda _: True,
) -> Any:
    """The *answer* to what was *asked*, from *folder* if it is there; both as JSON can say them.

    One that does not *last* is given, and not kept.
    """
    name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    file = folder / name[:2] / f"{name}.json"
    try:
        made = json.loads(file.read_text())
        os.utime(file)
    except ValueError:  # half of it was written when the machine went down
        file.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    else:
        return made
    made = answer()
    return json.loads(_first(file, json.dumps(made))) if lasts(made) else made


def _first(file: Path, text: str) -> str:
    """What is kept in *file* from now on: *text*, or what another one wrote there meanwhile.

    Programs write the time into configurations: of two answers to one question only one may be
    gone on with, or what was built upon the other would never be asked for again.
    """
    _remove_old(file.parent.parent)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as part:
        part.write(text)
        part.flush()
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(part.name)
    return file.read_text()


@functools.cache
def _remove_old(folder: Path) -> None:
    """Once in a process, before something new is kept."""
    for file in folder.glob("*/*"):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - _OLD:
                file.unlink()
