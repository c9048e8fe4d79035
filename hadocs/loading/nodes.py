"""The text of one YAML file as nodes that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hadocs.problems import Code, HadocsError, Location, Problem

#: A spec is written by hand; a deeper file is a mistake or an attack.
MOST_DEPTH = 24
_TAGS: Mapping[type[Node], str] = {
    ScalarNode: "tag:yaml.org,2002:str",
    SequenceNode: "tag:yaml.org,2002:seq",
    MappingNode: "tag:yaml.org,2002:map",
}
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TooDeep(yaml.MarkedYAMLError):
    """More than `MOST_DEPTH` lists and mappings in each other."""


class _Loader(_Parser):  # type: ignore[misc]  # the parser in C, if there is one
    """Bounds the depth while nodes are made, since the parser in C recurses without a bound.

    What has no tag of its own is text, so that nobody has to look what it resembles.
    """

    depth = 0

    def resolve(self, kind: type[Node], value: object, implicit: object) -> str:
        return _TAGS[kind]

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        self.depth += 1
        if parent is not None and self.depth > MOST_DEPTH + 1:
            mark = parent.start_mark
            raise _TooDeep(problem="nested too deeply to be a spec", problem_mark=mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def composed(path: str, text: str) -> Node:
    """The node of the only document in *text*; raises what keeps it from being YAML."""
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
    if error.problem and re.match(r"(did not|could not) find expected", error.problem):
        return "is this line, or the one before it, indented like its neighbours?"
    return ""
