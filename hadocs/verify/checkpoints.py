"""The lab as it is before a component, kept so that work on the component starts at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

from hadocs.evidence import digests_of
from hadocs.plan.model import Check, Plan, Stage, Step
from hadocs.plan.preflight import action_texts
from hadocs.plan.resolve import Setting
from hadocs.verify.cluster import ClusterError, Topology, found
from hadocs.verify.driving import Driven, Driver, misfit
from hadocs.verify.full_stop import revive

#: A driver whose lab is ready for a component, with the options of its run; or why there is none.
Ready: TypeAlias = tuple[Driver, tuple[str, ...]] | Driven


def ready(
    component: str,
    running: Driver | None,
    start: Callable[[], Driver],
    setting: Setting | None,
) -> Ready:
    """The lab just before *component*: restored by *running* from a checkpoint, else built.

    The nodes have booted as after a full stop, so the procedures of *setting* for that are done,
    and a run begins with the checks of all before.
    """
    kept = _newest(running, component) if running else ""
    if running and kept:
        driver = running
        driver.heard(f"restoring the checkpoint before {kept}")
        driver.cluster.restore(name(driver.plan, kept))
        driver.prepare()
    else:
        driver = start()
    earlier = before(driver.plan, component)
    done = before(driver.plan, kept) if kept else ()
    if failed := revive(setting, driver, done):
        return failed
    if left := earlier[len(done) :]:
        built = driver.run(*checks(done), *_span(left))
        if built.failed:
            return built
        driver.heard(f"keeping a checkpoint before {component}")
        driver.cluster.checkpoint(name(driver.plan, component))
        if failed := revive(setting, driver, earlier):
            return failed
    own = driver.plan.stages[len(earlier) : len(earlier) + 1]
    return driver, (*checks(earlier), *_span(own))


def running(
    lab: str, plan: Plan, topology: Topology, heard: Callable[[str], None]
) -> Driver | None:
    """The driver of the lab, if it runs and was built for this very target."""
    try:
        cluster = found(lab)
    except ClusterError:
        return None
    return None if misfit(cluster, plan.target, topology) else Driver(plan, cluster, heard)


def name(plan: Plan, component: str) -> str:
    """What the checkpoint before *component* is called: another content has another name."""
    digests = digests_of(plan)
    content = [str(plan.target), repr(plan.target.ways), repr(plan.nodes)]
    for stage in before(plan, component):
        for turn in stage.turns:
            if isinstance(turn.item, Step):
                content.append(f"{turn.item.id} {digests.get(turn.item.id)}")
                for deed in turn.item.deeds.values():
                    content += [text.text for text in action_texts(deed.action)]
    return f"{component}-{hashlib.sha256(repr(content).encode()).hexdigest()[:16]}"


def before(plan: Plan, component: str) -> tuple[Stage, ...]:
    """The stages that come before *component*."""
    names = [stage.component for stage in plan.stages]
    return plan.stages[: names.index(component)]


def _newest(driver: Driver, component: str) -> str:
    """The last component, at most *component*, before which there is a checkpoint that is right."""
    kept = driver.cluster.checkpoints()
    upto = [stage.component for stage in before(driver.plan, component)] + [component]
    return next((one for one in reversed(upto) if name(driver.plan, one) in kept), "")


def checks(stages: tuple[Stage, ...]) -> tuple[str, ...]:
    """The options of a driver that only asks what *stages* must hold."""
    turns = (turn for stage in stages for turn in stage.turns if isinstance(turn.item, Check))
    return tuple(option for turn in turns for option in ("--only", turn.item.id))


def _span(stages: tuple[Stage, ...]) -> tuple[str, ...]:
    turns = [turn for stage in stages for turn in stage.turns]
    return ("--from", turns[0].item.id, "--to", turns[-1].item.id)
