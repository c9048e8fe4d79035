"""Questions to nodes without scripts, and nodes that are found by them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hadocs.plan.model import Expectation
from hadocs.plan.resolve import Setting
from hadocs.plan.text import Kind, Span, Text
from hadocs.verify.asking import ask
from hadocs.verify.cluster import ClusterError
from hadocs.verify.finding import found_nodes
from hadocs.verify.runner import Result

SECRET = "Geheim4711"


@dataclass
class Here:
    """Every node is this machine; *commands* are what would be on its command line."""

    path: Path
    commands: list[str] = field(default_factory=list)

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        self.commands.append(text)
        environment = {"PATH": f"{self.path}:/usr/bin:/bin", "NODE": node}
        ended = subprocess.run(
            ["bash", "-c", text], input=stdin, capture_output=True, check=False,
            timeout=timeout, env=environment,
        )  # fmt: skip
        return Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def question(text: Text | str, expect: dict[str, str], kind: str, given: Text | None = None):
    asked = text if isinstance(text, Text) else Text(text)
    return Expectation(
        "store/x", "X", asked, kind, tuple((q, Text(m)) for q, m in expect.items()), given
    )


def secret(before: str) -> Text:
    end = len(before) + len("SECRET_KEY")
    return Text(before + "SECRET_KEY", (Span(len(before), end, Kind.SECRET, "key"),))


@pytest.mark.parametrize(
    ("text", "expect", "kind", "verdict"),
    [
        ("true", {}, "status", "holds"),
        ("false", {}, "status", "fails"),
        ("exit 7", {}, "status", "unknown"),
        ("no-such-program", {}, "status", "unknown"),
        ("printf 'size 3\\n'", {"size": ">= 2"}, "table", "holds"),
        ("printf 'size 1\\n'", {"size": ">= 2"}, "table", "fails"),
        ("echo size 3; false", {"size": ">= 2"}, "table", "unknown"),
        ("echo '{\"a\": [1, 2]}'", {"count(a[*])": "2"}, "json", "holds"),
        ("echo 'it''s'; cat <<'END'\n$x `y`\nEND", {"line": "~ *"}, "text", "holds"),
    ],
)
def test_an_answer_is_that_of_the_judge(
    tmp_path: Path, text: str, expect: dict[str, str], kind: str, verdict: str
) -> None:
    assert ask(Here(tmp_path), "node1", question(text, expect, kind)).verdict == verdict


def test_a_secret_is_on_no_command_line_and_in_no_answer(tmp_path: Path) -> None:
    here = Here(tmp_path)
    asked = question(secret("cat; echo "), {"text": "~ *"}, "text", secret("key="))
    answer = ask(here, "node1", asked, {"key": SECRET})
    assert answer.verdict == "holds"
    assert answer.printed == "key=@{secret.key}@{secret.key}\n"
    assert SECRET not in repr(answer)
    assert not [command for command in here.commands if SECRET in command]


def test_a_value_that_is_not_here_or_that_a_shell_would_read_is_unknown(tmp_path: Path) -> None:
    asked = question(secret("echo "), {}, "status")
    assert ask(Here(tmp_path), "node1", asked).verdict == "unknown"
    assert ask(Here(tmp_path), "node1", asked, {"key": "a; b"}).verdict == "unknown"


def test_a_node_that_cannot_be_asked_is_unknown(tmp_path: Path) -> None:
    class Off(Here):
        def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
            return Result(255, "", "no route to host\n")

    answer = ask(Off(tmp_path), "node1", question("true", {}, "status"))
    assert (answer.verdict, answer.text) == ("unknown", "it cannot be asked: no route to host")


@pytest.fixture
def store(tmp_path: Path):
    """What each node's program prints for its newness; ``-`` is a program that cannot tell."""
    program = tmp_path / "store"
    program.touch(mode=0o755)

    def prints(**said: str) -> Here:
        cases = "".join(f"{node}) echo '{text}' ;;\n" for node, text in said.items() if text != "-")
        program.write_text(f"#!/bin/sh\ncase $NODE in\n{cases}*) exit 1 ;;\nesac\n")
        return Here(tmp_path)

    return prints


def newest(setting: Setting, here: Here) -> str:
    known = {"lost": "node1", "witness": "node2"}
    return found_nodes(setting, "revive", here, known)["newest"]


def test_the_highest_is_found_and_the_first_of_equals(setting: Setting, store) -> None:
    assert newest(setting, store(node2="abc 9", node3="abc 10")) == "node3"
    assert newest(setting, store(node2="abc 7", node3="abc 7")) == "node2"


def test_a_node_without_a_number_is_certainly_not_the_highest(setting: Setting, store) -> None:
    assert newest(setting, store(node2="no data", node3="abc 1")) == "node3"


@pytest.mark.parametrize(
    "said",
    [
        {"node2": "abc 9", "node3": "-"},
        {"node2": "abc 9", "node3": "xyz 10"},
        {"node2": "no data", "node3": "no data"},
    ],
    ids=["one cannot tell", "they do not compare", "nobody has one"],
)
def test_without_certainty_nobody_is_the_highest(
    setting: Setting, store, said: dict[str, str]
) -> None:
    with pytest.raises(ClusterError, match="'newest' was not found") as raised:
        newest(setting, store(**said))
    assert "node2: " in str(raised.value)


def test_a_secret_that_begins_with_another_one_is_hidden_whole(tmp_path: Path) -> None:
    values = {"short": "abcdef", "long": "abcdef123456"}
    said = ask(Here(tmp_path), "node1", question("echo abcdef123456", {}, "status"), values)
    assert said.printed == "@{secret.long}\n"
