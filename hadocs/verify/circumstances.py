"""Runs of everything in other circumstances than from nothing; they test what guards promise.

Each function does to a cluster what its circumstance is, runs the driver again, and says what is
not as it must be. A step that founds something asks all nodes whether it exists; nothing may ever
be founded twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hadocs.plan.resolve import Setting
from hadocs.verify import kin
from hadocs.verify.checkpoints import checks
from hadocs.verify.comparison import differences, snapshot
from hadocs.verify.founding import done, founded, founding
from hadocs.verify.full_stop import revive
from hadocs.verify.ground import Ground
from hadocs.verify.verification import done_again

#: Seconds in which the other nodes notice that one is gone, and fence it.
_NOTICED = 20.0
_FOUNDED = "what founds something is done once"
_LASTING = "what is kept by the cluster"
_DATA = "data"
_WRITTEN = "what clients had written before, as the last controller tells it"
_EVERYTHING = "every question about the nodes' state"


@dataclass(frozen=True)
class Circumstance:
    """*judge* says what is wrong; it starts from *bare* nodes or from a whole cluster.

    *other* is the site that it also needs; it raises what a project lacks.
    """

    title: str
    judge: Callable[[Ground], Iterator[str]]
    compared: tuple[str, ...]
    bare: bool = False
    other: Callable[[Setting], Setting] = lambda setting: setting


def first_off(ground: Ground) -> Iterator[str]:
    """A run without the first controller may stop and say so, but must not found anything.

    Its cable is pulled too: who fences it would power it on again.
    """
    driver, cluster, away = ground.driver, ground.driver.cluster, ground.first
    before, writes = ground.lasting(), ground.confirmed()
    cluster.cut_off(away)
    cluster.power_off(away)
    time.sleep(_NOTICED)
    without = driver.run("--without", away)
    yield from founded(driver.plan, without.runs)
    if without.status != 0 and not without.told:
        yield f"the run without {away} stopped and did not say why"
    cluster.power_off(away)
    cluster.reconnect(away)
    cluster.power_on(away)
    yield from ground.whole(driver.run())
    yield from writes.lost()
    yield from differences(before, ground.lasting())


def first_reinstalled(ground: Ground) -> Iterator[str]:
    """The first controller, reinstalled while the others live, joins them."""
    driver, cluster, new = ground.driver, ground.driver.cluster, ground.first
    before, writes = ground.lasting(new), ground.confirmed()
    cluster.reinstall(new)
    time.sleep(_NOTICED)
    cluster.power_on(new)
    driver.admit([new])
    yield from ground.whole(driver.run())
    yield from writes.lost()
    yield from differences(before, ground.lasting(new))


def killed(ground: Ground) -> Iterator[str]:
    """The driver is killed after each step that founds something; the next run goes on.

    What all nodes found together in one run is founded once.
    """
    driver, times = ground.driver, Counter[str]()
    steps = [*dict.fromkeys((number, item) for number, item, _ in founding(driver.plan))]
    for number, item in steps:
        ended = driver.run(before=number + 1)
        times.update({*done(ended.runs)})
        if not times[item]:
            yield f"{item} was not done before the kill: {ended.failed}"
    last = driver.run()
    times.update({*done(last.runs)})
    if last.failed:
        yield last.failed
    yield from (f"{item} founded {times[item]} times" for _, item in steps if times[item] > 1)


def cold_start(ground: Ground) -> Iterator[str]:
    """All nodes lose their power; what is for after a full stop is done; then nothing changes."""
    driver, cluster = ground.driver, ground.driver.cluster
    before, writes = ground.lasting(), ground.confirmed()
    cluster.power_off()
    cluster.power_on()
    stages = driver.plan.stages
    ready = revive(ground.setting, driver, stages) or driver.run(*checks(stages))
    yield from writes.lost()
    if ready.failed:
        yield ready.failed
        return
    started = snapshot(cluster, cluster.nodes, ground.made_of.state)
    again = driver.run()
    yield from ground.whole(again)
    yield from done_again(driver.plan, again.runs)
    yield from differences(started, snapshot(cluster, cluster.nodes, ground.made_of.state))
    yield from differences(before, ground.lasting())


def settings_changed(ground: Ground) -> Iterator[str]:
    """The scripts of a site with other values are run, then those of this one again."""
    other = ground.driver_of(kin.changed(ground.setting))
    before, writes = ground.lasting(), ground.confirmed()
    for driver in (other, ground.driver):
        driver.prepare()
        driven = driver.run()
        yield from ground.whole(driven)
        if not {*done(driven.runs)}:
            yield f"the scripts of the site {driver.plan.target.site} changed nothing"
    yield from writes.lost()
    yield from differences(before, ground.lasting())


def grown(ground: Ground) -> Iterator[str]:
    """A smaller site is built, then the whole one on top of it."""
    driver, setting = ground.driver, kin.smaller(ground.setting)
    small = ground.driver_of(setting)
    small.prepare()
    built = small.run()
    if built.failed:
        yield built.failed
        return
    names = [node.name for node in small.plan.nodes]
    new = [node for node in driver.cluster.nodes if node not in names]
    before, writes = ground.data(*new), ground.confirmed(setting)
    driver.prepare()
    yield from ground.whole(driver.run())
    yield from writes.lost()
    yield from differences(before, ground.data(*new))


#: Every circumstance by the name that people give.
CIRCUMSTANCES: Mapping[str, Circumstance] = {
    "first-off": Circumstance(
        "The first controller is off, then on again", first_off, (_FOUNDED, _LASTING, _WRITTEN)
    ),
    "first-reinstalled": Circumstance(
        "The first controller is reinstalled while the others live",
        first_reinstalled,
        (_FOUNDED, _LASTING, _WRITTEN),
    ),
    "cold-start": Circumstance(
        "All controllers lose their power at once",
        cold_start,
        (_FOUNDED, _LASTING, _EVERYTHING, _WRITTEN),
    ),
    "settings-changed": Circumstance(
        "Settings are changed, and changed back",
        settings_changed,
        (_FOUNDED, _LASTING, _WRITTEN),
        other=kin.changed,
    ),
    "killed": Circumstance(
        "The run is killed after each step that founds something", killed, (_FOUNDED,), bare=True
    ),
    "grown": Circumstance(
        "The site grows from one controller",
        grown,
        (_FOUNDED, _DATA, _WRITTEN),
        bare=True,
        other=kin.smaller,
    ),
}
