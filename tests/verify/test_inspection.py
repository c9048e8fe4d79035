"""Read-only checks: what is asked, what is said of the answers."""

from __future__ import annotations

from collections.abc import Mapping

from hadocs.plan.model import Check, Expectation, Plan, Stage, Step, Target, Turn
from hadocs.plan.text import Text
from hadocs.problems import Location
from hadocs.verify.inspection import inspect
from hadocs.verify.runners import Local

NODES = ("node1", "node2")


def question(text: str, *expect: tuple[str, str]) -> Expectation:
    return Expectation(
        "demo/so", "It is so", Text(text), "text" if expect else "status",
        tuple((query, Text(wanted)) for query, wanted in expect),
    )  # fmt: skip


def plan(text: str, *expect: tuple[str, str]) -> Plan:
    return asking(dict.fromkeys(NODES, question(text, *expect)))


def asking(asked: Mapping[str, Expectation]) -> Plan:
    check = Check("demo/all-so", "All is so", asked, 30, Location("a.yaml", 7, 3))
    step = Step("demo/never", "A step", "", {})
    stage = Stage("demo", "Demo", (Turn(step, NODES), Turn(check, NODES)))
    return Plan(Target("1", "alpha-1", "crm", "three"), (), (stage,), {}, ())


def test_every_check_is_asked_on_each_of_its_nodes_and_no_step_is_done() -> None:
    verdicts = [*inspect(plan("true"), Local(), {}, NODES)]
    assert [(one.node, one.holds) for one in verdicts] == [("node1", True), ("node2", True)]
    assert str(verdicts[0]) == "holds    node1: All is so"


def test_a_check_that_fails_is_told_with_all_that_a_reader_needs() -> None:
    one, _ = inspect(plan("printf 'two\\nlines\\n'", ("text", "one")), Local(), {}, NODES)
    assert str(one).split("\n")[:4] == [
        "fails    node1: All is so",
        "    check      demo/all-so",
        "    asked      printf 'two\\nlines\\n'",
        "    written in a.yaml:7:3",
    ]
    assert str(one).endswith("    printed    two\n               lines\n    expected   text: one")


def test_a_node_that_cannot_tell_is_unknown_not_well() -> None:
    one, _ = inspect(plan("exit 3"), Local(), {}, NODES)
    assert (one.answer.verdict, one.holds) == ("unknown", False)


def test_only_nodes_that_can_be_asked_are() -> None:
    assert [one.node for one in inspect(plan("true"), Local(), {}, ["node2"])] == ["node2"]


def test_each_node_is_asked_in_its_own_words() -> None:
    own = {
        "node1": question("printf one", ("text", "one")),
        "node2": question("printf two", ("text", "three")),
    }
    first, second = inspect(asking(own), Local(), {}, NODES)
    assert (first.holds, second.holds) == (True, False)
    assert str(second).split("\n")[2] == "    asked      printf two"
    assert str(second).endswith("    printed    two\n    expected   text: three")
