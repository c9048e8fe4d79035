"""Whole runs of everything in circumstances: from nothing, after a failure, with a node away."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from hadocs.evidence.lists import read_list, write_list
from hadocs.evidence.records import file_of
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
    recorded = read_list(root, file_of(target, _NAME), _NAME, _entry)
    return tuple(one for one in recorded if (one.ways, one.site) == (target.ways, target.site))


def record_circumstance(root: Path, target: Target, new: CircumstanceRun) -> None:
    """Write *new* in the place of an older one of the same name, ways and site."""
    path = file_of(target, _NAME)
    kept = [one for one in read_list(root, path, _NAME, _entry) if _key(one) != _key(new)]
    write_list(root, path, _NAME, [_data(one) for one in sorted([*kept, new], key=_key)])


def _key(one: CircumstanceRun) -> tuple[object, ...]:
    return one.name, one.ways, one.site


def _data(one: CircumstanceRun) -> dict[str, Any]:
    return {**asdict(one), "ways": dict(one.ways), "compared": list(one.compared)}


def _entry(data: dict[str, Any]) -> CircumstanceRun:
    return replace(
        CircumstanceRun(**data),
        ways=tuple(sorted(data["ways"].items())),
        compared=tuple(data["compared"]),
    )
