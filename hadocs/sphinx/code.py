"""Code as HTML: highlighted, its values marked, its prompts shown and not copied."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape
from itertools import pairwise

from pygments.lexer import Lexer
from pygments.token import STANDARD_TYPES, Token, _TokenType

from hadocs.plan.text import Kind, Span, Text

#: What a reader is told about a value.
_MEANING = {
    Kind.SITE: "a value of your site",
    Kind.NODE: "a value of the node",
    Kind.SECRET: "a secret; its name stands for it",
    Kind.CAPTURED: "a value that is known when it is run",
}

#: Characters and the CSS class that the colour schemes have for them.
Run = tuple[str, str]

_HERE_DOCUMENT = re.compile(r"(?<!<)<<-?\s*(['\"]?)(\w+)\1")
_COMPOUND = re.compile(r"\s|[{}()]|(?:if|for|while|until|case|do|then|else|fi|done|esac)\b")


def command_starts(text: str) -> tuple[int, ...]:
    """Offsets at which a command begins, as far as lines are commands of their own.

    A line goes on while a quote, a backslash or a here-document is open. Compound commands are one
    text, which begins once; a comment is no command.
    """
    starts, at, open_text, end = [], 0, "", ""
    for line in text.split("\n"):
        if end:
            end = "" if line.strip() == end else end
        else:
            if not open_text and line.strip():
                if _COMPOUND.match(line):
                    return (0,)
                if not line.startswith("#"):
                    starts.append(at)
            open_text += line
            if here := _HERE_DOCUMENT.search(line):
                end = here[2]
            open_text = f"{open_text}\n" if not end and _unfinished(open_text) else ""
        at += len(line) + 1
    return tuple(starts)


def _unfinished(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return False


@cache
def _css(kind: _TokenType) -> str:
    """The short class of a token; what a lexer does not understand is plain text, not an error."""
    if kind is Token.Error:
        return ""
    known = kind
    while known not in STANDARD_TYPES and known.parent is not None:
        known = known.parent
    return str(STANDARD_TYPES[known])


@lru_cache(maxsize=8192)
def _runs(text: str, lexer: Lexer) -> tuple[Run, ...]:
    """Equal code is common, since distributions share most commands; it is lexed once."""
    runs: list[Run] = []
    for kind, piece in lexer.get_tokens(text):
        css = _css(kind)
        if runs and runs[-1][1] == css:
            runs[-1] = runs[-1][0] + piece, css
        elif piece:
            runs.append((piece, css))
    if "".join(piece for piece, _ in runs) != text:
        return ((text, ""),)  # a lexer of whole lines loses a last line without an end
    return tuple(runs)


def _cut(runs: tuple[Run, ...], borders: list[int]) -> Iterator[tuple[int, str, str]]:
    """Offset, characters and class of each run, cut where a border lies inside."""
    at = 0
    for text, css in runs:
        end = at + len(text)
        inside = [border for border in borders if at < border < end]
        for start, stop in pairwise([at, *inside, end]):
            yield start, text[start - at : stop - at], css
        at = end


def value_tag(span: Span) -> str:
    """The start tag of a marked value; scripts in the page find it by its name."""
    name = escape(span.name)
    return f'<span class="value {span.kind}" data-name="{name}" title="{_MEANING[span.kind]}">'


@lru_cache(maxsize=8192)
def highlighted(code: Text, lexer: Lexer, prompt: str) -> str:
    """The inside of a ``pre``: no highlighted span crosses the border of a value."""
    spans = [span for span in code.spans if span.start < span.end]
    closes = {span.end for span in spans}
    opens = {span.start: value_tag(span) for span in spans}
    mark = f'<span class="hadocs-prompt" aria-hidden="true">{escape(prompt)} </span>'
    prompts = dict.fromkeys(command_starts(code.text), mark) if prompt else {}
    out: list[str] = []
    for at, text, css in _cut(_runs(code.text, lexer), sorted({*closes, *opens, *prompts})):
        if at in closes:
            out.append("</span>")
        out += (prompts.get(at, ""), opens.get(at, ""))
        words = escape(text, quote=False)
        out.append(f'<span class="{css}">{words}</span>' if css else words)
    if len(code.text) in closes:
        out.append("</span>")
    return "".join(out)
