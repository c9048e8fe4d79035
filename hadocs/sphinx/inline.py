"""Sentences: generated parts, links, and literals with marked values."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx import addnodes

from hadocs.plan.text import Text
from hadocs.renderers.blocks import InCode, Inline, Link, Strong
from hadocs.sphinx.nodes import GuideValue


def literal(text: Text | str) -> nodes.literal:
    """A literal with its values marked."""
    node = nodes.literal(str(text), "")
    for piece, span in text.pieces() if isinstance(text, Text) else ((text, None),):
        plain = nodes.Text(piece)
        node += GuideValue("", "", plain, span=span) if span else plain
    return node


def label(page: str, anchor: str) -> str:
    """The name by which :rst:role:`ref` finds an *anchor* of a *page*."""
    return nodes.fully_normalize_name(f"{page}#{anchor}")


def link(target: Link, docname: str) -> nodes.Element:
    """A reference; without a text it shows the title of its target, whatever that becomes."""
    if target.url:
        text = target.text or target.url
        return nodes.reference("", text, refuri=target.url, internal=False)
    kind = "ref" if target.anchor else "doc"
    goal = label(target.page, target.anchor) if target.anchor else f"/{target.page}"
    return addnodes.pending_xref(
        "",
        nodes.inline("", target.text or target.page, classes=["std", f"std-{kind}"]),
        refdoc=docname,
        refdomain="std",
        reftype=kind,
        reftarget=goal,
        refexplicit=bool(target.text),
        refwarn=True,
    )


def sentence(parts: Iterable[Inline], docname: str) -> list[nodes.Node]:
    """The nodes of a generated sentence."""
    return [_part(part, docname) for part in parts]


def _part(part: Inline, docname: str) -> nodes.Node:
    match part:
        case InCode(text=text):
            return literal(text)
        case Strong(text=text):
            return nodes.strong(text, text)
        case Link():
            return link(part, docname)
        case _:
            return nodes.Text(part)
