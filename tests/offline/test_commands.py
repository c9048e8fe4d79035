"""Which commands a file is enough for, and what a configuration means."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
import yaml

from hadocs.plan.actions import Run
from hadocs.plan.text import Text
from hadocs.verify.offline.commands import answers_offline, commands_of
from hadocs.verify.offline.facts import facts, normal

TEXTS = yaml.safe_load((Path(__file__).parent / "commands.yaml").read_text())
#: Pairs that mean the same, and pairs that do not.
SAME = (
    ("timeout", "20s", "20"), ("interval", "1min", "60s"), ("timeout", "20000ms", "20s"),
    ("role", "Master", "Promoted"), ("score", "INFINITY", "inf"), ("interleave", "yes", "true"),
    ("interval", "0s", "0"), ("kind", "Mandatory", "mandatory"),
)  # fmt: skip
OTHER = (
    ("timeout", "20s", "20ms"), ("promoted-max", "1", "1s"), ("ip", "10.0.0.1", "10.0.0.2"),
    ("role", "Promoted", "Unpromoted"), ("config", "/etc/A", "/etc/a"),
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_commands_are_classed(text: str) -> None:
    made = [[str(one), str(one.kind)] for one in commands_of(Run(Text(text)))]

    assert made == TEXTS[text]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("cibadmin --query", True),
        ("test 3 -eq 1", True),
        ("crm_mon --output-as=xml", False),
        ('test "$(cat /etc/hostname)" = node1', False),
        ("cibadmin --query | grep x", False),
        ("", True),
        ("test -e /dev/drbd0", False),
        ("[ /a -nt /b ]", False),
        ("test -n two", True),
    ],
)
def test_only_questions_to_the_configuration_are_asked_of_a_file(text: str, answers: bool) -> None:
    assert answers_offline(text) is answers


@pytest.mark.parametrize(("name", "one", "other"), SAME)
def test_two_ways_of_writing_are_one_value(name: str, one: str, other: str) -> None:
    assert normal(name, one) == normal(name, other)


@pytest.mark.parametrize(("name", "one", "other"), OTHER)
def test_two_values_stay_two(name: str, one: str, other: str) -> None:
    assert normal(name, one) != normal(name, other)


def _cib(resources: str = "", constraints: str = "") -> str:
    return (
        f"<cib><configuration><crm_config/><nodes/><resources>{resources}</resources>"
        f"<constraints>{constraints}</constraints></configuration></cib>"
    )


def _primitive(*operations: dict[str, str]) -> str:
    said = "".join(
        f"<op id='o{number}' {' '.join(f'{k}={quoteattr(v)}' for k, v in one.items())}/>"
        for number, one in enumerate(operations)
    )
    return (
        "<primitive id='x' class='ocf' provider='heartbeat' type='Dummy'>"
        f"<operations>{said}</operations></primitive>"
    )


def test_an_operation_with_the_default_limit_is_one_that_is_not_written() -> None:
    written = _primitive({"name": "start", "interval": "0s", "timeout": "20s"})

    assert facts(_cib(written)) == facts(_cib(_primitive()))


def test_operations_that_only_an_agent_advises_are_no_facts() -> None:
    advised = _primitive({"name": "reload", "interval": "0s", "timeout": "90s"})

    assert facts(_cib(advised)) == facts(_cib(_primitive()))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("colocation id='a' rsc='x' with-rsc='y'", "colocation id='a' rsc='y' with-rsc='x'"),
        ("order id='a' first='x' then='y'", "order id='a' first='y' then='x'"),
        ("order id='a' first='x' then='y'", "order id='a' first='x' then='y' symmetrical='false'"),
        (
            "location id='a' rsc='x' node='n' score='1'",
            "location id='a' rsc='x' node='n' score='2'",
        ),
        ("ticket id='a' rsc='x' ticket='t'", "ticket id='a' rsc='x' ticket='u'"),
    ],
)
def test_constraints_that_differ_in_anything_but_the_id_differ(right: str, wrong: str) -> None:
    one, other, renamed = (
        facts(_cib(constraints=f"<rsc_{said}/>"))
        for said in (right, wrong, right.replace("id='a'", "id='b'"))
    )

    assert one != other
    assert one == renamed


def test_implicit_scores_and_kinds_are_filled_in() -> None:
    implicit = "<rsc_colocation id='a' rsc='x' with-rsc='y'/><rsc_order id='b' first='x' then='y'/>"
    explicit = (
        "<rsc_colocation id='a' rsc='x' with-rsc='y' score='INFINITY'/>"
        "<rsc_order id='b' first='x' then='y' first-action='start' kind='Mandatory'/>"
    )

    assert facts(_cib(constraints=implicit)) == facts(_cib(constraints=explicit))
