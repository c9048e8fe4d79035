"""Which pages are read and written again: those whose content changed, whatever the clocks say."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from hadocs.sphinx.domain import GuideDomain, digest
from hadocs.sphinx.host import host


def _domain(env: BuildEnvironment) -> GuideDomain:
    return cast(GuideDomain, env.get_domain("hadocs"))


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Iterable[str]:
    """Documents with a source that differs; those that were only touched leave *changed*."""
    known, seen = _domain(env).digests, functools.cache(digest)
    root = host(app.config).root
    stale = {
        docname
        for docname, sources in known.items()
        if any(seen(root / path) != before for path, before in sources.items())
    }
    for docname in changed & known.keys() - stale - env.reread_always:
        # What Sphinx found without us (a message catalogue, a lost doctree) is its own affair.
        if _paths(app, env, docname) <= known[docname].keys() and (
            Path(env.doctreedir, f"{docname}.doctree").is_file()
        ):
            changed.discard(docname)
    return stale & env.found_docs


def _paths(app: Sphinx, env: BuildEnvironment, docname: str) -> set[str]:
    """Every file on which a document depends: itself, what it includes, and what was declared."""
    root = host(app.config).root
    files = {env.doc2path(docname), *env.dependencies.get(docname, ())}
    inside = {os.path.relpath(env.srcdir / file, root) for file in files}
    return inside | _domain(env).sources.get(docname, set())


def to_write(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Documents that show a title which changed, and those that another builder has read."""
    domain = _domain(env)
    read = [docname for docname in env.all_docs if docname not in domain.digests]
    titles = domain.data["titles"]
    rewritten: set[str] = set()
    if read or titles.keys() != env.all_docs.keys():
        seen = functools.cache(digest)
        root = host(app.config).root
        for docname in read:
            domain.digests[docname] = {p: seen(root / p) for p in _paths(app, env, docname)}
        rewritten = _renamed(env, domain)
    builder = app.builder
    if isinstance(builder, StandaloneHTMLBuilder):
        rewritten |= {d for d in env.all_docs if _behind(env, builder, d)}
    return rewritten


def _behind(env: BuildEnvironment, builder: StandaloneHTMLBuilder, docname: str) -> bool:
    """Was the document read, or a title changed, after its page was written?"""
    try:
        written = builder.get_output_path(docname).stat().st_mtime_ns // 1000
    except OSError:
        return False
    renamed: int = _domain(env).data["renamed"]
    return written < max(env.all_docs[docname], renamed)


def _renamed(env: BuildEnvironment, domain: GuideDomain) -> set[str]:
    """All documents if the navigation changed, else those that show a changed section title."""
    titles = {
        docname: (title.astext(), _trees(env, docname)) for docname, title in env.titles.items()
    }
    labels = {name: label[2] for name, label in env.domains.standard_domain.labels.items()}
    before, domain.data["titles"] = domain.data["titles"], titles
    former, domain.data["labels"] = domain.data["labels"], labels
    if titles != before:
        domain.data["renamed"] = time.time_ns() // 1000
        return set(env.found_docs)
    changed = {name for name, title in labels.items() if former.get(name) != title}
    return {docname for docname, refs in domain.data["refs"].items() if refs & changed}


def _trees(env: BuildEnvironment, docname: str) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
    """Caption and pages of each table of contents in a document."""
    if docname not in env.toctree_includes:
        return ()
    trees = env.tocs[docname].findall(addnodes.toctree)
    return tuple((t.get("caption"), tuple(page for _, page in t["entries"])) for t in trees)
