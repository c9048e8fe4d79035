"""Secrets files: made once, never overwritten, read by their owner only."""

from __future__ import annotations

import base64
import configparser
import shlex
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadocs.plan.model import SecretValue
from hadocs.problems import HadocsError
from hadocs.secrets import extend, made, read

KINDS = ("password", "base64", "hex", "fernet")


@given(st.sampled_from(KINDS), st.integers(1, 200))
def test_a_secret_is_inert_in_urls_ini_files_and_shells(kind: str, length: int) -> None:
    secret = made(kind, length)
    assert shlex.quote(secret) == secret
    assert quote(secret, safe="=") == secret
    ini = configparser.ConfigParser()
    ini.read_string(f"[a]\nb = {secret}\n")
    assert ini["a"]["b"] == secret


@given(st.integers(1, 200))
def test_a_length_counts_characters_or_bytes_of_the_key(length: int) -> None:
    assert len(made("password", length)) == len(made("hex", length)) == length
    assert len(base64.b64decode(made("base64", length), validate=True)) == length
    assert len(base64.urlsafe_b64decode(made("fernet", length))) == 32
    int(made("hex", length), 16)


def test_secrets_differ() -> None:
    assert len({made(kind, 32) for kind in KINDS for _ in range(50)}) == 200


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_an_ssh_key_is_one_line_that_gives_back_its_file() -> None:
    key = base64.b64decode(made("ssh", 0)).decode()
    assert key.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")


def _secret(name: str, kind: str = "password") -> SecretValue:
    return SecretValue(name, kind, 32, f"what {name} is for")


def test_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets"
    assert extend(path, [_secret("b"), _secret("a")]) == 2
    before = read(path)
    path.write_text(path.read_text() + "# by hand\nc=mine with spaces")
    assert extend(path, [_secret("d"), _secret("a"), _secret("c")]) == 1
    after = read(path)
    assert after == {**before, "c": "mine with spaces", "d": after["d"]}
    assert "# by hand\n" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secrets"]


def test_nothing_to_add_is_nothing_to_write(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    extend(path, [_secret("a")])
    before = path.stat()
    assert extend(path, [_secret("a")]) == 0
    now = path.stat()  # reading may change its time of access
    assert (now.st_ino, now.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_read_is_refused(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    extend(path, [_secret("a")])
    path.chmod(mode)
    for refused in (lambda: read(path), lambda: extend(path, [_secret("b")])):
        with pytest.raises(HadocsError, match=f"others can read it .mode {mode:04o}"):
            refused()


def test_a_given_secret_is_a_problem_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    with pytest.raises(HadocsError, match="'power' is not there"):
        extend(path, [_secret("a"), _secret("power", "given")])
    assert not path.exists()
    path.write_text("power=x y'z\n")
    path.chmod(0o600)
    assert extend(path, [_secret("a"), _secret("power", "given")]) == 1


def test_problems_have_lines_and_no_values(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text("# ok\n\na=1\nhush hush\na=2\nB=3\nc=\nd=x\ty\n")
    path.chmod(0o600)
    with pytest.raises(HadocsError) as raised:
        read(path)
    said = str(raised.value)
    assert [problem.where.line for problem in raised.value.problems] == [4, 5, 6, 7, 8]
    assert f"{path}:5:1: error[secrets]: 'a' is here twice" in said
    assert "hush" not in said


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(HadocsError, match="there is no such file"):
        read(tmp_path / "secrets")
