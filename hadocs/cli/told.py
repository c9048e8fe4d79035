"""Blocks of the guide as plain text on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from hadocs.problems import HadocsError, Location, not_there
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
    Prose,
    Section,
    Strong,
    Table,
    Tabs,
)
from hadocs.renderers.guide import Guide
from hadocs.renderers.guide.steps import step_section


def told(guide: Guide, step: str) -> str:
    """Everything that the guide says of a step: ``component/step``."""
    name = step.partition("/")[0]
    catalog = guide.catalog
    if name not in catalog.components:
        raise _unknown("component", name, catalog.components)
    component = catalog.components[name]
    for number, placed in enumerate(guide.context.placed(component), 1):
        former = (f"{name}/{was}" for was in placed.spec.was)
        if step == placed.id or step in former:
            section = step_section(guide.context, placed, number)
            where = placed.owner.at(*placed.place)
            head = f"{component.spec.title}: {section.title}\n{where}"
            return "\n".join([head, "", *_lines(section.blocks)])
    raise _unknown("step", step, [placed.id for placed in guide.context.placed(component)])


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Badges(badges=badges):
            yield from (f"[{badge.text}]" for badge in badges)
        case Prose(text=text):
            yield from text.strip().split("\n")
        case Line(parts=parts):
            yield _sentence(parts)
        case Bullets(items=items):
            yield from (f"- {_sentence(item)}" for item in items)
        case Code():
            yield from _code(block)
        case Tabs(panels=panels):
            for panel in panels:
                yield f"== {panel.label}"
                yield from _indented(_lines(panel.blocks))
        case Note(blocks=inner) | Folded(blocks=inner) | Section(blocks=inner):
            yield from _indented(_lines(inner))
        case Table(head=head, rows=rows):
            yield " | ".join(head)
            yield from (" | ".join(map(_sentence, row)) for row in rows)


def _code(code: Code) -> Iterator[str]:
    nodes = f"on {', '.join(code.nodes)}" if code.nodes else ""
    if code.caption or nodes:
        yield " ".join(filter(None, [code.caption, nodes])) + ":"
    lines = str(code.text).rstrip("\n").split("\n")
    prompt = f"{code.prompt} " if code.prompt else ""
    yield from _indented(f"{prompt}{line}" for line in lines)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    yield from (textwrap.indent(line, "    ") for line in lines)


def _sentence(parts: tuple[Inline, ...]) -> str:
    return "".join(_inline(part) for part in parts)


def _inline(part: Inline) -> str:
    match part:
        case InCode(text=text):
            return str(text)
        case Strong(text=text):
            return text
        case Link(text=text, url=url, page=page):
            return f"{text} <{url or page}>"
    return str(part)


def _unknown(what: str, name: str, known: Iterable[str]) -> HadocsError:
    return HadocsError([not_there(Location("explain"), what, name, known)])
