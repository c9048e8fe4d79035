"""Drills: a fault on purpose on a test cluster, and evidence of what clients saw."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterator

from hadocs.cli.chosen import root_of, settings
from hadocs.cli.progress import Progress, heard
from hadocs.evidence import DrillRecord, drill_record, record_drill
from hadocs.loading.catalog import Catalog
from hadocs.plan.drills import under
from hadocs.plan.model import Plan
from hadocs.plan.resolve import Setting, resolve
from hadocs.problems import HadocsError, Location, not_there
from hadocs.verify.cluster import Cluster, ClusterError, down, found, of_site
from hadocs.verify.cluster.recipe import with_image
from hadocs.verify.drills import measured, must_have_fault
from hadocs.verify.driving import must_fit, started


def drill(arguments: argparse.Namespace) -> int:
    """Each drill on one cluster, which is whole before each of its runs.

    Of several versions of the distro it is the first that has an image.
    """
    chosen = settings(arguments, arguments.way)
    first = with_image([one.point.system for one in chosen])
    setting = next(one for one in chosen if one.point.system == first)
    names = _known(setting.catalog, arguments.names)
    plan = resolve(setting.catalog, setting.site, setting.point)
    for name in names:
        drill_record(root_of(arguments), plan.target, name)  # a damaged file is told before a run
    built = False
    try:
        for name in names:
            must_have_fault(setting, name)
        cluster = _running(arguments.lab, plan, setting)
        built = cluster is None
        cluster = cluster or _built(arguments, plan, setting, names)
        return max([_measure(arguments, plan, setting, name, cluster) for name in names])
    finally:
        if built and not arguments.keep:
            down(arguments.lab)


def _running(lab: str, plan: Plan, setting: Setting) -> Cluster | None:
    """The cluster that runs in the lab; one that would be no evidence is not touched."""
    try:
        cluster = found(lab)
    except ClusterError:
        return None
    must_fit(cluster, plan.target, of_site(setting.site.spec))
    return cluster


def _built(
    arguments: argparse.Namespace, whole: Plan, setting: Setting, names: list[str]
) -> Cluster:
    """A cluster from nothing, with the components that the drills work on and all under them."""
    of = [one for name in names for one in setting.catalog.drills[name].spec.of]
    plan = whole.only(under(setting.catalog, tuple(of)))
    topology = of_site(setting.site.spec)
    driver = started(plan, topology, arguments.lab, setting.image, Progress(plan).heard)
    if failed := driver.run().failed:
        raise ClusterError(failed)
    return driver.cluster


def _measure(
    arguments: argparse.Namespace, plan: Plan, setting: Setting, name: str, cluster: Cluster
) -> int:
    today = datetime.date.today().isoformat()
    repeat = arguments.repeat or setting.catalog.drills[name].spec.repeat
    try:
        made = measured(setting, name, cluster, repeat, today, heard)
    except ClusterError as error:
        print(f"FAILED {name}: {error}\nnot measured: {name}", file=sys.stderr)
        return 1
    for problem in made.problems:
        print(f"FAILED {name}: {problem}", file=sys.stderr)
    if made.record.runs and not made.problems:
        record_drill(root_of(arguments), plan.target, name, made.record)
    for line in _told(name, made.record):
        print(line)
    return 1 if made.problems else 0


def _told(name: str, record: DrillRecord) -> Iterator[str]:
    """A line for each client: the worst of all runs, and each of them."""
    for probe in dict.fromkeys(id_ for run in record.runs for id_, _ in run.probes):
        accounts = record.accounts(probe)
        outages = ", ".join(f"{one.outage:.2f}" for one in accounts)
        worst = max(one.outage for one in accounts)
        failures = sum(one.failures for one in accounts)
        tried = sum(one.attempts for one in accounts)
        told = f"{name}: {probe}: outage at most {worst:.2f} s ({outages})"
        told += f"; {failures} of {tried} attempts failed"
        if all(one.lost >= 0 for one in accounts):
            lost = sum(one.lost for one in accounts)
            unknown = sum(one.unknown for one in accounts)
            twice = sum(one.duplicated for one in accounts)
            told += f"; {lost} lost, {unknown} unknown to the client, {twice} twice"
        yield told


def _known(catalog: Catalog, names: list[str]) -> list[str]:
    known = sorted(catalog.drills)
    if "all" in names:
        return known
    wrong = [name for name in names if name not in known]
    if wrong:
        raise HadocsError(not_there(Location("drill"), "drill", name, known) for name in wrong)
    return names
