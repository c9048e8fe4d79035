"""What the options choose: the targets, and the cluster."""

from __future__ import annotations

import argparse
import functools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pytest

from hadocs.cli.chosen import settings
from hadocs.cli.progress import Progress
from hadocs.loading.catalog import load
from hadocs.plan.domain import supported
from hadocs.plan.model import Plan
from hadocs.plan.resolve import Setting, resolve
from hadocs.problems import Code, HadocsError, Location, Problem
from hadocs.verify import driving
from hadocs.verify.cluster import ClusterError, found, of_site
from hadocs.verify.cluster.recipe import with_image
from hadocs.verify.examples import Example, Verdict, examples
from hadocs.verify.execution import Drives, Execution

OPTIONS = {
    "--hadocs-lab": "the test cluster on which examples are executed; without one none is",
    "--hadocs-distro": "a distro, or one version of it, or all; else one that has an image",
    "--hadocs-shell": "the cluster shell: crm or pcs; else that of the distro",
    "--hadocs-site": "a site, or the file of one; else that of the guide",
}
_NO_CLUSTER = Verdict("not executed", "no cluster was chosen; --hadocs-lab NAME")


@dataclass(frozen=True)
class Target:
    """One target's *examples* by the path of their file, called by system and shell.

    *execution* is None if no cluster was chosen.
    """

    name: str
    examples: Mapping[str, tuple[Example, ...]]
    plan: Plan
    execution: Execution | None

    def verdict(self, example: Example) -> Verdict:
        """What became of *example*, which is executed now if a cluster was chosen."""
        if self.execution:
            return self.execution.verdict(example)
        return example.known or _NO_CLUSTER

    def read(self, node: str, text: str) -> Verdict:
        """Run *text*, which changes nothing, on *node* of the whole cluster."""
        return self.execution.read(node, text) if self.execution else _NO_CLUSTER


class Chosen:
    """The choice of one run of pytest; what it needs is loaded once, when it is asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.root = config.rootpath

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every target that the run chose; raises what is wrong in any file, or an option."""
        if isinstance(self._loaded, HadocsError):
            raise self._loaded
        return self._loaded

    def want(self, orders: Iterable[tuple[float, ...]]) -> None:
        """Tell what executes them which examples were selected, by target and turn."""
        for number, turn in orders:
            execution = self.targets[int(number)].execution
            if execution and math.isfinite(turn):
                execution.want([int(turn)])

    @functools.cached_property
    def _loaded(self) -> tuple[Target, ...] | HadocsError:
        try:
            chosen = settings(self._arguments())
        except HadocsError as error:
            return error
        if self._lab and len(chosen) > 1:
            systems = " and ".join(one.point.system for one in chosen)
            message = f"one cluster is not {systems}"
            return HadocsError([Problem(Location("--hadocs-distro"), Code.UNSUPPORTED, message)])
        return tuple(map(self._target, chosen))

    def _arguments(self) -> argparse.Namespace:
        """The options in the words of the commands."""
        distro = self._option("distro") or with_image(
            [system for system, _ in supported(load(self.root))]
        )
        return argparse.Namespace(
            project=str(self.root), distro=distro, shell=self._option("shell") or None,
            site=self._option("site"), series="",
        )  # fmt: skip

    def _target(self, setting: Setting) -> Target:
        plan = resolve(setting.catalog, setting.site, setting.point)
        start = functools.partial(self._config.stash.get(DRIVES, self._driver), setting, plan)
        execution = Execution(plan, self.root, start) if self._lab else None
        name = f"{plan.target.system}-{plan.target.shell}"
        return Target(name, examples(setting.catalog, plan), plan, execution)

    @property
    def _lab(self) -> str:
        return self._option("lab")

    def _option(self, name: str) -> str:
        return str(self._config.getoption(f"--hadocs-{name}"))

    def _driver(self, setting: Setting, plan: Plan) -> Drives:
        topology, heard = of_site(setting.site.spec), self._heard(plan)
        try:
            cluster = found(self._lab)
        except ClusterError:
            if not self._config.getoption("--hadocs-up"):
                raise
            return driving.started(plan, topology, self._lab, setting.image, heard)
        driving.must_fit(cluster, plan.target, topology)
        driver = driving.Driver(plan, cluster, heard)
        driver.prepare()
        return driver

    def _heard(self, plan: Plan) -> Callable[[str], None]:
        """What shows the driver's turns, although pytest keeps what tests print."""
        progress = Progress(plan)
        capture = self._config.pluginmanager.getplugin("capturemanager")

        def heard(line: str) -> None:
            with capture.global_and_fixture_disabled():
                progress.heard(line)

        return heard


CHOSEN = pytest.StashKey[Chosen]()
#: What drives the plan instead of the scripts' driver on a lab, if somebody says so.
DRIVES = pytest.StashKey[Callable[[Setting, Plan], Drives]]()
