"""Directives that put parts of the guide into pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from hadocs.problems import HadocsError
from hadocs.sphinx.domain import GuideDomain
from hadocs.sphinx.host import Guide, host

if TYPE_CHECKING:
    from hadocs.sphinx.blocks import Doctree

#: Parts of the guide for which there is a directive ``hadocs-KIND``.
KINDS = (
    "chapters", "circumstances", "drills", "executed", "failover", "history", "ports", "services",
    "simulated", "steps", "support",
)  # fmt: skip


class GuideDirective(SphinxDirective):
    """What all directives of the guide do with what they get, or do not get."""

    def _made(self, make: Callable[[Guide, Doctree], list[nodes.Node]]) -> list[nodes.Node]:
        from hadocs.sphinx.blocks import Doctree  # a build that reads nothing starts without it

        here = self.get_source_info()
        guide_host = host(self.config)
        try:
            return make(guide_host.guide, Doctree(self.state, self.env, here))
        except HadocsError as error:
            guide_host.tell(error, here)
            self._note_sources({problem.where.path for problem in error.problems} - {""})
            self.env.note_reread()
            told = "This part could not be made; the warnings of the build say why."
            return [nodes.warning("", nodes.paragraph(told, told))]

    def _note_sources(self, sources: set[str] | frozenset[str]) -> None:
        cast(GuideDomain, self.env.get_domain("hadocs")).note_sources(sources)


class PageDirective(GuideDirective):
    """``hadocs-page``: the whole of a generated document."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A section with the title of the page; also if there is no more than its name."""
        name = self.arguments[0]
        made = self._made(self._page)
        if isinstance(made[0], nodes.section):
            return made
        title = nodes.title(name, name)
        return [nodes.section("", title, *made, ids=[nodes.make_id(name)])]

    def _page(self, guide: Guide, doctree: Doctree) -> list[nodes.Node]:
        page = guide.page(self.arguments[0])
        self._note_sources(page.sources)
        return [doctree.page(page)]


class FragmentDirective(GuideDirective):
    """``hadocs-KIND``: blocks in a page that people wrote."""

    optional_arguments = 1
    final_argument_whitespace = True
    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """The blocks of the fragment, in place of the directive."""
        return self._made(self._fragment)

    def _fragment(self, guide: Guide, doctree: Doctree) -> list[nodes.Node]:
        fragment = guide.fragment(self.kind, " ".join(self.arguments))
        self._note_sources(fragment.sources)
        return doctree.contents(fragment.blocks)


def fragment_directive(kind: str) -> type[FragmentDirective]:
    """The directive of one *kind*."""
    return type(f"{kind.title()}Directive", (FragmentDirective,), {"kind": kind})
