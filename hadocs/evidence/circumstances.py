"""Whole runs of everything in circumstances: from nothing, after a failure, with a node away."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from hadocs.evidence.records import checksum, damaged, file_of
from hadocs.plan.model import Target

_NAME = "circumstances"


@dataclass(frozen=True)
class CircumstanceRun:
    """What became of one circumstance, by its *name*.

    *digest* stands for the whole plan; *compared* says what had to be the same. *memory* is the
    peak in MiB of all nodes together, *measured* how it was found.
    """

    name: str
    title: str
    digest: str
    when: str
    site: str
    ways: tuple[tuple[str, str], ...]
    outcome: Literal["held", "failed"]
    seconds: int
    compared: tuple[str, ...]
    memory: int
    measured: str


def circumstances(root: Path, target: Target) -> tuple[CircumstanceRun, ...]:
    """What is recorded of *target*, its ways and its site included."""
    recorded = _read(root, file_of(target, _NAME))
    return tuple(one for one in recorded if (one.ways, one.site) == (target.ways, target.site))


def record_circumstance(root: Path, target: Target, new: CircumstanceRun) -> None:
    """Write *new* in the place of an older one of the same name, ways and site."""
    path = file_of(target, _NAME)
    kept = [one for one in _read(root, path) if _key(one) != _key(new)]
    data = [_data(one) for one in sorted([*kept, new], key=_key)]
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"checksum": checksum(data), _NAME: data}, indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def _key(one: CircumstanceRun) -> tuple[object, ...]:
    return one.name, one.ways, one.site


def _data(one: CircumstanceRun) -> dict[str, Any]:
    return {**asdict(one), "ways": dict(one.ways), "compared": list(one.compared)}


def _read(root: Path, path: str) -> tuple[CircumstanceRun, ...]:
    file = root / path
    if not file.is_file():
        return ()
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        kept = data[_NAME]
        whole = data["checksum"] == checksum(kept)
        found = tuple(_circumstance(one) for one in kept)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, f"cannot be read: {type(error).__name__}") from None
    if not whole:
        raise damaged(path, "its checksum is not that of its records")
    return found


def _circumstance(data: dict[str, Any]) -> CircumstanceRun:
    return replace(
        CircumstanceRun(**data),
        ways=tuple(sorted(data["ways"].items())),
        compared=tuple(data["compared"]),
    )
