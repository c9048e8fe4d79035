"""Neutral blocks of the guide as nodes of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docutils import nodes
from docutils.parsers.rst.states import RSTState
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from hadocs.renderers.blocks import (
    Badges,
    Block,
    Bullets,
    Code,
    Folded,
    Inline,
    Line,
    Note,
    Page,
    Prose,
    Section,
    Table,
    Tabs,
    Timeline,
    Toc,
)
from hadocs.sphinx.host import host
from hadocs.sphinx.inline import label, sentence
from hadocs.sphinx.nodes import (
    GuideBadge,
    GuideBadges,
    GuideCode,
    GuideCodeLabel,
    GuideFolded,
    GuideTimeline,
    labelled,
)
from hadocs.sphinx.prose import parsed
from hadocs.sphinx.tables import table
from hadocs.sphinx.tabs import neutral

logger = logging.getLogger(__name__)

_ADMONITIONS: Mapping[str, type[nodes.Element]] = {
    "note": nodes.note,
    "warning": nodes.warning,
    "important": nodes.important,
    "tip": nodes.tip,
}

#: How a block says where it belongs, in formats that cannot show it; options are set in a file.
_PLACE: Mapping[str, str] = {"command": "Run", "check": "Check", "output": "Printed"}


@dataclass(frozen=True)
class Doctree:
    """Makes nodes for the document that *state* is parsing; *origin* is where titles stand."""

    state: RSTState
    env: BuildEnvironment
    origin: tuple[str, int]

    def page(self, page: Page) -> nodes.section:
        """A whole document; its anchor is the last part of its name."""
        anchor = page.name.rpartition("/")[2]
        return self._section(Section(anchor, page.title, page.blocks))

    def contents(self, blocks: Iterable[Block]) -> list[nodes.Node]:
        """The nodes of *blocks*, in order."""
        return [node for block in blocks for node in self._block(block)]

    def _block(self, block: Block) -> list[nodes.Node]:
        made: nodes.Node
        match block:
            case Prose(text=text, where=where):
                source = host(self.env.config).source(where.path)
                return parsed(text, source, where.line, self.state)
            case Line(parts=parts):
                made = self._sentence(parts)
            case Bullets(items=items):
                lines = (nodes.list_item("", self._sentence(parts)) for parts in items)
                made = nodes.bullet_list("", *lines)
            case Code():
                made = self._code(block)
            case Tabs(panels=panels):
                made = neutral(block, [self.contents(panel.blocks) for panel in panels])
            case Table():
                made = table(block, self.env.docname)
            case Note(kind=kind, blocks=blocks):
                made = _ADMONITIONS[kind]("", *self.contents(blocks))
            case Folded(title=title, blocks=blocks):
                summary = sentence(title, self.env.docname)
                made = GuideFolded("", labelled(summary, self.contents(blocks)))
            case Section():
                made = self._section(block)
            case Timeline():
                made = _timeline(block)
            case Toc():
                made = self._toc(block)
            case Badges():
                made = _badges(block)
        return [made]

    def _sentence(self, parts: Iterable[Inline]) -> nodes.paragraph:
        return nodes.paragraph("", "", *sentence(parts, self.env.docname))

    def _section(self, block: Section) -> nodes.section:
        """A section that :rst:role:`ref` finds by its page and any of its anchors."""
        title = nodes.title(block.title, block.title)
        title.source, title.line = self.origin
        anchors = (block.anchor, *block.also)
        names = [label(self.env.docname, anchor) for anchor in anchors]
        section = nodes.section("", title, ids=list(anchors), names=names)
        section.source, section.line = self.origin
        self.state.document.set_id(section)
        self.state.document.set_name_id_map(section, block.anchor, explicit=True)
        section += self.contents(block.blocks)
        return section

    def _code(self, block: Code) -> GuideCode:
        literal = nodes.literal_block(block.text.text, block.text.text, force=True)
        literal["language"] = block.language
        literal.source = host(self.env.config).source(block.where.path)
        literal.line = block.where.line or None
        text = _place(block)
        label = [GuideCodeLabel("", "", nodes.strong(text, text), translatable=False)] * bool(text)
        return GuideCode(
            "",
            *label,
            literal,
            kind=block.kind,
            prompt=block.prompt,
            nodes=block.nodes,
            caption=block.caption,
            spans=block.text.spans,
            copy=None if block.kind == "output" else block.copy or block.text,
        )

    def _toc(self, block: Toc) -> nodes.compound:
        """What the toctree directive makes."""
        known = [page for page in block.pages if page in self.env.found_docs]
        for page in sorted({*block.pages} - {*known}):
            logger.warning(
                "there is no page %r", page, location=self.origin, type="hadocs", subtype="toc"
            )
        tree = addnodes.toctree(
            parent=self.env.docname,
            entries=[(None, page) for page in known],
            includefiles=known,
            maxdepth=1,
            caption=block.caption or None,
            rawcaption=block.caption,
            rawentries=[],
            glob=False,
            hidden=False,
            includehidden=False,
            numbered=0,
            titlesonly=False,
        )
        tree.source, tree.line = self.origin
        return nodes.compound("", tree, classes=["toctree-wrapper"])


def _place(block: Code) -> str:
    """Where a block is run or kept, in words."""
    where = f"on {', '.join(block.nodes)}" if block.nodes else ""
    what = block.caption or (_PLACE.get(block.kind, "") if where else "")
    return f"{what} {where}".strip() + ":" * bool(what or where)


def _badges(block: Badges) -> GuideBadges:
    """Marks with a dot between them, which HTML shows as space."""
    paragraph = GuideBadges("", "", translatable=False)
    for badge in block.badges:
        if len(paragraph):
            paragraph += nodes.Text(" · ")
        paragraph += GuideBadge(
            badge.text, badge.text, kind=badge.kind, level=badge.level, about=badge.about
        )
    return paragraph


def _timeline(block: Timeline) -> GuideTimeline:
    """The words, which every format prints; that of the web draws the block instead."""
    caption = nodes.paragraph("", f"{block.caption} {block.legend}".strip())
    lines = (nodes.list_item("", nodes.paragraph("", row.said)) for row in block.rows)
    return GuideTimeline("", caption, nodes.bullet_list("", *lines), timeline=block)
