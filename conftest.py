"""The commands of README.md are examples: each is run as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document, Example, Region, Sybil

ROOT = Path(__file__).parent
_COMMAND = re.compile(r"^ {4}((?:make|\.venv/bin/hadocs) [^#\n]*?)(?= *(?:#|$))", re.MULTILINE)
#: Commands that are not run here, and what thereby is not proven here.
_NOT_HERE = {
    "make html": "the gate runs it",
    "make test": "this is it",
    "make linkcheck": "needs the network; tests/test_linkcheck.py runs its code offline",
}


def _commands(document: Document) -> Iterator[Region]:
    for found in _COMMAND.finditer(document.text):
        yield Region(found.start(1), found.end(1), found[1], _run)


def _run(example: Example) -> str | None:
    command = example.parsed
    if command in _NOT_HERE:
        raise pytest.skip.Exception(f"{command}: {_NOT_HERE[command]}", _use_item_location=True)
    done = subprocess.run(
        shlex.split(command), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode == 0:
        return None
    return f"{command!r} exited {done.returncode}:\n{done.stdout}{done.stderr}"


class _Readme(Sybil):
    def identify(self, example: Example) -> str:
        """The command itself, which moves less than its line."""
        return str(example.parsed)


pytest_collect_file = _Readme([_commands], pattern="README.md", path=str(ROOT)).pytest()
