"""What each page depends on, by content, kept between builds in Sphinx's environment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Set
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment


def digest(path: Path) -> bytes:
    """Stands for the bytes of a file; of a folder, for all in it; empty if there is nothing."""
    result = hashlib.blake2b(digest_size=16)
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file():
                result.update(f"{inner.relative_to(path).as_posix()}\0".encode())
                result.update(digest(inner))
    elif path.is_file():
        result.update(path.read_bytes())
    else:
        return b""
    return result.digest()


class GuideDomain(Domain):
    """Keeps no objects, but what is known of each document after it was read.

    ``sources`` are declared paths, ``digests`` what was in them; ``refs`` are labels whose titles
    the document shows; ``titles`` and ``labels`` are the titles of the last build.
    """

    name = "hadocs"
    label = "hadocs"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {
        "sources": {},
        "digests": {},
        "refs": {},
        "titles": {},
        "labels": {},
        "renamed": 0,
    }
    _by_document = ("sources", "digests", "refs")

    def note_sources(self, paths: Iterable[str]) -> None:
        """The document that is being read depends on *paths* of the project."""
        self.sources.setdefault(self.env.docname, set()).update(paths)

    @property
    def sources(self) -> dict[str, set[str]]:
        """Declared sources of each document."""
        result: dict[str, set[str]] = self.data["sources"]
        return result

    @property
    def digests(self) -> dict[str, dict[str, bytes]]:
        """What was in each source when the document was read."""
        result: dict[str, dict[str, bytes]] = self.data["digests"]
        return result

    def clear_doc(self, docname: str) -> None:
        """Forget a document that is read again, or gone."""
        for name in self._by_document:
            self.data[name].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read."""
        for name in self._by_document:
            other = otherdata[name]
            self.data[name].update({d: other[d] for d in docnames if d in other})

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Remember the labels whose titles are shown where they are referred to."""
        self.data["refs"][docname] = {
            xref["reftarget"]
            for xref in document.findall(addnodes.pending_xref)
            if xref.get("reftype") in ("ref", "doc") and not xref.get("refexplicit")
        }

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """There is nothing here to refer to."""
        return []
