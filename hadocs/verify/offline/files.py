"""Every file that a step writes is one that the program which reads it understands."""

from __future__ import annotations

import fnmatch
import functools
import itertools
import os
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from hadocs.plan.actions import WriteFile
from hadocs.plan.model import Deed, Plan, Step
from hadocs.problems import Code, Location, Problem, did_you_mean
from hadocs.verify.offline.files_checkers import Fault, Job, NodeFile, checkers, faults
from hadocs.verify.offline.files_scripts import is_shell
from hadocs.verify.offline.options_registry import DATA, readers
from hadocs.verify.offline.options_set import reason
from hadocs.verify.offline.toolbox import Tools, generations, tools
from hadocs.verify.offline.work import Found, Work
from hadocs.verify.offline.written import Written

RECIPES = Path(__file__).parent / "checkers"


@dataclass
class Jobs:
    """What is to be checked, by the generation of its system, and what nothing checks."""

    files: dict[tuple[str, Job], Mapping[str, Location]] = field(default_factory=dict)
    unchecked: dict[str, None] = field(default_factory=dict)
    systems: dict[str, None] = field(default_factory=dict)


def check(work: Work) -> Found:
    """Ask each program about the files of each node, once for the same files."""
    jobs, written = _jobs(work), Written(work.catalog)
    checkers_of = checking(work.cache)
    toolboxes, unproven = checkers_of.by_name, checkers_of.unproven
    possible = {key: where for key, where in jobs.files.items() if key[0] in toolboxes}
    told: dict[tuple[Location, str, str], dict[str, None]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(lambda key: faults(key[1], toolboxes[key[0]], work.cache), possible)
        for ((generation, job), where), made in zip(possible.items(), answers, strict=True):
            for fault in itertools.chain(made, unknown_keys(job)):
                told.setdefault(_told(fault, job, where, written), {})[generation] = None
    problems = (
        Problem(where, Code.REFUSED_FILE, f"{message} (as in {', '.join(of)})", hint)
        for (where, message, hint), of in told.items()
    )
    return Found(tuple(problems), tuple(_counted(jobs)), unproven if jobs.files else ())


def checking(cache: Path) -> Tools:
    """The toolboxes that have the checkers."""
    return tools(cache, RECIPES, "say of their files")


def _jobs(work: Work) -> Jobs:
    jobs = Jobs()
    of_system = {s: one.name for one in generations(RECIPES) for s in one.systems}
    for plan in work.plans_of_all_sites:
        generation = of_system.get(plan.target.system)
        if generation is None:
            jobs.systems[plan.target.system] = None
            continue
        for job, where in _of_plan(plan, jobs.unchecked):
            jobs.files.setdefault((generation, job), where)
    return jobs


def _of_plan(
    plan: Plan, unchecked: dict[str, None]
) -> Iterator[tuple[Job, Mapping[str, Location]]]:
    for node in plan.nodes:
        files: dict[str, tuple[WriteFile, Deed]] = {}
        for turn in plan.turns():
            deed = turn.item.deeds.get(node.name) if isinstance(turn.item, Step) else None
            if deed is not None and isinstance(deed.action, WriteFile):
                files[deed.action.path] = deed.action, deed
        for checker in checkers():
            if any(map(checker.is_for, files)):
                held = [action for path, (action, _) in files.items() if checker.needs(path)]
                yield (
                    Job(
                        checker,
                        node.name,
                        node.address,
                        tuple(NodeFile(one.path, str(one.text), one.mode) for one in held),
                    ),
                    {path: deed.where for path, (_, deed) in files.items()},
                )
        for path, (action, _) in files.items():
            if not any(checker.is_for(path) for checker in checkers()) and not _is_checked(action):
                unchecked[path] = None


def _is_checked(action: WriteFile) -> bool:
    """Whether another check looks at it: scripts, options of services."""
    path = action.path
    return is_shell(str(action.text)) or any(readers(path)) or bool(reason(path))


def unknown_keys(job: Job) -> Iterator[Fault]:
    """Keys that the program reads over, by the list of its manual."""
    for name, sections in _sections().items():
        for file in job.files if job.checker.name == name else ():
            at: list[str] = []
            for number, line in enumerate(file.text.splitlines(), 1):
                words = line.strip()
                if words.endswith("{"):
                    at.append(words.rstrip("{ \t"))
                elif words == "}":
                    at = at[:-1]
                elif words and not words.startswith("#"):
                    key = words.partition(":")[0].strip()
                    known = sections.get(".".join(at), ())
                    if not any(fnmatch.fnmatch(key, pattern) for pattern in known):
                        message = f"{'.'.join(at)} has no key {key!r}"
                        yield Fault(message, did_you_mean(key, known), file.path, number)


@functools.cache
def _sections() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """By checker: the sections of a file whose keys the program does not check."""
    names = (c.name for c in checkers() if (DATA / f"{c.name}.toml").is_file())
    return {name: tomllib.loads((DATA / f"{name}.toml").read_text())["sections"] for name in names}


def _told(
    fault: Fault, job: Job, places: Mapping[str, Location], written: Written
) -> tuple[Location, str, str]:
    """Place, message and hint of a fault."""
    path, line = line_of(fault, job)
    message = f"{job.checker.name} refuses {path}: {fault.message}"
    said = f"the node has: {line.strip()}" if line.strip() else ""
    return written.line(places[path], line), message, fault.hint or said


def line_of(fault: Fault, job: Job) -> tuple[str, str]:
    """The file and the line that a fault is about; the first file, and no line, if it is unsaid."""
    checked = [file for file in job.files if job.checker.is_for(file.path)]
    file = next((one for one in checked if one.path == fault.file), checked[0])
    lines = file.text.split("\n")
    if 0 < fault.line <= len(lines):
        return file.path, lines[fault.line - 1]
    for one in checked if fault.word else ():
        for line in one.text.split("\n"):
            if line.strip().replace("-", "_").startswith(fault.word.replace("-", "_")):
                return one.path, line
    return file.path, ""


def _counted(jobs: Jobs) -> Iterator[str]:
    files = {(generation, one) for generation, job in jobs.files for one in job.files}
    if files:
        by = ", ".join(sorted({job.checker.name for _, job in jobs.files}))
        yield f"{len(files)} files given to the programs that read them ({by})"
        for checker in {job.checker for _, job in jobs.files if job.checker.unchecked}:
            yield f"{checker.name} does not check {checker.unchecked}"
    if jobs.unchecked:
        yield f"files that nothing checks: {', '.join(sorted(jobs.unchecked))}"
    if jobs.systems:
        yield f"no programs of {', '.join(jobs.systems)}: files were not checked there"
