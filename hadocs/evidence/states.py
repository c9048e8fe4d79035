"""What records say of a step as it is now."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hadocs.evidence.digests import Digest, digests_of
from hadocs.evidence.records import Outcome, Record, file_of, read
from hadocs.plan.model import Plan, Target


class Kind(enum.StrEnum):
    """Whether a step was executed as it is now."""

    EXECUTED = "executed"
    STALE = "stale"
    EARLIER = "earlier-changed"
    FAILED = "failed"
    NOT = "not executed"


_WHY_NOT: Mapping[Outcome, str] = {
    "already": "what it makes was there before",
    "nothing": "its condition said that there is nothing to do",
}
_CHANGED: Mapping[Kind, str] = {
    Kind.STALE: "it has changed since it was executed",
    Kind.EARLIER: "something before it has changed since it was executed",
    Kind.FAILED: "it failed",
}


@dataclass(frozen=True)
class State:
    """What is known of a step on one target, by which record."""

    kind: Kind
    record: Record | None = None

    @property
    def why(self) -> str:
        """Why it does not count as executed; empty if it does."""
        if self.record is None:
            return "no run of it is recorded"
        return _CHANGED.get(self.kind) or _WHY_NOT.get(self.record.outcome, "")


@dataclass(frozen=True)
class Evidence:
    """The records of a project; a file is read when somebody asks for it."""

    root: Path
    _files: dict[str, Mapping[str, tuple[Record, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def has(self, target: Target, component: str) -> bool:
        """Whether anything of a component is recorded for exactly this target."""
        return bool(self._records(target, component))

    def state(self, step: str, digest: Digest, target: Target) -> State:
        """What the records of exactly this target say of *step* as *digest* has it.

        Ways and site of a record matter where step or what came before is not the same as now. A
        run that did something says more than one that had nothing to do.
        """
        records = self._records(target, step.partition("/")[0]).get(step, ())
        from_nothing_first = sorted(records, key=lambda one: one.circumstance)
        newest_first = sorted(from_nothing_first, key=lambda one: one.when, reverse=True)
        here = target.ways, target.site
        mine = [one for one in newest_first if (one.ways, one.site) == here]
        same = [one for one in newest_first if one.digest.same(digest)]
        told = [*same, *mine]
        did = [one for one in told if one.outcome not in _WHY_NOT]
        for found in [*did, *told]:
            return State(_kind(found, digest), found)
        return State(Kind.NOT)

    def executed(self, plan: Plan) -> frozenset[str]:
        """The steps of *plan* that were executed as they are now, after all that is before them."""
        return frozenset(
            id_
            for id_, digest in digests_of(plan).items()
            if self.state(id_, digest, plan.target).kind is Kind.EXECUTED
        )

    def lacking(self, target: Target, records: Iterable[Record]) -> tuple[Record, ...]:
        """Those of *records* whose steps no run from bare nodes has done."""
        return tuple(one for one in records if not self._did(target, one))

    def _did(self, target: Target, wanted: Record) -> bool:
        return any(
            one.outcome == "done" and not one.circumstance and one.digest.same(wanted.digest)
            for one in self._records(target, wanted.step.partition("/")[0]).get(wanted.step, ())
        )

    def _records(self, target: Target, component: str) -> Mapping[str, tuple[Record, ...]]:
        path = file_of(target, component)
        if path not in self._files:
            self._files[path] = read(self.root, path)
        return self._files[path]


def _kind(record: Record, digest: Digest) -> Kind:
    if record.outcome in _WHY_NOT:
        return Kind.NOT
    if record.digest.own != digest.own:
        return Kind.STALE
    if record.outcome == "failed":
        return Kind.FAILED
    return Kind.EXECUTED if record.digest.same(digest) else Kind.EARLIER


def load(root: Path) -> Evidence:
    """The evidence of the project in *root*."""
    return Evidence(root)
