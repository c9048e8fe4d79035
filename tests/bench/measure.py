"""CPU time of processes, run in turns, so that a noisy machine disturbs both sides alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _nothing() -> None:
    """What a side prepares that has nothing to prepare."""


@dataclass(frozen=True)
class Side:
    """A command in a folder; *prepare* is called before each run and is not measured."""

    command: tuple[str, ...]
    folder: Path
    prepare: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Ratios:
    """What one side took of the other, round by round."""

    each: tuple[float, ...]

    @property
    def median(self) -> float:
        """The ratio that is quoted."""
        return statistics.median(self.each)


def cpu(side: Side) -> float:
    """Seconds that the command and its children computed, in user and system mode."""
    side.prepare()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(side.command, cwd=side.folder, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(side.command)}: exit {process.returncode}\n{text}")
    return usage.ru_utime + usage.ru_stime


def compared(one: Side, other: Side, rounds: int, *, warm: bool = False) -> Ratios:
    """CPU of *one* as a share of that of *other*, A B A B; *warm* runs both once before."""
    if warm:
        cpu(one), cpu(other)
    return Ratios(tuple(cpu(one) / cpu(other) for _ in range(rounds)))
