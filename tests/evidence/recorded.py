"""A copy of the sample project in which runs can be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hadocs.evidence import NodeRun, Record, State, digests_of, load, record
from hadocs.loading import catalog
from hadocs.plan.model import Plan
from hadocs.plan.resolve import point_of, resolve
from hadocs.renderers.blocks import Badge, Badges, Block, Page, Tabs
from hadocs.renderers.guide import Guide

SAMPLE = Path(__file__).parents[1] / "sample"


@dataclass(frozen=True)
class Project:
    """The sample; its files may be changed between two plans."""

    root: Path

    def plan(
        self, system: str = "alpha-2", shell: str = "crm", site_name: str = "three", **ways: str
    ) -> Plan:
        loaded = catalog.load(self.root)
        site = loaded.sites[site_name]
        chosen = site.spec.model_copy(update={"ways": ways})
        return resolve(loaded, site, point_of(loaded, chosen, system, shell, "2.1"))

    def run(self, plan: Plan, when: str = "2026-11-20", **outcomes: str) -> None:
        """Record a run of every step, done but for *outcomes* by ids with ``__`` for a slash."""
        record(self.root, plan.target, self.records(plan, when, **outcomes))

    def records(
        self, plan: Plan, when: str = "2026-11-20", circumstance: str = "", **outcomes: str
    ) -> list[Record]:
        found = {key.replace("__", "/"): outcome for key, outcome in outcomes.items()}
        return [
            Record(
                id_, digest, when, plan.target.site, plan.target.ways, (("stack", "1.2"),),
                (NodeRun("node1", found.get(id_, "done"), "already", 0, 3, "it works", ""),),
                circumstance,
            )
            for id_, digest in digests_of(plan).items()
        ]  # fmt: skip

    def state(self, step: str, plan: Plan) -> State:
        return load(self.root).state(step, digests_of(plan)[step], plan.target)

    def change(self, component: str, old: str, new: str) -> None:
        path = self.root / "components" / f"{component}.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def page(self, name: str) -> Page:
        return Guide(catalog.load(self.root), "2.1").page(f"guide/{name}")


def marks(
    blocks: tuple[Block, ...], keys: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Badge]]:
    """Every mark of evidence with the keys of the panels around it."""
    for block in blocks:
        if isinstance(block, Badges):
            yield from ((keys, badge) for badge in block.badges if badge.kind == "evidence")
        elif isinstance(block, Tabs):
            for panel in block.panels:
                yield from marks(panel.blocks, (*keys, *panel.keys))
        else:
            yield from marks(getattr(block, "blocks", ()), keys)
