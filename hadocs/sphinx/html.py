"""How the nodes of the guide are written as HTML."""

from __future__ import annotations

import json
from html import escape
from typing import TypeAlias, cast

from docutils import nodes
from pygments.lexer import Lexer
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from hadocs.plan.text import Span, Text
from hadocs.sphinx import nodes as guide
from hadocs.sphinx.code import highlighted, value_tag
from hadocs.sphinx.timeline import depart_timeline, visit_timeline

HTML: TypeAlias = HTML5Translator

#: What a block is, if nothing else is said of it.
_KINDS = {
    "command": "Command",
    "check": "Check",
    "file": "File",
    "options": "Options",
    "output": "Output",
}

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


def _visit_code(self: HTML, node: guide.GuideCode) -> None:
    block = cast(nodes.literal_block, node[-1])
    code = Text(block.rawsource, node["spans"])
    inside = highlighted(code, _lexer(self, block), node["prompt"])
    chips = "".join(f'<span class="hadocs-node">{escape(name)}</span>' for name in node["nodes"])
    title = f'<span class="hadocs-caption">{escape(node["caption"])}</span>' * bool(node["caption"])
    kind = f'<span class="hadocs-kind">{_KINDS[node["kind"]]}</span>' * (not chips and not title)
    head = f'<div class="hadocs-code-head">{chips}{title}{kind}</div>'
    self.body.append(
        f'<div class="hadocs-code hadocs-code-{node["kind"]} notranslate"{_copy(node["copy"])}>'
        f'{head}<div class="highlight"><pre>{inside}</pre></div></div>\n'
    )
    raise nodes.SkipNode


def _visit_badges(self: HTML, node: guide.GuideBadges) -> None:
    marks = "".join(_badge(badge) for badge in node.findall(guide.GuideBadge))
    self.body.append(f'<p class="hadocs-badges">{marks}</p>\n')
    raise nodes.SkipNode


def _badge(node: guide.GuideBadge) -> str:
    """A mark that says what it means to a pointer, to the keyboard, and to a screen reader."""
    css = f"hadocs-badge hadocs-badge-{node['kind']}"
    if node["level"]:
        css += f" hadocs-level-{node['level']}"
    text, about = escape(node.astext()), escape(node["about"])
    more = f' data-about="{about}" tabindex="0" role="note" aria-label="{text}: {about}"'
    return f'<span class="{css}"{more if about else ""}>{text}</span>'


def _visit_details(self: HTML, node: guide.GuideDetails) -> None:
    self.body.append(self.starttag(node, "details", CLASS="hadocs-folded"))


def _depart_details(self: HTML, node: guide.GuideDetails) -> None:
    self.body.append("</details>\n")


def _visit_summary(self: HTML, node: guide.GuideSummary) -> None:
    self.body.append(self.starttag(node, "summary", ""))


def _depart_summary(self: HTML, node: guide.GuideSummary) -> None:
    self.body.append("</summary>\n")


def _visit_value(self: HTML, node: guide.GuideValue) -> None:
    self.body.append(value_tag(node["span"]))


def _depart_value(self: HTML, node: guide.GuideValue) -> None:
    self.body.append("</span>")


def _visit_chooser(self: HTML, node: guide.GuideChooser) -> None:
    """A control for each group; it is of use with the script only, which shows it."""
    self.body.append('<form class="hadocs-chooser" aria-label="What is shown">')
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
    app.add_node(guide.GuideCode, html=(_visit_code, None))
    app.add_node(guide.GuideBadges, html=(_visit_badges, None))
    app.add_node(guide.GuideChooser, html=(_visit_chooser, None))
    app.add_node(guide.GuideValue, html=(_visit_value, _depart_value))
    app.add_node(guide.GuideDetails, html=(_visit_details, _depart_details))
    app.add_node(guide.GuideSummary, html=(_visit_summary, _depart_summary))
    app.add_node(guide.GuideTimeline, html=(visit_timeline, depart_timeline))
    for plain in (guide.GuideBadge, guide.GuideCodeLabel, guide.GuideTabs, guide.GuideFolded):
        app.add_node(plain)
