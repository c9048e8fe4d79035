"""Test clusters: what can be done to their nodes, and what nodes cannot do to the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hadocs.verify.cluster import (
    Cluster,
    ClusterError,
    Host,
    Topology,
    down,
    found,
    pulled,
    requirements,
    three_controllers,
    up,
)
from hadocs.verify.cluster.cache import built
from hadocs.verify.cluster.lab import Lab
from hadocs.verify.cluster.nodes import Power
from hadocs.verify.cluster.recipe import Pull, names, recipe

IMAGE = "debian-13"
LAB = "selftest"
SWITCH = "http://10.77.0.1:2375/v1.11/containers"
FENCE = "fence_docker --ip=10.77.0.1 --ipport=2375 --disable-ssl"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if lacking := requirements(IMAGE):
        pytest.skip(f"this machine lacks: {'; '.join(lacking)}")
    try:
        yield up(three_controllers(), LAB, IMAGE)
    finally:
        down(LAB)


def say(cluster: Cluster, node: str, text: str, timeout: float = 30) -> str:
    result = cluster.run(node, text, timeout=timeout)
    assert result.ok, f"{node}: {text}\n{result.stdout}{result.stderr}"
    return result.stdout.strip()


def mark_boot(cluster: Cluster, node: str) -> None:
    say(cluster, node, "touch /run/this-boot")


def booted_anew(cluster: Cluster, node: str) -> bool:
    text = "test ! -e /run/this-boot && systemctl is-active multi-user.target"
    return cluster.run(node, text, timeout=5).ok


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.1)


def powers(cluster: Cluster) -> list[Power]:
    return [node.power for node in cluster.status()]


def test_nodes_are_whole_systems_that_see_each_other(cluster: Cluster) -> None:
    ids = set()
    for node in cluster.nodes:
        assert say(cluster, node, "hostname; cat /etc/hostname; id -un").split() == [
            node, node, "root",
        ]  # fmt: skip
        assert say(cluster, node, "systemctl is-system-running") == "running"
        assert say(cluster, node, "systemctl --failed --no-legend") == ""
        for other in (*cluster.nodes, "lab"):
            say(cluster, node, f"ping -c1 -W2 {other}")
        assert "10.77.0.10" in say(cluster, node, "getent hosts controller")
        ids.add(say(cluster, node, "cat /etc/machine-id"))
    assert len(ids) == len(cluster.nodes)


def test_packages_are_installed_for_real_and_offline(cluster: Cluster) -> None:
    node = "controller1"
    assert not cluster.run(node, "command -v fence_docker || command -v jq", timeout=10).ok
    say(cluster, node, "apt-get update && apt-get install -y jq fence-agents-docker", timeout=180)
    assert say(cluster, node, "echo '{\"a\": 7}' | jq .a") == "7"


def test_a_node_has_no_way_out(cluster: Cluster) -> None:
    assert "default" not in say(cluster, "controller1", "ip route; ip -6 route")
    links = cluster.in_lab(["ip", "-o", "link"], timeout=10).stdout.splitlines()
    names = {line.split()[1].rstrip(":").split("@")[0] for line in links}
    assert names == {"lo", "mgmt", "port1", "port2", "port3"}
    assert "default" not in cluster.in_lab(["ip", "route"], timeout=10).stdout


@pytest.mark.parametrize("key", ["kernel/panic", "vm/swappiness", "fs/file-max", "kernel/sysrq"])
def test_a_node_cannot_change_the_machines_settings(cluster: Cluster, key: str) -> None:
    path = Path("/proc/sys") / key
    before = path.read_text() if path.exists() else ""
    assert not cluster.run("controller1", f"echo 1 > /proc/sys/{key}", timeout=10).ok
    assert (path.read_text() if path.exists() else "") == before


@pytest.mark.parametrize(
    "text",
    [
        "echo h > /proc/sysrq-trigger",
        "date -s '2001-01-01'",
        "echo 1 > /sys/kernel/mm/ksm/run",
        "mknod /root/disk b 254 0 && head -c1 /root/disk",
        "modprobe dummy && lsmod | grep dummy",
        "swapon /etc/hostname",
    ],
)
def test_a_node_cannot_act_on_the_machine(cluster: Cluster, text: str) -> None:
    assert not cluster.run("controller1", text, timeout=10).ok


def test_a_node_has_network_settings_of_its_own(cluster: Cluster) -> None:
    key = Path("/proc/sys/net/ipv4/ip_nonlocal_bind")
    before = key.read_text()
    say(cluster, "controller1", "sysctl -w net.ipv4.ip_nonlocal_bind=1")
    assert say(cluster, "controller1", f"cat {key}") == "1"
    assert say(cluster, "controller2", f"cat {key}") == "0"
    assert key.read_text() == before


def test_a_command_gives_its_status_and_both_outputs(cluster: Cluster) -> None:
    result = cluster.run("controller2", "cat; echo bad >&2; exit 7", stdin=b"in\n", timeout=10)
    assert (result.status, result.stdout, result.stderr) == (7, "in\n", "bad\n")


def test_a_command_ends_at_its_time_limit_with_all_that_it_started(cluster: Cluster) -> None:
    start = time.monotonic()
    result = cluster.run("controller2", "sleep 61 & sleep 62", timeout=1)
    assert result.status == 124
    assert time.monotonic() - start < 5
    assert not cluster.run("controller2", "pgrep -f 'sleep 6[12]'", timeout=10).ok


def test_a_daemon_left_behind_does_not_hold_the_command(cluster: Cluster) -> None:
    start = time.monotonic()
    say(cluster, "controller2", "setsid sleep 20 & echo started")
    assert time.monotonic() - start < 5


def test_a_file_goes_in_and_out_unchanged(cluster: Cluster) -> None:
    data = bytes(range(256)) * 4096
    cluster.copy("controller1", "/opt/new folder/a 'b'", data, 0o640)
    assert cluster.fetch("controller1", "/opt/new folder/a 'b'") == data
    assert say(cluster, "controller1", "stat -c %a '/opt/new folder'/a*") == "640"


def test_names_that_do_not_exist_are_told(cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match="known: controller1"):
        cluster.run("controller9", "true", timeout=5)
    with pytest.raises(ClusterError, match="no checkpoint 'nothing'"):
        cluster.restore("nothing")
    with pytest.raises(ClusterError, match="no name for a checkpoint"):
        cluster.checkpoint("../x")
    assert powers(cluster) == [Power.ON] * 3


def test_power_off_is_at_once_and_the_disk_survives(cluster: Cluster) -> None:
    say(cluster, "controller3", "echo kept > /root/kept; ip addr add 10.77.0.10/24 dev eth0")
    assert cluster.run("controller1", "ping -c1 -W2 10.77.0.10", timeout=10).ok
    cluster.power_off("controller3")
    assert powers(cluster) == [Power.ON, Power.ON, Power.OFF]
    assert not cluster.run("controller1", "ping -c1 -W1 10.77.0.10", timeout=10).ok
    assert not cluster.run("controller3", "true", timeout=5).ok
    cluster.power_on("controller3")
    assert say(cluster, "controller3", "cat /root/kept") == "kept"
    assert cluster.logs("controller3", 2000).stdout.count("Startup finished") >= 2
    assert "10.77.0.10/" not in say(cluster, "controller3", "ip addr")
    assert say(cluster, "controller1", "ping -c1 -W2 controller3")


def test_a_reboot_from_inside_comes_back_and_a_poweroff_does_not(cluster: Cluster) -> None:
    mark_boot(cluster, "controller2")
    cluster.run("controller2", "systemctl reboot", timeout=10)
    until(lambda: booted_anew(cluster, "controller2"))
    cluster.run("controller2", "systemctl poweroff", timeout=10)
    until(lambda: powers(cluster)[1] is Power.OFF)
    cluster.power_on("controller2")
    assert powers(cluster) == [Power.ON] * 3


def test_a_pulled_cable_stays_pulled_over_a_reboot(cluster: Cluster) -> None:
    def reached() -> bool:
        return cluster.run("controller1", "ping -c1 -W1 controller2", timeout=10).ok

    cluster.cut_off("controller2")
    assert not reached()
    cluster.reboot("controller2")
    assert cluster.status()[1].pulled
    assert not reached()
    cluster.reconnect("controller2")
    until(reached)


def test_a_paused_node_stands_still_and_can_be_powered_off(cluster: Cluster) -> None:
    cluster.pause("controller3")
    assert powers(cluster)[2] is Power.PAUSED
    cluster.unpause("controller3")
    assert say(cluster, "controller3", "echo on") == "on"
    cluster.pause("controller3")
    cluster.power_off("controller3")
    assert powers(cluster)[2] is Power.OFF
    cluster.power_on("controller3")


def test_the_stock_fence_agent_reboots_a_node(cluster: Cluster) -> None:
    listed = say(cluster, "controller1", f"{FENCE} --action=list")
    assert [line.split(",")[0] for line in listed.splitlines()] == list(cluster.nodes)
    status = say(cluster, "controller1", f"{FENCE} --plug=controller2 --action=status")
    assert "ON" in status
    mark_boot(cluster, "controller2")
    say(cluster, "controller1", f"{FENCE} --plug=controller2 --action=reboot", timeout=60)
    until(lambda: booted_anew(cluster, "controller2"))


def test_the_stock_fence_agent_powers_off_and_on(cluster: Cluster) -> None:
    for action, power in (("off", Power.OFF), ("on", Power.ON)):
        say(cluster, "controller1", f"{FENCE} --plug=controller3 --action={action}", timeout=60)
        assert powers(cluster)[2] is power
    until(lambda: cluster.run("controller3", "true", timeout=5).ok)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/containers/json"),
        ("POST", "/containers/create"),
        ("POST", "/containers/controller2/exec"),
        ("POST", "/containers/controller9/kill"),
        ("GET", "/containers/controller2/kill"),
        ("GET", "/images/json"),
        ("GET", "/containers/..%2f..%2fetc/json"),
        ("DELETE", "/containers/controller2"),
        ("GET", "/info"),
    ],
)
def test_the_power_switch_refuses_everything_else(cluster: Cluster, method: str, path: str) -> None:
    url = SWITCH.removesuffix("/containers") + path
    curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, url]
    assert cluster.in_lab(curl, timeout=10).stdout[0] in "45"
    assert powers(cluster) == [Power.ON] * 3


def test_a_key_lets_the_lab_in_by_ssh(cluster: Cluster, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
               "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]  # fmt: skip
    ssh = ["ssh", "-i", str(key), *options]
    assert not cluster.in_lab([*ssh, "root@10.77.0.11", "hostname"], timeout=20).ok
    cluster.authorize("controller1", key.with_suffix(".pub").read_text())
    result = cluster.in_lab([*ssh, "root@10.77.0.11", "hostname"], timeout=20)
    assert result.stdout == "controller1\n", result.stderr
    assert not cluster.in_lab([*ssh, "root@10.77.0.12", "hostname"], timeout=20).ok


def test_a_checkpoint_brings_the_disks_back(cluster: Cluster) -> None:
    for node in cluster.nodes:
        say(cluster, node, "echo first > /root/state; echo x > /root/removed")
    cluster.checkpoint("first")
    for node in cluster.nodes:
        say(cluster, node, "echo second > /root/state; rm /root/removed; touch /root/added")
    cluster.checkpoint("second")
    cluster.restore("first")
    for node in cluster.nodes:
        assert say(cluster, node, "cat /root/state; ls /root/removed") == "first\n/root/removed"
        assert not cluster.run(node, "ls /root/added", timeout=5).ok
    cluster.restore("second")
    assert say(cluster, "controller2", "cat /root/state; ls /root") == "second\nadded\nstate"
    assert set(cluster.checkpoints()) == {"first", "second"}


def test_a_reinstalled_node_remembers_nothing(cluster: Cluster) -> None:
    say(cluster, "controller3", "touch /root/old")
    before = say(cluster, "controller3", "cat /etc/machine-id")
    cluster.reinstall("controller3")
    assert not cluster.run("controller3", "ls /root/old", timeout=5).ok
    assert say(cluster, "controller3", "cat /etc/machine-id") != before
    assert say(cluster, "controller3", "ping -c1 -W2 controller1")


def test_a_cluster_is_found_again_by_its_lab(cluster: Cluster) -> None:
    assert found(LAB) == cluster


def test_down_works_from_any_state(cluster: Cluster) -> None:
    other = "selftest2"
    topology = Topology((Host("solo", "10.77.0.21"),))
    for hurt in (_nothing, _kill_first_process, _lose_the_handle):
        up(topology, other, IMAGE)
        lab = Lab(other)
        hurt(lab)
        down(other)
        assert not lab.running
        assert not _traces(other)
    down(other)
    assert powers(cluster) == [Power.ON] * 3


def _nothing(lab: Lab) -> None:
    assert lab.running


def _kill_first_process(lab: Lab) -> None:
    os.kill(int(Path(f"/run/hadocs/{lab.name}.pid").read_text()), 9)


def _lose_the_handle(lab: Lab) -> None:
    Path(f"/run/hadocs/{lab.name}.pid").unlink()


def _traces(lab: str) -> list[str]:
    """What a lab could leave on the machine: mounts, links, a cgroup, state."""
    left = [line for line in Path("/proc/mounts").read_text().splitlines() if lab in line]
    left += [str(path) for path in Path("/run/hadocs").glob(f"{lab}.*")]
    return left + [str(path) for path in Path("/sys/fs/cgroup").rglob(f"hadocs-{lab}")]


def test_an_interrupted_build_leaves_nothing_and_is_done_again(tmp_path: Path) -> None:
    def interrupted(part: Path) -> None:
        (part / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(tmp_path / "image", interrupted)
    assert not list(tmp_path.glob("image*/"))
    (tmp_path / "image.part-killed").mkdir()
    folder = built(tmp_path / "image", lambda part: (part / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
    assert [path.name for path in tmp_path.glob("*/")] == ["image"]


def test_two_builders_build_once(tmp_path: Path) -> None:
    builds: list[Path] = []

    def slow(part: Path) -> None:
        builds.append(part)
        time.sleep(0.2)

    with ThreadPoolExecutor() as pool:
        assert len({*pool.map(lambda _: built(tmp_path / "image", slow), range(4))}) == 1
    assert len(builds) == 1


def test_what_the_machine_lacks_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "program runc (package runc)" in requirements(IMAGE)
    with pytest.raises(ClusterError, match="mmdebstrap"):
        up(three_controllers(), "selftest3", IMAGE)


def test_every_image_has_a_recipe_that_can_be_read() -> None:
    assert all(recipe(name).groups for name in names())
    with pytest.raises(ClusterError, match="known: "):
        recipe("plan9")


def test_wrong_topologies_are_told_whole() -> None:
    with pytest.raises(ClusterError) as raised:
        Topology((Host("A_b", "10.77.0.11"), Host("c", "10.9.9.9"), Host("d", "10.77.0.1")))
    assert len(raised.value.missing) == 3


@pytest.mark.skipif(not shutil.which("podman"), reason="not proven: no podman to fetch an image")
def test_a_node_image_can_come_from_a_container_image(tmp_path: Path) -> None:
    """The machine's own shell and what it needs are the container image."""
    engine, name = "podman", "localhost/hadocs-selftest:1"
    contained = tmp_path / "contained"
    for folder in ("proc", "run", "dev", "etc", "made-of"):
        (contained / folder).mkdir(parents=True)
    libraries = subprocess.run(
        ["ldd", "/bin/sh", "/bin/touch"], capture_output=True, text=True, check=True
    ).stdout
    needed = {word for word in libraries.split() if word.startswith("/") and word[-1] != ":"}
    for path in {"/bin/sh", "/bin/touch", *needed}:
        copy = contained / path.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    tar = tmp_path / "image.tar"
    subprocess.run(["tar", "-C", str(contained), "-cf", str(tar), "."], check=True)
    subprocess.run([engine, "import", "-q", str(tar), name], check=True, capture_output=True)
    base = Pull(install="cd /made-of; touch", download="touch", index="touch index")
    try:
        root, packages = tmp_path / "root", tmp_path / "packages"
        root.mkdir()
        packages.mkdir()
        pulled.root(name, base, ("server",), root)
        assert (root / "made-of/server").exists()
        pulled.repository(root, base, (("one", "two"),), packages)
        assert sorted(path.name for path in packages.iterdir()) == ["index", "one", "two"]
        assert not (root / "srv/repository").exists()
    finally:
        subprocess.run([engine, "rmi", name], check=True, capture_output=True)
