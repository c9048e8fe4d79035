"""options.py: sets what it is told, keeps the rest, and does nothing the second time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hadocs.node import options as options_file
from hadocs.node.options import difference, parts, wanted, with_options

PACKAGED = """\
# Copyright
[DEFAULT]

# Whether to say more.
#debug = false
log_dir=/var/log
hosts = a,
    b

[database]
; connection = <None>
connection: sqlite:///x

[pci]
alias = one
# between
alias = two
"""

_KEYS = st.text(st.characters(min_codepoint=33, exclude_characters="=:[#;"), min_size=1).filter(
    lambda key: key == key.strip()
)
_SECTIONS = st.text(st.characters(min_codepoint=32, exclude_characters="]"), min_size=1).filter(
    lambda section: section == section.strip()
)
_VALUES = st.text(st.characters(min_codepoint=32)).filter(lambda value: value == value.strip())
_OPTIONS = st.dictionaries(
    st.tuples(_SECTIONS, _KEYS), st.lists(_VALUES, min_size=1, max_size=3).map(tuple), max_size=4
)


@given(st.text())
def test_parts_are_the_whole_file(text: str) -> None:
    assert "".join(line for part in parts(text) for line in part.lines) == text


@given(_OPTIONS, st.one_of(st.just(PACKAGED), st.text()))
def test_any_option_is_set(options: dict[tuple[str, str], tuple[str, ...]], text: str) -> None:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for part in parts(with_options(text, options)):
        if part.key:
            name = (part.section, part.key)
            found[name] = (*found.get(name, ()), part.value)
    assert {name: found[name] for name in options} == options


@given(_OPTIONS, st.one_of(st.just(PACKAGED), st.text()))
def test_twice_is_once(options: dict[tuple[str, str], tuple[str, ...]], text: str) -> None:
    once = with_options(text, options)
    assert with_options(once, options) == once


@given(_OPTIONS)
def test_everything_else_stays(options: dict[tuple[str, str], tuple[str, ...]]) -> None:
    before = [p for p in parts(PACKAGED) if (p.section, p.key) not in options]
    after = list(parts(with_options(PACKAGED, options)))
    rest = iter(after)
    assert all(any(part.lines == other.lines for other in rest) for part in before)


def test_an_option_stands_behind_its_example() -> None:
    text = with_options(PACKAGED, {("DEFAULT", "debug"): ("true",)})
    assert "#debug = false\ndebug = true\nlog_dir=/var/log\n" in text


def test_several_values_stand_together_in_order() -> None:
    text = with_options(PACKAGED, {("pci", "alias"): ("x", "y", "z")})
    assert text.endswith("[pci]\nalias = x\nalias = y\nalias = z\n# between\n")


def test_a_value_goes_with_all_its_lines() -> None:
    text = with_options(PACKAGED, {("DEFAULT", "hosts"): ("c",)})
    assert "log_dir=/var/log\nhosts = c\n\n[database]\n" in text
    assert wanted("[a]\nb = c\n    d\n") == {("a", "b"): ("c\nd",)}


def test_a_hidden_value_is_in_no_diff() -> None:
    new = with_options(PACKAGED, {("database", "connection"): ("mysql://x:hush@y",)})
    diff = difference(PACKAGED, new, "x.conf", {("database", "connection")})
    assert "+connection = (hidden, new)" in diff
    assert "hush" not in diff
    assert "sqlite" not in diff


def test_what_is_no_option_is_refused() -> None:
    try:
        wanted("[a]\nnonsense\n")
    except ValueError as error:
        assert str(error) == "not an option: 'nonsense'"
    else:
        raise AssertionError


def _program(text: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(options_file.__file__), *options]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def test_the_file_is_replaced_at_once_and_keeps_its_mode(tmp_path: Path) -> None:
    path, link = tmp_path / "x.conf", tmp_path / "link.conf"
    path.write_text(PACKAGED)
    path.chmod(0o640)
    link.symlink_to(path)
    inode = path.stat().st_ino
    assert "+debug = true" in _program("[DEFAULT]\ndebug = true\n", str(link)).stdout
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_ino != inode
    assert link.is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.conf", "x.conf"]


def _identity(path: Path) -> tuple[int, int, int]:
    """What a write would change; reading may change the access time."""
    seen = path.stat()
    return seen.st_ino, seen.st_mtime_ns, seen.st_mode


def test_an_equal_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_text(PACKAGED)
    before = _identity(path)
    done = _program("[DEFAULT]\nlog_dir = /var/log\n", str(path))
    assert (done.stdout, done.returncode) == ("", 0)
    assert _identity(path) == before


def test_dry_run_shows_the_diff_only(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_text(PACKAGED)
    assert "+debug = true" in _program("[DEFAULT]\ndebug = true\n", "--dry-run", str(path)).stdout
    assert path.read_text() == PACKAGED


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = _program("[DEFAULT]\ndebug = true\n", str(tmp_path / "x.conf"))
    assert done.returncode == 1
    assert "No such file" in done.stderr
