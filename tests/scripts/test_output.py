"""Exports: only what differs is written, and only what an export made is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hadocs.output import MANIFEST, Artifact, write
from hadocs.problems import HadocsError


def states(root: Path) -> dict[Path, tuple[int, int]]:
    """What another writing would change of each file; reading changes its time of access only."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    one, two = Artifact("a/one", "1"), Artifact("two", "2", executable=True)
    assert write([one, two], tmp_path) == 2
    before = states(tmp_path)
    assert write([one, two], tmp_path) == 0
    assert states(tmp_path) == before
    assert write([one, Artifact("two", "2")], tmp_path) == 1
    assert (tmp_path / "two").stat().st_mode & 0o777 == 0o644


def test_stale_files_go_and_others_stay(tmp_path: Path) -> None:
    write([Artifact("a/b/old", ""), Artifact("kept", "")], tmp_path)
    (tmp_path / "secrets").write_text("mine")
    assert write([Artifact("kept", "")], tmp_path) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == [MANIFEST, "kept", "secrets"]


def test_a_folder_with_other_files_stays(tmp_path: Path) -> None:
    write([Artifact("a/old", "")], tmp_path)
    (tmp_path / "a" / "mine").touch()
    write([], tmp_path)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["mine"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a\nb"])
def test_a_path_that_leaves_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.raises(HadocsError, match="leaves the folder"):
        write([Artifact("fine", ""), Artifact(path, "")], folder)
    assert not folder.exists()


@pytest.mark.parametrize("link", ["x", "a", MANIFEST])
def test_a_link_is_not_followed(link: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "out", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / link).symlink_to(outside)
    with pytest.raises(HadocsError, match="is a link"):
        write([Artifact("x", ""), Artifact("a/y", "")], folder)
    assert list(outside.iterdir()) == []


def test_a_manifest_with_a_path_outside_removes_nothing(tmp_path: Path) -> None:
    folder, victim = tmp_path / "out", tmp_path / "victim"
    folder.mkdir()
    victim.touch()
    (folder / MANIFEST).write_text("../victim\n")
    with pytest.raises(HadocsError, match="leaves the folder"):
        write([], folder)
    assert victim.exists()


def test_a_path_that_stands_twice_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.raises(HadocsError, match=r"'lib\.sh' would be two files"):
        write([Artifact("lib.sh", "library"), Artifact("lib.sh", "a node")], folder)
    assert not folder.exists()
