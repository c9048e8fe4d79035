"""Claims about what Pacemaker keeps, and configurations that break them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from hadocs.problems import Location
from hadocs.verify.cluster.cache import default_cache
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.offline.claims import Claim, Event, Played, broken, losses
from hadocs.verify.offline.session import Session
from hadocs.verify.offline.simulation import play
from hadocs.verify.offline.toolbox import found, generations

#: The configuration of a site of three nodes, as crm built it.
CIB = (Path(__file__).parent / "three.xml").read_text()
NODES = ("controller1", "controller2", "controller3")
HERE = Location("components/vip.yaml", 3, 5)
VIP = Claim("vip", "vip", False, ("haproxy",), NODES, HERE)
HAPROXY = Claim("haproxy", "haproxy", True, (), NODES, HERE)
TWICE = re.sub(
    r'(?s)(<primitive id="vip" .*?</primitive>)', r'<clone id="vip-clone">\1</clone>', CIB
)
#: A design error, the configuration that has it, and what is said of it.
MUTANTS = {
    "quorum ignored": (
        CIB.replace('policy" value="stop"', 'policy" value="ignore"'),
        "'vip': when the majority is lost, it still runs on controller",
    ),
    "colocation removed": (
        re.sub(r"<rsc_colocation .*?/>", "", CIB),
        r"does not start there again, it runs on controller1, where 'haproxy' does not",
    ),
    "fencing off": (
        CIB.replace('name="stonith-enabled" value="true"', 'name="stonith-enabled" value="false"'),
        "'vip': when controller1 is lost, it goes on although controller1 was not fenced",
    ),
    "a single resource cloned": (
        TWICE,
        "'vip': when all nodes start, it runs on controller1, controller2, controller3, not on "
        "exactly one",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def session(not_proven: Callable[[str], NoReturn]) -> Iterator[Session]:
    newest = generations()[-1]
    try:
        toolbox = found(newest, default_cache())
    except ClusterError as error:
        not_proven(f"that bad designs are caught; {error}")
    with Session(toolbox, default_cache()) as opened:
        yield opened


def told(session: Session, cib: str) -> list[str]:
    results = play(session, cib, [*losses(NODES, 3)], ["vip", "haproxy"])
    return [
        f"{claim.service!r}: when {one.event}, it {said}"
        for claim in (VIP, HAPROXY)
        for one in results
        for said in broken(claim, one)
    ]


def test_a_right_design_breaks_no_claim(session: Session) -> None:
    assert told(session, CIB) == []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_design_error_breaks_a_claim(session: Session, mutant: str) -> None:
    cib, said = MUTANTS[mutant]
    assert cib != CIB
    assert any(said in one for one in told(session, cib)), told(session, cib)


def test_each_node_all_but_one_and_the_majority_are_lost() -> None:
    assert [*losses(NODES, 3)] == [
        (("controller1",), True), (("controller2",), True), (("controller3",), True),
        (("controller2", "controller3"), False), (("controller1", "controller3"), False),
        (("controller1", "controller2"), False), ((), False),
    ]  # fmt: skip


def test_an_arbitrator_keeps_the_majority_of_two() -> None:
    assert [*losses(NODES[:2], 3)] == [(NODES[:1], True), (NODES[1:2], True), ((), False)]
    assert [*losses(NODES[:2], 2)] == [(NODES[:1], False), (NODES[1:2], False), ((), False)]


def test_a_single_node_has_nothing_to_lose_to() -> None:
    assert [*losses(NODES[:1], 1)] == []


def placed(event: Event, vip: str, *haproxy: str, fenced: tuple[str, ...] = ()) -> Played:
    where = {"vip": {vip: "Started"} if vip else {}, "haproxy": dict.fromkeys(haproxy, "Started")}
    return Played(event, where, fenced)


def test_what_a_lost_node_was_doing_is_not_counted_before_the_majority_decides() -> None:
    event = Event(lost=NODES[:2], quorum=False)
    assert [*broken(VIP, placed(event, "controller1", "controller1"))] == []
    assert [*broken(VIP, placed(event, "controller3"))] == ["still runs on controller3"]


def test_where_a_resource_cannot_start_it_need_not_run() -> None:
    event = Event(failed="haproxy", node="controller1", starts=False)
    assert [*broken(HAPROXY, placed(event, "controller2", *NODES[1:]))] == []
    assert [*broken(HAPROXY, placed(event, "controller2", "controller2"))] == [
        "runs on controller2, not on controller2, controller3"
    ]


def test_a_service_beside_a_stopped_one_has_to_leave() -> None:
    event = Event(failed="haproxy", node="controller1", starts=False)
    assert [*broken(VIP, placed(event, "controller1", *NODES[1:]))] == [
        "runs on controller1, not on exactly one of controller2, controller3",
        "runs on controller1, where 'haproxy' does not",
    ]
