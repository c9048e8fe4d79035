"""What a circumstance is judged on: a cluster, what is asked of it, and what ran on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hadocs.plan.resolve import Setting, resolve
from hadocs.verify.cluster.recipe import Recipe
from hadocs.verify.comparison import Snapshot, snapshot
from hadocs.verify.confirmed import Confirmed, confirmed
from hadocs.verify.driving import Driven, Driver, Runs
from hadocs.verify.founding import founded, founding


@dataclass(frozen=True)
class Ground:
    """A cluster, whole or bare, with the *setting* that its driver's plan was made of.

    *ran* are the runs of everything that had to be without fault.
    """

    driver: Driver
    made_of: Recipe
    setting: Setting
    ran: list[Runs] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The node that founds, if there is something to found."""
        return next(
            (node for _, _, node in founding(self.driver.plan)), self.driver.plan.nodes[0].name
        )

    def whole(self, driven: Driven) -> Iterator[str]:
        """What is wrong with a run of everything on a cluster on which nothing is to be founded."""
        self.ran.append(driven.runs)
        if driven.failed:
            yield driven.failed
        yield from founded(self.driver.plan, driven.runs)

    def confirmed(self, setting: Setting | None = None) -> Confirmed:
        """Writes that clients on the last controller of the site were told are done."""
        at = setting or self.setting
        controllers = [node.name for node in at.site.spec.nodes if "controller" in node.roles]
        self.driver.heard(f"clients write on {controllers[-1]}")
        return confirmed(at, self.driver.cluster, controllers[-1])

    def lasting(self, *away: str) -> Snapshot:
        """What outlives whatever happens to a node, as all but the nodes *away* tell it."""
        return self._told(self.made_of.lasting, away)

    def data(self, *away: str) -> Snapshot:
        """What also outlives a change of the site."""
        return self._told(self.made_of.data, away)

    def _told(self, names: tuple[str, ...], away: tuple[str, ...]) -> Snapshot:
        nodes = [node for node in self.driver.cluster.nodes if node not in away]
        questions = [one for one in self.made_of.state if one[0] in names]
        return snapshot(self.driver.cluster, nodes, questions)

    def driver_of(self, setting: Setting) -> Driver:
        """The driver of another site's plan on the same cluster."""
        plan = resolve(setting.catalog, setting.site, setting.point)
        return Driver(plan, self.driver.cluster, self.driver.heard)
