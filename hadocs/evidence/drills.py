"""What drills measured: each run of a fault, and what clients saw of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hadocs.evidence.digests import digests_of, hashed, whole
from hadocs.evidence.lists import read_list, write_list
from hadocs.evidence.records import file_of
from hadocs.plan.drills import Drill
from hadocs.plan.model import Plan, Target

_NAME = "drills"


@dataclass(frozen=True)
class Account:
    """What one client was told in one run, attempt by attempt, from the first fault on.

    *confirmed* also counts what was confirmed before it. Times are seconds from there.
    *interruptions* are the times in which nothing was confirmed, and
    *first_failure* is when the first failed attempt began (-1: none did).
    *lost* was confirmed and is not there, *unknown* is there and was not confirmed, *duplicated* is
    there more than once; all are -1 for a client that only reads. *slowest* is how long the slowest
    attempt took that was confirmed (-1: not recorded).
    """

    attempts: int
    failures: int
    confirmed: int
    first_failure: float
    interruptions: tuple[tuple[float, float], ...]
    lost: int = -1
    unknown: int = -1
    duplicated: int = -1
    slowest: float = -1.0

    @property
    def outage(self) -> float:
        """The longest interruption; 0 if there was none."""
        return max((end - begin for begin, end in self.interruptions), default=0.0)


@dataclass(frozen=True)
class DrillRun:
    """One run. *nodes* were found by the drill's words.

    *faults* and *met* say when something was done and when something waited for held, in seconds
    from the first fault; *load* is the machine's load at that time, and *watched* how long clients
    went on.
    """

    nodes: tuple[tuple[str, str], ...]
    load: float
    watched: float
    faults: tuple[tuple[str, float], ...]
    met: tuple[tuple[str, float], ...]
    probes: tuple[tuple[str, Account], ...]


@dataclass(frozen=True)
class DrillRecord:
    """All runs of a drill on one kind of cluster; *digest* stands for it and all under it."""

    digest: str
    when: str
    site: str
    ways: tuple[tuple[str, str], ...]
    cores: int
    packages: tuple[tuple[str, str], ...]
    runs: tuple[DrillRun, ...]

    def accounts(self, probe: str) -> tuple[Account, ...]:
        """What one client saw, run by run."""
        return tuple(one for run in self.runs for id_, one in run.probes if id_ == probe)


def drill_digest(drill: Drill, below: Plan) -> str:
    """Stands for the drill, its clients, and the steps of the components *below* it.

    Which node was hit, and the site's own values, make no difference.
    """
    steps = [digest.own for digest in digests_of(drill.plan).values()]
    clients = [
        [one.id, one.every, one.at_most, [(key, text.generic()) for key, text in one.texts]]
        for one in drill.probes
    ]
    return hashed([steps, clients, whole(below)])


def drill_file(target: Target, name: str) -> str:
    """The path in the project of what was measured by the drill *name*."""
    return file_of(target, f"{_NAME}/{name}")


def drill_record(root: Path, target: Target, name: str) -> DrillRecord | None:
    """What was measured on *target*, its ways and its site included."""
    for one in read_list(root, drill_file(target, name), _NAME, _entry):
        if (one.ways, one.site) == (target.ways, target.site):
            return one
    return None


def record_drill(root: Path, target: Target, name: str, new: DrillRecord) -> None:
    """Write *new* in the place of an older one of the same ways and site."""
    path = drill_file(target, name)
    kept = [one for one in read_list(root, path, _NAME, _entry) if _key(one) != _key(new)]
    write_list(root, path, _NAME, [_data(one) for one in sorted([*kept, new], key=_key)])


def _key(one: DrillRecord) -> tuple[object, ...]:
    return one.ways, one.site


def _data(one: DrillRecord) -> dict[str, Any]:
    runs = [
        {
            **asdict(run),
            "nodes": dict(run.nodes),
            "faults": [list(pair) for pair in run.faults],
            "met": [list(pair) for pair in run.met],
            "probes": {id_: _account_data(account) for id_, account in run.probes},
        }
        for run in one.runs
    ]
    return {**asdict(one), "ways": dict(one.ways), "packages": dict(one.packages), "runs": runs}


def _account_data(one: Account) -> dict[str, Any]:
    return {**asdict(one), "interruptions": [list(pair) for pair in one.interruptions]}


def _entry(data: dict[str, Any]) -> DrillRecord:
    return replace(
        DrillRecord(**data),
        ways=tuple(sorted(data["ways"].items())),
        packages=tuple(sorted(data["packages"].items())),
        runs=tuple(_run(run) for run in data["runs"]),
    )


def _run(data: dict[str, Any]) -> DrillRun:
    probes = data["probes"].items()
    return replace(
        DrillRun(**data),
        nodes=tuple(data["nodes"].items()),
        faults=tuple((said, at) for said, at in data["faults"]),
        met=tuple((said, at) for said, at in data["met"]),
        probes=tuple((id_, _account(one)) for id_, one in probes),
    )


def _account(data: dict[str, Any]) -> Account:
    return replace(
        Account(**data), interruptions=tuple((begin, end) for begin, end in data["interruptions"])
    )
