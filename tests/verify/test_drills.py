"""What a drill measures: the client on its node, and the account of all that it tried."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadocs import node as node_programs
from hadocs.evidence import Account
from hadocs.plan.actions import Action, Fault, Pause, Run
from hadocs.plan.model import Deed, Plan, Stage, Step, Target, Turn
from hadocs.plan.text import Text
from hadocs.problems import Location
from hadocs.verify.cluster import ClusterError, NodeStatus
from hadocs.verify.cluster.nodes import Power
from hadocs.verify.drills.accounting import Attempt, account, attempts, strangers
from hadocs.verify.drills.faults import undo
from hadocs.verify.drills.turns import upto_fault

PROBE = Path(next(iter(node_programs.__path__))) / "probe.py"
EVERY = 0.2


def attempt(number: int, begin: float, seconds: float, status: int) -> Attempt:
    return Attempt(number, begin, begin + seconds, status)


@st.composite
def tried(draw: st.DrawFn) -> tuple[Attempt, ...]:
    """Attempts at every period, which take their time, fail, or never end."""
    ends = st.tuples(st.floats(0.01, 3), st.integers(0, 1)) | st.none()
    many = draw(st.lists(ends, min_size=1, max_size=30))
    return tuple(
        attempt(n, n * EVERY, *end) if end else Attempt(n, n * EVERY) for n, end in enumerate(many)
    )


@given(tried(), st.lists(st.integers(0, 30)))
def test_every_number_is_counted_once(tried: tuple[Attempt, ...], there: list[int]) -> None:
    found = account(tried, 0, EVERY, there)
    confirmed = {one.number for one in tried if one.confirmed}
    kept = confirmed & set(there)
    assert found.confirmed == found.lost + len(kept)
    assert len(set(there)) == len(kept) + found.unknown + len(strangers(tried, there))
    assert found.attempts == found.failures + found.confirmed
    assert found.duplicated == len({n for n in there if there.count(n) > 1})


def interrupted(one: Account) -> float:
    """All interruptions together."""
    return sum(end - begin for begin, end in one.interruptions)


@given(tried())
def test_nothing_is_confirmed_inside_an_interruption(tried: tuple[Attempt, ...]) -> None:
    found = account(tried, 0, EVERY, None)
    told = [one.end for one in tried if one.confirmed and one.end is not None]
    for begin, end in found.interruptions:
        assert not [at for at in told if begin + 0.011 < at < end - 0.011]
    borders = [at for pair in found.interruptions for at in pair]
    assert borders == sorted(borders)
    assert found.outage <= interrupted(found) + 1e-9


@given(tried())
def test_a_client_that_is_never_told_no_and_in_time_was_not_interrupted(
    tried: tuple[Attempt, ...],
) -> None:
    prompt = [attempt(one.number, one.begin, EVERY / 2, 0) for one in tried]
    assert account(prompt, 0, EVERY, None).interruptions == ()


def times(*outcomes: int) -> Sequence[Attempt]:
    return [attempt(n, n * EVERY, 0.05, status) for n, status in enumerate(outcomes)]


def test_an_outage_is_from_the_last_success_to_the_next_one() -> None:
    found = account(times(0, 0, 1, 1, 1, 0, 0), 0.3, EVERY, None)
    assert found.interruptions == ((-0.05, 0.75),)
    assert (found.outage, found.failures, found.first_failure) == (pytest.approx(0.8), 3, 0.1)


def test_a_service_that_flaps_is_interrupted_as_often() -> None:
    found = account(times(0, 1, 0, 1, 1, 0), 0, EVERY, None)
    assert len(found.interruptions) == 2
    assert interrupted(found) == pytest.approx(0.4 + 0.6)


def test_a_stall_without_a_failure_is_an_interruption() -> None:
    late = [attempt(1, 0.2, 5.0, 0), attempt(2, 0.4, 4.8, 0), attempt(3, 5.4, 0.05, 0)]
    found = account([attempt(0, 0, 0.05, 0), *late], 0, EVERY, None)
    assert found.interruptions == ((0.05, 5.2),)
    assert found.failures == 0


@pytest.mark.parametrize(("periods", "interrupted"), [(4.9, False), (5.1, True)])
def test_without_a_failure_a_wait_of_five_periods_is_the_first_interruption(
    periods: float, interrupted: bool
) -> None:
    slow = attempt(1, EVERY, periods * EVERY - 0.15, 0)
    found = account([attempt(0, 0, 0.05, 0), slow], 0, EVERY, None)
    assert found.interruptions == (
        ((0.05, round(0.05 + periods * EVERY, 2)),) if interrupted else ()
    )


def test_what_hangs_into_a_good_time_does_not_interrupt_it() -> None:
    hung = Attempt(2, 0.4, 2.4, 137, late=True)
    others = [attempt(n, n * EVERY, 0.05, 0) for n in range(3, 20)]
    found = account([*times(0, 0), hung, *others], 0, EVERY, None)
    assert found.interruptions == ((0.25, 0.65),)


def test_what_never_came_back_is_interrupted_to_the_end() -> None:
    assert account(times(0, 1, 1, 1), 0, EVERY, None).interruptions == ((0.05, 0.65),)


def test_what_was_confirmed_before_the_fault_may_be_lost_by_it() -> None:
    found = account(times(0, 0, 1, 0), 0.5, EVERY, [1, 2, 3])
    assert (found.lost, found.unknown, found.attempts) == (1, 1, 1)


def test_the_slowest_is_the_slowest_that_was_confirmed_after_the_fault() -> None:
    before, slow = attempt(1, 0, 2.5, 0), attempt(2, 3, 1.5, 0)
    found = account([before, slow, attempt(3, 4, 5, 1)], 2.8, EVERY, None)
    assert found.slowest == 1.5
    assert account(times(1, 1), 0, EVERY, None).slowest == -1


def run(folder: Path, text: str, seconds: float, **more: int) -> tuple[Attempt, ...]:
    """What the shipped program wrote in so many seconds."""
    asked, log = folder / "attempt", folder / "log"
    asked.write_text(json.dumps({"run": text, "every": 50, "at_most": 400, "first": 7, **more}))
    probe = subprocess.Popen([sys.executable, "-I", PROBE, asked, log])
    time.sleep(seconds)
    probe.send_signal(signal.SIGTERM)
    assert probe.wait(10) == 0
    return attempts(log.read_text())


def test_a_client_goes_on_while_attempts_fail_and_hang(tmp_path: Path) -> None:
    flag = tmp_path / "down"
    text = f"case $NUMBER in 9) sleep 60;; 10|11) exit 3;; *) test ! -e {flag};; esac"
    found = {one.number: one for one in run(tmp_path, text, 1.2)}
    assert min(found) == 7
    assert (found[9].status, found[9].late) == (-signal.SIGKILL, True)
    assert found[10].status == found[11].status == 3
    assert found[12].confirmed
    assert found[12].begin < (found[9].end or 0)
    assert all(one.end is not None for one in found.values())


def test_what_was_written_survives_the_client(tmp_path: Path) -> None:
    asked, log = tmp_path / "attempt", tmp_path / "log"
    asked.write_text(json.dumps({"run": "sleep 5", "every": 50, "at_most": 9000, "first": 1}))
    probe = subprocess.Popen([sys.executable, "-I", PROBE, asked, log])
    while not log.exists() or log.read_text().count("begin") < 2:
        time.sleep(0.02)
    probe.kill()
    probe.wait()
    left = attempts(log.read_text() + '["begin", 99')
    assert [one.number for one in left][:2] == [1, 2]
    assert not any(one.confirmed or one.end for one in left)
    assert account(left, left[0].begin, 0.05, [1]).unknown == 1


def test_an_account_says_how_bad_it_was() -> None:
    one = Account(9, 2, 7, 0.5, ((0.0, 2.0), (3.0, 3.5)))
    assert (one.outage, interrupted(one)) == (2.0, 2.5)


def turn(number: int, action: Action) -> Turn:
    deed = Deed(action, None, None, Location(""))
    return Turn(Step(f"drill/s{number}", "", "", {"node1": deed}), ("node1",))


@pytest.mark.parametrize(
    ("actions", "before"),
    [
        ([Run(Text("true")), Fault("cut", "node1"), Pause(), Fault("plug", "node1")], 1),
        ([Fault("cut", "node1"), Run(Text("true"))], 0),
        ([Run(Text("true")), Pause()], 2),
    ],
)
def test_clients_start_before_the_first_fault_and_after_all_before_it(
    actions: list[Action], before: int
) -> None:
    turns = tuple(turn(number, action) for number, action in enumerate(actions))
    plan = Plan(Target("2.1", "alpha-1", "crm", "three"), (), (Stage("d", "", turns),), {}, ())
    first, rest = upto_fault(plan)
    assert tuple(first.turns()) == turns[:before]
    assert tuple(rest.turns()) == turns[before:]


def test_an_end_whose_beginning_was_never_written_is_left_out() -> None:
    log = '{"wall": 10.0, "monotonic": 0.0}\n["end", 4, 1.0, 0, false]\n["begin", 5, 1.5]\n'
    assert [one.number for one in attempts(log)] == [5]


def test_an_attempt_that_cannot_be_written_down_does_not_end_the_client(tmp_path: Path) -> None:
    module: dict[str, Any] = {"__name__": "probe"}
    exec(PROBE.read_text(), module)
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    probe = module["Probe"]({"run": "true", "every": 50, "at_most": 400, "first": 1}, log)
    os.close(log)
    probe._free.acquire()
    with pytest.raises(OSError, match="Bad file descriptor"):
        probe._attempt(1)
    assert all(probe._free.acquire(blocking=False) for _ in range(module["MOST"]))


@dataclass
class Lab:
    """A cluster of which nothing obeys; *asked* is what it was asked."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    nodes: tuple[str, ...] = ("a", "b")

    def status(self) -> tuple[NodeStatus, ...]:
        return (
            NodeStatus("a", "", Power.OFF, pulled=False),
            NodeStatus("b", "", Power.PAUSED, pulled=True),
        )

    def _refuses(self, what: str) -> Callable[..., None]:
        def refused(*names: str, **_: float) -> None:
            self.asked.append((what, *names))
            raise ClusterError(f"{what} was refused")

        return refused

    def __getattr__(self, what: str) -> Callable[..., None]:
        return self._refuses(what)


def test_every_fault_is_undone_although_one_cannot_be() -> None:
    lab = Lab()
    with pytest.raises(ClusterError, match="free_disk was refused"):
        undo(lab)  # type: ignore[arg-type]  # as much of a cluster as it needs
    assert lab.asked == [
        ("free_disk", "a", "b"), ("unpause", "b"),
        ("run", "b", "systemctl show --property=Id --property=FreezerState '*.service'"),
        ("reconnect", "b"), ("power_on", "a"),
    ]  # fmt: skip
