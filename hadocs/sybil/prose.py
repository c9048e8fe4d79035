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
from dataclasses import dataclass
from pathlib import Path

import sybil
from sybil.parsers.rest.lexers import DirectiveInCommentLexer, DirectiveLexer

from hadocs.problems import HadocsError
from hadocs.sybil.chosen import Chosen
from hadocs.sybil.items import Entry, region
from hadocs.verify.examples import Verdict
from hadocs.verify.execution import became
from hadocs.verify.runners import Local

_BLOCK, _LANGUAGES = DirectiveLexer("code-block"), ("console", "bash", "shell")
_MARK = DirectiveInCommentLexer("hadocs-(?:not-)?run")
_PROMPT = re.compile(r"^[#$] ", re.MULTILINE)
_UNMARKED = "nothing before it says where it runs: hadocs-run: NODE, or hadocs-not-run: WHY"
_NO_PROMPT = "a block of commands is console, and a command begins with '# ' or '$ '"
_FOLDERS = ("components", "conf", "content")
_LIMIT = 120


@dataclass(frozen=True)
class _Command:
    """A command at *where* in the prose; *mark* is the comment before its block."""

    chosen: Chosen
    where: str
    mark: sybil.Region | None
    text: str

    def verdict(self) -> Verdict:
        """What became of it; a failure says where it stands."""
        verdict = self._verdict()
        if verdict.kind == "failed":
            return Verdict("failed", f"{self.where}: {verdict.why}")
        return verdict

    def _verdict(self) -> Verdict:
        if self.mark is None:
            return Verdict("failed", _UNMARKED)
        said = (self.mark.lexemes["arguments"] or "").strip()
        if self.mark.lexemes["directive"] == "hadocs-not-run":
            return Verdict("not executed", said)
        if said == "here":
            return _here(self.chosen.root, self.mark.lexemes["options"].get("copy", ""), self.text)
        try:
            return self.chosen.targets[0].read(said, self.text)
        except HadocsError as error:
            return Verdict("failed", str(error))


def commands(chosen: Chosen, document: sybil.Document) -> Iterator[sybil.Region]:
    """Every block of commands of a page, a command an entry."""
    page = Path(document.path).relative_to(chosen.root).as_posix()
    marks = {document.text[: mark.end].rstrip(): mark for mark in _MARK(document)}
    names: set[str] = set()
    for block in _BLOCK(document):
        if block.lexemes["arguments"] not in _LANGUAGES:
            continue
        mark, at = marks.get(document.text[: block.start].rstrip()), block.start
        before, *found = _PROMPT.split(block.lexemes["source"])
        for text in found or [before]:
            name = _name(text, names)
            at = document.text.index(text.split("\n")[0], at)
            where = f"{page}:{document.text.count(chr(10), 0, at) + 1}"
            command = _Command(chosen, where, mark, text)
            verdict = command.verdict if found else functools.partial(_unreadable, where)
            yield region(at, at, Entry(name, verdict))


def _unreadable(where: str) -> Verdict:
    return Verdict("failed", f"{where}: {_NO_PROMPT}")


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


def _here(root: Path, copy: str, command: str) -> Verdict:
    """Run *command* in a copy of the project, in which a file was copied as a reader would."""
    words = copy.split()
    if words and (len(words) != 2 or not (root / words[0]).is_file()):
        return Verdict("failed", f":copy: is a file and its new name, not {copy!r}")
    with tempfile.TemporaryDirectory() as folder:
        for name in _FOLDERS:
            shutil.copytree(root / name, Path(folder, name))
        if words:
            shutil.copyfile(root / words[0], Path(folder, words[1]))
        programs = shlex.quote(str(Path(sys.executable).parent))
        text = f'cd {shlex.quote(folder)} && PATH={programs}:"$PATH" && {command}'
        return became("here", command, Local().run("here", text, timeout=_LIMIT))
