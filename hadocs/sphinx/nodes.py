"""Nodes of the guide: neutral where they are read, and rich where they are written as HTML.

Each is a kind of a docutils node that every writer knows, so that a format without a visitor of
its own still prints all of it, labelled.
"""

from __future__ import annotations

from docutils import nodes

__all__ = [
    "GuideBadge",
    "GuideBadges",
    "GuideChooser",
    "GuideCode",
    "GuideCodeLabel",
    "GuideFolded",
    "GuidePanel",
    "GuideSummary",
    "GuideTabs",
    "GuideTitle",
    "GuideValue",
]


class GuideCode(nodes.container):
    """A label that says where this is run or kept, and the literal block."""


class GuideCodeLabel(nodes.paragraph):
    """Nodes and file name of a code block, in words."""


class GuideValue(nodes.inline):
    """Characters of a literal that are a value of the site, a node, a secret."""

    support_smartquotes = False


class GuideTabs(nodes.container):
    """Variants, one panel each."""


class GuidePanel(nodes.container):
    """One variant: its title, then its content."""


class GuideTitle(nodes.rubric):
    """The label of a panel."""


class GuideFolded(nodes.container):
    """A summary, then what a reader opens if needed."""


class GuideSummary(nodes.rubric):
    """What is inside of a folded part."""


class GuideBadges(nodes.paragraph):
    """Marks beside each other."""


class GuideBadge(nodes.inline):
    """A short mark; ``about`` explains it."""


class GuideChooser(nodes.General, nodes.Element):
    """The controls with which a reader chooses once for all tabs; HTML alone has them."""
