"""Files of evidence that are a list of entries, with a checksum that notices an accident."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hadocs.evidence.records import checksum, damaged
from hadocs.output import replace_file

T = TypeVar("T")


def read_list(
    root: Path, path: str, name: str, entry: Callable[[dict[str, Any]], T]
) -> tuple[T, ...]:
    """The entries of the list called *name*, each made by *entry*; none without such a file."""
    file = root / path
    if not file.is_file():
        return ()
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        kept = data[name]
        whole = data["checksum"] == checksum(kept)
        found = tuple(map(entry, kept))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, f"cannot be read: {type(error).__name__}") from None
    if not whole:
        raise damaged(path, "its checksum is not that of its records")
    return found


def write_list(root: Path, path: str, name: str, entries: Sequence[dict[str, Any]]) -> None:
    """Write the list; the same entries give the same bytes."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    data = {"checksum": checksum(entries), name: entries}
    told = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    replace_file(file, told.encode(), 0o644)
