"""Makes and reads secrets files: ``name=value`` lines that only their owner may read."""

from __future__ import annotations

import base64
import re
import secrets
import string
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from hadocs.output import replace_file
from hadocs.plan.model import SecretValue
from hadocs.problems import Code, HadocsError, Location, Problem

#: Characters that a URL, an ini file, JSON and a shell leave alone.
_LETTERS = string.ascii_letters + string.digits
_LINE = re.compile(r"([a-z][a-z0-9_]*)=(\S(?:.*\S)?)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def extend(path: Path, wanted: Iterable[SecretValue]) -> int:
    """How many secrets were made: those of *wanted* that the file does not have.

    What is there stays. The file is replaced at once and has mode 0600. A secret that only a person
    can give is a problem until it is there.
    """
    have = read(path) if path.exists() else {}
    missing = sorted((one for one in wanted if one.name not in have), key=lambda one: one.name)
    given = [one for one in missing if one.kind == "given"]
    if given:
        raise HadocsError(
            _problem(path, 0, f"{one.name!r} is not there", f"add {one.name}=...: {one.about}")
            for one in given
        )
    if missing:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        _write(
            path, old + "\n" * bool(old and not old.endswith("\n")) + "".join(map(_entry, missing))
        )
    return len(missing)


def _entry(secret: SecretValue) -> str:
    about = " ".join(secret.about.split())
    return f"# {about}\n{secret.name}={made(secret.kind, secret.length)}\n"


def made(kind: str, length: int) -> str:
    """A new secret of *length* characters; for a key in base64, of so many bytes."""
    return _MAKERS[kind](length)


def _password(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _hex(length: int) -> str:
    return "".join(secrets.choice("0123456789abcdef") for _ in range(length))


def _base64(length: int) -> str:
    """Base64 of *length* random bytes without ``+`` and ``/``, so that both alphabets agree.

    Each group of three bytes is drawn until it fits, which costs 0.2 bits of its 24.
    """
    text = ""
    for left in range(length, 0, -3):
        group = ""
        while not group.rstrip("=").isalnum():
            group = base64.b64encode(secrets.token_bytes(min(left, 3))).decode()
        text += group
    return text


def _ssh(length: int) -> str:
    """A private key, its file in base64 so that it is one line; ``base64 -d`` gives it back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "hadocs", "-f", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return base64.b64encode(path.read_bytes()).decode()


_MAKERS: Mapping[str, Callable[[int], str]] = {
    "password": _password,
    "base64": _base64,
    "hex": _hex,
    "fernet": lambda length: _base64(32),
    "ssh": _ssh,
}


def read(path: Path) -> dict[str, str]:
    """Secrets by name. Problems say the line, never what stands on it."""
    if not path.is_file():
        raise HadocsError([_problem(path, 0, "there is no such file", "hadocs secrets makes it")])
    state = path.stat()
    if state.st_mode & 0o077:
        mode = f"{state.st_mode & 0o7777:04o}"
        raise HadocsError(
            [_problem(path, 0, f"others can read it (mode {mode})", f"chmod 0600 {path}")]
        )
    result: dict[str, str] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise HadocsError([_problem(path, line, "is not UTF-8", "")]) from None
    problems = list(_parsed(path, text, result))
    if problems:
        raise HadocsError(problems)
    return result


def _parsed(path: Path, text: str, result: dict[str, str]) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or _CONTROL.search(line):
            yield _problem(path, number, "not a line name=value", "a name has a-z, 0-9 and '_'")
        elif found[1] in lines:
            yield _problem(
                path, number, f"{found[1]!r} is here twice", f"first on line {lines[found[1]]}"
            )
        else:
            lines[found[1]] = number
            result[found[1]] = found[2]


def _problem(path: Path, line: int, message: str, hint: str) -> Problem:
    return Problem(Location(str(path), line, 1 if line else 0), Code.SECRETS, message, hint)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, text.encode(), 0o600)


def hidden(text: str, marks: Mapping[str, str]) -> str:
    """*text* with a mark in the place of each secret, by *marks*: a mark for each value.

    Longer ones go first: a secret may begin with another one.
    """
    for value in sorted(marks, key=len, reverse=True):
        text = text.replace(value, marks[value])
    return text
