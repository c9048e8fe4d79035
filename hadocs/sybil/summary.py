"""The totals of a run: what was executed, and what was not, by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from hadocs.verify.examples import Kind

_KINDS = get_args(Kind)
_OF_REPORTS = {"passed": "executed", "failed": "failed", "error": "failed"}


def summary(reports: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Lines for the end of a run, from pytest's reports by category; none without examples."""
    counts: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for category, of_category in reports.items():
        for report in of_category:
            if "example" not in getattr(report, "keywords", {}):
                continue
            kind, why = _OF_REPORTS.get(category, ""), ""
            if category == "skipped":
                kind, _, why = report.longrepr[2].removeprefix("Skipped: ").partition(": ")
            counts[kind] += bool(kind)
            reasons[kind, why] += bool(why)
    if +counts:
        yield ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS)
    for (kind, why), count in sorted((+reasons).items(), key=lambda one: (one[0][0], -one[1])):
        yield f"{kind:13} {count:5}  {why}"
