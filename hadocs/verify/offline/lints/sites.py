"""What a text takes for granted about a site: how many nodes it has, what a reader fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hadocs.problems import Code, Problem
from hadocs.verify.offline.lints.parts import Part
from hadocs.verify.offline.lints.view import View

_VOTES = re.compile(r"\s*(expected_votes|two_node)\s*:\s*(\d+)\s*$")
#: What names a value that differs from site to site.
_KINDS = "PASS|PASSWORD|_VIP|_IP|_HOST|_TOKEN|_SECRET|_REGION|_ID|_ADDRESS|_INTERFACE_NAME"
_BEFORE = r"(?<![\w$<{])(?<!\[[\"'])"
_AFTER = r"(?![\w=(]|:(?!\d))"
_PLACEHOLDER = re.compile(rf"{_BEFORE}(?:<[A-Z][A-Z0-9_ -]*>|[A-Z][A-Z0-9_]*(?:{_KINDS}){_AFTER})")
_SHELL_NAME = re.compile(r"\b([A-Z][A-Z0-9_]*)=|\$\{?([A-Z][A-Z0-9_]*)|\bread (?:-\w+ )*([A-Z_ ]+)")


def lint(view: View) -> Iterator[Problem]:
    """Every text that nodes get."""
    for part in view.parts:
        yield from _votes(part, view)
        yield from _placeholders(part)


def _votes(part: Part, view: View) -> Iterator[Problem]:
    """Corosync's number of votes is that of the nodes, for every site. (votequorum(5).)"""
    for number, line in enumerate(part.text.split("\n")):
        if not (found := _VOTES.match(line)):
            continue
        for site in view.catalog.sites.values():
            nodes = sum(
                bool({*node.roles} & {*part.component.spec.roles}) for node in site.spec.nodes
            )
            wrong = nodes != int(found[2]) if found[1] == "expected_votes" else nodes != 2
            if wrong and (found[1] != "two_node" or found[2] != "0"):
                message = f"'{found[1]}: {found[2]}' is wrong for the site {site.name!r}"
                hint = f"it has {nodes} nodes with a vote; Corosync counts its list of nodes itself"
                yield Problem(part.at(number), Code.CLUSTER_DESIGN, message, hint)
                break


def _placeholders(part: Part) -> Iterator[Problem]:
    """Words in capitals that a reader has to replace, and that a script takes as they are."""
    environment = part.action.environment if part.action is not None else {}
    names = {name for found in _SHELL_NAME.findall(part.text) for name in " ".join(found).split()}
    for number, line in enumerate(part.text.split("\n")):
        for found in _PLACEHOLDER.finditer(line.partition("#")[0]):
            if found[0] not in names and found[0] not in environment:
                message = f"{found[0]!r} is left to the reader, and no script can fill it in"
                hint = "a secret, a parameter, or a value of the site"
                yield Problem(part.at(number, found[0]), Code.PLACEHOLDER, message, hint)
