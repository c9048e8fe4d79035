"""What could not be asked never reads as an answer, neither now nor in a later run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.plan.model import Target
from hadocs.verify.offline import checked, cib, parity, simulation
from hadocs.verify.offline.files_checkers import checkers, read
from hadocs.verify.offline.files_scripts import is_shell
from hadocs.verify.offline.kept import kept
from hadocs.verify.offline.session import Answer, Asked, Session
from hadocs.verify.offline.toolbox import Ran, Tools, Unanswered, must_answer
from hadocs.verify.offline.work import Found, Work

HERE = Path(__file__).parent


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(load(HERE / "project"), tmp_path)


@pytest.mark.parametrize("check", [cib.check, parity.check, simulation.check])
def test_without_toolboxes_a_check_of_the_cluster_is_unproven_and_counts_nothing(
    check: Callable[[Work], Found], work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cib, parity, simulation):
        monkeypatch.setattr(module, "tools", lambda _: Tools((), ("there is no toolbox",)))
    found = check(work)
    assert found.unproven == ("there is no toolbox",)
    assert not [said for said in found.counted if "executed on a file" in said]


def test_a_check_whose_program_did_not_answer_is_unproven_and_asked_again(work: Work) -> None:
    asked: list[int] = []

    def late(_: Work) -> Found:
        asked.append(1)
        must_answer(124 if len(asked) == 1 else 0, "haproxy")
        return Found(counted=("all",))

    first, again, kept_now = (next(checked.checked(work, [late])) for _ in range(3))
    assert "haproxy ended with status 124 before it answered" in first.unproven[0]
    assert (again.counted, kept_now.counted) == (("all",), ("all",))
    assert len(asked) == 2


@pytest.mark.parametrize("status", [124, 126, 127, 137, -9])
def test_a_program_that_was_ended_has_not_answered(status: int) -> None:
    with pytest.raises(Unanswered):
        must_answer(status, "x")


def test_half_an_answer_is_asked_again(tmp_path: Path) -> None:
    assert kept(tmp_path, "question", lambda: ["whole"]) == ["whole"]
    (file,) = tmp_path.glob("*/*.json")
    file.write_text('["wh')
    assert kept(tmp_path, "question", lambda: ["again"]) == ["again"]
    assert kept(tmp_path, "question", lambda: ["never"]) == ["again"]


@pytest.mark.parametrize(
    "said",
    [
        "bad.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.",
        "Failed to prepare filename /etc/systemd/system/a b.service: Invalid argument",
        "/etc/systemd/system/bad.service:3: Unknown key 'Restartt' in section [Service]",
    ],
)
def test_every_form_in_which_systemd_refuses_a_unit_is_a_fault(said: str) -> None:
    systemd = next(checker for checker in checkers() if checker.name == "systemd")
    (fault,) = read(systemd, Ran(1, "", said + "\n", {}))
    assert fault.message in said


@pytest.mark.parametrize(
    ("first", "shell"),
    [
        ("#!/bin/sh -e", True),
        ("#!/usr/bin/env -S bash -e", True),
        ("#!/usr/bin/python3", False),
        ("#!/usr/bin/env python3", False),
        ("#!/bin/", False),
        ("#!", False),
        ("key = value", False),
    ],
)
def test_a_script_of_a_shell_is_known_by_its_first_line(first: str, shell: bool) -> None:
    assert is_shell(f"{first}\ntrue\n") is shell


class Ended:
    """A session whose toolbox cannot do what it is asked."""

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> Ended:
        return self

    def __exit__(self, *_: object) -> None: ...

    def ask(self, _: object) -> Answer:
        return Answer(status=3, output="", errors="noise\nit does not settle\n", cib="")


def test_a_simulation_that_does_not_settle_is_unproven_and_says_of_which_cluster(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("2.1", "alpha-2", "crm", "three", ())
    built = cib.Built((target,), "alpha-2", "<cib/>", (), ())
    monkeypatch.setattr(simulation, "Session", Ended)
    monkeypatch.setattr(simulation, "tools", lambda _: Tools((), ()))
    monkeypatch.setattr(Tools, "by_name", {"alpha-2": None})
    monkeypatch.setattr(simulation, "_nodes", lambda _: [])
    monkeypatch.setattr(simulation, "_voters", lambda *_: [])
    with pytest.raises(Unanswered, match=r"^2.1-alpha-2-crm-three: .* status 3(\n.*)*settle"):
        simulation.played(work, built, [])


class Broken:
    """A toolbox in which nothing starts."""

    key = "broken"

    def argv(self, *_: object) -> list[str]:
        return ["bash", "-c", "echo it has no room >&2; exit 3"]


def test_a_toolbox_that_ends_is_unanswered_and_asked_again(tmp_path: Path) -> None:
    for _ in range(2):
        with (
            Session(Broken(), tmp_path) as session,  # type: ignore[arg-type]
            pytest.raises(Unanswered, match=r"status 3\n.*it has no room"),
        ):
            session.ask(Asked(("true",), "", ""))
