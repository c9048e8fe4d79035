"""Each entry of judge.yaml, as a function and as the program that nodes run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hadocs.node import judge as judge_file
from hadocs.node.judge import EXIT, FAILS, UNKNOWN, judge

CASES = yaml.safe_load((Path(__file__).parent / "judge.yaml").read_text())
_PROGRAM = str(judge_file.__file__)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_judged(case: dict[str, Any]) -> None:
    expect = list(case.get("expect", {}).items())
    given = (case.get("output", ""), case.get("status", 0), case.get("errors", ""))
    verdict, said = judge(case["format"], expect, *given)
    assert verdict == case["verdict"]
    if "says" in case:
        assert said == case["says"]


def _program(question: str, output: bytes, tmp_path: Path, status: str = "0") -> tuple[int, str]:
    (tmp_path / "output").write_bytes(output)
    command = [sys.executable, _PROGRAM, str(tmp_path / "output"), status]
    done = subprocess.run(command, input=question, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_program_says_one_line_and_its_exit_status(tmp_path: Path) -> None:
    question = json.dumps({"format": "table", "expect": [["wsrep_cluster_size", "3"]]})
    said = _program(question, b"wsrep_cluster_size 2", tmp_path)
    assert said == (EXIT[FAILS], "fails: wsrep_cluster_size is 2, expected 3\n")


@pytest.mark.parametrize("question", ["", "{", "[]", '{"format": "json"}'])
def test_a_broken_question_is_unknown(question: str, tmp_path: Path) -> None:
    status, said = _program(question, b"", tmp_path)
    assert status == EXIT[UNKNOWN]
    assert said.startswith("unknown: cannot judge")


def test_bytes_that_are_no_text_are_judged(tmp_path: Path) -> None:
    question = json.dumps({"format": "text", "expect": [["text", "~ a*"]]})
    assert _program(question, b"a\xff\xfe", tmp_path)[0] == 0


@given(
    st.sampled_from(["status", "json", "xml", "table", "text", "?"]),
    st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=3),
    st.text(max_size=60),
    st.integers(0, 255),
)
def test_every_output_gets_a_verdict(
    kind: str, expect: list[tuple[str, str]], output: str, status: int
) -> None:
    verdict, _ = judge(kind, expect, output, status)
    assert verdict in EXIT


@given(
    st.sampled_from(["json", "xml", "table", "text"]),
    st.text(alphabet="ab.[]*()", max_size=10),
    st.integers(1, 255),
)
def test_a_failed_command_never_decides(kind: str, query: str, status: int) -> None:
    assert judge(kind, [(query, "x")], "x", status)[0] == UNKNOWN
