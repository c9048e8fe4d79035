"""What lints say of a bad example and of a variant, and that they say nothing of its good twin."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from hadocs.loading.catalog import load
from hadocs.problems import Code, Problem
from hadocs.verify.offline import lints
from hadocs.verify.offline.lints.silences import CODES
from hadocs.verify.offline.work import Found, Work

HERE = Path(__file__).parent
EXAMPLES = {path.stem: yaml.safe_load(path.read_text()) for path in (HERE / "lints").glob("*.yaml")}
KINDS = ("bad", "variant", "good")
HEAD = "title: Example\nchapter: ground\nroles: [controller]\nsummary: {summary}\n"


def written(example: dict[str, Any], project: Path) -> Path:
    """The file that an example is, among those of a project that has no problems."""
    if "page" in example:
        path = project / "content/example.rst"
        path.write_text(example["page"])
        return path
    path = project / "components/example.yaml"
    after = "" if example.get("first") else "after: [fencing]\n"
    head = HEAD.format(summary=example.get("summary", "An example."))
    path.write_text(head + example["spec"] + after)
    return path


def found(project: Path) -> Found:
    return lints.check(Work(load(project), project / "cache"))


def says(problem: Problem, text: str, place: str, message: str) -> bool:
    lines = text.splitlines(keepends=True)
    rest = "".join(lines[problem.where.line - 1 :])[problem.where.column - 1 :]
    return rest.startswith(place) and message in problem.message


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "published/project", tmp_path / "project"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_an_example_is_met_by_what_it_says(code: str, kind: str, project: Path) -> None:
    example = EXAMPLES[code][kind]
    path = written(example, project)
    result = found(project)
    left = list(result.problems)
    for place, message in example.get("says", ()):
        met = next((p for p in left if says(p, path.read_text(), place, message)), None)
        assert met is not None, [place, message, *map(str, left)]
        left.remove(met)
    assert left == []
    assert list(result.counted[1:]) == example.get("silenced", [])
    assert kind == "good" or any(p.code == code for p in result.problems)
    assert {p.where.path for p in result.problems} <= {path.relative_to(project).as_posix()}


def test_every_code_of_a_lint_has_examples() -> None:
    assert {*EXAMPLES} == {*CODES, Code.UNNEEDED_SILENCE}
    assert all({*KINDS} == {*example} for example in EXAMPLES.values())


def test_every_code_of_a_lint_has_a_paragraph_in_the_manual() -> None:
    manual = (HERE.parents[1] / "content/problems.rst").read_text().splitlines()
    assert {*CODES, Code.UNNEEDED_SILENCE} <= {*manual}


def test_a_code_that_there_is_not_cannot_be_silenced(project: Path) -> None:
    spec = "notes: Text.\nsilence: {contradicton: because}\n"
    written({"spec": spec}, project)
    (problem,) = found(project).problems
    assert problem.code == Code.UNKNOWN_NAME
    assert problem.hint == "did you mean 'contradiction'?"


@pytest.mark.parametrize(("name", "count"), [("fence-controller1", 0), ("fencer", 1)])
def test_a_procedure_names_what_some_plan_creates(name: str, count: int, project: Path) -> None:
    step = f"  - {{id: a, title: A, only_if: there, run: crm_resource --cleanup --resource={name}}}"
    question = "expectations:\n  there: {title: It is there, run: 'true'}"
    text = f"kind: procedure\ntitle: Try\nsummary: Try.\nof: ground\n{question}\nsteps:\n{step}\n"
    (project / "components/try.yaml").write_text(text)
    assert [p.code for p in found(project).problems] == [Code.DANGLING] * count


def test_a_project_without_problems_has_none(project: Path) -> None:
    assert found(project).problems == ()
