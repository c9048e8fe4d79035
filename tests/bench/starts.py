"""Commands of hadocs, beside an interpreter that starts and ends."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .content import PROJECT
from .measure import Ratios, Side, compared

_HADOCS = str(Path(sys.executable).with_name("hadocs"))
_START = Side((sys.executable, "-c", "pass"), PROJECT)


def said_help(rounds: int) -> Ratios:
    """What a person who asks for help waits for."""
    return compared(Side((_HADOCS, "--help"), PROJECT), _START, rounds, warm=True)


def exported(root: Path, rounds: int) -> Ratios:
    """The scripts of this project for every distro, into an empty folder."""
    output = root / "scripts"
    command = (_HADOCS, "export-scripts", "--distro", "all", "--output", str(output))

    def remove() -> None:
        shutil.rmtree(output, ignore_errors=True)

    return compared(Side(command, PROJECT, remove), _START, rounds, warm=True)
