"""Tabs: neutral where they are read, nodes of sphinx-tabs where they are written as a web page.

sphinx-tabs decides at read time for one format; doctrees are shared by all formats. Hence the
choice is made when a page is written, and every other format prints all variants, labelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_tabs.tabs import (
    SphinxTabsContainer,
    SphinxTabsPanel,
    SphinxTabsTab,
    SphinxTabsTablist,
)

from hadocs.renderers.blocks import Tabs
from hadocs.sphinx.nodes import GuideChooser, GuidePanel, GuideTabs, GuideTitle


def neutral(tabs: Tabs, contents: list[list[nodes.Node]]) -> GuideTabs:
    """The tabs of a doctree, with the nodes of each panel."""
    result = GuideTabs("", group=tabs.group, label=tabs.label)
    for panel, content in zip(tabs.panels, contents, strict=True):
        title = GuideTitle(panel.label, panel.label)
        result += GuidePanel("", title, *content, keys=panel.keys, label=panel.label)
    return result


class RichTabs(SphinxPostTransform):
    """Turn neutral tabs into tabs of sphinx-tabs, and give the page its chooser."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Books are HTML as well, and have no script."""
        found = [] if self.app.builder.name == "epub" else list(self.document.findall(GuideTabs))
        if not found:
            return
        self._add_chooser(_groups(found))
        seen: dict[str, int] = {}
        for tabs in found:
            name = nodes.make_id(f"{_section(tabs)}-{tabs['group']}")
            seen[name] = seen.get(name, 0) + 1
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


def _panels(tabs: GuideTabs) -> Iterator[GuidePanel]:
    return (child for child in tabs.children if isinstance(child, GuidePanel))


def _groups(found: list[GuideTabs]) -> dict[str, tuple[str, dict[str, str]]]:
    """Label, and keys with their labels, of each group of a page, in order of appearance."""
    groups: dict[str, tuple[str, dict[str, str]]] = {}
    for tabs in found:
        _, choices = groups.setdefault(tabs["group"], (tabs["label"], {}))
        for panel in _panels(tabs):
            for key, label in _names(panel).items():
                if choices.get(key, key) == key:
                    choices[key] = label
    return groups


def _names(panel: GuidePanel) -> dict[str, str]:
    """The label of each key; equal variants share a panel, whose label lists them."""
    keys: tuple[str, ...] = panel["keys"]
    labels = [panel["label"]] if len(keys) == 1 else panel["label"].split(", ")
    return dict(zip(keys, labels if len(labels) == len(keys) else keys, strict=True))


def _rich(tabs: GuideTabs, name: str) -> SphinxTabsContainer:
    """Nodes of sphinx-tabs. All panels are visible until a script runs, and when printed."""
    bar = SphinxTabsTablist("", role="tablist", **{"aria-label": tabs["label"]})
    box = SphinxTabsContainer("", bar, classes=["sphinx-tabs", "hadocs-tabs"])
    box["data-group"] = tabs["group"]
    for index, panel in enumerate(_panels(tabs)):
        anchors = [nodes.make_id(f"{name}-{key}") for key in panel["keys"]]
        bar += _tab(panel["label"], anchors[0], first=index == 0)
        box += SphinxTabsPanel(
            "",
            *panel.children,
            ids=anchors,
            classes=["sphinx-tabs-panel"],
            role="tabpanel",
            tabindex="0",
            **{"aria-labelledby": f"{anchors[0]}-tab", "data-keys": " ".join(panel["keys"])},
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
