"""What is wrong in a template before any value is known: names that nothing gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from jinja2 import nodes

from hadocs.plan.template import FILTERS, TemplateError, parsed
from hadocs.problems import did_you_mean

#: A leaf is None; a mapping has named parts; a list has one element, the shape of each item.
Shape: TypeAlias = "Mapping[str, Shape] | list[Shape] | None"


class Wrong(Exception):
    """A template names what is not there; *line* counts from 0."""

    def __init__(self, message: str, line: int, word: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.word, self.hint = line, word, hint


def wrongs(text: str, scope: Mapping[str, Shape]) -> Iterator[Wrong]:
    """Every name in *text* that *scope* does not have, each once."""
    if "{" not in text:
        return
    try:
        tree = parsed(text)
    except TemplateError as error:
        yield Wrong(str(error), error.line, error.word)
        return
    seen: set[tuple[int, str]] = set()
    for wrong in _in_body(tree.body, scope):
        if (wrong.line, str(wrong)) not in seen:
            seen.add((wrong.line, str(wrong)))
            yield wrong


def _in_body(body: list[nodes.Node], scope: Mapping[str, Shape]) -> Iterator[Wrong]:
    for node in body:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    yield from _leaf(part, scope)
            case nodes.If():
                for branch in (node, *node.elif_):
                    yield from _tried(branch.test, scope)
                    yield from _in_body(branch.body, scope)
                yield from _in_body(node.else_, scope)
            case nodes.For(target=nodes.Name(name=name)):
                yield from _tried(node.iter, scope)
                inner = {**scope, name: _item(node.iter, scope), "loop": _LOOP}
                yield from _in_body(node.body, inner)
            case _:
                yield _strange(node)


_LOOP: Mapping[str, Shape] = {"index": None, "first": None, "last": None}


def _leaf(node: nodes.Node, scope: Mapping[str, Shape]) -> Iterator[Wrong]:
    if isinstance(node, nodes.TemplateData):
        return
    try:
        shape = _shape(node, scope)
    except Wrong as wrong:
        yield wrong
        return
    if shape is not None:
        word = node.attr if isinstance(node, nodes.Getattr) else getattr(node, "name", "")
        kind = "a list" if isinstance(shape, list) else "not a single value"
        hint = "" if isinstance(shape, list) else did_you_mean("", shape)
        yield Wrong(f"{word!r} is {kind}", node.lineno - 1, word, hint)


def _tried(node: nodes.Node, scope: Mapping[str, Shape]) -> Iterator[Wrong]:
    try:
        _shape(node, scope)
    except Wrong as wrong:
        yield wrong


def _item(node: nodes.Node, scope: Mapping[str, Shape]) -> Shape:
    try:
        shape = _shape(node, scope)
    except Wrong:
        return {}
    return shape[0] if isinstance(shape, list) else None


def _shape(node: nodes.Node, scope: Mapping[str, Shape]) -> Shape:
    line = node.lineno - 1
    match node:
        case nodes.Const():
            return None
        case nodes.Name(name=name):
            return _part(scope, name, line, "")
        case nodes.Getattr(attr=attr):
            owner = _shape(node.node, scope)
            if not isinstance(owner, Mapping):
                raise Wrong(f"there is no {attr!r} in that", line, attr)
            return _part(owner, attr, line, _said(node.node) + ".")
        case nodes.Getitem(arg=nodes.Const(value=int())):
            owner = _shape(node.node, scope)
            return owner[0] if isinstance(owner, list) else None
        case nodes.Filter(name=name) if node.node is not None:
            return _filtered(name, node, scope)
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Operand):
            child = child.expr
        _shape(child, scope)
    if not isinstance(node, _TRANSPARENT):
        raise _strange(node)
    return None


_TRANSPARENT = (
    nodes.Compare, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr, nodes.Concat, nodes.Add,
)  # fmt: skip


def _filtered(name: str, node: nodes.Filter, scope: Mapping[str, Shape]) -> Shape:
    line = node.lineno - 1
    owner = _shape(node.node, scope) if node.node is not None else None
    if name not in ("map", "join", "length", "lower"):
        raise Wrong(f"the filter {name!r} is not one of {FILTERS}", line, name)
    if name != "map":
        return None
    item = owner[0] if isinstance(owner, list) else {}
    attribute = node.kwargs[0].value if node.kwargs else None
    if not isinstance(attribute, nodes.Const) or not isinstance(item, Mapping):
        raise Wrong("'map' needs attribute='…' and a list of nodes", line, "map")
    return [_part(item, str(attribute.value), line, "")]


def _part(owner: Mapping[str, Shape], name: str, line: int, before: str) -> Shape:
    if name not in owner:
        raise Wrong(f"{before}{name} is not defined", line, name, did_you_mean(name, owner))
    return owner[name]


def _said(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_said(node.node)}.{node.attr}"
    return str(getattr(node, "name", "…"))


def _strange(node: nodes.Node) -> Wrong:
    kind = type(node).__name__.lower()
    return Wrong(f"{kind!r} is not part of the templates of specs", node.lineno - 1, "")
