"""Answers of programs, kept by everything that they depend on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


def kept(folder: Path, asked: object, answer: Callable[[], Any]) -> Any:
    """The *answer* to what was *asked*, from *folder* if it is there; both as JSON can say them.

    A file is there at once or not at all: several processes may ask the same.
    """
    file = folder / f"{hashlib.sha256(json.dumps(asked).encode()).hexdigest()}.json"
    with contextlib.suppress(FileNotFoundError):
        return json.loads(file.read_text())
    made = json.dumps(answer())
    folder.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    part.write_text(made)
    part.replace(file)
    return json.loads(made)
