"""Procedures: exported for an operator, or performed on a test cluster."""

from __future__ import annotations

import argparse
import datetime
import sys
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from hadocs.cli.chosen import root_of, settings
from hadocs.cli.progress import heard
from hadocs.evidence import load as evidence_of
from hadocs.evidence import record
from hadocs.loading.catalog import Catalog
from hadocs.output import write
from hadocs.plan.model import Plan
from hadocs.plan.outside import Query, finding, resolve_task
from hadocs.plan.resolve import Setting, resolve
from hadocs.problems import Code, HadocsError, Location, Problem, not_there
from hadocs.renderers.scripts import render
from hadocs.renderers.scripts.naming import how_found


def exported(arguments: argparse.Namespace) -> Iterator[tuple[Path, Plan, int]]:
    """Folder and plan of a procedure for each target, and how many files changed."""
    gone = frozenset(arguments.gone)
    named = _named(arguments.node, gone)
    evidence = evidence_of(root_of(arguments))
    for one in settings(arguments):
        name = _known(one.catalog, arguments.procedure)
        _all_exist(one, {*named.values(), *gone}, gone)
        queries = finding(one.catalog, one.site, one.point, name, named, gone)
        _all_named(one.catalog, name, named, queries)
        plan = resolve_task(one.catalog, one.site, one.point, name, named, gone)
        folder = Path(arguments.output) / str(plan.target)
        about = "\n".join(_about(one.catalog, name, named, queries))
        yield folder, plan, write(render(plan, evidence.executed(plan), about), folder)


def procedure(arguments: argparse.Namespace) -> int:
    """One procedure on a running test cluster, with evidence of its steps."""
    from hadocs.verify.cluster import ClusterError, found, of_site
    from hadocs.verify.driving import must_fit
    from hadocs.verify.procedures import perform, records

    setting = settings(arguments, arguments.way)[0]
    name = _known(setting.catalog, arguments.name)
    gone = frozenset(arguments.gone)
    named = _named(arguments.node, gone)
    _all_exist(setting, {*named.values(), *gone}, gone)
    try:
        cluster = found(arguments.lab)
        whole = resolve(setting.catalog, setting.site, setting.point)
        must_fit(cluster, whole.target, of_site(setting.site.spec))
        done = perform(setting, name, cluster, heard, named, gone)
        today = datetime.date.today().isoformat()
        files = record(root_of(arguments), done.plan.target, records(setting, done, cluster, today))
    except ClusterError as error:
        print(f"{error}\nnot performed: {name}", file=sys.stderr)
        return 1
    if done.driven.failed:
        print(f"FAILED {done.driven.failed}", file=sys.stderr)
    print(f"{done.plan.target}: {done.driven.seconds:.0f} s; {files} files of evidence")
    return 1 if done.driven.failed else 0


def _named(given: Sequence[str], gone: Collection[str]) -> dict[str, str]:
    """Nodes by the procedure's words for them, as they were given: WORD=NODE.

    A node that is gone can do nothing, so no word is for it; nor are two words for one node.
    """
    named: dict[str, str] = {}
    messages = []
    for one in given:
        word, equals, node = one.partition("=")
        if not (word and equals and node):
            messages.append(f"{one!r} is not WORD=NODE")
        elif word in named:
            messages.append(f"{word!r} was named twice: {named[word]} and {node}")
        elif node in named.values():
            messages.append(f"{node!r} was named twice: as {word!r} and before")
        elif node in gone:
            messages.append(f"{node!r} is named as {word!r}, and is gone")
        named[word] = node
    if messages:
        raise HadocsError(Problem(Location("--node"), Code.VALUE, said) for said in messages)
    return named


def _known(catalog: Catalog, name: str) -> str:
    if name not in catalog.procedures:
        raise HadocsError([not_there(Location("procedure"), "procedure", name, catalog.procedures)])
    return name


def _all_exist(setting: Setting, names: set[str], gone: frozenset[str]) -> None:
    known = [node.name for node in setting.site.spec.nodes]
    wrong = sorted(names - set(known))
    if wrong:
        raise HadocsError(not_there(Location("--node"), "node", name, known) for name in wrong)
    if gone.issuperset(known):
        raise HadocsError([Problem(Location("--gone"), Code.VALUE, "no node would be left")])


def _all_named(
    catalog: Catalog, name: str, named: Mapping[str, str], queries: Mapping[str, Query]
) -> None:
    """An export asks nobody, so its operator names also the nodes that a run would find."""
    task = catalog.procedures[name]
    words = [*task.spec.ask, *task.spec.find]
    problems = [not_there(Location("--node"), "node", word, words) for word in named.keys() - words]
    for word, query in queries.items():
        if word not in named:
            hint = f"--node {word}=NODE\n" + textwrap.indent(how_found(word, query), "    ")
            where = task.at("find", word)
            message = f"nobody named the node {word!r}"
            problems.append(Problem(where, Code.VALUE, message, hint.rstrip()))
    if problems:
        raise HadocsError(problems)


def _about(
    catalog: Catalog, name: str, named: Mapping[str, str], queries: Mapping[str, Query]
) -> Iterator[str]:
    """What README.txt says of the procedure and its nodes."""
    spec = catalog.procedures[name].spec
    yield f"This is the procedure {name}: {spec.title}."
    for word, node in named.items():
        yield f"It was exported for {word} = {node}."
    for word, about in spec.ask.items():
        yield f"\n{word}: {about}."
    for word, query in queries.items():
        yield "\n" + how_found(word, query).rstrip("\n")
