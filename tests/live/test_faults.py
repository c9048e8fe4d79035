"""Drills on real nodes: faults that are undone, and clients that measure from a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hadocs.plan.actions import Fault
from hadocs.plan.drills import Probe
from hadocs.plan.text import Text
from hadocs.verify.cluster import Cluster, ClusterError, Host, Topology, down, requirements, up
from hadocs.verify.cluster.nodes import Power
from hadocs.verify.drills.accounting import account
from hadocs.verify.drills.clients import Client
from hadocs.verify.drills.faults import cause, undo

IMAGE = "debian-13"
LAB = "selftest5"
ONE, TWO = "controller1", "controller2"
PROBE = Probe(
    "rows", "A client", TWO, 100, 1000,
    (("run", Text("mkdir /root/rows/$NUMBER")), ("prepare", Text("mkdir /root/rows")),
     ("count", Text("ls /root/rows")), ("cleanup", Text("rm -r /root/rows"))),
)  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if lacking := requirements(IMAGE):
        pytest.skip(f"this machine lacks: {'; '.join(lacking)}; no fault was caused on a node")
    try:
        yield up(Topology((Host(ONE, "10.77.0.11"), Host(TWO, "10.77.0.12"))), LAB, IMAGE)
    finally:
        down(LAB)


def works(cluster: Cluster, text: str) -> bool:
    return cluster.run(ONE, text, timeout=20).ok


def test_a_full_disk_takes_no_more_until_it_is_freed(cluster: Cluster) -> None:
    write = "head --bytes=4M /dev/zero > /root/file && sync /root/file && rm /root/file"
    cause(cluster, Fault("fill_disk", ONE))
    assert not works(cluster, write)
    assert works(cluster, "rm -f /root/file; true")
    assert cluster.run(TWO, write, timeout=20).ok
    cause(cluster, Fault("free_disk", ONE))
    assert works(cluster, write)


def test_a_killed_unit_can_do_nothing_before_it_ends(cluster: Cluster) -> None:
    assert works(
        cluster, "systemd-run --unit=victim --property=ExecStop='touch /root/asked' sleep 60"
    )
    cause(cluster, Fault("kill", ONE, "victim"))
    assert works(cluster, "systemctl show --property=Result victim | grep signal")
    with pytest.raises(ClusterError, match="cannot kill nobody"):
        cause(cluster, Fault("kill", ONE, "nobody"))


def test_a_frozen_unit_runs_and_does_nothing_until_it_is_thawed(cluster: Cluster) -> None:
    clock = "while sleep 0.1; do date +%s.%N > /root/clock; done"
    ticks = 'last=$(cat /root/clock) && sleep 1 && test "$last" != "$(cat /root/clock)"'
    assert works(cluster, f"systemd-run --unit=clock sh -c '{clock}' && sleep 1")
    assert works(cluster, ticks)
    cause(cluster, Fault("freeze", ONE, "clock"))
    assert not works(cluster, ticks)
    assert works(cluster, "systemctl is-active clock")
    undo(cluster)
    assert works(cluster, ticks)
    with pytest.raises(ClusterError, match="cannot freeze nobody"):
        cause(cluster, Fault("freeze", ONE, "nobody"))


@pytest.mark.parametrize("kinds", [("cut", "fill_disk"), ("pause",), ("cut", "power_off")])
def test_whatever_was_done_is_undone(kinds: tuple[str, ...], cluster: Cluster) -> None:
    for kind in kinds:
        cause(cluster, Fault(kind, ONE))
    undo(cluster)
    assert [(node.power, node.pulled) for node in cluster.status()] == [(Power.ON, False)] * 2
    assert works(cluster, "ping -c 1 -W 5 10.77.0.12")


def test_a_client_measures_from_its_node_and_leaves_nothing(cluster: Cluster) -> None:
    client = Client(cluster, PROBE)
    client.start()
    assert client.steady(20)
    assert cluster.run(TWO, "rmdir /root/rows/3", timeout=20).ok
    assert cluster.run(TWO, "mv /root/rows /root/away && sleep 1", timeout=20).ok
    assert cluster.run(TWO, "mv /root/away /root/rows", timeout=20).ok
    assert client.steady(20)
    client.stop()
    tried, there = client.counted()
    found = account(tried, tried[0].begin, 0.1, there)
    assert found.lost == 1
    assert found.failures >= 5
    assert found.outage > 0.9
    client.remove()
    left = "ls /root/rows /var/tmp/hadocs-drill/rows; systemctl is-active hadocs-drill-rows"
    assert "active" not in cluster.run(TWO, left, timeout=20).stdout.split()


def test_a_client_that_cannot_prepare_is_told(cluster: Cluster) -> None:
    broken = replace(PROBE, texts=(("run", Text("true")), ("prepare", Text("echo no >&2; false"))))
    with pytest.raises(ClusterError, match="the probe rows cannot prepare\n    no"):
        Client(cluster, broken).start()
