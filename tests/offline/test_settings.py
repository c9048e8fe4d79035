"""Options that services do not know, or read no more, are found at their lines."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hadocs.loading.catalog import load
from hadocs.plan.domain import supported
from hadocs.plan.resolve import point_of, resolve
from hadocs.plan.text import Kind, Span, Text
from hadocs.problems import Problem
from hadocs.verify.offline import options
from hadocs.verify.offline.options_registry import (
    Option,
    data_file,
    known_series,
    readers,
    registries,
    sources,
)
from hadocs.verify.offline.options_values import wrong
from hadocs.verify.offline.work import Found

PROOF = Path(__file__).parents[1] / "proof"
MUTANTS: Mapping[str, Any] = yaml.load(
    Path(__file__).with_name("settings.yaml").read_text(), yaml.BaseLoader
)
#: What 2025.2 removed, and the proof of the format still sets for 2026.1.
REMOVED = re.compile(r"          (osapi_compute|metadata)_listen: .*\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The proof of the format, without what is wrong in it."""
    root = Path(shutil.copytree(PROOF, tmp_path / "project"))
    nova = root / "components/nova.yaml"
    nova.write_text(
        REMOVED.sub("", nova.read_text()).replace("        DEFAULT:\n        api_", "        api_")
    )
    return root


def found(root: Path) -> Found:
    """What is found in each series, with each way of the network, on one system."""
    catalog = load(root)
    site = catalog.sites["eight"]
    points = (
        point_of(
            catalog, site.spec.model_copy(update={"ways": {"neutron": way}}), system, None, series
        )
        for series, system in {series: system for system, series in supported(catalog)}.items()
        for way in ("ovn", "ovs")
    )
    return options.held(catalog, [resolve(catalog, site, point) for point in points])


def line_of(text: str, words: str) -> int:
    return text.count("\n", 0, text.index(words)) + 1


def test_what_is_right_is_counted_by_series(project: Path) -> None:
    result = found(project)

    assert result.problems == ()
    assert [c for c in result.counted if "held against the registries of" in c]
    assert any("/etc/swift/swift.conf (Swift does not declare" in c for c in result.counted)


def test_an_option_is_removed_in_a_later_series_only() -> None:
    problems = found(PROOF).problems

    assert {(p.where.path, p.code, p.hint) for p in problems} == {
        ("components/nova.yaml", "unknown-option", "it was removed: 2025.1 had it last")
    }
    assert len(problems) == 2
    assert all(p.message.endswith("does not exist (nova of 2026.1)") for p in problems)


@pytest.mark.parametrize("name", MUTANTS)
def test_what_is_wrong_is_said_at_its_line(project: Path, name: str) -> None:
    mutant = MUTANTS[name]
    spec = project / f"components/{mutant['in']}.yaml"
    right = spec.read_text()
    assert right.count(mutant["right"]) == 1
    spec.write_text(right.replace(mutant["right"], mutant["wrong"]))
    first = line_of(right, mutant["right"])

    problems: tuple[Problem, ...] = found(project).problems
    said = "\n".join(map(str, problems))
    assert {problem.code for problem in problems} == {mutant["code"]}, said
    assert {problem.where.path for problem in problems} == {f"components/{mutant['in']}.yaml"}
    lines = range(first, first + mutant["wrong"].count("\n") + 2)
    assert {problem.where.line for problem in problems} <= set(lines), said
    for words in mutant["says"]:
        assert words in said
    assert all(p.message.endswith("of 2025.1, 2026.1)") for p in problems), said


VALUES = [
    ("integer", "7", ""), ("integer", "-1", ""), ("integer", "1.5", "whole number"),
    ("floating point", "1.5", ""), ("floating point", "soon", "a number"),
    ("port", "65535", ""), ("port", "65536", "a port"), ("port", "http", "a port"),
    ("boolean", "Yes", ""), ("boolean", "enabled", "true or false"),
    ("host address", "controller1.example.org", ""), ("host address", "fd00::1", ""),
    ("host address", "a b", "a host name"),
    ("IP address", "10.0.0.1", ""), ("IP address", "10.0.0", "an address"),
    ("dict", "a:1,b:2", ""), ("dict", "a=1", "NAME:VALUE"),
    ("integer", "$workers", ""), ("list", "anything, at all", ""),
    ("a type of tomorrow", "anything", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "said"), VALUES)
def test_a_value_is_of_the_type_of_its_option(kind: str, value: str, said: str) -> None:
    message, _ = wrong(Option("x", kind), Text(value))

    assert said in message
    assert bool(message) == bool(said)


def test_what_only_a_run_can_know_is_not_judged() -> None:
    secret = Text("SECRET_PORT", (Span(0, 11, Kind.SECRET, "secret.port"),))

    assert wrong(Option("x", "port"), secret) == ("", "")


def test_the_registries_are_what_the_command_makes_of_each_series() -> None:
    assert known_series() == tuple(sources()["series"])
    for series in known_series():
        made = json.loads(gzip.decompress(data_file(series).read_bytes()))
        assert made["date"] == sources()["series"][series]["date"]
        assert set(made["registries"]) == set(sources()["registries"])
        for wanted in sources()["series"][series]["packages"]:
            name, _, version = wanted.partition("==")
            assert made["packages"][name].startswith(version.rstrip("*"))


def test_a_section_that_asks_for_a_plugin_has_the_options_of_passwords() -> None:
    token = registries("2026.1")["nova"].sections["keystone_authtoken"]

    assert {"auth_url", "username", "password", "project_domain_name"} <= token.keys()


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/etc/nova/nova.conf", ["nova"]),
        ("/etc/nova/nova.conf.d/90-ha.conf", ["nova"]),
        ("/etc/glance/glance-api.conf", ["glance-api"]),
        ("/etc/swift/swift.conf", []),
    ],
)
def test_a_file_is_read_by_its_services(path: str, names: list[str]) -> None:
    assert [*readers(path)] == names


@pytest.mark.parametrize(
    ("registry", "section", "values", "key"),
    [
        ("cinder", "ceph", {"enabled_backends": "lvm, ceph"}, "rbd_pool"),
        ("glance-api", "rbd", {"enabled_backends": "rbd:rbd"}, "rbd_store_pool"),
        ("glance-api", "os_glance_staging_store", {}, "filesystem_store_datadir"),
    ],
)
def test_a_section_that_an_option_names_has_the_options_of_its_kind(
    registry: str, section: str, values: Mapping[str, str], key: str
) -> None:
    known = registries("2025.1")[registry]

    assert key in (known.options(section, values) or {})
    assert known.options("nobody-named-it", values) is None
