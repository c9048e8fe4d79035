"""A small part of Jinja, parsed by Jinja and interpreted over the syntax tree.

Names, attributes, ``for``, ``if``, comparisons and the filters ``map(attribute=…)``, ``join``,
``length`` and ``lower``, over plain data. What a person reads as a value stays marked as one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError

from hadocs.plan.text import Kind, Span, Text, join

#: An expression or statement on one line; what is wrong stands in one, not in the words around it.
BRACES = re.compile(r"\{[{%].*?(?:[}%]\}|$)")
_ENVIRONMENT = Environment(  # noqa: S701 - builds text that is interpreted here, never HTML
    trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
)


@dataclass(frozen=True)
class Value:
    """Data with the expression that gave it; *kind* is None for what is not shown as a value."""

    data: Any
    name: str = ""
    kind: Kind | None = None


class TemplateError(Exception):
    """A template that cannot be understood; *line* counts from 0, *word* is what is wrong."""

    def __init__(self, message: str, line: int = 0, word: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.word = word


class Absent(Exception):
    """A value that the site does not give; *name* is its expression."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(name)
        self.name = name
        self.line = line


@functools.lru_cache(maxsize=65536)
def parsed(text: str) -> nodes.Template:
    """The syntax tree of *text*."""
    try:
        return _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(error.message or "cannot be parsed", error.lineno - 1) from None


def rendered(text: str, scope: Mapping[str, Value]) -> Text:
    """*text* with its expressions replaced by the values in *scope*, marked."""
    if "{" not in text:
        return Text(text)
    return join("", _body(parsed(text).body, scope))


def _body(body: list[nodes.Node], scope: Mapping[str, Value]) -> Iterator[Text]:
    for node in body:
        yield from _statement(node, scope)


def _statement(node: nodes.Node, scope: Mapping[str, Value]) -> Iterator[Text]:
    match node:
        case nodes.Output():
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    yield Text(part.data)
                else:
                    yield _shown(_value(part, scope), part.lineno)
        case nodes.If():
            for branch in (node, *node.elif_):
                if _value(branch.test, scope).data:
                    yield from _body(branch.body, scope)
                    return
            yield from _body(node.else_, scope)
        case nodes.For():
            items = list(_items(_value(node.iter, scope)))
            for index, item in enumerate(items):
                yield from _body(node.body, {**scope, **_loop(node, item, index, len(items))})
        case _:
            raise _unknown(node)


def _loop(node: nodes.For, item: Value, index: int, count: int) -> dict[str, Value]:
    if not isinstance(node.target, nodes.Name):
        raise _unknown(node.target)
    loop = {"index": index + 1, "first": index == 0, "last": index == count - 1}
    return {node.target.name: item, "loop": Value(loop, "loop")}


def _items(value: Value) -> Iterator[Value]:
    for index, item in enumerate(value.data):
        if isinstance(item, Value):
            yield item
        else:
            yield Value(item, f"{value.name}[{index}]", value.kind)


def _shown(value: Value, line: int) -> Text:
    if isinstance(value.data, Text):
        return value.data
    if isinstance(value.data, (dict, list, tuple)) or value.data is None:
        raise TemplateError(f"{value.name!r} is not a single value", line - 1, value.name)
    text = str(value.data)
    if value.kind is None or not text:
        return Text(text)
    return Text(text, (Span(0, len(text), value.kind, value.name),))


def _value(node: nodes.Node, scope: Mapping[str, Value]) -> Value:
    match node:
        case nodes.Const():
            return Value(node.value)
        case nodes.Name():
            if node.name not in scope:
                raise Absent(node.name, node.lineno - 1)
            return scope[node.name]
        case nodes.Getattr():
            return _attribute(_value(node.node, scope), node.attr, node.lineno - 1)
        case nodes.Getitem(arg=nodes.Const(value=int() as index)):
            owner = _value(node.node, scope)
            if index >= len(owner.data):
                raise Absent(f"{owner.name}[{index}]", node.lineno - 1)
            return list(_items(owner))[index]
        case nodes.Filter():
            return _filtered(node, scope)
        case nodes.Compare():
            return _compared(node, scope)
        case nodes.Not():
            return Value(not _value(node.node, scope).data)
        case nodes.And():
            return Value(_value(node.left, scope).data and _value(node.right, scope).data)
        case nodes.Or():
            return Value(_value(node.left, scope).data or _value(node.right, scope).data)
        case nodes.CondExpr():
            chosen = node.expr1 if _value(node.test, scope).data else node.expr2
            return _value(chosen, scope) if chosen else Value("")
        case nodes.Add():
            return Value(
                _number(_value(node.left, scope).data) + _number(_value(node.right, scope).data)
            )
        case nodes.Concat():
            return Value(join("", [_shown(_value(n, scope), n.lineno) for n in node.nodes]))
    raise _unknown(node)


def _attribute(owner: Value, name: str, line: int) -> Value:
    full = f"{owner.name}.{name}"
    if not isinstance(owner.data, Mapping) or name not in owner.data:
        raise Absent(full, line)
    found = owner.data[name]
    return found if isinstance(found, Value) else Value(found, full, owner.kind)


def _filtered(node: nodes.Filter, scope: Mapping[str, Value]) -> Value:
    owner = _value(node.node, scope) if node.node is not None else Value("")
    if owner.kind in (Kind.SECRET, Kind.CAPTURED):
        raise TemplateError(f"{owner.name!r} is known only to a run, and cannot be filtered")
    if node.name == "map" and node.kwargs and not node.args:
        name = str(_value(node.kwargs[0].value, scope).data)
        return Value([_attribute(item, name, node.lineno - 1) for item in _items(owner)])
    if node.name == "join":
        separator = str(_value(node.args[0], scope).data) if node.args else ""
        return Value(join(separator, [_shown(item, node.lineno) for item in _items(owner)]))
    if node.name in _FILTERS and not node.args and not node.kwargs:
        return Value(_FILTERS[node.name](owner.data), f"{owner.name}|{node.name}", owner.kind)
    raise TemplateError(
        f"the filter {node.name!r} is not one of {FILTERS}", node.lineno - 1, node.name
    )


_FILTERS: Mapping[str, Callable[[Any], Any]] = {
    "length": len,
    "lower": lambda data: str(data).lower(),
}
FILTERS = "join, length, lower, map(attribute=…)"
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: str(a) == str(b),
    "ne": lambda a, b: str(a) != str(b),
    "gt": lambda a, b: _number(a) > _number(b),
    "gteq": lambda a, b: _number(a) >= _number(b),
    "lt": lambda a, b: _number(a) < _number(b),
    "lteq": lambda a, b: _number(a) <= _number(b),
    "in": lambda a, b: str(a) in map(str, b),
    "notin": lambda a, b: str(a) not in map(str, b),
}


def _number(data: Any) -> int:
    try:
        return int(str(data))
    except ValueError:
        raise TemplateError(f"{str(data)!r} is not a number") from None


def _compared(node: nodes.Compare, scope: Mapping[str, Value]) -> Value:
    left, result = _value(node.expr, scope).data, True
    for operand in node.ops:
        right = _value(operand.expr, scope).data
        result = result and _COMPARE[operand.op](left, right)
        left = right
    return Value(result)


def _unknown(node: nodes.Node) -> TemplateError:
    kind = type(node).__name__.lower()
    return TemplateError(f"{kind!r} is not part of the templates of specs", node.lineno - 1)
