"""Roles that refer to what the specs say."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

from hadocs.problems import HadocsError
from hadocs.sphinx.domain import GuideDomain
from hadocs.sphinx.host import host

#: Names of the roles.
ROLES = ("component", "install-guide", "step", "value")

#: Roles whose result is fixed when a page is read, and on what it depends. The titles of
#: components and steps are found when a page is written.
_SOURCES = {
    "install-guide": ("conf/distros", "conf/releases"),
    "value": ("conf/sites",),
}


class GuideRole(ReferenceRole):
    """A link to a component, a step or the Install Guide, or a value of the site."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link, with the writer's text if there is one; else the words as they stand."""
        from hadocs.renderers.blocks import Link  # a build that reads nothing starts without it
        from hadocs.sphinx.inline import link, literal

        guide_host = host(self.config)
        cast(GuideDomain, self.env.get_domain("hadocs")).note_sources(_SOURCES.get(self.name, ()))
        try:
            found = guide_host.guide.link(self.name, self.target)
        except HadocsError as error:
            guide_host.tell(error, self.get_source_info())
            self.env.note_reread()
            return [nodes.literal(self.rawtext, self.title)], []
        if not isinstance(found, Link):
            return [literal(found)], []
        if self.has_explicit_title:
            found = replace(found, text=self.title)
        node = link(found, self.env.docname)
        node.rawsource = self.rawtext
        node.source, node.line = self.get_source_info()
        return [node], []
