"""The commands of README.md are examples: each is run as it stands."""

from __future__ import annotations

import functools
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document, Region

from hadocs.sybil.items import Entry, ExampleFile, Examples, region
from hadocs.verify.examples import Verdict

pytest_plugins = ["hadocs.pytest_plugin"]

ROOT = Path(__file__).parent
_COMMAND = re.compile(r"^ {4}((?:make|\.venv/bin/hadocs) [^#\n]*?)(?= *(?:#|$))", re.MULTILINE)
#: Commands that are not run here, and what thereby is not proven here.
_NOT_HERE = {
    "make html": "the gate runs it",
    "make test": "this is it",
    "make live": "the gate runs it",
    ".venv/bin/hadocs check --offline": "the gate runs it",
    "make linkcheck": "needs the network; tests/test_linkcheck.py runs its code offline",
}


def _commands(document: Document) -> Iterator[Region]:
    for found in _COMMAND.finditer(document.text):
        entry = Entry(found[1], functools.partial(_verdict, found[1]))
        yield region(found.start(1), found.end(1), entry)


def _verdict(command: str) -> Verdict:
    if command in _NOT_HERE:
        return Verdict("not executed", f"{command}: {_NOT_HERE[command]}")
    done = subprocess.run(
        shlex.split(command), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode == 0:
        return Verdict("executed")
    return Verdict("failed", f"{command!r} exited {done.returncode}:\n{done.stdout}{done.stderr}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ExampleFile | None:
    """The commands of the README of this folder."""
    if file_path != ROOT / "README.md":
        return None
    made: ExampleFile = ExampleFile.from_parent(
        parent, path=file_path, sybils=[Examples([_commands])]
    )
    return made
