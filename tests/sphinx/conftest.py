import io
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

HERE = Path(__file__).parent


@dataclass
class Built:
    """What one build did."""

    out: Path
    read: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    warnings: str = ""
    status: str = ""

    def html(self, name: str) -> str:
        return (self.out / f"{name}.html").read_text()


@pytest.fixture(autouse=True)
def _fake_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own, whose files are a minute old."""
    root = tmp_path / "project"
    shutil.copytree(HERE / "project", root)
    for path in root.rglob("*"):
        os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 60 * 10**9))
    return root


Build = Callable[..., Built]


@pytest.fixture
def build(project: Path, capsys: pytest.CaptureFixture[str]) -> Build:
    """Builds the project as a new process would, with doctrees that builders share."""

    def run(builder: str = "html", jobs: int = 1, hook: Callable[[Sphinx], None] | None = None):
        out = project / "build" / builder
        built, status, warnings = Built(out), io.StringIO(), io.StringIO()
        trees = project / "build" / ("gettext-trees" if builder == "gettext" else "trees")
        with patch_docutils(project / "conf"), docutils_namespace():
            app = Sphinx(
                project / "content",
                project / "conf",
                out,
                trees,
                builder,
                {"nitpicky": True, "show_warning_types": True},
                status,
                warnings,
                parallel=jobs,
            )
            app.connect("env-before-read-docs", lambda app, env, names: built.read.extend(names))
            app.connect("html-page-context", lambda app, name, *rest: built.written.append(name))
            if hook:
                hook(app)
            app.build()
        plain = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())
        built.warnings = plain.replace(f"{project}/", "")
        built.status = status.getvalue() + capsys.readouterr().out
        return built

    return run
