"""Tables of sentences."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes

from hadocs.renderers.blocks import Table
from hadocs.sphinx.inline import sentence

#: No column is narrower or wider than this, as a share of the others.
_NARROW, _WIDE = 6, 48


def table(block: Table, docname: str) -> nodes.table:
    """A table with one row as its head; formats without layout size columns by their content."""
    head = [sentence([cell], docname) for cell in block.head]
    rows = [[sentence(cell, docname) for cell in row] for row in block.rows]
    grid = [head, *rows] if any(block.head) else rows
    group = nodes.tgroup("", cols=len(block.head))
    for cells in zip(*grid, strict=True):
        longest = max(sum(len(node.astext()) for node in cell) for cell in cells)
        group += nodes.colspec("", colwidth=min(max(longest + 1, _NARROW), _WIDE))
    if any(block.head):
        group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, rows))
    title = [nodes.title(block.caption, block.caption)] if block.caption else []
    return nodes.table("", *title, group, classes=["colwidths-auto"])


def _row(cells: Iterable[list[nodes.Node]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))
