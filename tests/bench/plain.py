"""The peer: what the guide's pages show, as a person would write it for Sphinx and sphinx-tabs.

Equal: every page, section, sentence, table, command, file and link; the panels of every tab, with
equal variants in one panel already; the prose, byte by byte; theme, colours, search, the serial
build. Folded steps are containers that stay open.

Not equal, to the peer's advantage: values in commands are not marked, nodes and names of files are
a sentence above the code, marks have no explanation, there is no control that switches all tabs,
and nobody checks anything. To its disadvantage: sphinx-tabs parses the content of each tab by
itself, resolves the navigation on each page, and knows nothing of distros that share a command;
that is what hadocs saves.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from hadocs.renderers.blocks import (
    Badges,
    Block,
    Bullets,
    Code,
    Folded,
    InCode,
    Inline,
    Line,
    Link,
    Note,
    Page,
    Prose,
    Section,
    Strong,
    Table,
    Tabs,
    Toc,
)
from hadocs.renderers.guide import Guide, open_guide
from hadocs.sphinx.code import command_starts

from .content import write_conf

_SPECIAL = re.compile(r"([\\*`|<_])")
_COMPONENT = re.compile(r":component:`([^`]+)`")


def peer(root: Path, folder: Path) -> Path:
    """The guide of the project in *root* as plain documents in *folder*."""
    guide = open_guide(root)
    names = sorted(guide.catalog.components)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "content/guide").mkdir(parents=True)
    (folder / "conf").mkdir()
    write_conf(folder / "conf", "plain")
    for name in names:
        text = written(guide.page(f"guide/{name}"))
        (folder / "content/guide" / f"{name}.rst").write_text(text)
    (folder / "content/index.rst").write_text(_index(guide))
    return folder


def _index(guide: Guide) -> str:
    chapters = guide.fragment("chapters", "").blocks
    return "\n".join(["A large guide", "=============", "", *_lines(chapters)])


def written(page: Page) -> str:
    """A page as reStructuredText."""
    rule = "=" * len(page.title)
    return "\n".join([page.title, rule, "", *_lines(page.blocks)])


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)
        yield ""


def _block(block: Block) -> Iterator[str]:
    match block:
        case Prose(text=text):
            yield from _COMPONENT.sub(r":doc:`/guide/\1`", text).rstrip().split("\n")
        case Line(parts=parts):
            yield _sentence(parts)
        case Bullets(items=items):
            yield from (f"* {_sentence(item)}" for item in items)
        case Badges(badges=badges):
            yield _escaped(" · ".join(badge.text for badge in badges))
        case Code():
            yield from _code(block)
        case Tabs(panels=panels):
            yield from ("", ".. tabs::", "")
            for panel in panels:
                yield from _inside(f".. group-tab:: {panel.label}", panel.blocks, 3)
        case Table():
            yield from _table(block)
        case Note(kind=kind, blocks=blocks):
            yield from _inside(f".. {kind}::", blocks)
        case Folded(title=title, blocks=blocks):
            yield from _inside(".. container:: folded", (Line(title), *blocks))
        case Section(title=title, blocks=blocks):
            yield from (title, "-" * len(title), "", *_lines(blocks))
        case Toc(caption=caption, pages=pages):
            yield from (".. toctree::", f"   :caption: {caption}", "   :maxdepth: 1", "")
            yield from (f"   /{page}" for page in pages)


def _inside(head: str, blocks: Iterable[Block], before: int = 0) -> Iterator[str]:
    yield f"{' ' * before}{head}"
    yield ""
    yield textwrap.indent("\n".join(_lines(blocks)), " " * (before + 3))


def _code(block: Code) -> Iterator[str]:
    where = f"on {', '.join(block.nodes)}" if block.nodes else ""
    if block.caption or where:
        yield _escaped(f"{block.caption or block.kind} {where}".strip()) + ":"
        yield ""
    text = block.text.text
    for start in reversed(command_starts(text) if block.prompt else ()):
        text = f"{text[:start]}{block.prompt} {text[start:]}"
    yield f".. code-block:: {'console' if block.prompt else block.language}"
    yield ""
    yield textwrap.indent(text, "   ")


def _table(block: Table) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "")
    for row in (tuple((cell,) for cell in block.head), *block.rows):
        for index, cell in enumerate(row):
            yield f"   {'*' if index == 0 else ' '} - {_sentence(cell)}"


def _sentence(parts: Iterable[Inline]) -> str:
    return "".join(map(_inline, parts)).strip()


def _inline(part: Inline) -> str:
    match part:
        case InCode(text=text):
            return f"``{text}``"
        case Strong(text=text):
            return f"**{_escaped(text.strip())}**{' ' * text.endswith(' ')}"
        case Link(text=text, url=url) if url:
            return f"`{text} <{url}>`__"
        case Link(text=text, page=page):
            return f":doc:`{text} </{page}>`"
        case str():
            return _escaped(part)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
