"""The programs that check files, and what they say of the files of one node."""

from __future__ import annotations

import fnmatch
import functools
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hadocs.verify.offline.kept import kept
from hadocs.verify.offline.options_registry import DATA
from hadocs.verify.offline.toolbox import Ran, Toolbox, must_answer

_ENTER = Path(__file__).with_name("node.sh").read_text()
_MOST_WORDS = 300


@dataclass(frozen=True)
class Checker:
    """A checker as checkers.toml describes it."""

    name: str
    files: tuple[str, ...]
    script: str
    says: str
    beside: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    lines_only: bool = False
    unchecked: str = ""

    def is_for(self, path: str) -> bool:
        """Whether it checks the file at *path*."""
        return _matches(path, self.files)

    def needs(self, path: str) -> bool:
        """Whether the file at *path* has to be there for it."""
        return _matches(path, (*self.files, *self.beside))


@dataclass(frozen=True)
class NodeFile:
    """A file of a node."""

    path: str
    text: str
    mode: str


@dataclass(frozen=True)
class Job:
    """What a checker is run for: the files of one node that belong together."""

    checker: Checker
    node: str
    address: str
    files: tuple[NodeFile, ...]


@dataclass(frozen=True)
class Fault:
    """Something that a checker finds wrong; *word* says what it is about, where no line is said."""

    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
    word: str = ""


#: The groups of a checker's pattern that are the message, whichever form a line has.
_MESSAGES = ("message", "refused", "failed")


@functools.cache
def checkers() -> tuple[Checker, ...]:
    """Every checker that there is data of."""
    data = tomllib.loads((DATA / "checkers.toml").read_text())
    return tuple(_checker(name, about) for name, about in data.items())


def _checker(name: str, about: Mapping[str, Any]) -> Checker:
    said: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in about.items()}
    return Checker(name=name, **said)


def faults(job: Job, toolbox: Toolbox, cache: Path) -> tuple[Fault, ...]:
    """What the checker finds wrong, from the cache if it was asked the same before."""
    programs = {name: (DATA / name).read_text() for name in job.checker.programs}
    asked = [toolbox.key, _ENTER, asdict(job), programs]
    told = kept(cache / "files", asked, lambda: _told(job, toolbox, programs))
    return tuple(Fault(**one) for one in told)


def _told(job: Job, toolbox: Toolbox, programs: Mapping[str, str]) -> list[dict[str, Any]]:
    ran = _run(job, toolbox, programs)
    must_answer(ran.status, job.checker.name)
    return [asdict(one) for one in read(job.checker, ran)]


def _run(job: Job, toolbox: Toolbox, programs: Mapping[str, str]) -> Ran:
    given = {f"file-{number}": one.text for number, one in enumerate(job.files)}
    installs = [
        shlex.join(["install", "-D", "-m", one.mode, f"file-{number}", one.path])
        for number, one in enumerate(job.files)
    ]
    paths = [one.path for one in job.files if job.checker.is_for(one.path)]
    values = {"NODE": job.node, "ADDRESS": job.address}
    script = "\n".join(
        [
            *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
            _ENTER,
            *installs,
            shlex.join(["set", "--", *paths]),
            job.checker.script,
        ]
    )
    return toolbox.run(script, {**given, **programs})


def read(checker: Checker, ran: Ran) -> Iterator[Fault]:
    """What a checker's output is about; all of it, where it failed and says nothing known."""
    lines = [line.rstrip() for line in (ran.errors + ran.output).splitlines() if line.strip()]
    found = [(number, match) for number, line in enumerate(lines)
             if (match := re.match(checker.says, line))]  # fmt: skip
    ends = [number for number, _ in found[1:]] + [len(lines)]
    for (number, match), end in zip(found, ends, strict=False):
        groups = match.groupdict()
        hint = " ".join(line.strip() for line in lines[number + 1 : end])
        yield Fault(
            next(groups[key] for key in _MESSAGES if groups.get(key)).strip(),
            _short(hint),
            groups.get("file") or "",
            int(groups.get("line") or 0),
            groups.get("word") or "",
        )
    if ran.status and not found and not checker.lines_only:
        yield Fault(_short("; ".join(lines)) or f"status {ran.status}")


def _short(text: str) -> str:
    return text[:_MOST_WORDS] + "…" * (len(text) > _MOST_WORDS)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(
        fnmatch.fnmatch(path, pattern) and path.count("/") == pattern.count("/")
        for pattern in patterns
    )
