"""The commands of the guide's prose.

An invisible comment before a block of commands says where they run, or why they do not::

    .. hadocs-run: controller1
    .. hadocs-run: here
       :copy: conf/sites/three.yaml my.yaml
    .. hadocs-not-run: it would take the node's power away

On a node of the cluster only what changes nothing may run, when the whole plan was executed.
``here`` is a copy of the project.
"""

from __future__ import annotations

import functools
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sybil
from sybil.parsers.rest.lexers import DirectiveInCommentLexer, DirectiveLexer

from hadocs.problems import HadocsError
from hadocs.sybil.chosen import Chosen
from hadocs.sybil.items import Entry, region
from hadocs.verify.examples import Verdict
from hadocs.verify.execution import became
from hadocs.verify.runners import Local

_BLOCK = DirectiveLexer("code-block", "console")
_MARK = DirectiveInCommentLexer("hadocs-(?:not-)?run")
_PROMPT = re.compile(r"^[#$] ", re.MULTILINE)
_UNMARKED = (
    "nothing says where it runs; before it, '.. hadocs-run: NODE', or '.. hadocs-not-run: WHY'"
)
_FOLDERS = ("components", "conf", "content")
_LIMIT = 120


def commands(chosen: Chosen, document: sybil.Document) -> Iterator[sybil.Region]:
    """Every block of commands of a page, a command an entry."""
    marks = {document.text[: mark.end].rstrip(): mark for mark in _MARK(document)}
    names: set[str] = set()
    for block in _BLOCK(document):
        mark = marks.get(document.text[: block.start].rstrip())
        at = block.start
        for command in _PROMPT.split(block.lexemes["source"])[1:]:
            name = _name(command, names)
            at = document.text.index(command.split("\n")[0], at)
            yield region(at, at, Entry(name, functools.partial(_verdict, chosen, mark, command)))


def _name(command: str, names: set[str]) -> str:
    """Its first line, with a number if the page has it already."""
    first = command.split("\n")[0].rstrip("\\ ")
    found = next(
        name
        for number in range(1, len(names) + 2)
        if (name := first if number == 1 else f"{first} ({number})") not in names
    )
    names.add(found)
    return found


def _verdict(chosen: Chosen, mark: sybil.Region | None, command: str) -> Verdict:
    if mark is None:
        return Verdict("failed", _UNMARKED)
    where = (mark.lexemes["arguments"] or "").strip()
    if mark.lexemes["directive"] == "hadocs-not-run":
        return Verdict("not executed", where)
    if where == "here":
        return _here(chosen.root, mark.lexemes["options"].get("copy", ""), command)
    try:
        return chosen.targets[0].read(where, command)
    except HadocsError as error:
        return Verdict("failed", str(error))


def _here(root: Path, copy: str, command: str) -> Verdict:
    """Run *command* in a copy of the project, in which a file was copied as a reader would."""
    with tempfile.TemporaryDirectory() as folder:
        for name in _FOLDERS:
            shutil.copytree(root / name, Path(folder, name))
        if copy:
            source, target = copy.split()
            shutil.copyfile(root / source, Path(folder, target))
        programs = shlex.quote(str(Path(sys.executable).parent))
        text = f'cd {shlex.quote(folder)} && PATH={programs}:"$PATH" && {command}'
        return became("here", command, Local().run("here", text, timeout=_LIMIT))
