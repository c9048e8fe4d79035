"""A timeline as a picture in a web page, in the colours of its theme."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from hadocs.renderers.blocks import Row, Timeline
from hadocs.sphinx.nodes import GuideTimeline
from hadocs.sphinx.tabs import WEB

#: Widths and heights in the units of the picture, which grows with the page.
_WIDTH, _LABEL, _ROW, _BAR, _AXIS = 720, 150, 26, 14, 22
_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
_MOST_TICKS = 12
#: A bar that is shorter is not seen.
_THIN = 1.5
_DIGIT = 8


def visit_timeline(self: HTML5Translator, node: GuideTimeline) -> None:
    """The picture; the words are its description, for those who do not see it."""
    if self.builder.name not in WEB:
        self.visit_container(node)
        return
    block: Timeline = node["timeline"]
    said = " ".join([block.caption, *(row.said for row in block.rows), block.legend])
    height = len(block.rows) * _ROW + _AXIS
    self.body.append(
        f'<figure class="hadocs-timeline"><svg viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(said)}">{"".join(_parts(block))}</svg>'
        f"<figcaption>{escape(f'{block.caption} {block.legend}')}</figcaption></figure>\n"
    )
    raise nodes.SkipNode


def depart_timeline(self: HTML5Translator, node: GuideTimeline) -> None:
    """The end of the words, where there is no picture: in a book."""
    self.depart_container(node)


def _parts(block: Timeline) -> Iterator[str]:
    bottom = len(block.rows) * _ROW
    for second in _ticks(block):
        x = _x(block, second)
        yield f'<line class="tick" x1="{x}" y1="0" x2="{x}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x}" y="{bottom + 15}">{second} s</text>'
    for number, row in enumerate(block.rows):
        top = number * _ROW + (_ROW - _BAR) / 2
        base = f"{top + _BAR - 3:g}"
        yield f'<text class="row" x="{_LABEL - 10}" y="{base}">{escape(row.label)}</text>'
        yield _bar("well", block, block.begin, block.end, top, "")
        for begin, end in row.missing:
            about = f"{row.label}: {begin:.1f} s to {end:.1f} s"
            yield _bar("missing", block, begin, end, top, about)
        yield from _marks(block, row, top, base)
    x = _x(block, 0)
    yield f'<line class="zero" x1="{x}" y1="0" x2="{x}" y2="{bottom}"/>'


def _marks(block: Timeline, row: Row, top: float, base: str) -> Iterator[str]:
    """A line at each moment, and its number beside it, or beside the number before."""
    free = 0.0
    for second, number in row.marks:
        x = _x(block, min(second, block.end))
        beside = max(x + 2, free)
        free = beside + _DIGIT * len(str(number))
        yield f'<line class="mark" x1="{x}" y1="{top - 3:g}" x2="{x}" y2="{top + _BAR + 3:g}"/>'
        about = f"{second:.1f} s: {block.marks[number - 1]}"
        yield (f'<text class="mark" x="{beside:.1f}" y="{base}">{number}'
               f"<title>{escape(about)}</title></text>")  # fmt: skip


def _bar(kind: str, block: Timeline, begin: float, end: float, top: float, about: str) -> str:
    left, right = _x(block, max(begin, block.begin)), _x(block, min(end, block.end))
    title = f"<title>{escape(about)}</title>" if about else ""
    width = max(right - left, _THIN)
    size = f'x="{left}" y="{top:g}" width="{width:.1f}" height="{_BAR}"'
    return f'<rect class="{kind}" {size}>{title}</rect>'


def _x(block: Timeline, second: float) -> float:
    share = (second - block.begin) / (block.end - block.begin)
    return round(_LABEL + share * (_WIDTH - _LABEL - 20), 1)


def _ticks(block: Timeline) -> range:
    length = block.end - block.begin
    step = next((one for one in _STEPS if length / one <= _MOST_TICKS), _STEPS[-1])
    return range(math.ceil(block.begin / step) * step, math.floor(block.end) + 1, step)
