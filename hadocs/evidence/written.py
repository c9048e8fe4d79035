"""New records take the place of older ones about the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from hadocs.evidence.records import Record, file_of, read, text
from hadocs.output import replace_file
from hadocs.plan.model import Target


def record(root: Path, target: Target, records: Iterable[Record]) -> int:
    """How many files of *target* were written with *records* of runs from bare nodes.

    A record replaces that of its step by the same ways on the same site, and others if the step and
    all before it are the same: what a way does not touch is executed once for all.
    """
    by_component = _by_component(records)
    for component, new in by_component.items():
        kept = _kept(root, target, component)
        for one in new:
            others = [old for old in kept.get(one.step, []) if not _replaces(one, old)]
            kept[one.step] = [*others, one]
        _write(root / file_of(target, component), kept)
    return len(by_component)


def record_in(
    root: Path,
    target: Target,
    circumstance: str,
    components: Sequence[str],
    records: Iterable[Record],
) -> None:
    """Let *records* of a circumstance take the place of all that it gave these components before.

    Nothing is left where it failed: what it did then is no proof of what it does now.
    """
    here, new = (target.ways, target.site, circumstance), _by_component(records)
    for component in components:
        before = _kept(root, target, component)
        kept = {
            step: [o for o in old if (o.ways, o.site, o.circumstance) != here]
            for step, old in before.items()
        }
        for one in new.get(component, []):
            kept[one.step] = [*kept.get(one.step, []), one]
        kept = {step: found for step, found in kept.items() if found}
        if kept != before:
            _write(root / file_of(target, component), kept)


def _by_component(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for one in records:
        found[one.step.partition("/")[0]].append(one)
    return found


def _kept(root: Path, target: Target, component: str) -> dict[str, list[Record]]:
    return {id_: list(old) for id_, old in read(root, file_of(target, component)).items()}


def _write(file: Path, records: dict[str, list[Record]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text(records).encode(), 0o644)


def _replaces(new: Record, old: Record) -> bool:
    """What was done from bare nodes also replaces what only a circumstance had given work."""
    if old.circumstance:
        return new.outcome == "done" and old.digest == new.digest
    return (old.ways, old.site) == (new.ways, new.site) or old.digest == new.digest
