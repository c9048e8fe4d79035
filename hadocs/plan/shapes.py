"""What is wrong in a template before any value is known: names that nothing gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from jinja2 import nodes

from hadocs.plan.template import FILTERS, TemplateError, parsed
from hadocs.problems import Code, did_you_mean

#: A leaf is None; a mapping has named parts; a list has one element, the shape of each item.
Shape: TypeAlias = "Mapping[str, Shape] | list[Shape] | None"


class Wrong(Exception):
    """A template names what is not there, or (*code*) cannot be understood; *line* is from 0."""

    def __init__(
        self, message: str, line: int, word: str, hint: str = "", code: Code = Code.TEMPLATE
    ) -> None:
        super().__init__(message)
        self.line, self.word, self.hint, self.code = line, word, hint, code


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
            case nodes.For(target=nodes.Name(name=name), test=None, else_=[]):
                try:
                    item = _listed(node.iter, scope)
                except Wrong as wrong:
                    yield wrong
                    continue
                yield from _in_body(node.body, {**scope, name: item, "loop": _LOOP})
            case nodes.For():
                yield Wrong("a 'for' has one name, no 'if' and no 'else'", node.lineno - 1, "for")
            case _:
                yield _strange(node)


_LOOP: Mapping[str, Shape] = {"index": None, "first": None, "last": None}


def _leaf(node: nodes.Node, scope: Mapping[str, Shape]) -> Iterator[Wrong]:
    if isinstance(node, nodes.TemplateData):
        return
    try:
        _single(node, _shape(node, scope))
    except Wrong as wrong:
        yield wrong


def _single(node: nodes.Node, shape: Shape) -> None:
    """Refuse to show a list or something with parts."""
    if shape is not None:
        word = _said(node)
        kind = "a list" if isinstance(shape, list) else "not a single value"
        hint = "" if isinstance(shape, list) else did_you_mean("", shape)
        raise Wrong(f"{word!r} is {kind}", node.lineno - 1, word, hint)


def _tried(node: nodes.Node, scope: Mapping[str, Shape]) -> Iterator[Wrong]:
    try:
        _shape(node, scope)
    except Wrong as wrong:
        yield wrong


def _listed(node: nodes.Node, scope: Mapping[str, Shape]) -> Shape:
    """The shape of each item of a list."""
    shape = _shape(node, scope)
    if not isinstance(shape, list):
        raise Wrong(f"{_said(node)!r} is not a list", node.lineno - 1, _said(node))
    return shape[0]


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
                word = _said(node)
                raise Wrong(f"there is no {word!r}", line, word, code=Code.UNDEFINED)
            return _part(owner, attr, line, _said(node.node) + ".")
        case nodes.Getitem(arg=nodes.Const(value=int())):
            return _listed(node.node, scope)
        case nodes.Filter(name=name) if node.node is not None:
            return _filtered(name, node, scope)
        case nodes.Compare():
            return _compared(node, scope)
    if not isinstance(node, _TRANSPARENT):
        raise _strange(node)
    for child in node.iter_child_nodes():
        shape = _shape(child, scope)
        if isinstance(node, _SHOWING) and child is not getattr(node, "test", None):
            _single(child, shape)
    return None


_TRANSPARENT = (
    nodes.Not, nodes.And, nodes.Or, nodes.CondExpr, nodes.Concat, nodes.Add,
)  # fmt: skip
_SHOWING = (nodes.CondExpr, nodes.Concat, nodes.Add)


def _filtered(name: str, node: nodes.Filter, scope: Mapping[str, Shape]) -> Shape:
    line, owner = node.lineno - 1, node.node or node
    if _said(owner).partition(".")[0] in _OF_A_RUN:
        raise Wrong(f"{_said(owner)!r} is known only to a run, and cannot be filtered", line, name)
    match name:
        case "length":
            _listed(owner, scope)
            return None
        case "lower":
            _single(owner, _shape(owner, scope))
            return None
        case "join":
            item = _listed(owner, scope)
            if item is not None or node.kwargs:
                raise Wrong("'join' needs a list of single values", line, name)
            return None
        case "map":
            item = _listed(owner, scope)
            attribute = node.kwargs[0].value if node.kwargs else None
            if not isinstance(attribute, nodes.Const) or not isinstance(item, Mapping):
                raise Wrong("'map' needs attribute='…' and a list of nodes", line, name)
            return [_part(item, str(attribute.value), line, "")]
    raise Wrong(f"the filter {name!r} is not one of {FILTERS}", line, name)


#: What a plan knows only by its name.
_OF_A_RUN = ("secret", "captured")


def _compared(node: nodes.Compare, scope: Mapping[str, Shape]) -> Shape:
    """Single values are compared, with each other or, by ``in``, with those of a list."""
    _single(node.expr, _shape(node.expr, scope))
    for operand in node.ops:
        shape = _shape(operand.expr, scope)
        if operand.op not in ("in", "notin"):
            _single(operand.expr, shape)
        elif not isinstance(shape, list):
            word = _said(operand.expr)
            raise Wrong(f"{word!r} is not a list", node.lineno - 1, word)
    return None


def _part(owner: Mapping[str, Shape], name: str, line: int, before: str) -> Shape:
    if name not in owner:
        hint = did_you_mean(name, owner)
        raise Wrong(f"{before}{name} is not defined", line, before + name, hint, Code.UNDEFINED)
    return owner[name]


def _said(node: nodes.Node) -> str:
    match node:
        case nodes.Getattr():
            return f"{_said(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=index)):
            return f"{_said(node.node)}[{index}]"
    return str(getattr(node, "name", "…"))


def _strange(node: nodes.Node) -> Wrong:
    kind = type(node).__name__.lower()
    return Wrong(f"{kind!r} is not part of the templates of specs", node.lineno - 1, "")
