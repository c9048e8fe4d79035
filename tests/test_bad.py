"""Each file of tests/bad says in its first lines everything that is wrong with it."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.plan.checks import check
from hadocs.problems import Code, HadocsError, Problem

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").rglob("*.yaml"))
#: Said where an argument, a link or a file of secrets is wrong, or two specs together.
SAID_ELSEWHERE = {Code.LINK, Code.SECRETS}
#: Said by offline checks, each with examples in tests/offline; their codes stand last.
SAID_OFFLINE = {*[*Code][[*Code].index(Code.REFUSED) :]}
SAYS = re.compile(r"# (?:\S+\.yaml:)?\d+:\d+ (?P<code>[a-z-]+): .*|# hint: .*")
AS = re.compile(r"# as (\S+)")
GOOD = "title: Bad\nchapter: ground\nsummary: It is wrong.\nroles: [controller]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "sample", tmp_path / "project"))


def problems(root: Path) -> tuple[Problem, ...]:
    try:
        check(load(root))
    except HadocsError as error:
        return error.problems
    return ()


def said(problem: Problem, path: str) -> str:
    where = problem.where
    place = "" if where.path == path else f"{where.path}:"
    line = f"# {place}{where.line}:{where.column} {problem.code}: {problem.message}"
    return f"{line}\n# hint: {problem.hint}" if problem.hint else line


def header(path: Path) -> list[str]:
    return [line for line in path.read_text().split("\n") if SAYS.fullmatch(line)]


def test_the_sample_has_no_problems() -> None:
    assert problems(HERE / "sample") == ()


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: str(bad.relative_to(HERE / "bad"))[:-5])
def test_a_bad_file_is_met_by_exactly_the_problems_that_it_states(bad: Path, project: Path) -> None:
    text = bad.read_text()
    replaced = AS.search(text)
    path = replaced[1] if replaced else "components/bad.yaml"
    (project / path).write_text(text)
    told = "\n".join(said(problem, path) for problem in problems(project))
    assert told == "\n".join(header(bad))


def test_every_code_that_a_check_can_give_has_a_bad_file() -> None:
    found = {match["code"] for bad in BAD for line in header(bad) if (match := SAYS.match(line))}
    assert found - {None} == {str(code) for code in set(Code) - SAID_ELSEWHERE - SAID_OFFLINE}


def only(root: Path) -> Problem:
    (problem,) = problems(root)
    return problem


def laughs() -> str:
    lines = ["l0: &l0 ha"] + [f"l{n}: &l{n} [{f'*l{n - 1}, ' * 9}]" for n in range(1, 10)]
    return "\n".join(lines)


DEEP: dict[str, str] = {
    "brackets": "notes: " + "[" * 100_000,
    "braces": "notes: " + "{a: " * 100_000,
    "brackets in comments": "notes:\n" + " [ # ]\n" * 20_000,
    "brackets in quotes": 'notes: ["]"' + ', ["]"' * 20_000,
    "dashes": "notes:\n " + "- " * 100_000 + "x",
    "questions": "? " * 100_000 + "x",
    "indentation": "".join(f"{' ' * n}a:\n" for n in range(900)),
    "tabs after dashes": "-\t" * 100_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_file_that_nests_without_end_is_refused(text: str, project: Path) -> None:
    (project / "components/bad.yaml").write_text(text)
    problem = only(project)
    assert problem.where.path == "components/bad.yaml"
    assert problem.code in (Code.UNREADABLE, Code.SYNTAX)
    assert problem.where.line > 0


def test_aliases_that_grow_without_end_are_refused(project: Path) -> None:
    (project / "components/bad.yaml").write_text(laughs())
    found = problems(project)
    assert {problem.code for problem in found} == {Code.SYNTAX}
    assert {problem.message for problem in found} == {"aliases are not used in specs"}


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def directory_loop(path: Path) -> None:
    path.symlink_to("../components/bad.yaml/x")


FILES: dict[str, tuple[Callable[[Path], object], Code, str]] = {
    "empty": (lambda path: path.write_bytes(b""), Code.SYNTAX, "the file is empty"),
    "large": (
        lambda path: path.write_bytes(b"#" * 10_000_000),
        Code.UNREADABLE,
        "10000000 bytes; a spec has at most 524288",
    ),
    "a directory": (lambda path: path.mkdir(), Code.UNREADABLE, "not a regular file"),
    "a queue": (lambda path: os.mkfifo(path), Code.UNREADABLE, "not a regular file"),
    "a device": (
        lambda path: path.symlink_to("/dev/zero"),
        Code.UNREADABLE,
        "the path leads out of the project",
    ),
    "out of the tree": (
        lambda path: path.symlink_to("/etc/os-release"),
        Code.UNREADABLE,
        "the path leads out of the project",
    ),
    "a link to nothing": (
        lambda path: path.symlink_to("nothing.yaml"),
        Code.UNREADABLE,
        "cannot be read: No such file or directory",
    ),
    "a loop": (loop, Code.UNREADABLE, "cannot be read: a loop"),
    "a loop of folders": (directory_loop, Code.UNREADABLE, "cannot be read: a loop"),
}


@pytest.mark.parametrize(("make", "code", "message"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_a_spec_is_refused(
    make: Callable[[Path], object], code: Code, message: str, project: Path
) -> None:
    make(project / "components/bad.yaml")
    problem = only(project)
    assert (problem.where.path, problem.code) == ("components/bad.yaml", code)
    assert problem.message == message


def test_bytes_that_are_no_utf_8_are_placed(project: Path) -> None:
    (project / "components/bad.yaml").write_bytes(b"title: Bad\nnotes: caf\xe9\n")
    problem = only(project)
    assert str(problem.where) == "components/bad.yaml:2:11"
    assert (problem.code, problem.message) == (Code.UNREADABLE, "byte 0xe9 is not UTF-8")


@pytest.mark.parametrize("char", ["\0", "\x07", "\x7f", "\ufffe"])
def test_characters_that_are_no_text_are_refused(char: str, project: Path) -> None:
    (project / "components/bad.yaml").write_text(f"{GOOD}notes: a{char}b\n")
    problem = only(project)
    assert (problem.where.path, problem.code) == ("components/bad.yaml", Code.SYNTAX)


def test_a_byte_order_mark_is_no_problem(project: Path) -> None:
    (project / "components/bad.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert problems(project) == ()


def test_lines_of_another_system_keep_their_places(project: Path) -> None:
    text = f"{GOOD}steps:\n  - id: a\n    title: A\n    write:\n      path: /x\n      text: |\n"
    text += "        one\n        two {{ vip.nam }}\n"
    (project / "components/bad.yaml").write_text(text.replace("\n", "\r\n"), newline="")
    assert str(only(project).where) == "components/bad.yaml:12:20"


def test_the_problems_of_all_files_are_said_together(project: Path) -> None:
    for path in ("components/a.yaml", "conf/sites/b.yaml", "conf/distros/c.yaml"):
        (project / path).write_text("titel: x\n")
    assert {p.where.path for p in problems(project)} == {
        "components/a.yaml",
        "conf/sites/b.yaml",
        "conf/distros/c.yaml",
    }


def test_a_project_without_folders_says_where_to_run(tmp_path: Path) -> None:
    found = problems(tmp_path)
    assert [problem.where.path for problem in found] == [
        "components",
        "conf/distros",
        "conf/guide.yaml",
        "conf/releases",
        "conf/sites",
    ]
    assert "--project" in found[0].hint
