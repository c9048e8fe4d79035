"""One page for each component: the stub that hosts it, and its removal."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder

from hadocs.sphinx.host import host

#: The folder of generated pages in the source, in the output, and in names of pages.
FOLDER = "guide"
_DIRECTIVE = ".. hadocs-page::"


def write_stubs(app: Sphinx) -> None:
    """Write a stub for each component, where bytes differ; remove those of lost components.

    A file that a person put into the folder is left alone.
    """
    folder = Path(app.srcdir, FOLDER)
    stubs = {
        folder / f"{spec.stem}.rst": f"{_DIRECTIVE} {FOLDER}/{spec.stem}\n".encode()
        for spec in (host(app.config).root / "components").glob("*.yaml")
    }
    for path, content in stubs.items():
        if not path.is_file() or path.read_bytes() != content:
            folder.mkdir(exist_ok=True)
            path.write_bytes(content)
    for path in set(folder.glob("*.rst")) - stubs.keys():
        if path.read_bytes().startswith(_DIRECTIVE.encode()):
            path.unlink()


def remove_lost_pages(app: Sphinx, builder: Builder) -> None:
    """Remove the output of generated pages that are no more, which Sphinx leaves behind."""
    if isinstance(builder, StandaloneHTMLBuilder):
        kept = {builder.get_output_path(docname) for docname in builder.env.found_docs}
        for path in Path(builder.outdir, FOLDER).rglob(f"*{builder.out_suffix}"):
            if path not in kept:
                path.unlink()
