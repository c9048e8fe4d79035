"""What each command does, by calls of the library."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence, Set
from pathlib import Path
from typing import TextIO

from hadocs.cli.chosen import plans, root_of
from hadocs.loading.catalog import Catalog, load
from hadocs.plan.checks import check as check_catalog
from hadocs.plan.model import Plan
from hadocs.problems import Code, HadocsError, Location, Problem


def check(arguments: argparse.Namespace) -> int:
    """Every problem, or those of some files."""
    from hadocs.renderers.guide.link_checks import check_links

    root = root_of(arguments)
    if arguments.record:
        _needs(arguments, "--record", "offline")
    wanted = {os.path.relpath(Path(path).resolve(), root.resolve()) for path in arguments.paths}
    if missing := sorted(path for path in arguments.paths if not Path(path).is_file()):
        raise HadocsError(
            Problem(Location(path), Code.UNREADABLE, "there is no such file") for path in missing
        )
    try:
        catalog = load(root)
        check_catalog(catalog)
        check_links(catalog)
    except HadocsError as error:
        _raise(error.problems, wanted)
        if arguments.offline:
            print(
                "not proven: what offline checks find; the specs are to be right first",
                file=sys.stderr,
            )
        return int(_is_strict(arguments) and arguments.offline)
    parts = catalog.components.values()
    steps = sum(len(loaded.spec.steps) for loaded in parts)
    print(f"{len(parts)} components, {steps} steps, {len(catalog.sites)} sites: no problems")
    return _offline(arguments, catalog, wanted) if arguments.offline else 0


def _offline(arguments: argparse.Namespace, catalog: Catalog, wanted: Set[str]) -> int:
    """What can be proven without a cluster; nothing may stay unproven where that is asked for."""
    from hadocs.verify.cluster.cache import default_cache
    from hadocs.verify.offline.checked import checked
    from hadocs.verify.offline.work import Work

    work = Work(catalog, default_cache())
    found = [*checked(work)]
    for line in (line for one in found for line in one.counted):
        print(line)
    unproven = [*dict.fromkeys(line for one in found for line in one.unproven)]
    for line in unproven:
        print(f"not proven: {line}", file=sys.stderr)
    _raise([problem for one in found for problem in one.problems], wanted)
    if arguments.record:
        from hadocs.verify.offline.simulation import record

        print(f"recorded for the guide: {', '.join(record(work)) or 'nothing'}")
    return int(bool(unproven) and _is_strict(arguments))


def _needs(arguments: argparse.Namespace, option: str, other: str) -> None:
    """Refuse an option that would be ignored."""
    if not getattr(arguments, other):
        message = f"needs --{other}; without, it would do nothing"
        raise HadocsError([Problem(Location(option), Code.VALUE, message)])


def _is_strict(arguments: argparse.Namespace) -> bool:
    return arguments.strict or bool(os.environ.get("CI"))


def _raise(problems: Sequence[Problem], wanted: Set[str]) -> None:
    """Raise the problems of the files that are wanted; say how many others there are."""
    shown = [problem for problem in problems if not wanted or problem.where.path in wanted]
    if shown:
        raise HadocsError(shown)
    if problems:
        print(f"no problems there; {len(problems)} in other files", file=sys.stderr)


def export_scripts(arguments: argparse.Namespace) -> int:
    """The scripts of one target."""
    from hadocs.evidence import load as evidence_of
    from hadocs.output import write
    from hadocs.renderers.scripts import render

    if arguments.procedure:
        from hadocs.cli.tasks import exported

        for folder, plan, changed in exported(arguments):
            print(
                f"{folder}: {len(plan.nodes)} nodes, {_steps(plan)} steps, {changed} files changed"
            )
        print(f"read {folder / 'README.txt'}, then, with the secrets file of this very cluster:")
        print(f"  {folder / 'run.sh'} --secrets FILE --dry-run")
        return 0
    for option in ("node", "gone"):
        if getattr(arguments, option):
            _needs(arguments, f"--{option}", "procedure")
    evidence = evidence_of(root_of(arguments))
    for plan in plans(arguments):
        folder = Path(arguments.output) / str(plan.target)
        changed = write(render(plan, evidence.executed(plan)), folder)
        print(f"{folder}: {len(plan.nodes)} nodes, {_steps(plan)} steps, {changed} files changed")
    secrets_file = f"secrets/{plan.target.site}"
    site = arguments.site or plan.target.site
    print(f"read {folder / 'README.txt'}, then:")
    print(f"  hadocs secrets --distro {plan.target.system} --site {site} --file {secrets_file}")
    print(f"  {folder / 'run.sh'} --secrets {secrets_file} --dry-run")
    return 0


def secrets(arguments: argparse.Namespace) -> int:
    """The secrets of one site: what is missing is made, what is there stays."""
    from hadocs.secrets import extend

    chosen = plans(arguments)
    wanted = {one.name: one for plan in chosen for one in plan.secrets}
    path = Path(arguments.file or f"secrets/{chosen[0].target.site}")
    made = extend(path, wanted.values())
    print(f"{path}: {len(wanted)} secrets, {made} of them new")
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """One step, with every variant."""
    from hadocs.cli.told import told
    from hadocs.renderers.guide import Guide

    catalog = load(root_of(arguments))
    check_catalog(catalog)
    guide = Guide(catalog, arguments.series or None)
    print(told(guide, arguments.step))
    return 0


def linkcheck(arguments: argparse.Namespace) -> int:
    """Every external link, with its place and what became of it."""
    from hadocs.sphinx.linkcheck import main

    return main(root_of(arguments), arguments.series or None, arguments.fresh_days)


def completion(arguments: argparse.Namespace) -> int:
    """Completion for a shell."""
    import shtab

    from hadocs.cli import parser

    print(shtab.complete(parser(), arguments.shell))
    return 0


def coloured(text: str, stream: TextIO) -> str:
    """Problems with colours, on a terminal that wants them."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    text = re.sub(r"(?m)^(\S+?:\d+:\d+): error", "\033[1m\\1\033[0m: \033[31merror\033[0m", text)
    return re.sub(r"(?m)^    hint: (.*)$", "    \033[36mhint:\033[0m \\1", text)


def _steps(plan: Plan) -> int:
    return len({turn.item.id for turn in plan.turns()})
