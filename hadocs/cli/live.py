"""Runs of everything on test clusters, and in circumstances."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence

from hadocs.cli.chosen import root_of, settings
from hadocs.cli.inspecting import inspected
from hadocs.cli.progress import Progress
from hadocs.evidence import circumstances, record, record_circumstance, record_in
from hadocs.evidence import load as recorded
from hadocs.plan.model import Plan
from hadocs.plan.order import needs
from hadocs.plan.resolve import Setting, resolve
from hadocs.problems import Code, HadocsError, Location, Problem, not_there
from hadocs.verify.circumstances import CIRCUMSTANCES
from hadocs.verify.cluster import ClusterError, Topology, of_site
from hadocs.verify.cluster.recipe import names as images
from hadocs.verify.judging import Judge
from hadocs.verify.verification import Verification, Verifier

#: The exit status where something failed once and passed on a fresh cluster.
FLAKY = 3


def verify(arguments: argparse.Namespace) -> int:
    """Every plan that the arguments choose, on a cluster of its own, one after the other.

    The status is the worst of all: a failure, then what was flaky; nothing run is a failure.
    """
    if arguments.runner != "cluster":
        return inspected(arguments)
    given = settings(arguments, arguments.way)
    topology = of_site(given[0].site.spec)
    chosen = [(resolve(one.catalog, one.site, one.point), one) for one in given]
    for plan, _ in chosen:
        recorded(root_of(arguments)).executed(plan)  # a damaged file is told before a long run
        circumstances(root_of(arguments), plan.target)
        _fitting(arguments, plan)
    statuses = set()
    for plan, setting in chosen:
        if len(chosen) > 1 and plan.target.system not in images():
            print(f"not proven: {plan.target}, there is no image of it", file=sys.stderr)
        else:
            statuses.add(_run(arguments, plan, setting, topology))
    return next((status for status in (1, FLAKY, 0) if status in statuses), 1)


def _run(arguments: argparse.Namespace, plan: Plan, setting: Setting, topology: Topology) -> int:
    today, heard = datetime.date.today().isoformat(), Progress(plan).heard
    before = needs(setting.catalog.components)
    verifier = Verifier(arguments.lab, arguments.keep, heard, before, today, setting)
    try:
        if arguments.circumstance:
            return _judge(arguments, Judge(verifier, plan, topology, setting))
        return _verify(arguments, verifier, plan, topology)
    except ClusterError as error:
        told = f"{error}\nnot proven: {plan.target}, no step of it was executed"
        print(told, file=sys.stderr)
        return 1


def _fitting(arguments: argparse.Namespace, plan: Plan) -> None:
    name, where = arguments.only, Location("--only")
    known = [stage.component for stage in plan.stages if stage.turns]
    if name and name not in known:
        raise HadocsError([not_there(where, "component of the plan", name, known)])
    if name and arguments.circumstance:
        message = "a circumstance is of the whole cluster, not of one component"
        raise HadocsError([Problem(where, Code.VALUE, message, "leave out one of the two")])


def _verify(
    arguments: argparse.Namespace, verifier: Verifier, plan: Plan, topology: Topology
) -> int:
    made = verifier.verify(plan, topology, arguments.only)
    root, target = root_of(arguments), plan.target
    files = record(root, target, made.records)
    if not arguments.only:
        record_circumstance(root, target, verifier.from_nothing(plan, made))
    for problem in made.problems:
        print(f"FAILED {problem}", file=sys.stderr)
    if made.flaky:
        print(f"FLAKY {made.flaky}", file=sys.stderr)
    print(f"{target}: {_counted(made)}; {files} files of evidence")
    return 1 if made.problems else FLAKY if made.flaky else 0


def _judge(arguments: argparse.Namespace, judge: Judge) -> int:
    root, target, status = root_of(arguments), judge.plan.target, 0
    components = [stage.component for stage in judge.plan.stages]
    for judged in judge.judged(_possible(arguments.circumstance, judge.setting)):
        one = judged.run
        record_circumstance(root, target, one)
        lacking = recorded(root).lacking(target, judged.records)
        record_in(root, target, one.title, components, lacking)
        for problem in judged.problems:
            print(f"FAILED {one.name}: {problem}", file=sys.stderr)
        print(f"{target}: {one.name} {one.outcome} in {one.seconds} s, {one.memory} MiB")
        status = max(status, 1 if judged.problems else 0)
    return status


def _possible(chosen: Sequence[str], setting: Setting) -> list[str]:
    """The circumstances that are chosen, without those of all for which the project has no site."""
    names = []
    for name, circumstance in CIRCUMSTANCES.items():
        try:
            circumstance.other(setting)
        except HadocsError as error:
            if name in chosen:
                raise
            if "all" in chosen:
                print(f"left out: {name}: {error.problems[0].message}", file=sys.stderr)
        else:
            names += [name] * (name in chosen or "all" in chosen)
    return names


def _counted(made: Verification) -> str:
    outcomes = [record.outcome for record in made.records]
    counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in sorted(set(outcomes)))
    runs = " and ".join(f"{seconds:.0f} s" for seconds in made.seconds)
    memory = f"at most {made.peak.mib} MiB ({made.peak.how})"
    return f"{len(outcomes)} steps ({counts}) in {runs}, {memory}"
