"""The checks of a site on its own machines."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path

from hadocs.cli.chosen import plans
from hadocs.plan.model import Plan
from hadocs.problems import HadocsError, Location, not_there
from hadocs.secrets import read
from hadocs.verify.inspection import inspect
from hadocs.verify.runner import Runner
from hadocs.verify.runners import Local, Ssh


def inspected(arguments: argparse.Namespace) -> int:
    """Ask every check of every plan that the arguments choose, and change nothing."""
    local = arguments.runner == "local"
    runner: Runner = Local() if local else Ssh(tuple(shlex.split(arguments.ssh)))
    secrets = read(Path(arguments.secrets)) if arguments.secrets else {}
    return max(
        _asked(plan, runner, secrets, [_this(plan)] if local else [n.name for n in plan.nodes])
        for plan in plans(arguments, arguments.way)
    )


def _this(plan: Plan) -> str:
    """The node that this machine is: nothing can be asked of another one here."""
    host = os.uname().nodename.partition(".")[0]
    nodes = [node.name for node in plan.nodes]
    if host not in nodes:
        raise HadocsError([not_there(Location("--runner"), "node", host, nodes)])
    return host


def _asked(plan: Plan, runner: Runner, secrets: dict[str, str], nodes: list[str]) -> int:
    wrong = total = 0
    for verdict in inspect(plan, runner, secrets, nodes):
        total += 1
        wrong += not verdict.holds
        print(verdict, flush=True)
    print(f"{plan.target}: {total - wrong} of {total} answers hold; nothing was changed")
    return 1 if wrong else 0
