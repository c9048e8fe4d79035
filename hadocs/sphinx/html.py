"""How the nodes of the guide are written as HTML."""

from __future__ import annotations

import json
from html import escape
from typing import TypeAlias

from docutils import nodes
from pygments.lexer import Lexer
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from hadocs.plan.text import Span, Text
from hadocs.sphinx import nodes as guide
from hadocs.sphinx.code import highlighted

HTML: TypeAlias = HTML5Translator

_lexers: dict[str, Lexer] = {}


def _lexer(self: HTML, node: nodes.literal_block) -> Lexer:
    """The lexer of a block, one for each language; it neither adds nor strips lines."""
    language = node["language"]
    if language not in _lexers:
        exact = {"stripnl": False, "ensurenl": False}
        lexer = self.highlighter.get_lexer(node.rawsource, language, exact, True, node)
        if "text" in lexer.aliases:  # perhaps unknown: then warn of the next block as well
            return lexer
        _lexers[language] = lexer
    return _lexers[language]


def values(spans: tuple[Span, ...]) -> str:
    """Marks of a text as an attribute: start, end, name, so that a script can put in others."""
    marks = [(span.start, span.end, span.name) for span in spans]
    return escape(json.dumps(marks, separators=(",", ":")))


def _copy(text: Text | None) -> str:
    if text is None:
        return ""
    marks = f' data-values="{values(text.spans)}"' if text.spans else ""
    return f' data-copy="{escape(text.text)}"{marks}'


def visit_code(self: HTML, node: guide.GuideCode) -> None:
    block = node[-1]
    assert isinstance(block, nodes.literal_block)
    code = Text(block.rawsource, node["spans"])
    inside = highlighted(code, _lexer(self, block), node["prompt"])
    chips = "".join(f'<span class="hadocs-node">{escape(name)}</span>' for name in node["nodes"])
    title = f'<span class="hadocs-caption">{escape(node["caption"])}</span>' * bool(node["caption"])
    head = f'<div class="hadocs-code-head">{chips}{title}</div>' if chips or title else ""
    self.body.append(
        f'<div class="hadocs-code hadocs-code-{node["kind"]} notranslate"{_copy(node["copy"])}>'
        f'{head}<div class="highlight"><pre>{inside}</pre></div></div>\n'
    )
    raise nodes.SkipNode


def visit_value(self: HTML, node: guide.GuideValue) -> None:
    marks = {"data-name": node["about"], "title": node["meaning"]}
    self.body.append(self.starttag(node, "span", "", CLASS=f"value {node['kind']}", **marks))


def visit_badges(self: HTML, node: guide.GuideBadges) -> None:
    self.body.append(self.starttag(node, "p", CLASS="hadocs-badges"))


def visit_badge(self: HTML, node: guide.GuideBadge) -> None:
    css = f"hadocs-badge hadocs-badge-{node['kind']}"
    if node["level"]:
        css += f" hadocs-level-{node['level']}"
    marks: dict[str, str] = {}
    if node["about"]:
        marks = {"data-about": node["about"], "tabindex": "0", "role": "note"}
        marks["aria-label"] = f"{node.astext()}: {node['about']}"
    self.body.append(self.starttag(node, "span", "", CLASS=css, **marks))


def visit_folded(self: HTML, node: guide.GuideFolded) -> None:
    self.body.append(self.starttag(node, _folds(self)[0], CLASS="hadocs-folded"))


def visit_summary(self: HTML, node: guide.GuideSummary) -> None:
    self.body.append(self.starttag(node, _folds(self)[1], ""))


def visit_title(self: HTML, node: guide.GuideTitle) -> None:
    self.body.append(self.starttag(node, "p", "", CLASS="hadocs-panel-title"))


def depart_folded(self: HTML, node: guide.GuideFolded) -> None:
    self.body.append(f"</{_folds(self)[0]}>\n")


def depart_summary(self: HTML, node: guide.GuideSummary) -> None:
    self.body.append(f"</{_folds(self)[1]}>\n")


def depart_paragraph(self: HTML, node: nodes.Element) -> None:
    self.body.append("</p>\n")


def depart_span(self: HTML, node: nodes.Element) -> None:
    self.body.append("</span>")


def _folds(self: HTML) -> tuple[str, str]:
    """Element of a folded part and of its summary; a book has nothing that can be opened."""
    return ("div", "p") if self.builder.name == "epub" else ("details", "summary")


def visit_chooser(self: HTML, node: guide.GuideChooser) -> None:
    """A control for each group; it is of use with the script only, which shows it."""
    self.body.append('<form class="hadocs-chooser" role="search" aria-label="What is shown">')
    for group, (name, choices) in node["groups"].items():
        options = "".join(
            f'<option value="{escape(key)}">{escape(label)}</option>'
            for key, label in choices.items()
        )
        self.body.append(
            f'<label>{escape(name)} <select data-group="{escape(group)}" autocomplete="off">'
            f'<option value="">choose…</option>{options}</select></label>'
        )
    self.body.append("</form>\n")
    raise nodes.SkipNode


def add_nodes(app: Sphinx) -> None:
    """Register the nodes; formats that are not named print what the node is a kind of."""
    app.add_node(guide.GuideCode, html=(visit_code, None))
    app.add_node(guide.GuideChooser, html=(visit_chooser, None))
    app.add_node(guide.GuideValue, html=(visit_value, depart_span))
    app.add_node(guide.GuideBadges, html=(visit_badges, depart_paragraph))
    app.add_node(guide.GuideBadge, html=(visit_badge, depart_span))
    app.add_node(guide.GuideFolded, html=(visit_folded, depart_folded))
    app.add_node(guide.GuideSummary, html=(visit_summary, depart_summary))
    app.add_node(guide.GuideTitle, html=(visit_title, depart_paragraph))
    for plain in (guide.GuideCodeLabel, guide.GuideTabs, guide.GuidePanel):
        app.add_node(plain)
