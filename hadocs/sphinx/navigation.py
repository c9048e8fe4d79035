"""The navigation of a large guide, resolved once instead of once for each page.

Sphinx resolves the global table of contents for every page, which makes a build quadratic. Pages
differ only in the folder that links start from, and in which entry is the current one.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment.adapters.toctree import global_toctree_for_doc
from sphinx.util.osutil import relative_uri

_TAG = re.compile(r'<(/?)(ul|li|a)\b(?: class="([^"]*)")?(?: href="([^"]*)")?[^>]*>')
_HREF = re.compile(r'href="([^"]*)"')
#: The name of no page: nothing is current in the navigation that it sees.
_NOWHERE = "-"


@dataclass(frozen=True)
class Tree:
    """The navigation as no page sees it, with the tags around each link."""

    html: str
    around: dict[str, tuple[re.Match[str], ...]]

    def seen_from(self, uri: str) -> str:
        """The navigation in which the entries that lead to *uri* are the current ones."""
        out: list[str] = []
        at = 0
        for tag in self.around.get(uri, ()):
            out += (self.html[at : tag.start()], _current(tag))
            at = tag.end()
        return "".join([*out, self.html[at:]])


def _current(tag: re.Match[str]) -> str:
    """A start tag with the class that Sphinx gives to it on the current page."""
    name, classes = tag[2], tag[3]
    if name == "a":
        return f'<a class="current {classes}" href="#">'
    return f'<{name} class="{classes} current">' if classes else f'<{name} class="current">'


def tree(html: str) -> Tree:
    """*html* and, for each address in it, the start tags of its link and all around that."""
    around: dict[str, dict[int, re.Match[str]]] = {}
    inside: list[re.Match[str]] = []
    for tag in _TAG.finditer(html):
        if tag[1]:
            inside.pop()
            continue
        inside.append(tag)
        if tag[4]:
            around.setdefault(tag[4], {}).update({outer.start(): outer for outer in inside})
    return Tree(html, {uri: tuple(tags[i] for i in sorted(tags)) for uri, tags in around.items()})


@functools.lru_cache(maxsize=4)
def _resolved(builder: StandaloneHTMLBuilder, options: tuple[tuple[str, Any], ...]) -> str:
    """The navigation as no page of the root folder sees it."""
    resolved = global_toctree_for_doc(
        builder.env, _NOWHERE, builder, tags=builder.tags, **dict(options)
    )
    return builder.render_partial(resolved)["fragment"]


@functools.lru_cache(maxsize=256)
def _tree(
    builder: StandaloneHTMLBuilder, folder: str, options: tuple[tuple[str, Any], ...]
) -> Tree:
    """The navigation of the pages of a *folder*, which lead elsewhere from there."""
    here = builder.get_target_uri(folder + _NOWHERE)

    def moved(link: re.Match[str]) -> str:
        uri = unescape(link[1])
        return link[0] if "://" in uri else f'href="{escape(relative_uri(here, uri))}"'

    return tree(_HREF.sub(moved, _resolved(builder, options)))


def remember(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Give the theme a navigation that is resolved once, where its shape is the same everywhere."""
    builder, resolve = app.builder, context.get("toctree")
    if not isinstance(builder, StandaloneHTMLBuilder) or builder.name != "html" or not resolve:
        return

    def toctree(**options: Any) -> str:
        if options.get("collapse", True) or not options.get("titles_only"):
            return str(resolve(**options))  # it has branches or sections of this page alone
        folder = pagename[: pagename.rfind("/") + 1]
        shape = _tree(builder, folder, tuple(sorted(options.items())))
        return shape.seen_from(escape(builder.get_relative_uri(folder + _NOWHERE, pagename)))

    context["toctree"] = toctree
