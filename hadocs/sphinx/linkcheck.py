"""Links of the guide: Sphinx finds and asks them, here they get a memory and their places.

Sphinx's settings of ``linkcheck`` in conf.py say how: workers, time-outs, retries, what is ignored.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.linkcheck import (
    CheckExternalLinksBuilder,
    Hyperlink,
    HyperlinkAvailabilityChecker,
    HyperlinkCollector,
)
from sphinx.config import Config
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.tags import Tags

from hadocs import __version__
from hadocs.loading.catalog import Catalog
from hadocs.renderers.guide import open_guide
from hadocs.renderers.guide.link_checks import dead_links, links_of_specs
from hadocs.sphinx.verdicts import FAILURES, Verdict, remember, remembered, told

_FOLDER = Path("build", "linkcheck")


def main(project: Path, series: str | None, fresh_days: float) -> int:
    """Check every link of the guide, say what needs a look, and return the exit status.

    What worked less than *fresh_days* ago is not asked again.
    """
    catalog = open_guide(project, series).catalog
    links = _collected(project, series)
    memory = project / _FOLDER / "verdicts.json"
    verdicts = remembered(memory, fresh_days)
    try:
        _judge(links, catalog, verdicts)
    finally:  # what is known when somebody interrupts is known in the next run
        remember(memory, verdicts)
    found = {url: verdicts[url] for url in links.hyperlinks if url in verdicts}
    for line in told(found, links.places(catalog)):
        print(line)
    return int(any(verdict.status in FAILURES for verdict in found.values()))


class Links(CheckExternalLinksBuilder):
    """Collects links and asks none; those that nobody wrote stand where their document does."""

    def init(self) -> None:
        """Begin with no link, and leave the time limits of the process alone."""
        self.hyperlinks: dict[str, Hyperlink] = {}
        self.written: dict[str, dict[str, None]] = {}
        self.generated: dict[str, dict[str, None]] = {}

    def finish(self) -> None:
        """The collection is all."""

    def places(self, catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
        """All places of each link: for one that was made out of a spec, the place in the spec."""
        specs = links_of_specs(catalog)
        result = {}
        for url in self.hyperlinks:
            made = self.generated.get(url, {})
            if made and url in specs:
                made = {f"{where.path}:{where.line}": None for where in specs[url]}
            result[url] = tuple({**self.written.get(url, {}), **made})
        return result


class PlaceCollector(HyperlinkCollector):
    """Notes every place of a link, of which Sphinx keeps the first."""

    def run(self, **kwargs: Any) -> None:
        """Look at all that Sphinx takes for a link."""
        builder = cast(Links, self.env._app.builder)
        lines = functools.cache(_lines)
        for node in self.document.findall(nodes.Element):
            if uri := self.find_uri(node):
                url = self.env.events.emit_firstresult("linkcheck-process-uri", uri) or uri
                block = _placed(node)
                written = isinstance(block, nodes.TextElement)
                places = builder.written if written else builder.generated
                source = block.source or self.env.doc2path(self.env.docname)
                line = _line(lines(source), block.line or 0, node.rawsource or uri)
                path = os.path.relpath(source, self.config.hadocs_root)
                places.setdefault(url, {})[f"{path}:{line}"] = None


def _placed(node: nodes.Element) -> nodes.Element:
    """The nearest element around *node* that knows its line."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def _lines(source: str) -> list[str]:
    """The lines of *source*, of which Sphinx may say more than the name of a file."""
    path = Path(source)
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def _line(lines: list[str], start: int, markup: str) -> int:
    """The line in which *markup* begins: a paragraph knows its first line, a cell none but 1."""
    begins = markup.partition("\n")[0]
    later = enumerate(lines[max(start - 1, 0) :], max(start, 1))
    return next((number for number, line in later if begins in line), start)


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the collection in the place of Sphinx's builder, for which its transform works."""
    app.add_builder(Links, override=True)
    app.add_post_transform(PlaceCollector)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _collected(project: Path, series: str | None) -> Links:
    """The links of all pages; only pages that changed since the last check are read."""
    conf, out = project / "conf", project / _FOLDER
    given = Config.read(conf, overrides={}, tags=Tags())
    settings: dict[str, Any] = {"extensions": [*given.extensions, __name__]}
    if series:
        settings["hadocs_series"] = series
    jobs = os.cpu_count() or 1
    with patch_docutils(conf), docutils_namespace():
        trees = out / ".doctrees"
        app = Sphinx(
            project / "content", conf, out, trees, "linkcheck", settings, None, parallel=jobs
        )
        app.build()
    return cast(Links, app.builder)


def _judge(links: Links, catalog: Catalog, verdicts: dict[str, Verdict]) -> None:
    """Add what is not known: Sphinx asks again what is broken; what timed out waits its turn."""
    dead = dead_links(catalog)
    verdicts.update({url: Verdict("dead") for url in links.hyperlinks if dead.match(url)})
    left = {url: link for url, link in links.hyperlinks.items() if url not in verdicts}
    for _ in range(links.config.linkcheck_retries):
        late: dict[str, Hyperlink] = {}
        for result in HyperlinkAvailabilityChecker(links.config).check(left):
            status, now = str(result.status), int(time.time())
            if status != "unchecked":  # a link inside the guide, or to no page
                verdicts[result.uri] = Verdict(status, result.code, result.message, now)
            if status == "timeout":
                late[result.uri] = left[result.uri]
        left = late
