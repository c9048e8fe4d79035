"""One YAML file as plain data in which every scalar is text, with the place of every value."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hadocs.loading.positions import position
from hadocs.problems import Code, HadocsError, Location, Problem

Data: TypeAlias = "str | list[Data] | dict[str, Data]"
Place: TypeAlias = Sequence[str | int]

#: A spec is written by hand; a larger or deeper file is a mistake or an attack.
MOST_BYTES = 512 * 1024
MOST_DEPTH = 24
_PLAIN = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "bool", "int", "float", "null", "timestamp", "value", "merge", "map", "seq")
)
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TooDeep(yaml.MarkedYAMLError):
    """More than `MOST_DEPTH` lists and mappings in each other."""


class _Loader(_Parser):  # type: ignore[misc]  # the parser in C, if there is one
    """Bounds the depth while nodes are made, since the parser in C recurses without a bound."""

    depth = 0

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        self.depth += 1
        if parent is not None and self.depth > MOST_DEPTH + 1:
            mark = parent.start_mark
            raise _TooDeep(problem="nested too deeply to be a spec", problem_mark=mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1


@dataclass(frozen=True)
class Source:
    """A file's text and its nodes; *path* is relative to the project."""

    path: str
    text: str
    root: Node

    def at(self, place: Place, *, key: bool = False) -> Location:
        """Where the value at *place* stands (or its key); the nearest one around it, if none."""
        node, mark = self.root, self.root.start_mark
        for index, part in enumerate(place):
            found = _child(node, part)
            if found is None:
                break
            label, node = found
            mark = (label if key and index == len(place) - 1 else node).start_mark
        return Location(self.path, mark.line + 1, mark.column + 1)

    def inside(self, place: Place, line: int, column: int = 0) -> Location:
        """The place of a character in the text of a scalar: *line* from 0, *column* from 0."""
        node = self._node(place)
        if not isinstance(node, ScalarNode):
            return self.at(place)
        row, at = position(self.text, node, line, column)
        return Location(self.path, row + 1, at + 1)

    def folded(self, place: Place) -> bool:
        """Whether the scalar was written with ``>``, which loses its lines."""
        node = self._node(place)
        return isinstance(node, ScalarNode) and node.style == ">"

    def _node(self, place: Place) -> Node | None:
        node = self.root
        for part in place:
            found = _child(node, part)
            if found is None:
                return None
            node = found[1]
        return node


def _child(node: Node, part: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def read(root: Path, path: str) -> tuple[Source, Data]:
    """The file at *path* below *root*, as text and as plain data; raises all its problems."""
    text = read_text(root, path)
    source = Source(path, text, _composed(path, text))
    problems: list[Problem] = []
    data = _plain(source.root, source, problems, set())
    if problems:
        raise HadocsError(problems)
    return source, data


def read_text(root: Path, path: str) -> str:
    """The text of a regular file inside *root*, UTF-8, of a sensible size."""

    def refuse(message: str, hint: str = "") -> HadocsError:
        return HadocsError([Problem(Location(path), Code.UNREADABLE, message, hint)])

    try:
        real = (root / path).resolve(strict=True)
        if not real.is_relative_to(root.resolve()):
            raise refuse("the path leads out of the project", f"it is really {real.name!r}")
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            raise refuse("not a regular file")
        if status.st_size > MOST_BYTES:
            raise refuse(f"{status.st_size} bytes; a spec has at most {MOST_BYTES}")
        raw = real.read_bytes()
    except (OSError, RuntimeError) as error:
        reason = (
            os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "a loop"
        )
        raise refuse(f"cannot be read: {reason}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        where = Location(path, line, column)
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise HadocsError(
            [Problem(where, Code.UNREADABLE, message, "save the file as UTF-8")]
        ) from None


def _composed(path: str, text: str) -> Node:
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if _open_quote(error) else error.problem_mark
        where = Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
        code = Code.UNREADABLE if isinstance(error, _TooDeep) else Code.SYNTAX
        raise HadocsError(
            [Problem(where, code, _syntax_message(error), _syntax_hint(error))]
        ) from None
    except yaml.YAMLError as error:
        message = str(error).splitlines()[0]
        raise HadocsError([Problem(Location(path), Code.SYNTAX, message)]) from None
    if not isinstance(node, Node):
        raise HadocsError([Problem(Location(path), Code.SYNTAX, "the file is empty")])
    return node


def _open_quote(error: yaml.MarkedYAMLError) -> bool:
    return error.context == "while scanning a quoted scalar" and "end of" in (error.problem or "")


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    if _open_quote(error):
        return "this quote is never closed"
    if error.context == "expected a single document in the stream":
        return "a file has one document, so '---' stands only before it"
    return error.problem or str(error)


def _syntax_hint(error: yaml.MarkedYAMLError) -> str:
    if error.problem and "mapping values are not allowed" in error.problem:
        return "a text with ': ' in it needs quotes, or '|' and a line of its own"
    if error.problem and "cannot start any token" in error.problem:
        return "indent with spaces; a text that begins with @, ` or % needs quotes"
    if error.context and error.context_mark and "flow" in error.context:
        return f"the bracket is at line {error.context_mark.line + 1}"
    return ""


def _plain(node: Node, source: Source, problems: list[Problem], seen: set[int]) -> Data:
    """*node* as text, lists and dicts; tags, aliases and keys that stand twice are problems."""
    if id(node) in seen or node.tag not in _PLAIN:
        problems.append(_refused(node, source, seen))
        return ""
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(value, source, problems, seen) for value in node.value]
    data: dict[str, Data] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, mark = key.value, key.start_mark
        where = Location(source.path, mark.line + 1, mark.column + 1)
        if not isinstance(name, str):
            problems.append(Problem(where, Code.SYNTAX, "a key must be a word"))
        elif id(key) in seen or key.tag not in _PLAIN:
            problems.append(_refused(key, source, seen))
        elif name in data:
            hint = f"it is at line {lines[name]} already"
            problems.append(Problem(where, Code.DUPLICATE_KEY, f"{name!r} stands twice", hint))
        else:
            lines[name] = mark.line + 1
            seen.add(id(key))
            data[name] = _plain(value, source, problems, seen)
    return data


def _refused(node: Node, source: Source, seen: set[int]) -> Problem:
    where = Location(source.path, node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in seen:
        return Problem(where, Code.SYNTAX, "aliases are not used in specs", "write the value again")
    return Problem(where, Code.SYNTAX, f"the tag {node.tag!r} is not used in specs", "leave it out")
