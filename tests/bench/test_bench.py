"""What is measured is what it claims to be."""

import html
import re
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.plan.checks import check

from .builds import Builds
from .content import project
from .measure import cpu


def test_the_synthetic_project_has_no_problems_and_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = project(tmp_path / "first", 12), project(tmp_path / "second", 12)
    catalog = load(first)
    check(catalog)
    steps = [len(c.spec.steps) for c in catalog.components.values()]
    assert (len(steps), min(steps[1:]), max(steps)) == (12, 8, 9)
    for path in first.rglob("*.yaml"):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    builds = Builds(tmp_path_factory.mktemp("bench"), 2)
    cpu(builds.guide)
    cpu(builds.plain)
    return builds


@pytest.mark.parametrize("name", ["balancer", "part0001"])
def test_both_guides_show_the_same_code(built: Builds, name: str) -> None:
    ours, theirs = (
        (side.folder / "html/guide" / f"{name}.html").read_text()
        for side in (built.guide, built.plain)
    )
    assert _code(ours) == _code(theirs) != []


def _code(page: str) -> list[str]:
    """The text of each block of code, in order."""
    blocks = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", block)).strip() for block in blocks]
