"""Runs the examples of a project's specs and prose with pytest, on a test cluster if one is chosen.

Every example that was not executed is a skip with its reason, and the end of a run counts them.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from hadocs.sybil.chosen import CHOSEN, OPTIONS, Chosen
from hadocs.sybil.items import ExampleFile, ExampleItem, Examples
from hadocs.sybil.prose import commands
from hadocs.sybil.specs import spec_file
from hadocs.sybil.summary import summary


def pytest_addoption(parser: pytest.Parser) -> None:
    """The cluster, and the target whose examples there are."""
    group = parser.getgroup("hadocs", "examples of components/ and content/")
    for option, about in OPTIONS.items():
        group.addoption(option, metavar=option.rpartition("-")[2].upper(), default="", help=about)
    group.addoption("--hadocs-up", action="store_true", help="start the cluster if it is not there")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what one cluster cannot do."""
    config.addinivalue_line("markers", "example: an example of the specs or of the prose")
    lab = config.getoption("--hadocs-lab")
    if config.getoption("--hadocs-up") and not lab:
        raise pytest.UsageError("--hadocs-up needs --hadocs-lab NAME")
    if lab and config.getoption("numprocesses", None):
        raise pytest.UsageError("--hadocs-lab and -n: one cluster does one thing after the other")
    config.stash[CHOSEN] = Chosen(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ExampleFile | None:
    """The examples of a spec or of a page of the project itself, not of one inside tests/."""
    root, chosen = parent.config.rootpath, parent.config.stash[CHOSEN]
    if not (root / "conf" / "guide.yaml").is_file():
        return None
    if file_path.parent == root / "components" and file_path.suffix == ".yaml":
        return spec_file(file_path, parent, chosen)
    if file_path.suffix == ".rst" and (root / "content") in file_path.parents:
        prose = Examples([functools.partial(commands, chosen)])
        return ExampleFile.from_parent(parent, path=file_path, sybils=[prose])
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Examples of specs stand in the order of the guide, which is not that of the files' names."""
    found = {
        place: one for place, one in enumerate(items) if isinstance(one, ExampleItem) and one.order
    }
    ordered = sorted(found.values(), key=lambda one: one.order)
    for place, item in zip(found, ordered, strict=True):
        items[place] = item


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was selected is known now."""
    orders = [one.order for one in session.items if isinstance(one, ExampleItem) and one.order]
    session.config.stash[CHOSEN].want(orders)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many examples were executed, and why others were not."""
    lines = [*summary(terminalreporter.stats)]
    if lines:
        terminalreporter.section("examples")
    for line in lines:
        terminalreporter.line(line)
