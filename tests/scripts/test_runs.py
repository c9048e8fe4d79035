"""Scripts that really run, on nodes whose commands are stubs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from faked_nodes import Fakes
from small_plan import ALL, HOSTILE, captured

from hadocs.plan.actions import Run
from hadocs.plan.model import Plan, Step
from hadocs.plan.text import Text

FIRST, SECOND, THIRD = ALL


def _driven(fakes: Fakes, *options: str) -> str:
    result = fakes.driver(*options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_driver_builds_the_cluster_in_order(built: Fakes) -> None:
    turns = re.findall(r"^\[(\d+)\]", built.said, re.MULTILINE)
    assert turns == [str(number) for number in range(1, 17)]
    assert built.calls(FIRST)[:3] == [
        "apt-get update",
        "apt-get install -y mariadb galera",
        "cluster-name ",
    ]


def test_hostile_values_stay_values(built: Fakes) -> None:
    secrets = built.secrets
    founded = f"galera_new_cluster {HOSTILE} {secrets['rabbit']}"
    assert founded in built.calls(FIRST)
    assert built.config(SECOND, "galera.cnf").read_text() == (
        f"# {HOSTILE}\npassword = {secrets['galera']}\n"
        "cluster = $(id) 'it' \"is\" & \\ one\nEND\nno newline"
    )
    statement = f"CREATE USER 'x' IDENTIFIED BY '{secrets['galera']}';\n"
    user = (built.fake / SECOND / "user").read_text()
    assert user == f"{secrets['galera']}|{HOSTILE}|{statement}"
    assert not Path("/tmp/hadocs-was-here").exists()


def test_options_keep_the_rest_of_the_file(built: Fakes) -> None:
    assert built.config(THIRD, "nova.conf").read_text() == (
        "# nova\n[DEFAULT]\ndebug = false\n"
        f"transport_url = rabbit://openstack:{built.secrets['rabbit']}@vip\n"
        f"pci = a\npci = b\n\n[oslo]\ntitle = {HOSTILE}\n"
    )


def test_a_second_run_without_state_changes_nothing(fakes: Fakes) -> None:
    _driven(fakes)
    before, calls = fakes.files(), {node: len(fakes.calls(node)) for node in ALL}
    for node in ALL:
        state = next((fakes.fake / node / "var/lib/hadocs").iterdir())
        for path in (state / "done", state / "captured/cluster"):
            path.unlink(missing_ok=True)
        subprocess.run(["rm", "-rf", state / "written"], check=True)
    (fakes.scripts / "progress").unlink()
    _driven(fakes)
    assert fakes.files() == before
    new = [call for node in ALL for call in fakes.calls(node)[calls[node] :]]
    # A capture asks again, and nothing guards the step that makes a user.
    assert sorted(new) == ["cluster-name ", "mariadb "]


def test_secrets_are_in_no_log_and_no_output(built: Fakes) -> None:
    said = built.said + _driven(built, "--dry-run")
    logs = "".join(path.read_text() for path in built.fake.rglob("*.log"))
    assert "galera/bootstrap" in logs
    for secret in built.secrets.values():
        assert secret not in said + logs
    for path in built.fake.rglob("*.log"):
        assert path.stat().st_mode & 0o777 == 0o600
    for node in ALL:
        state = next((built.fake / node / "var/lib/hadocs").iterdir())
        assert state.stat().st_mode & 0o777 == 0o700
        assert (state / "captured/cluster").stat().st_mode & 0o777 == 0o600
        assert (state / "scripts/secrets").stat().st_mode & 0o777 == 0o600


def test_dry_run_changes_nothing_and_shows_the_difference(fakes: Fakes) -> None:
    before = fakes.files()
    said = _driven(fakes, "--dry-run")
    assert fakes.files() == before
    assert all(fakes.calls(node) == [] for node in ALL)
    assert "+password = @{secret.galera}" in said
    assert "+transport_url = (hidden, new)" in said
    assert "| galera_new_cluster" in said
    assert "would wait at most 120 s until galera/members holds" in said


def test_a_file_changed_by_hand_is_shown_and_kept(fakes: Fakes) -> None:
    _driven(fakes, "--to", "galera/write")
    path = fakes.config(FIRST, "galera.cnf")
    ours = path.read_text()
    path.write_text("by hand\n")
    result = fakes.node(FIRST, "--only", "galera/write")
    assert result.returncode == 6
    assert "-by hand" in result.stdout
    assert path.read_text() == "by hand\n"
    result = fakes.node(FIRST, "--only", "galera/write", "--yes-overwrite")
    assert result.returncode == 0
    assert path.read_text() == ours
    (kept,) = path.parent.glob("galera.cnf.before-hadocs-*")
    assert kept.read_text() == "by hand\n"


def test_a_secret_that_a_file_has_now_is_not_shown(fakes: Fakes) -> None:
    _driven(fakes, "--to", "galera/capture")
    path = fakes.config(FIRST, "galera.cnf")
    path.write_text("by hand\npassword=of-the-living-cluster\n")
    said = fakes.node(FIRST, "--only", "galera/write").stdout
    assert "-by hand" in said
    assert "-password = (not shown)" in said
    logs = "".join(path.read_text() for path in fakes.fake.rglob("*.log"))
    assert "of-the-living-cluster" not in said + logs


def test_a_secret_that_is_part_of_another_hides_none_of_it(fakes: Fakes) -> None:
    secrets = fakes.scripts / "secrets"
    secrets.write_text("galera=secret\nrabbit=secret-and-more")
    assert "and-more" not in _driven(fakes)
    assert "secret-and-more" in fakes.config(FIRST, "nova.conf").read_text()


def test_a_file_of_the_package_is_kept_beside(fakes: Fakes) -> None:
    path = fakes.config(FIRST, "galera.cnf")
    path.write_text("as packaged\n")
    _driven(fakes, "--to", "galera/write")
    (kept,) = path.parent.glob("galera.cnf.before-hadocs-*")
    assert kept.read_text() == "as packaged\n"


def test_mode_and_owner_are_kept_right(fakes: Fakes) -> None:
    _driven(fakes, "--to", "galera/write")
    path = fakes.config(FIRST, "galera.cnf")
    path.chmod(0o666)
    assert fakes.node(FIRST, "--only", "galera/write").returncode == 0
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_service_older_than_its_file_is_restarted_once(fakes: Fakes) -> None:
    _driven(fakes, "--to", "galera/start")
    os.utime(fakes.config(FIRST, "galera.cnf"), (time.time() + 1, time.time() + 1))
    before = len(fakes.calls(FIRST))
    fakes.node(FIRST, "--only", "galera/start")
    time.sleep(1.1)
    fakes.node(FIRST, "--only", "galera/start")
    fakes.node(FIRST, "--only", "galera/start")
    restarts = fakes.calls(FIRST)[before:]
    assert restarts[0] == "systemctl restart mariadb.service"
    assert len(restarts) <= 2


def test_a_file_that_came_with_its_old_time_restarts_the_service(fakes: Fakes) -> None:
    _driven(fakes, "--to", "galera/start")
    fakes.node(FIRST, "--only", "galera/start")
    before = len(fakes.calls(FIRST))
    config = fakes.config(FIRST, "galera.cnf")
    time.sleep(0.1)
    copied = config.with_suffix(".copy")
    copied.write_bytes(config.read_bytes())
    os.utime(copied, (0, 0))
    copied.replace(config)
    fakes.node(FIRST, "--only", "galera/start")
    assert "systemctl restart mariadb.service" in fakes.calls(FIRST)[before:]


def test_a_guard_that_cannot_tell_stops_and_says_what_to_ask(fakes: Fakes) -> None:
    (fakes.fake / SECOND / "silent").touch()
    result = fakes.driver()
    assert result.returncode == 1
    assert "cannot tell whether galera/members holds on: controller2" in result.stdout
    assert "controller2.sh --ask galera/members" in result.stdout
    assert not (fakes.fake / "founded").exists()
    answer = ("--answer", "galera/members@controller2=fails")
    result = fakes.driver("--resume", "--to", "galera/bootstrap", *answer)
    assert result.returncode == 0, result.stdout
    assert (fakes.fake / "founded").exists()


def test_a_connection_that_fails_with_any_status_is_no_answer(fakes: Fakes) -> None:
    (fakes.fake / SECOND / "deaf").touch()
    result = fakes.driver()
    assert result.returncode == 1
    assert "cannot tell whether galera/members holds on: controller2" in result.stdout
    assert not (fakes.fake / "founded").exists()


def test_what_a_node_says_is_no_command_of_the_driver(fakes: Fakes, tmp_path: Path) -> None:
    there = tmp_path / "there"
    (fakes.fake / SECOND / "clock").write_text(f"NODES[$(touch {there}; echo 0)]")
    result = fakes.driver("--dry-run")
    assert "controller2 |   WRONG   it does not tell the time" in result.stdout
    assert not there.exists()


def test_one_node_that_has_it_decides_for_all(fakes: Fakes) -> None:
    (fakes.fake / "founded").touch()
    (fakes.fake / FIRST / "silent").touch()
    result = fakes.driver("--to", "galera/bootstrap")
    assert result.returncode == 0, result.stdout
    assert "nothing to do: galera/members holds" in result.stdout
    assert not [call for call in fakes.calls(FIRST) if "galera_new_cluster" in call]


def test_a_script_alone_asks_for_the_answers_of_others(fakes: Fakes) -> None:
    fakes.driver("--to", "galera/set")
    result = fakes.node(FIRST, "--from", "galera/bootstrap", "--to", "galera/bootstrap")
    assert result.returncode == 4
    again = re.search(r"here: (.*)", result.stdout)
    assert again and again[1].endswith(
        "--from galera/bootstrap --answer galera/members@controller2=holds|fails"
        " --answer galera/members@controller3=holds|fails"
    )
    given = [f"--answer=galera/members@{node}=fails" for node in ALL]
    options = [part for answer in given for part in answer.split("=", 1)]
    result = fakes.node(FIRST, "--only", "galera/bootstrap", *options)
    assert result.returncode == 0, result.stdout


def test_a_script_alone_stops_where_others_come_first(fakes: Fakes) -> None:
    result = fakes.node(SECOND)
    assert result.returncode == 5
    assert "Before galera/write (turn 3) other nodes take their turns:" in result.stdout
    assert "controller1.sh --only galera/capture" in result.stdout
    assert "controller2.sh --from galera/write" in result.stdout


def test_an_answer_has_its_exit_status(fakes: Fakes) -> None:
    assert fakes.node(FIRST, "--ask", "galera/members").returncode == 10
    (fakes.fake / "founded").touch()
    assert fakes.node(FIRST, "--ask", "galera/members").returncode == 0
    (fakes.fake / FIRST / "silent").touch()
    assert fakes.node(FIRST, "--ask", "galera/members").returncode == 3


def test_a_failure_says_everything_and_can_be_resumed(fakes: Fakes) -> None:
    (fakes.fake / FIRST / "broken").touch()
    result = fakes.driver()
    assert result.returncode == 1
    for said in (
        "FAILED on controller1 in galera/bootstrap: Bootstrap the cluster",
        "status     9",
        "no quorum for",
        "guide      guide/galera#bootstrap",
        "written in components/galera.yaml:30",
        "continue   ",
    ):
        assert said in result.stdout + result.stderr
    assert fakes.secrets["rabbit"] not in result.stdout + result.stderr
    (fakes.fake / FIRST / "broken").unlink()
    said = _driven(fakes, "--resume", "--to", "galera/bootstrap")
    assert "[4]" not in said
    assert "[5]" in said


def test_the_wrong_host_is_refused_unless_told(fakes: Fakes) -> None:
    result = fakes.node(FIRST, "--dry-run", FAKE_NODE="laptop")
    assert result.returncode == 7
    assert "This is laptop, not controller1" in result.stdout
    assert fakes.node(FIRST, "--dry-run", "--any-host", FAKE_NODE="laptop").returncode == 0


def test_preflight_comes_before_the_first_write_on_any_node(fakes: Fakes) -> None:
    wrong = replace(fakes.plan().preflight[THIRD], os_version="0")
    plan = replace(fakes.plan(), preflight={**fakes.plan().preflight, THIRD: wrong})
    fakes.export(plan)
    result = fakes.driver()
    assert result.returncode == 7
    assert "Not fit: controller3. Nothing was changed." in result.stderr
    assert all(fakes.calls(node) == [] for node in ALL)


def test_a_node_that_cannot_be_reached_stops_before_anything(fakes: Fakes) -> None:
    (fakes.fake / SECOND / "down").touch()
    result = fakes.driver()
    assert result.returncode == 7
    assert "Cannot reach or supply: controller2. Nothing was changed." in result.stderr
    assert all(fakes.calls(node) == [] for node in ALL)


def test_a_secrets_file_that_others_read_is_refused(fakes: Fakes) -> None:
    (fakes.scripts / "secrets").chmod(0o640)
    assert fakes.driver().returncode == 7
    assert fakes.node(FIRST).returncode == 7


def test_a_captured_value_that_a_shell_would_read_is_refused(fakes: Fakes) -> None:
    text = "echo " + captured("cluster")
    fakes.export(_with_run(fakes, text))
    result = fakes.driver("--to", "galera/user")
    assert result.returncode == 1
    assert "captured value cluster has characters that cannot stand in a shell" in result.stdout


def test_of_several_commands_the_one_that_failed_is_told(fakes: Fakes) -> None:
    fakes.export(_with_run(fakes, Text("true |\n    cat\nif true; then\n    false this\nfi\ntrue")))
    result = fakes.driver("--to", "galera/user")
    assert "controller2 |     command        false this\n" in result.stdout


def _with_run(fakes: Fakes, text: Text) -> Plan:
    plan = fakes.plan()
    stage = plan.stages[0]
    turns = []
    for turn in stage.turns:
        item = turn.item
        if isinstance(item, Step) and item.id == "galera/user":
            deed = replace(item.deeds[SECOND], action=Run(text))
            turn = replace(turn, item=replace(item, deeds={SECOND: deed}))
        turns.append(turn)
    return replace(plan, stages=(replace(stage, turns=tuple(turns)),))


def test_files_are_copied_if_they_are_not_there(fakes: Fakes) -> None:
    keys = fakes.config(SECOND, "keys")
    result = fakes.node(SECOND, "--only", "galera/copy")
    assert "the files are here already" in result.stdout
    keys.chmod(0o600)
    archive = fakes.root / "files.tar"
    subprocess.run(["tar", "-C", "/", "-cf", archive, "--", str(keys)[1:]], check=True)
    keys.unlink()
    result = fakes.node(SECOND, "--only", "galera/copy")
    assert result.returncode == 5
    assert f"tar -C / -c -- {str(keys)[1:]}" in result.stdout
    result = fakes.node(SECOND, "--only", "galera/copy", "--files", str(archive))
    assert result.returncode == 0, result.stdout
    assert keys.read_text() == "key"
    assert keys.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("item", "begun"),
    [
        ("galera/wait", "fails: wsrep_cluster_size is 0"),
        ("galera/bootstrap", "founding"),
    ],
)
def test_an_interrupted_run_ends_at_once(item: str, begun: str, fakes: Fakes) -> None:
    (fakes.fake / FIRST / "slow").touch()
    process = subprocess.Popen(
        [fakes.scripts / "run.sh", "--ssh", "ssh", "--only", item],
        env=fakes.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = ""
    while begun not in said:
        said += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"Interrupted in {item}" in said + rest
    deadline = time.monotonic() + 10
    while left := _processes(fakes.root):
        assert time.monotonic() < deadline, left


def _processes(root: Path) -> list[str]:
    """Command lines of processes that have a path below *root* in them or in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if f"{root}/".encode() in known and int(process.name) != os.getpid():
            found.append(known.split(b"\0", 1)[0].decode(errors="replace"))
    return found


def test_another_run_at_the_same_time_is_refused(fakes: Fakes) -> None:
    state = fakes.fake / FIRST / "var/lib/hadocs" / str(fakes.plan().target)
    state.mkdir(parents=True)
    holder = subprocess.Popen(["flock", state / "lock", "sleep", "20"])
    time.sleep(0.3)
    result = fakes.node(FIRST)
    holder.terminate()
    assert result.returncode == 1
    assert "runs already" in result.stdout


def test_a_node_that_is_left_out_takes_no_turns(fakes: Fakes) -> None:
    (fakes.fake / THIRD / "down").touch()
    (fakes.fake / "founded").touch()
    said = _driven(fakes, "--without", THIRD, "--to", "galera/bootstrap")
    assert f"The scripts go to {FIRST} {SECOND}\n" in said
    assert f"{THIRD} is left out" in said
    assert "nothing to do: galera/members holds" in said
    assert fakes.calls(THIRD) == []


def test_what_cannot_tell_yet_is_asked_again_for_a_while(fakes: Fakes) -> None:
    silent = fakes.fake / SECOND / "silent"
    silent.touch()
    asked = ("--ask", "galera/members")
    assert fakes.node(SECOND, *asked).returncode == 3
    threading.Timer(1, silent.unlink).start()
    assert fakes.node(SECOND, *asked, HADOCS_PATIENCE="30").returncode == 10


def test_a_guard_that_needs_a_node_that_is_left_out_stops(fakes: Fakes) -> None:
    (fakes.fake / THIRD / "down").touch()
    left_out = ("--without", THIRD, "--to", "galera/bootstrap")
    result = fakes.driver(*left_out)
    assert result.returncode == 1
    assert "cannot tell whether galera/members holds on: controller3" in result.stdout
    assert not (fakes.fake / "founded").exists()
    said = _driven(fakes, *left_out, "--answer", f"galera/members@{THIRD}=fails")
    assert (fakes.fake / "founded").exists(), said


@pytest.mark.parametrize(
    ("left_out", "told"),
    [(("nobody",), "there is no node nobody"), (ALL, "every node is left out")],
)
def test_what_cannot_be_left_out_is_told(
    left_out: tuple[str, ...], told: str, fakes: Fakes
) -> None:
    result = fakes.driver(*(part for node in left_out for part in ("--without", node)))
    assert result.returncode == 2
    assert told in result.stderr
