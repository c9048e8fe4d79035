"""Measure everything, print a table, write build/bench/result.json; exit 1 if a goal is missed."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from . import loads, starts
from .builds import Builds
from .content import PROJECT, project
from .measure import Ratios

ROOT = PROJECT / "build" / "bench"


@dataclass(frozen=True)
class Goal:
    """What is measured against what; *most* is None for what is only reported."""

    name: str
    what: str
    most: float | None
    rounds: int
    measure: Callable[[int], Ratios]


def goals(quick: bool) -> tuple[Goal, ...]:
    """Everything that is measured; *quick* takes smaller sizes, whose ratios prove nothing."""
    pages, few, many = (10, 20, 200) if quick else (100, 60, 6000)
    builds = Builds(ROOT / f"builds-{pages}", pages)
    loading = Loading(ROOT / "loads", few, many)
    return (
        Goal("full", f"full build of {pages} components / plain Sphinx", 0.75, 4, builds.full),
        Goal("edit", "one spec edited / empty Sphinx", 1.6, 6, builds.edited),
        Goal("unchanged", "nothing changed / empty Sphinx", 1.3, 6, builds.unchanged),
        Goal("load", f"load {few} specs / YAML parser alone", 1.0, 9, loading.loaded),
        Goal("check", f"load and check {few} specs / YAML parser", None, 5, loading.checked),
        Goal("scale", f"load {many} specs / {few}", 1.1 * many / few, 2, loading.scaled),
        Goal("help", "hadocs --help / python -c pass", 5, 15, starts.said_help),
        Goal("export", "export all distros / python -c pass", 25, 9, _exported),
    )


def _exported(rounds: int) -> Ratios:
    return starts.exported(ROOT, rounds)


@dataclass(frozen=True)
class Loading:
    """Specs of two sizes of project below *root*."""

    root: Path
    few: int
    many: int

    def loaded(self, rounds: int) -> Ratios:
        """Loading and validating, with positions."""
        return self._beside_parser("load", rounds)

    def checked(self, rounds: int) -> Ratios:
        """The same, and everything that `hadocs check` looks at."""
        return self._beside_parser("check", rounds)

    def scaled(self, rounds: int) -> Ratios:
        """How loading grows."""
        small, large = (project(self.root / str(n), n) for n in (self.few, self.many))
        pairs = (
            (loads.rounds(large, 1, ("load",))["load"], loads.rounds(small, 3, ("load",))["load"])
            for _ in range(rounds)
        )
        return Ratios(tuple(many[0] / Ratios(tuple(few)).median for many, few in pairs))

    def _beside_parser(self, what: str, rounds: int) -> Ratios:
        root = project(self.root / str(self.few), self.few)
        seconds = loads.rounds(root, rounds, (what, "parser"))
        pairs = zip(seconds[what], seconds["parser"], strict=True)
        return Ratios(tuple(one / other for one, other in pairs))


def _row(goal: Goal, ratios: Ratios) -> str:
    span = f"{ratios.median:.2f} ({min(ratios.each):.2f}–{max(ratios.each):.2f})"
    most = "–" if goal.most is None else f"{goal.most:g}"
    return f"{goal.what:48} {span:>24} {most:>6}  {_verdict(goal, ratios):6} {len(ratios.each):3}"


def _verdict(goal: Goal, ratios: Ratios) -> str:
    if goal.most is None:
        return "–"
    return "met" if ratios.median <= goal.most else "missed"


def _result(goal: Goal, ratios: Ratios) -> dict[str, object]:
    return {
        "what": goal.what,
        "median": ratios.median,
        "goal": goal.most,
        "verdict": _verdict(goal, ratios),
        "ratios": ratios.each,
    }


def _write(results: dict[str, object], quick: bool) -> None:
    told = {
        "python": platform.python_version(),
        "sphinx": version("sphinx"),
        "quick": quick,
        "results": results,
    }
    ROOT.mkdir(parents=True, exist_ok=True)
    (ROOT / "result.json").write_text(json.dumps(told, indent=1) + "\n")


def main() -> int:
    """Measure, goal by goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=0, help="default: each goal's own")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="one goal")
    parser.add_argument("--quick", action="store_true", help="small sizes, two rounds")
    chosen = parser.parse_args()
    known = {goal.name: goal for goal in goals(chosen.quick)}
    if lost := [name for name in chosen.only if name not in known]:
        parser.error(f"no goal {', '.join(lost)}; there are {', '.join(known)}")
    print(f"{'what (CPU)':48} {'ratio (min–max)':>24} {'goal':>6}  {'':6} rounds")
    results: dict[str, object] = {}
    missed = False
    for name in chosen.only or known:
        goal = known[name]
        ratios = goal.measure(chosen.rounds or (2 if chosen.quick else goal.rounds))
        print(_row(goal, ratios), flush=True)
        results[name] = _result(goal, ratios)
        missed |= _verdict(goal, ratios) == "missed"
    _write(results, chosen.quick)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
