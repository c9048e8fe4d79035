"""Records of runs, and the files that keep them: one for each component, system and shell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hadocs.evidence.digests import Digest
from hadocs.plan.model import Target
from hadocs.problems import Code, HadocsError, Location, Problem

#: *already*: it was so before; *nothing*: its guard said that there is nothing to do.
Outcome: TypeAlias = Literal["failed", "done", "already", "nothing"]
#: What a step's outcome is, if nodes differ: the first of these.
_ORDER: tuple[Outcome, ...] = ("failed", "done", "already", "nothing")
FOLDER = "content/evidence"


@dataclass(frozen=True)
class NodeRun:
    """What one node did in a step.

    *again* is the outcome of a second run, empty if there was none; *exit* is the status of the
    node's script, *printed* what its commands printed, *holds* why a wait ended.
    """

    node: str
    outcome: Outcome
    again: Outcome | Literal[""]
    exit: int
    seconds: int
    printed: str
    holds: str


@dataclass(frozen=True)
class Record:
    """One run of a step. *packages* are versions of those that its component depends on.

    *circumstance* is the title of the one that gave the step something to do; it is empty for a run
    from bare nodes.
    """

    step: str
    digest: Digest
    when: str
    site: str
    ways: tuple[tuple[str, str], ...]
    packages: tuple[tuple[str, str], ...]
    runs: tuple[NodeRun, ...]
    circumstance: str = ""

    @property
    def outcome(self) -> Outcome:
        """The outcome of all nodes together."""
        return min((run.outcome for run in self.runs), key=_ORDER.index)


def file_of(target: Target, name: str) -> str:
    """The path in the project of what was recorded of exactly this target about *name*.

    That is a component, or something that concerns all of them.
    """
    folder = f"{FOLDER}/{target.series}/{target.system}-{target.shell}"
    return f"{folder}/{name}.json"


def read(root: Path, path: str) -> Mapping[str, tuple[Record, ...]]:
    """Records by step; none if there is no such file."""
    file = root / path
    if not file.is_file():
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        steps = data["steps"]
        whole = data["checksum"] == checksum(steps)
        records = {id_: tuple(_record(id_, one) for one in kept) for id_, kept in steps.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path, f"cannot be read: {type(error).__name__}") from None
    if not whole:
        raise damaged(path, "its checksum is not that of its records")
    return records


def text(records: Mapping[str, Iterable[Record]]) -> str:
    """The text of a file: the same records give the same bytes."""
    steps = {id_: [_data(one) for one in sorted(kept, key=_key)] for id_, kept in records.items()}
    data = {"checksum": checksum(steps), "steps": steps}
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _key(record: Record) -> tuple[object, ...]:
    digest = record.digest
    where = record.ways, record.site, record.circumstance
    return *where, digest.own, digest.before, digest.earlier


def _data(record: Record) -> dict[str, Any]:
    return {
        "digest": record.digest.own,
        "before": record.digest.before,
        "earlier": record.digest.earlier,
        "when": record.when,
        "site": record.site,
        "outcome": record.outcome,
        "ways": dict(record.ways),
        "packages": dict(record.packages),
        "nodes": {run.node: _without_node(run) for run in record.runs},
        **({"circumstance": record.circumstance} if record.circumstance else {}),
    }


def _without_node(run: NodeRun) -> dict[str, Any]:
    return {key: value for key, value in asdict(run).items() if key != "node"}


def _record(step: str, data: Mapping[str, Any]) -> Record:
    return Record(
        step,
        Digest(data["digest"], data["before"], data["earlier"]),
        data["when"],
        data["site"],
        tuple(sorted(data["ways"].items())),
        tuple(sorted(data["packages"].items())),
        tuple(NodeRun(node=name, **run) for name, run in sorted(data["nodes"].items())),
        data.get("circumstance", ""),
    )


def checksum(steps: object) -> str:
    """Notices an accident, such as a merge by hand, not a forgery."""
    compact = json.dumps(steps, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(compact.encode()).hexdigest()


def damaged(path: str, message: str) -> HadocsError:
    """The problem of a file of evidence that is not as it was written."""
    hint = "restore the file, or remove it and run hadocs verify"
    return HadocsError([Problem(Location(path), Code.UNREADABLE, message, hint)])
