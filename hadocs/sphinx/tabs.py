"""Tabs and folds: neutral where they are read, rich where they are written as a web page.

sphinx-tabs decides at read time for one format; doctrees are shared by all formats. Hence its
nodes are made when a page is written, and every other format prints all variants, labelled.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_tabs.tabs import (  # type: ignore[import-untyped]  # it has no types
    SphinxTabsContainer,
    SphinxTabsPanel,
    SphinxTabsTab,
    SphinxTabsTablist,
)

from hadocs.sphinx.nodes import (
    GuideChooser,
    GuideDetails,
    GuideFolded,
    GuideSummary,
    GuideTabs,
    labelled,
)

if TYPE_CHECKING:
    from hadocs.renderers.blocks import Tabs

#: Builders whose pages have a script and a style sheet of ours.
WEB = ("html", "dirhtml", "singlehtml")


def neutral(tabs: Tabs, contents: list[list[nodes.Node]]) -> GuideTabs:
    """The tabs of a doctree, with the nodes of each panel."""
    result = GuideTabs("", group=tabs.group, label=tabs.label, titles=tabs.titles)
    result["usual"] = " ".join(f"{system}={key}" for system, key in tabs.usual)
    for panel, content in zip(tabs.panels, contents, strict=True):
        result += labelled([nodes.Text(panel.label)], content, keys=panel.keys)
    return result


class RichPage(SphinxPostTransform):
    """Turn neutral tabs into tabs of sphinx-tabs, folds into details; give the page its chooser."""

    default_priority = 200
    #: Books are HTML as well, but have no script, and nothing that can be opened.
    builders = WEB

    def run(self, **kwargs: Any) -> None:
        """Folds first, since tabs may stand in them."""
        for folded in list(self.document.findall(GuideFolded)):
            term, definition = folded[0].children
            summary = GuideSummary("", *term.children)
            folded.replace_self(GuideDetails("", summary, *definition.children))
        if found := list(self.document.findall(GuideTabs)):
            self._add_chooser(_groups(found))
        seen: Counter[str] = Counter()
        for tabs in found:
            name = nodes.make_id(f"{_section(tabs)}-{tabs['group']}")
            seen[name] += 1
            tabs.replace_self(_rich(tabs, f"{name}-{seen[name]}" if seen[name] > 1 else name))

    def _add_chooser(self, groups: dict[str, tuple[str, dict[str, str]]]) -> None:
        page = self.document.next_node(nodes.section) or self.document
        title = page.first_child_matching_class(nodes.title)
        page.insert(0 if title is None else title + 1, GuideChooser("", groups=groups))


def _section(node: nodes.Element) -> str:
    """The anchor of the section around *node*."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.section):
            return str(node["ids"][0])
    return "tabs"


def _groups(found: list[GuideTabs]) -> dict[str, tuple[str, dict[str, str]]]:
    """Label, and keys with their labels, of each group of a page, in order of appearance."""
    groups: dict[str, tuple[str, dict[str, str]]] = {}
    for tabs in found:
        _, choices = groups.setdefault(tabs["group"], (tabs["label"], {}))
        choices.update(tabs["titles"])
    return groups


def _rich(tabs: GuideTabs, name: str) -> SphinxTabsContainer:
    """Nodes of sphinx-tabs. All panels are visible until a script runs, and when printed."""
    bar = SphinxTabsTablist("", role="tablist", **{"aria-label": tabs["label"]})
    box = SphinxTabsContainer("", bar, classes=["sphinx-tabs", "hadocs-tabs"])
    box["data-group"] = tabs["group"]
    box["data-usual"] = tabs["usual"]
    for index, (term, definition) in enumerate(panel.children for panel in tabs.children):
        keys, label = term.parent["keys"], term.astext()
        anchors = [nodes.make_id(f"{name}-{key}") for key in keys]
        bar += _tab(label, anchors[0], first=index == 0)
        box += SphinxTabsPanel(
            "",
            nodes.paragraph(label, label, classes=["hadocs-panel-title"]),
            *definition.children,
            ids=anchors,
            classes=["sphinx-tabs-panel"],
            role="tabpanel",
            tabindex="0",
            **{"aria-labelledby": f"{anchors[0]}-tab", "data-keys": " ".join(keys)},
        )
    return box


def _tab(label: str, panel: str, *, first: bool) -> SphinxTabsTab:
    return SphinxTabsTab(
        "",
        label,
        ids=[f"{panel}-tab"],
        classes=["sphinx-tabs-tab"],
        role="tab",
        type="button",
        tabindex="0" if first else "-1",
        **{"aria-selected": "true" if first else "false", "aria-controls": panel},
    )
