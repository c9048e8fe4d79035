"""The guide in Sphinx: pages of components, directives, roles, tabs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from hadocs import __version__
from hadocs.sphinx.directives import KINDS, PageDirective, fragment_directive
from hadocs.sphinx.domain import GuideDomain
from hadocs.sphinx.host import host
from hadocs.sphinx.html import add_nodes
from hadocs.sphinx.navigation import remember
from hadocs.sphinx.outdated import outdated, to_write
from hadocs.sphinx.pages import FOLDER, remove_lost_pages, write_stubs
from hadocs.sphinx.roles import ROLES, GuideRole
from hadocs.sphinx.tabs import WEB, RichPage

#: Tells the style sheet, before anything is shown, that a script will run; not so if it is lost.
_HAS_SCRIPT = """<script>(root => {
      root.classList.add("hadocs-js");
      addEventListener("load", () => root.dataset.hadocs || root.classList.remove("hadocs-js"));
    })(document.documentElement)</script>"""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all that Sphinx needs to know."""
    app.setup_extension("sphinx_tabs.tabs")
    app.add_config_value("hadocs_root", None, "env", (str, Path))
    app.add_config_value("hadocs_series", "", "env", str)
    app.add_config_value("hadocs_guide", "hadocs.renderers.guide:open_guide", "env", str)
    app.add_domain(GuideDomain)
    app.add_directive("hadocs-page", PageDirective)
    for kind in KINDS:
        app.add_directive(f"hadocs-{kind}", fragment_directive(kind))
    for role in ROLES:
        app.add_role(role, GuideRole())
    add_nodes(app)
    app.add_post_transform(RichPage)
    app.connect("config-inited", _settle)
    app.connect("builder-inited", write_stubs)
    app.connect("builder-inited", _add_static)
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", _open_before_forking)
    app.connect("env-get-updated", to_write)
    app.connect("write-started", remove_lost_pages)
    app.connect("html-page-context", remember, priority=400)
    app.connect("html-page-context", _replace_script, priority=900)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _settle(app: Sphinx, config: Config) -> None:
    """The project is the folder around that of conf.py; the look of tabs is our own."""
    config.hadocs_root = str(Path(config.hadocs_root or Path(app.confdir).parent).resolve())
    config.sphinx_tabs_disable_css_loading = True


def _add_static(app: Sphinx) -> None:
    """Give web pages our script and our style."""
    if app.builder.name in WEB:
        app.config.html_static_path.append(str(Path(__file__).parent / "static"))
        app.add_css_file("hadocs.css")
        app.add_js_file("hadocs.js")


def _open_before_forking(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Load the catalog once, not in each reading process, if a generated page is to be read."""
    if any(docname.startswith(f"{FOLDER}/") for docname in docnames):
        host(app.config).open()


def _replace_script(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Our script serves all tabs; that of sphinx-tabs forgets, and fails without storage."""
    if app.builder.name not in WEB:
        return
    context["metatags"] = f"{context.get('metatags', '')}\n    {_HAS_SCRIPT}"
    scripts = context["script_files"]
    scripts[:] = [s for s in scripts if str(getattr(s, "filename", s)) != "_static/tabs.js"]
