"""Every command and script of a plan is one that bash and shellcheck understand."""

from __future__ import annotations

import functools
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from hadocs.plan.actions import Capture, Run, WriteFile
from hadocs.plan.drills import probe
from hadocs.plan.frame import Frame
from hadocs.plan.model import Check, Expectation, Step, Turn
from hadocs.plan.order import present
from hadocs.plan.outside import finding, own_turns
from hadocs.plan.tasks import tasks
from hadocs.plan.text import Text
from hadocs.problems import Code, Location, Problem
from hadocs.renderers.scripts import render
from hadocs.shell import quoted
from hadocs.spec.conditions import NodesSpec
from hadocs.verify.cluster.process import run
from hadocs.verify.offline.kept import kept
from hadocs.verify.offline.toolbox import must_answer
from hadocs.verify.offline.work import Found, Work
from hadocs.verify.offline.written import Written

_SHEBANG = "#!"
_SHELLS = ("sh", "bash", "dash")
#: How scripts execute a command.
_BASH = "#!/bin/bash\nset -eo pipefail\n"
_LIMIT = 600.0
#: Files that shellcheck is given at a time.
_BATCH = 100

#: Shell text, the names of its environment, and its place.
Shell: TypeAlias = tuple[Text, Sequence[str], Location]


@dataclass(frozen=True)
class Script:
    """Shell text as a file of its own; *before* are lines of it that nobody wrote."""

    text: str
    where: Location
    before: int = 0


def check(work: Work) -> Found:
    """Scripts of each plan of the guide's site by bash; each command, once, by shellcheck."""
    program = shellcheck()
    scripts = tuple(_scripts(work))
    whole, problems = _whole(work)
    unproven: list[str] = []
    if program is None:
        unproven.append("what shellcheck says of the commands: shellcheck is not there")
    else:
        problems += _judged(program, scripts, work)
    counted = f"{whole} scripts read by bash, {len(scripts)} commands by shellcheck"
    return Found(tuple(problems), (counted,) if program else (), tuple(unproven))


def shellcheck() -> str | None:
    """The program: the one beside this Python, else the machine's."""
    here = str(Path(sys.executable).parent)
    return shutil.which("shellcheck", path=here) or shutil.which("shellcheck")


def _scripts(work: Work) -> Iterator[Script]:
    """Each command, with the values of the first node that has it."""
    seen: set[tuple[Location, str]] = set()
    turns = (turn for plan in work.plans_of_all_sites for turn in plan.turns())
    for text, environment, where in (*_texts(turns), *_of_tasks(work)):
        if (key := (where, text.generic())) not in seen:
            seen.add(key)
            if str(text).startswith(_SHEBANG):
                yield Script(str(text), where)
            else:
                given = "".join(f"export {name}=value\n" for name in environment)
                yield Script(f"{_BASH}{given}{quoted(text)}\n", where, 2 + len(environment))


def _of_tasks(work: Work) -> Iterator[Shell]:
    """Shell text of procedures, drills and the clients that measure them."""
    for point in work.points:
        for task in tasks(work.catalog):
            yield from _texts(own_turns(work.catalog, work.site, point, task.name))
            for query in finding(work.catalog, work.site, point, task.name).values():
                yield from _asked(query.asked)
        frame = Frame(work.catalog, work.site, point)
        for home in present(work.catalog, point).values():
            node = frame.nodes(NodesSpec(), home.spec)[0].name if home.spec.probes else ""
            for name in home.spec.probes:
                for key, text in probe(frame, home, name, node).texts:
                    yield text, ("NUMBER",), home.at("probes", name, key)


def _texts(turns: Iterable[Turn]) -> Iterator[Shell]:
    for turn in turns:
        match turn.item:
            case Check(asked=asked):
                yield from _asked(asked)
            case Step(deeds=deeds):
                for deed in deeds.values():
                    if deed.guard is not None:
                        yield from _asked(deed.guard.asked)
                    if deed.wait is not None:
                        yield deed.wait.expectation.text, (), deed.wait.expectation.where
                    match deed.action:
                        case Run(text=text, environment=environment):
                            yield text, [name for name, _ in environment], deed.where
                        case Capture(text=text):
                            yield text, (), deed.where
                        case WriteFile(text=text) if is_shell(str(text)):
                            yield text, (), deed.where


def _asked(asked: Mapping[str, Expectation]) -> Iterator[Shell]:
    for expectation in asked.values():
        yield expectation.text, (), expectation.where


def is_shell(text: str) -> bool:
    """Whether the first line of a file names a shell that shellcheck knows."""
    words = text.partition("\n")[0].removeprefix(_SHEBANG).split()
    if not text.startswith(_SHEBANG) or not words:
        return False
    programs = [word.rpartition("/")[2] for word in words if not word.startswith("-")]
    return next((one for one in programs if one != "env"), "") in _SHELLS


def _whole(work: Work) -> tuple[int, list[Problem]]:
    """How many different scripts there are, and those that bash does not understand."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for plan in work.plans:
        for artifact in render(plan, frozenset()):
            if artifact.path.endswith(".sh"):
                texts.setdefault(artifact.text, f"{plan.target}/{artifact.path}")
    for text, name in texts.items():
        told = kept(work.cache / "scripts", ["bash", text], functools.partial(_by_bash, text))
        if told:
            problems.append(Problem(Location(f"scripts/{name}"), Code.REFUSED_FILE, told))
    return len(texts), problems


def _by_bash(text: str) -> str:
    result = run(["bash", "-n"], timeout=_LIMIT, stdin=text.encode())
    return f"bash does not understand it: {result.stderr.strip()}" if result.status else ""


def _judged(program: str, scripts: Sequence[Script], work: Work) -> list[Problem]:
    version = run([program, "--version"], timeout=_LIMIT).stdout
    written, found = Written(work.catalog), list[Problem]()
    for at in range(0, len(scripts), _BATCH):
        batch = scripts[at : at + _BATCH]
        asked = [version, *(script.text for script in batch)]
        answer = functools.partial(_asked_of, program, batch)
        told = kept(work.cache / "scripts", asked, answer)
        for number, comment in told:
            found.append(_problem(comment, batch[number], written))
    return [*dict.fromkeys(found)]


def _asked_of(program: str, batch: Sequence[Script]) -> list[tuple[int, Mapping[str, Any]]]:
    """Pairs of a script's number and a comment on it."""
    with tempfile.TemporaryDirectory(prefix="hadocs-") as folder:
        paths = [Path(folder) / str(number) for number in range(len(batch))]
        for path, script in zip(paths, batch, strict=True):
            path.write_text(script.text)
        # What a reader has set for the program decides nothing here.
        asked = ["env", "-u", "SHELLCHECK_OPTS", program, "--norc", "--format=json1"]
        ran = run([*asked, "--severity=warning", *map(str, paths)], timeout=_LIMIT)
    must_answer(ran.status, "shellcheck")
    return [(int(Path(one["file"]).name), one) for one in json.loads(ran.stdout)["comments"]]


def _problem(comment: Mapping[str, Any], script: Script, written: Written) -> Problem:
    line = script.text.split("\n")[comment["line"] - 1]
    where = written.line(script.where, line) if comment["line"] > script.before else script.where
    return Problem(
        where,
        Code.REFUSED_FILE,
        f"shellcheck: {comment['message']} (SC{comment['code']})",
        f"said of: {line.strip()}" if line.strip() else "",
    )
