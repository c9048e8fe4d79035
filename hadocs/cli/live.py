"""Test clusters, and runs of everything on them."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping

from hadocs.cli.chosen import plans, root_of, site_of, systems_of
from hadocs.evidence import load as recorded
from hadocs.evidence import record
from hadocs.loading.catalog import load
from hadocs.plan.model import Plan
from hadocs.plan.order import needs
from hadocs.verify.cluster import ClusterError, Topology, down, found, of_site, up
from hadocs.verify.cluster.recipe import names as images
from hadocs.verify.verification import Verification, Verifier


def cluster(arguments: argparse.Namespace) -> int:
    """What is done to a test cluster as a whole, or to one of its nodes."""
    try:
        return _CLUSTER[arguments.what](arguments)
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1


def verify(arguments: argparse.Namespace) -> int:
    """Every plan that the arguments choose, on a cluster of its own, one after the other."""
    catalog = load(root_of(arguments))
    topology = of_site(site_of(catalog, arguments.site).spec)
    chosen = plans(arguments, arguments.way)
    for plan in chosen:
        recorded(root_of(arguments)).executed(plan)  # a damaged file is told before a long run
    status = 0
    for plan in chosen:
        if len(chosen) > 1 and plan.target.system not in images():
            print(f"not proven: {plan.target}, there is no image of it", file=sys.stderr)
            continue
        progress = _Progress(plan)
        today = datetime.date.today().isoformat()
        verifier = Verifier(
            arguments.lab, arguments.keep, progress.heard, needs(catalog.components), today
        )
        with _ended_in_order():
            status = max(status, _verify(arguments, verifier, plan, topology))
    return status


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Whatever signal ends the process, the cluster is removed first."""
    endings = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(ending, signal.default_int_handler) for ending in endings]
    try:
        yield
    finally:
        for ending, handler in zip(endings, before, strict=True):
            signal.signal(ending, handler)


def _verify(
    arguments: argparse.Namespace, verifier: Verifier, plan: Plan, topology: Topology
) -> int:
    try:
        made = verifier.verify(plan, topology)
    except ClusterError as error:
        print(f"{error}\nnot proven: {plan.target}, no step of it was executed", file=sys.stderr)
        return 1
    files = record(root_of(arguments), plan.target, made.records)
    for problem in made.problems:
        print(f"FAILED {problem}", file=sys.stderr)
    print(f"{plan.target}: {_counted(made)}; {files} files of evidence")
    return 1 if made.problems else 0


def _counted(made: Verification) -> str:
    outcomes = [record.outcome for record in made.records]
    counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in sorted(set(outcomes)))
    runs = " and ".join(f"{seconds:.0f} s" for seconds in made.seconds)
    return f"{len(outcomes)} steps ({counts}) in {runs}"


class _Progress:
    """What the driver says: its turns, on a terminal in one line."""

    def __init__(self, plan: Plan) -> None:
        self._turns = sum(1 for _ in plan.turns())
        self._start = time.monotonic()
        self._line = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def heard(self, line: str) -> None:
        if " | " in line or not line.strip():
            return
        passed = int(time.monotonic() - self._start)
        said = f"{passed // 60}:{passed % 60:02} {line.replace(']', f'/{self._turns}]', 1)}"
        if self._line:
            print(f"\r\033[K{said[: shutil.get_terminal_size().columns - 1]}", end="",
                  file=sys.stderr, flush=True)  # fmt: skip
        else:
            print(said, file=sys.stderr, flush=True)


def _up(arguments: argparse.Namespace) -> int:
    catalog = load(root_of(arguments))
    site = site_of(catalog, arguments.site)
    systems = systems_of(catalog, arguments.distro or images()[0])
    with_image = [system for system in systems if system in images()]
    up(of_site(site.spec), arguments.lab, (with_image or systems)[0])
    return _status(arguments)


def _down(arguments: argparse.Namespace) -> int:
    down(arguments.lab)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    running = found(arguments.lab)
    for node in running.status():
        print(f"{node.name:20} {node.address:15} {node.power}{', cut off' * node.pulled}")
    for checkpoint in running.checkpoints():
        print(f"checkpoint {checkpoint}")
    return 0


def _shell(arguments: argparse.Namespace) -> int:
    argv = found(arguments.lab).shell(_node(arguments))
    os.execvp(argv[0], argv)  # noqa: S606 - becomes the shell


def _logs(arguments: argparse.Namespace) -> int:
    told = found(arguments.lab).logs(_node(arguments), arguments.lines)
    print(told.stdout, end="")
    print(told.stderr, end="", file=sys.stderr)
    return told.status


def _node(arguments: argparse.Namespace) -> str:
    """The node that was named, else the first one."""
    return str(arguments.node or found(arguments.lab).nodes[0])


_CLUSTER: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "shell": _shell,
    "logs": _logs,
}
