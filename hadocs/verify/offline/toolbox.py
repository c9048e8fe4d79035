"""Programs of the cluster of a known generation, run without root, network and other files.

A toolbox is a small root file system, built once; or the machine's own programs, where they are of
that generation. Either way they see nothing of the machine but their programs and a work folder.
"""

from __future__ import annotations

import fnmatch
import functools
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hadocs.verify.cluster.cache import key_of
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.process import run
from hadocs.verify.cluster.recipe import Bootstrap
from hadocs.verify.offline import toolbox_building

_HERE = Path(__file__).parent
RECIPES = _HERE / "toolboxes"
_MACHINE = Path("/")
#: Namespaces of its own: no network, no other process, no mount that is seen outside.
_ISOLATED = (
    "unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork",
    "--kill-child",
)  # fmt: skip


class Unanswered(ClusterError):
    """A program was ended before it answered, by its time limit or the machine."""


#: Statuses of a command that could not be started, was ended at its limit, or by a signal.
_ENDED = frozenset({124, 126, 127, 137, 143})


def must_answer(status: int, program: str) -> None:
    """Raise where a *status* says nothing of what the program was asked."""
    if status < 0 or status in _ENDED:
        raise Unanswered(f"{program} ended with status {status} before it answered; run this again")


@dataclass(frozen=True)
class Ran:
    """What a script left behind: its status, what it said, and the *files* that were asked for."""

    status: int
    output: str
    errors: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Generation:
    """A file of toolboxes/: packages, the *systems* that have such programs, how they are known."""

    name: str
    systems: tuple[str, ...]
    packages: tuple[str, ...]
    base: Bootstrap
    files: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Toolbox:
    """The programs of a *generation*, those below *root*; *key* names exactly these."""

    generation: Generation
    root: Path
    key: str

    def argv(self, work: Path, command: Sequence[str]) -> tuple[str, ...]:
        """What runs *command* in the toolbox, with the folder *work* as /mnt, its current one."""
        return (*_ISOLATED, "sh", str(_HERE / "enter.sh"), str(self.root), str(work), *command)

    def run(
        self, script: str, files: Mapping[str, str], wanted: Sequence[str] = (), timeout: float = 60
    ) -> Ran:
        """Run a shell *script* in a folder with *files*; *wanted* names files that it makes."""
        with tempfile.TemporaryDirectory(prefix="hadocs-") as folder:
            work = Path(folder)
            for name, text in files.items():
                (work / name).write_text(text)
            result = run(self.argv(work, ["bash", "-c", script]), timeout=timeout)
            made = {name: (work / name).read_text() for name in wanted if (work / name).is_file()}
        return Ran(result.status, result.stdout, result.stderr, made)


def generations(recipes: Path = RECIPES) -> tuple[Generation, ...]:
    """The generations that there is a recipe for."""
    return tuple(map(_generation, sorted(recipes.glob("*.toml"))))


def found(generation: Generation, cache: Path) -> Toolbox:
    """The toolbox of a generation: the machine's own programs, else one that is built once.

    Raises `ClusterError` with what the machine lacks for either.
    """
    toolbox = _installed(generation) or _built(generation, cache)
    tried = toolbox.run("true", {})
    if tried.status:
        raise ClusterError(
            "this machine lets nobody have namespaces of their own", tried.errors.splitlines()[-3:]
        )
    return toolbox


@dataclass(frozen=True)
class Tools:
    """The toolboxes that there are, and what is not proven for want of the others."""

    toolboxes: tuple[Toolbox, ...]
    unproven: tuple[str, ...]

    @property
    def by_name(self) -> Mapping[str, Toolbox]:
        """The toolboxes by the names of their generations."""
        return {toolbox.generation.name: toolbox for toolbox in self.toolboxes}


@functools.cache
def tools(cache: Path, recipes: Path = RECIPES, purpose: str = "do") -> Tools:
    """The toolbox of every generation of *recipes*, as far as the machine has it or can build it.

    *purpose* says of its programs what stays unproven without it.
    """
    toolboxes, unproven = [], []
    for generation in generations(recipes):
        try:
            toolboxes.append(found(generation, cache))
        except ClusterError as error:
            said = "; ".join(str(error).split("\n    "))
            unproven.append(f"what programs of {generation.name} {purpose}: {said}")
    return Tools(tuple(toolboxes), tuple(unproven))


def _generation(path: Path) -> Generation:
    data: Mapping[str, Any] = tomllib.loads(path.read_text())
    made, installed = data["bootstrap"], data["installed"]
    labels = tuple((label, tuple(suites)) for label, suites in made["archives"].items())
    return Generation(
        name=path.stem,
        systems=tuple(data["systems"]),
        packages=tuple(data["packages"]),
        base=Bootstrap(made["release"], labels, tuple(made["components"])),
        files=tuple(installed["files"]),
        versions=tuple(installed["versions"].items()),
    )


def _installed(generation: Generation) -> Toolbox | None:
    """The machine's own programs, if they are all there and say that they are of the generation."""
    if not all(Path(file).exists() for file in generation.files):
        return None
    said = []
    for program, pattern in generation.versions:
        if shutil.which(program) is None:
            return None
        lines = run([program, "--version"], timeout=30).stdout.splitlines() or [""]
        if not fnmatch.fnmatch(lines[0], pattern):
            return None
        said.append(lines[0])
    return Toolbox(generation, _MACHINE, key_of(said, __file__))


def _built(generation: Generation, cache: Path) -> Toolbox:
    for program in ("unshare", "mmdebstrap"):
        if shutil.which(program) is None:
            raise ClusterError("this machine cannot build a toolbox", [f"{program} is not there"])
    root = toolbox_building.root(generation.base, generation.packages, cache)
    return Toolbox(generation, root, root.name)
