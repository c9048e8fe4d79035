"""The checks of a site on its own machines."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from hadocs.cli.chosen import plans
from hadocs.plan.model import Plan
from hadocs.secrets import read
from hadocs.verify.inspection import inspect
from hadocs.verify.runner import Runner
from hadocs.verify.runners import Local, Ssh


def inspected(arguments: argparse.Namespace) -> int:
    """Ask every check of every plan that the arguments choose, and change nothing."""
    runner: Runner = Local() if arguments.runner == "local" else Ssh(_ssh(arguments))
    secrets = read(Path(arguments.secrets)) if arguments.secrets else {}
    return max(_asked(plan, runner, secrets) for plan in plans(arguments, arguments.way))


def _ssh(arguments: argparse.Namespace) -> tuple[str, ...]:
    return tuple(shlex.split(arguments.ssh))


def _asked(plan: Plan, runner: Runner, secrets: dict[str, str]) -> int:
    wrong = total = 0
    for verdict in inspect(plan, runner, secrets):
        total += 1
        wrong += not verdict.holds
        print(verdict, flush=True, file=sys.stdout)
    print(f"{plan.target}: {total - wrong} of {total} answers hold; nothing was changed")
    return 1 if wrong else 0
