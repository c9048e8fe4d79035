"""A toolbox that stays open: it executes one command after the other, each on a CIB of its own."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hadocs.verify.offline.kept import kept
from hadocs.verify.offline.toolbox import Toolbox, Unanswered, must_answer

_INSIDE = Path(__file__).parent / "inside"
#: The status of a command that was ended at its time limit.
_LATE = 124
#: What every command is executed by.
_ALWAYS = frozenset({"session", "systemd"})


@dataclass(frozen=True)
class Asked:
    """A command in *words*, what it reads, the configuration it works on, the *units* there are."""

    words: tuple[str, ...]
    cib: str
    input: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the command left behind."""

    status: int
    output: str
    errors: str
    cib: str


class Session:
    """Executes commands in a toolbox, which is entered for the first one that is not known yet.

    Answers are kept by everything that they depend on: the toolbox, this package's programs in it,
    the command and the configuration before it.
    """

    def __init__(self, toolbox: Toolbox, cache: Path) -> None:
        self._toolbox = toolbox
        self._cache = cache / "answers"
        self._open = contextlib.ExitStack()
        self._work = Path()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def ask(self, asked: Asked) -> Answer:
        """The answer, from the cache or from the toolbox."""
        depends = [self._toolbox.key, *_programs(asked), asdict(asked)]
        return Answer(**kept(self._cache, depends, lambda: self._told(asked)))

    def _told(self, asked: Asked) -> Any:
        told = self._answered(asked)
        if told["status"] == _LATE:
            must_answer(_LATE, asked.words[0])
        return told

    def _answered(self, asked: Asked) -> Any:
        if self._process is None:
            self._process = self._entered()
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("opened with pipes")
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(asdict(asked)) + "\n")
            self._process.stdin.flush()
        if line := self._process.stdout.readline():
            return json.loads(line)
        said = (self._work / "errors").read_text().strip().splitlines()[-5:]
        raise Unanswered(f"the toolbox ended with status {self._process.wait()}", said)

    def _entered(self) -> subprocess.Popen[str]:
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="hadocs-"))
        self._work = Path(folder)
        for program in _INSIDE.glob("*.py"):
            shutil.copy(program, self._work)
        errors = self._open.enter_context((self._work / "errors").open("w"))
        process = subprocess.Popen(
            self._toolbox.argv(self._work, ["python3", "session.py"]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        self._open.callback(process.wait)
        self._open.callback(process.kill)
        return process


def _programs(asked: Asked) -> Iterator[str]:
    """The texts of the programs here that an answer depends on."""
    for program in sorted(_INSIDE.glob("*.py")):
        if program.stem in _ALWAYS or f"/mnt/{program.name}" in asked.words:
            yield program.read_text()
