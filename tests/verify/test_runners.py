"""Runners: what they hand over, what they give back, and that they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hadocs.verify.runner import TIMED_OUT, Runner
from hadocs.verify.runners import Local, Ssh


@pytest.fixture(params=["local", "ssh"])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """Ssh with a program that does what sshd does with its last word: a shell reads it."""
    if request.param == "local":
        return Local()
    program = tmp_path / "ssh"
    program.write_text(
        '#!/bin/sh\n[ "$1 $2" = "-p root@controller1" ] || exit 255\nexec sh -c "$3"\n'
    )
    program.chmod(0o755)
    return Ssh((str(program), "-p"))


def test_a_command_gives_its_status_and_both_outputs(runner: Runner) -> None:
    result = runner.run("controller1", "cat; echo bad >&2; exit 7", stdin=b"in\n", timeout=10)
    assert (result.status, result.stdout, result.stderr) == (7, "in\n", "bad\n")


@pytest.mark.parametrize("hostile", ["it's", "$(touch {0})", "`touch {0}`", "a; touch {0}", '"\n'])
def test_text_arrives_as_it_is(runner: Runner, hostile: str, tmp_path: Path) -> None:
    from shlex import quote

    word = hostile.format(tmp_path / "made")
    result = runner.run("controller1", f"printf %s {quote(word)}", timeout=10)
    assert result.stdout == word
    assert not (tmp_path / "made").exists()


def test_a_command_ends_at_its_time_limit(runner: Runner) -> None:
    assert runner.run("controller1", "sleep 60", timeout=0.2).status == TIMED_OUT


def test_a_node_that_cannot_be_reached_is_no_success(tmp_path: Path) -> None:
    assert not Ssh(("false",)).run("controller1", "true", timeout=5).ok
