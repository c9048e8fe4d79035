"""Lints: what went wrong in guides of this kind, found in specs and pages without any tool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from hadocs.problems import Problem
from hadocs.verify.offline.lints import (
    addresses,
    cluster,
    links,
    programs,
    prose,
    services,
    sites,
)
from hadocs.verify.offline.lints.silences import silences, told
from hadocs.verify.offline.lints.view import View
from hadocs.verify.offline.work import Found, Work

Lint: TypeAlias = Callable[[View], Iterator[Problem]]

LINTS: tuple[Lint, ...] = (
    cluster.lint,
    programs.lint,
    services.lint,
    addresses.lint,
    sites.lint,
    links.lint,
    prose.lint,
)


def check(work: Work) -> Found:
    """Every lint, but for what a written reason silences."""
    view = View(work.catalog)
    problems, silenced = told((p for lint in LINTS for p in lint(view)), silences(view))
    looked_at = (
        f"{len(view.commands)} commands of {len(view.components)} specs and "
        f"{len(view.pages)} pages looked at by {len(LINTS)} kinds of lints"
    )
    return Found(tuple(problems), (looked_at, *silenced))
