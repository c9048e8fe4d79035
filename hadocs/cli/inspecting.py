"""The checks of a site on its own machines."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path

from hadocs.cli.chosen import plans
from hadocs.plan.model import Plan
from hadocs.problems import Code, HadocsError, Location, Problem, not_there
from hadocs.secrets import read
from hadocs.verify.inspection import inspect
from hadocs.verify.runner import Runner
from hadocs.verify.runners import Local, Ssh

_LIMIT = 30.0


def inspected(arguments: argparse.Namespace) -> int:
    """Ask every check of every plan that the arguments choose, and change nothing."""
    local = arguments.runner == "local"
    runner: Runner = Local() if local else Ssh(_ssh(arguments.ssh))
    secrets = read(Path(arguments.secrets)) if arguments.secrets else {}
    return max(
        _asked(plan, runner, secrets, [_this(plan)] if local else [n.name for n in plan.nodes])
        for plan in plans(arguments, arguments.way)
    )


def _ssh(text: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise HadocsError([Problem(Location("--ssh"), Code.VALUE, f"{error}: {text}")]) from None
    if not words:
        raise HadocsError([Problem(Location("--ssh"), Code.VALUE, "names no program")])
    return words


def _this(plan: Plan) -> str:
    """The node that this machine is: nothing can be asked of another one here."""
    host = os.uname().nodename.partition(".")[0]
    nodes = [node.name for node in plan.nodes]
    if host not in nodes:
        raise HadocsError([not_there(Location("--runner"), "node", host, nodes)])
    return host


def _asked(plan: Plan, runner: Runner, secrets: dict[str, str], nodes: list[str]) -> int:
    answering = [node for node in nodes if _answers(runner, node)]
    held = total = 0
    for verdict in inspect(plan, runner, secrets, answering):
        total += 1
        held += verdict.holds
        print(verdict, flush=True)
    print(f"{plan.target}: {held} of {total} answers hold; nothing was changed")
    return 0 if held == total and answering == nodes else 1


def _answers(runner: Runner, node: str) -> bool:
    """Whether anything can be asked of *node*; why not is said once."""
    tried = runner.run(node, "true", timeout=_LIMIT)
    if not tried.ok:
        why = (tried.stderr.strip().splitlines() or [f"exit status {tried.status}"])[-1]
        print(f"unknown  {node}: it cannot be asked anything: {why}", flush=True)
    return tried.ok
