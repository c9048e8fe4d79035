"""The command line: exit status, what goes where, what is imported."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hadocs.cli import COMMANDS, main
from hadocs.cli.commands import coloured
from hadocs.verify.offline.work import Found

SAMPLE = Path(__file__).parent / "sample"
HEAVY = ("yaml", "pydantic", "jinja2", "sphinx", "docutils")
BAD = "title: Bad\nchapter: grund\nsummary: It is wrong.\nroles: [controler]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]):
    """Runs a command in the project: exit status, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as left:
            status = int(left.code or 0)
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def python(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=SAMPLE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, hadocs.cli as cli\n"
        "for words in (['--help'], ['check', '--help'], ['--version'], ['nothing']):\n"
        "    try: cli.main(words)\n"
        "    except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    )
    found = python("-c", code)
    assert found.stderr.splitlines()[-1] == "[]"
    assert all(f"\n    {name}" in found.stdout for name in COMMANDS)


def test_a_project_without_problems_exits_with_0(run) -> None:
    assert run("check") == (0, "3 components, 9 steps, 2 sites: no problems\n", "")
    assert run("check", "--project", str(SAMPLE))[0] == 0


def test_all_problems_of_all_files_are_said_at_once(run, project: Path) -> None:
    (project / "components/bad.yaml").write_text(BAD)
    (project / "components/worse.yaml").write_text(BAD)
    status, out, err = run("check")
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "components/bad.yaml:2:10: error[unknown-name]: chapter 'grund' does not exist",
        "    hint: did you mean 'ground'?",
        "components/bad.yaml:4:9: error[unknown-name]: role 'controler' does not exist",
        "    hint: did you mean 'controller'?",
        "components/worse.yaml:2:10: error[unknown-name]: chapter 'grund' does not exist",
        "    hint: did you mean 'ground'?",
        "components/worse.yaml:4:9: error[unknown-name]: role 'controler' does not exist",
        "    hint: did you mean 'controller'?",
        "4 problems",
    ]


def test_only_the_problems_of_some_files_are_shown(run, project: Path) -> None:
    (project / "components/bad.yaml").write_text(BAD)
    (project / "components/worse.yaml").write_text(BAD)
    status, _, err = run("check", "components/bad.yaml")
    assert status == 1
    assert "worse" not in err
    assert err.endswith("2 problems\n")
    assert run("check", "components/store.yaml") == (0, "", "no problems there; 4 in other files\n")


@pytest.mark.parametrize(
    ("options", "ci", "status"), [("", "", 0), ("--strict", "", 1), ("", "true", 1)]
)
def test_what_stays_unproven_is_an_error_where_nothing_may(
    options: str, ci: str, status: int, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    answers = {"unproven": (Found(), Found(unproven=("that it starts",))), "proven": (Found(),)}
    told = {}
    for name, answer in answers.items():
        monkeypatch.setattr("hadocs.verify.offline.checked.checked", lambda _, found=answer: found)
        told[name] = run("check", "--offline", *options.split())[::2]
    assert told == {"unproven": (status, "not proven: that it starts\n"), "proven": (0, "")}


@pytest.mark.parametrize(("options", "status"), [("", 0), ("--strict", 1)])
def test_bad_specs_in_other_files_leave_everything_unproven(
    options: str, status: int, run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    (project / "components/bad.yaml").write_text(BAD)
    found = run("check", "--offline", "components/store.yaml", *options.split())
    assert found[0] == status
    assert "not proven: what offline checks find; the specs are to be right first" in found[2]


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "list components",
        "explain store/install",
        "secrets --distro alpha",
        "export-scripts --distro alpha",
    ],
)
def test_no_command_meets_a_bad_file_with_a_traceback(command: str, run, project: Path) -> None:
    (project / "components/bad.yaml").write_text("title: [\n")
    status, out, err = run(*command.split())
    assert (status, out) == (1, "")
    assert err.startswith("components/bad.yaml:")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "command", ["check", "list sites", "explain a/b", "secrets --distro alpha"]
)
def test_a_folder_that_is_no_project_says_so(command: str, run, tmp_path: Path) -> None:
    status, _, err = run(*command.split(), "--project", str(tmp_path / "nowhere"))
    assert status == 1
    assert (
        "there is no folder 'components' here\n    hint: run hadocs in the project's folder" in err
    )


TARGETS = {
    "--distro alfa": """\
--distro: error[unknown-name]: distro 'alfa' does not exist
    hint: did you mean 'alpha'?
""",
    "--distro alpha-3": "distro 'alpha-3' does not exist\n    hint: did you mean 'alpha-",
    "--distro beta --site tree": """\
--site: error[unknown-name]: site 'tree' does not exist
    hint: did you mean 'three'?
""",
    "--distro beta --series 2.3": """\
--series: error[unknown-name]: series '2.3' does not exist
    hint: did you mean '2.2'?
""",
    "--distro beta --series 1.0": "error[unsupported]: series '1.0' is history: it has no steps",
    "--distro alpha-1 --series 2.2": """\
conf/distros/alpha.yaml:20:12: error[unsupported]: alpha-1 does not carry 2.2: \
the series needs a newer Python
""",
    "--distro beta --site nowhere/site.yaml": """\
nowhere/site.yaml: error[unreadable]: cannot be read: No such file or directory
""",
}


@pytest.mark.parametrize("arguments", TARGETS)
def test_a_target_that_is_not_there_is_refused_with_a_hint(arguments: str, run) -> None:
    for command in ("secrets", "export-scripts"):
        status, out, err = run(command, *arguments.split())
        assert (status, out) == (1, "")
        assert TARGETS[arguments] in err


def test_a_shell_without_packages_is_refused(run, project: Path) -> None:
    distro = project / "conf/distros/beta.yaml"
    distro.write_text(distro.read_text() + "shells: [pcs]\n")
    status, _, err = run("secrets", "--distro", "beta", "--shell", "crm")
    assert status == 1
    assert "Beta Linux has no package of the shell crm\n    hint: it has pcs" in err


def test_a_distro_means_those_of_its_versions_that_carry_the_series(run) -> None:
    assert run("secrets", "--distro", "alpha", "--series", "2.2")[0] == 0


@pytest.mark.parametrize("name", ["$(touch PWNED).yaml", "a\ntouch PWNED.yaml", "mine (prod).yaml"])
def test_the_name_of_a_site_is_no_text_of_scripts(name: str, run, project: Path) -> None:
    shutil.copy(project / "conf/sites/three.yaml", project / name)
    status, _, told = run("export-scripts", "--distro", "alpha", "--site", name)
    assert (status, "is no name for a site" in told) == (1, True)
    assert not (project / "scripts").exists()


def test_a_site_can_be_a_file_from_anywhere(run, project: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = (project / "conf/sites/three.yaml").read_text()
    mine.write_text(text)
    status, out, _ = run("secrets", "--distro", "beta", "--site", str(mine))
    assert (status, out) == (0, "secrets/mine: 2 secrets, 2 of them new\n")
    mine.write_text(text.replace("10.9.0.12", "10.8.0.12").replace("node3", "node1"))
    status, _, err = run("secrets", "--distro", "beta", "--site", str(mine))
    assert status == 1
    assert f"{mine}:5:28: error[value]: 10.8.0.12 is not in the network" in err
    assert f"{mine}:6:12: error[value]: 'node1' is used twice" in err


@pytest.mark.parametrize(
    "arguments", ["", "chek", "list nothing", "secrets", "completion csh", "check --no-such-option"]
)
def test_wrong_arguments_exit_with_2(arguments: str, run) -> None:
    status, out, err = run(*arguments.split())
    assert (status, out) == (2, "")
    assert err.startswith("usage: hadocs")


LISTS = {
    "components": ["stack\tCluster stack", "balancer\tLoad balancer", "store\tStore"],
    "distros": [
        "alpha-1\tAlpha Linux 1\tcrm, pcs",
        "alpha-2\tAlpha Linux 2\tcrm, pcs",
        "beta-9\tBeta Linux 9\tcrm, pcs",
    ],
    "series": ["1.0\t1.0 Old\t", "2.1\t2.1 New\t", "2.2\t2.2 Newest\t"],
    "sites": ["one\tOne controller\tnode1", "three\tThree controllers\tnode1, node2, node3"],
    "support": [
        "alpha-1\t2.1\tyes: the archive",
        "alpha-1\t2.2\tno: the series needs a newer Python",
        "alpha-2\t2.1\tyes: the archive",
        "alpha-2\t2.2\tyes: the archive",
        "beta-9\t2.1\tyes: the archive",
        "beta-9\t2.2\tyes: the archive",
    ],
}


@pytest.mark.parametrize("what", LISTS)
def test_lists_are_one_line_for_each(what: str, run) -> None:
    assert run("list", what) == (0, "".join(f"{line}\n" for line in LISTS[what]), "")


def test_steps_are_listed_in_order_with_their_places(run) -> None:
    _, out, _ = run("list", "steps")
    ids = [line.split("\t")[0] for line in out.splitlines()]
    assert ids == [
        "stack/install",
        "stack/configure",
        "stack/start",
        "stack/properties",
        "balancer/install",
        "balancer/keep",
        "store/install",
        "store/bootstrap",
        "store/join",
        "store/balancer-store-listener",
        "store/balancer-store-reload",
    ]
    assert out.splitlines()[1].endswith("\tcomponents/stack.yaml:34:5")


def test_a_step_is_explained_by_its_id_and_its_former_ids(run) -> None:
    status, out, err = run("explain", "store/bootstrap")
    assert (status, err) == (0, "")
    assert out.startswith("Store: 2. Bootstrap the store\ncomponents/store.yaml:45:5\n")
    assert "store --new" in out
    assert run("explain", "store/create")[1] == out


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("stor/install", "component 'stor' does not exist\n    hint: did you mean 'store'?"),
        (
            "store/instal",
            "step 'store/instal' does not exist\n    hint: did you mean 'store/install'?",
        ),
        ("store", "step 'store' does not exist"),
    ],
)
def test_a_step_that_is_not_there_is_said_with_a_hint(step: str, said: str, run) -> None:
    status, out, err = run("explain", step)
    assert (status, out) == (1, "")
    assert said in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_every_command(shell: str, run) -> None:
    status, out, _ = run("completion", shell)
    assert status == 0
    assert all(name in out for name in COMMANDS)


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colours"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colours_are_for_terminals_that_want_them(
    environment: dict[str, str], colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = "a.yaml:1:2: error[schema]: it is\n    hint: no"
    assert ("\033[" in coloured(told, Terminal())) is colours  # type: ignore[arg-type]
    assert coloured(told, sys.__stdin__) == told


def test_a_terminal_gets_colours_and_a_pipe_does_not(project: Path) -> None:
    (project / "components/bad.yaml").write_text(BAD)
    code = "import sys, hadocs.cli; sys.exit(hadocs.cli.main(['check']))"
    words = [sys.executable, "-c", code]
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    ours, theirs = pty.openpty()
    try:
        subprocess.run(words, cwd=project, env=environment, stderr=theirs, timeout=60, check=False)
        assert b"\033[31merror\033[0m" in os.read(ours, 65536)
    finally:
        os.close(ours)
        os.close(theirs)
    piped = subprocess.run(
        words, cwd=project, env=environment, capture_output=True, timeout=60, check=False
    )
    assert piped.returncode == 1
    assert b"\033" not in piped.stderr
    assert b"Traceback" not in piped.stderr


def test_a_command_that_is_ended_by_a_signal_first_cleans_up(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what nohup does
    left: list[str] = []

    def check(_: object) -> int:
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            os.kill(os.getpid(), signal.SIGHUP)
            left.append(folder)
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    monkeypatch.setattr("hadocs.cli.commands.check", check)
    try:
        assert run("check") == (130, "", "interrupted\n")
        assert left and not Path(left[0]).exists()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, was)


def test_the_help_says_all_that_can_be_done_to_a_cluster_and_every_circumstance() -> None:
    from hadocs.cli import labs, offered
    from hadocs.verify.circumstances import CIRCUMSTANCES

    assert set(offered._OF_CLUSTER) == set(labs._COMMANDS)
    assert set(offered._CIRCUMSTANCES) == set(CIRCUMSTANCES)


def test_a_guard_of_a_role_that_the_site_lacks_is_told_with_its_place(run, project: Path) -> None:
    stack = project / "components/stack.yaml"
    guard = "unless: {holds: tuned, nodes: any, role: arbitrator}"
    stack.write_text(stack.read_text().replace("unless: tuned", guard))
    status, _, told = run("export-scripts", "--distro", "alpha")
    line = stack.read_text().splitlines().index(f"    {guard}") + 1
    assert (status, f"components/stack.yaml:{line}:13: error[unsupported]" in told) == (1, True)


def test_a_full_disk_is_told_without_a_traceback() -> None:
    code = "import sys; from hadocs.cli import main; sys.exit(main(['list', 'steps']))"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=SAMPLE,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    told = "list: error[unreadable]: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_secrets_of_all_distros_are_those_of_each(run) -> None:
    for distro in ("alpha", "beta", "all"):
        assert run("secrets", "--distro", distro, "--file", distro)[0] == 0
    names = {
        distro: {line.partition("=")[0] for line in Path(distro).read_text().splitlines()}
        for distro in ("alpha", "beta", "all")
    }
    assert names["all"] == names["alpha"] | names["beta"]


def test_a_secrets_file_of_another_encoding_is_told_with_its_line(run, project: Path) -> None:
    file = project / "mine"
    file.write_bytes(b"a=1\nb=\xe9\n")
    file.chmod(0o600)
    status, _, told = run("secrets", "--distro", "alpha", "--file", "mine")
    assert (status, told.splitlines()[0]) == (1, "mine:2:1: error[secrets]: is not UTF-8")
