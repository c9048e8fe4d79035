"""New records take the place of older ones about the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from hadocs.evidence.records import Record, file_of, read, text
from hadocs.plan.model import Target


def record(root: Path, target: Target, records: Iterable[Record]) -> int:
    """How many files of *target* were written with *records*.

    A record replaces that of its step by the same ways on the same site, and others if the step and
    all before it are the same: what a way does not touch is executed once for all. One of a
    circumstance replaces only what was recorded in the same one.
    """
    by_component: dict[str, list[Record]] = defaultdict(list)
    for one in records:
        by_component[one.step.partition("/")[0]].append(one)
    for component, new in by_component.items():
        path = file_of(target, component)
        kept = {id_: list(old) for id_, old in read(root, path).items()}
        for one in new:
            others = [old for old in kept.get(one.step, []) if not _same(old, one)]
            kept[one.step] = [*others, one]
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(kept), encoding="utf-8")
    return len(by_component)


def _same(old: Record, new: Record) -> bool:
    if old.circumstance != new.circumstance:
        return False
    return (old.ways, old.site) == (new.ways, new.site) or old.digest == new.digest
