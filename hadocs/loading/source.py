"""One YAML file as plain data in which every scalar is text, with the place of every value."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hadocs.loading.nodes import composed
from hadocs.loading.positions import position
from hadocs.problems import Code, HadocsError, Location, Problem

Data: TypeAlias = "str | list[Data] | dict[str, Data]"
Place: TypeAlias = Sequence[str | int]

#: A spec is written by hand; a larger file is a mistake or an attack.
MOST_BYTES = 512 * 1024
_PLAIN = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "bool", "int", "float", "null", "timestamp", "value", "merge", "map", "seq")
)


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

    def extent(self, place: Place) -> tuple[int, int]:
        """The first and the last line of the value at *place*."""
        node = self._node(place) or self.root
        # A block ends where the next token begins, in another line.
        is_block = getattr(node, "flow_style", None) is False
        return node.start_mark.line + 1, node.end_mark.line + (not is_block)

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
    source = Source(path, text, composed(path, text))
    if "&" not in text:
        try:
            return source, _usual(source.root)
        except (ValueError, TypeError):
            pass  # the careful way says what is unusual, and where
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


def _usual(node: Node) -> Data:
    """*node* as text, lists and dicts, of a file without anchors; raises if it is not as usual."""
    if node.tag not in _PLAIN:
        raise ValueError(node.tag)
    value = node.value
    if isinstance(node, ScalarNode):
        return value  # type: ignore[no-any-return]  # text, as the parser made it
    if isinstance(node, SequenceNode):
        return [_usual(item) for item in value]
    data = {key.value: _usual(item) for key, item in value if key.tag in _PLAIN}
    if len(data) != len(value):
        raise ValueError("a key that stands twice, or has a tag")
    return data


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
    for key, value in node.value:
        name, known = key.value, key.tag in _PLAIN and id(key) not in seen
        if known and isinstance(name, str) and name not in data:
            seen.add(id(key))
            data[name] = _plain(value, source, problems, seen)
        else:
            problems.append(_refused_key(key, node, source, seen))
    return data


def _refused_key(key: Node, inside: Node, source: Source, seen: set[int]) -> Problem:
    where = Location(source.path, key.start_mark.line + 1, key.start_mark.column + 1)
    if not isinstance(key.value, str):
        return Problem(where, Code.SYNTAX, "a key must be a word")
    if id(key) in seen or key.tag not in _PLAIN:
        return _refused(key, source, seen)
    first = next(other for other, _ in inside.value if other.value == key.value)
    hint = f"it is at line {first.start_mark.line + 1} already"
    return Problem(where, Code.DUPLICATE_KEY, f"{key.value!r} stands twice", hint)


def _refused(node: Node, source: Source, seen: set[int]) -> Problem:
    where = Location(source.path, node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in seen:
        return Problem(where, Code.SYNTAX, "aliases are not used in specs", "write the value again")
    return Problem(where, Code.SYNTAX, f"the tag {node.tag!r} is not used in specs", "leave it out")
