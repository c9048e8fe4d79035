"""Which commands of shell text a file is enough for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hadocs.plan.actions import Run
from hadocs.plan.text import Text
from hadocs.verify.offline.commands import answers_offline, commands_of
from hadocs.verify.offline.facts import Fact, facts, normal
from hadocs.verify.offline.words import simple_commands

TEXTS = yaml.safe_load((Path(__file__).parent / "commands.yaml").read_text())


@pytest.mark.parametrize("text", TEXTS)
def test_commands_are_classed(text: str) -> None:
    made = [[str(one), str(one.kind)] for one in commands_of(Run(Text(text)))]

    assert made == TEXTS[text]
