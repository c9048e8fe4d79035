"""The table of retired commands says what the programs of today do."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import yaml

from hadocs.verify.cluster.cache import default_cache
from hadocs.verify.offline.lints.programs import matched
from hadocs.verify.offline.options_registry import DATA
from hadocs.verify.offline.session import Asked, Session
from hadocs.verify.offline.toolbox import RECIPES
from hadocs.verify.offline.toolbox import tools as toolboxes

COMMANDS = yaml.safe_load((Path(__file__).parent / "retired.yaml").read_text())
TABLE = tomllib.loads((DATA / "retired_commands.toml").read_text())["command"]
EMPTY = RECIPES.with_name("empty.sh").read_text()
#: A word that pcs takes and hands on (Pacemaker warns), and one that is not the shells' affair.
TAKEN = [["pcs", "master-max=*"], ["crm", "*:5000/v2.0*"]]
BEFORE = (
    "pcs stonith create f fence_ipmilan ip=10.0.0.9 pcmk_host_list=controller1",
    "pcs resource create dummy ocf:pacemaker:Stateful",
    "pcs resource create dummy2 ocf:heartbeat:Dummy",
)


@pytest.fixture(scope="module")
def session(not_proven: Callable[[str], NoReturn]) -> Iterator[Session]:
    tools = toolboxes(default_cache())
    if not tools.toolboxes:
        not_proven(f"that retired commands are refused; {'; '.join(tools.unproven)}")
    with Session(tools.toolboxes[-1], default_cache()) as opened:
        yield opened


@pytest.fixture(scope="module")
def configuration(session: Session) -> str:
    words = ("bash", "-c", EMPTY, "empty.sh", "controller1", "controller2")
    known = session.ask(Asked(words, "")).cib
    for command in BEFORE:
        answer = session.ask(Asked(tuple(shlex.split(command)), known))
        assert answer.status == 0, answer.errors
        known = answer.cib
    return known


@pytest.mark.parametrize("command", COMMANDS)
def test_a_retired_command_is_refused(session: Session, configuration: str, command: str) -> None:
    assert session.ask(Asked(tuple(shlex.split(command)), configuration)).status != 0


def test_every_entry_about_the_cluster_shells_has_a_command() -> None:
    hit = {
        number
        for command in COMMANDS
        for number, entry in enumerate(TABLE)
        if command.split()[0] in entry["program"]
        and matched(shlex.split(command)[1:], entry) is not None
    }
    about = {n for n, entry in enumerate(TABLE) if {"pcs", "crm"} & {*entry["program"]}}
    missing = [TABLE[number] for number in sorted(about - hit)]
    assert [[e["program"][0], e["has"][0][0]] for e in missing] == TAKEN, missing
