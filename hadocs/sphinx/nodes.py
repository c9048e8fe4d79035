"""Nodes of the guide: neutral where they are read, and rich where they are written as HTML.

Each is a kind of a docutils node that every writer knows, so that a format without a visitor of
its own still prints all of it, labelled.
"""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

__all__ = [
    "GuideBadge",
    "GuideBadges",
    "GuideChooser",
    "GuideCode",
    "GuideCodeLabel",
    "GuideDetails",
    "GuideFolded",
    "GuideSummary",
    "GuideTabs",
    "GuideTimeline",
    "GuideValue",
    "labelled",
]


class GuideCode(nodes.container):
    """A label that says where this is run or kept, and the literal block."""


class GuideCodeLabel(nodes.paragraph):
    """Nodes and file name of a code block, in words."""


class GuideValue(nodes.inline):
    """Characters of a literal that are a value of the site, a node, a secret."""

    support_smartquotes = False


class GuideBadges(nodes.paragraph):
    """Marks beside each other."""


class GuideBadge(nodes.inline):
    """A short mark; ``about`` explains it."""


class GuideTabs(nodes.definition_list):
    """Variants: each a label, and below it, indented, what it holds."""


class GuideFolded(nodes.definition_list):
    """A label, and below it, indented, what a reader opens if needed."""


class GuideTimeline(nodes.container):
    """What happened when, in words; web pages show a picture of the block ``timeline``."""


class GuideDetails(nodes.container):
    """A folded part of a web page."""


class GuideSummary(nodes.container):
    """What a web page shows of a folded part."""


class GuideChooser(nodes.General, nodes.Element):
    """The controls of a web page with which a reader chooses once for all tabs."""


def labelled(
    label: Sequence[nodes.Node], content: Sequence[nodes.Node], **attributes: object
) -> nodes.definition_list_item:
    """An item of tabs or of a folded part, whose end every format shows."""
    term, definition = nodes.term("", "", *label), nodes.definition("", *content)
    return nodes.definition_list_item("", term, definition, **attributes)
