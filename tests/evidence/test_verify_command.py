"""What the command says when this machine cannot prove anything, and of what it proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from recorded import Project

from hadocs.cli import live, main
from hadocs.evidence import circumstances
from hadocs.verify.memory import Peak
from hadocs.verify.verification import Verification, Verifier


def test_a_system_without_an_image_is_not_proven(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["verify", "--project", str(project.root), "--distro", "alpha-2", "--lab", "selftest5"]
    assert main(asked) == 1
    told = capsys.readouterr().err
    assert "no image 'alpha-2'" in told
    assert "not proven: 2.1-alpha-2-crm-three, no step of it was executed" in told
    assert not (project.root / "content/evidence").exists()


def test_what_the_machine_lacks_is_named(
    project: Project,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["verify", "--project", str(project.root), "--distro", "alpha-2"]) == 1
    told = capsys.readouterr().err
    assert "program ssh (package openssh-client)" in told
    assert "not proven" in told


@pytest.mark.parametrize("way", ["store=nothing", "shop=native"])
def test_ways_that_do_not_exist_are_told(
    project: Project, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    asked = ["verify", "--project", str(project.root), "--distro", "alpha-2", "--way", way]
    assert main(asked) == 1
    assert "--way: error[unknown-name]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--only", "shop"], "error[unknown-name]: component of the plan 'shop' does not exist"),
        (["--only", "store", "--circumstance", "all"], "error[value]: a circumstance is of the"),
    ],
)
def test_what_cannot_be_verified_is_told_before_the_run(
    project: Project, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    asked = ["verify", "--project", str(project.root), "--distro", "alpha-2", *options]
    assert main(asked) == 1
    assert f"--only: {told}" in capsys.readouterr().err


def test_a_damaged_file_is_told_before_the_run(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.run(project.plan())
    (file,) = project.root.glob("content/evidence/*/*/store.json")
    file.write_text("{")
    asked = ["verify", "--project", str(project.root), "--distro", "alpha-2"]
    assert main(asked) == 1
    assert "store.json: error[unreadable]" in capsys.readouterr().err


def test_a_damaged_lab_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", "status", "--lab", "selftest5"]) == 1
    assert "no cluster runs in lab 'selftest5'" in capsys.readouterr().err


def test_the_header_of_scripts_counts_what_was_executed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.run(project.plan(), store__install="already")
    asked = ["export-scripts", "--project", str(project.root), "--distro", "alpha-2"]
    assert main([*asked, "--output", str(project.root / "out")]) == 0
    (script,) = project.root.glob("out/*/node1.sh")
    assert "# 9 of 10 steps were executed on exactly this target." in script.read_text()


VERIFIED = {
    "well": (Verification((), (), (9.5, 2.0), Peak()), 0, "held"),
    "failed": (Verification((), ("no quorum",), (9.5,), Peak()), 1, "failed"),
    "flaky": (Verification((), (), (9.5,), Peak(), flaky="store: failed once"), 3, "failed"),
}


@pytest.fixture(params=VERIFIED)
def verified(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[Verification, int, str]:
    """What every cluster concludes, and what has to become of it."""
    made = VERIFIED[request.param]
    monkeypatch.setattr(Verifier, "verify", lambda *_: made[0])
    return made


def test_the_status_and_the_record_say_what_became_of_a_run_from_nothing(
    project: Project, verified: tuple[Verification, int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    made, status, outcome = verified
    asked = ["verify", "--project", str(project.root), "--distro", "alpha-2"]
    assert main(asked) == status
    (found,) = circumstances(project.root, project.plan().target)
    assert (found.name, found.outcome, found.seconds) == (
        "from-nothing", outcome, int(sum(made.seconds))
    )  # fmt: skip
    words = [f"FAILED {one}" for one in made.problems]
    words += [f"FLAKY {made.flaky}"] if made.flaky else []
    assert capsys.readouterr().err.splitlines() == words


def test_a_run_of_one_component_is_no_run_from_nothing(
    project: Project, verified: tuple[Verification, int, str]
) -> None:
    asked = ["verify", "--project", str(project.root), "--distro", "alpha-2", "--only", "store"]
    assert main(asked) == verified[1]
    assert circumstances(project.root, project.plan().target) == ()


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [(("failed", "flaky"), 1), (("flaky", "well"), 3), (("well", "well"), 0)],
)
def test_the_status_of_several_targets_is_the_worst(
    project: Project, monkeypatch: pytest.MonkeyPatch, outcomes: tuple[str, ...], status: int
) -> None:
    answers = iter(outcomes)
    monkeypatch.setattr(Verifier, "verify", lambda *_: VERIFIED[next(answers)][0])
    monkeypatch.setattr(live, "images", lambda: ("alpha-1", "alpha-2"))
    assert main(["verify", "--project", str(project.root), "--distro", "alpha"]) == status
    assert next(answers, None) is None


def test_several_targets_of_which_none_can_be_run_are_no_success(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "images", lambda: ())
    assert main(["verify", "--project", str(project.root), "--distro", "alpha"]) == 1
