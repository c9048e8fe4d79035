"""The whole export of the small plan. HADOCS_GOLDEN=1 rewrites it; the diff is the review."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_plan import EXECUTED, GOLDEN, plan

from hadocs import node
from hadocs.output import write
from hadocs.renderers.scripts import render

#: What is the same for every plan is no golden file: it is in the package as it is.
SAME = ("lib.sh", "judge.py", "options.py")
ARTIFACTS = {artifact.path: artifact for artifact in render(plan(), EXECUTED)}
SCRIPTS = sorted(set(ARTIFACTS) - set(SAME))

if os.environ.get("HADOCS_GOLDEN"):
    write([ARTIFACTS[path] for path in SCRIPTS], GOLDEN)


_DIGEST = """
import hashlib
from small_plan import EXECUTED, plan
from hadocs.renderers.scripts import render
print(hashlib.sha256(repr([*render(plan(), EXECUTED)]).encode()).hexdigest())
"""


def test_the_same_plan_gives_the_same_bytes_whatever_the_order_of_sets() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(digests) == 1


def test_the_golden_tree_has_every_file_and_no_other() -> None:
    assert sorted(path.name for path in GOLDEN.glob("[!.]*")) == SCRIPTS


@pytest.mark.parametrize("path", SCRIPTS)
def test_the_export_is_the_golden_one(path: str) -> None:
    assert ARTIFACTS[path].text == (GOLDEN / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["judge.py", "options.py"])
def test_the_programs_are_shipped_as_they_are(path: str) -> None:
    assert ARTIFACTS[path].text == (Path(node.__file__).parent / path).read_text(encoding="utf-8")


def test_bash_and_shellcheck_have_nothing_to_say(tmp_path: Path) -> None:
    write(ARTIFACTS.values(), tmp_path)
    scripts = sorted(path.name for path in tmp_path.glob("*.sh"))
    for name in scripts:
        subprocess.run(["bash", "-n", name], cwd=tmp_path, check=True)
    shellcheck = Path(sys.executable).parent / "shellcheck"
    found = subprocess.run(
        [shellcheck, "--external-sources", *scripts],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""
    assert found.returncode == 0


def test_no_secret_and_no_value_of_a_run_is_in_the_scripts() -> None:
    for artifact in ARTIFACTS.values():
        assert "SECRET_" not in artifact.text
        assert "CAPTURED_" not in artifact.text
