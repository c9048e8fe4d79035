"""What scripts write of a run for programs, and how it is read."""

from __future__ import annotations

from faked_nodes import Fakes
from hypothesis import given
from hypothesis import strategies as st
from small_plan import ALL

from hadocs.verify.comparison import differences
from hadocs.verify.events import ItemRun, items, node_run, shortened

lines = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=80))


def events(fakes: Fakes, node: str) -> dict[str, ItemRun]:
    (path,) = (fakes.fake / node / "var/lib/hadocs").glob("*/events")
    return dict(items(path.read_text()))


def test_every_item_says_what_became_of_it(built: Fakes) -> None:
    for node in ALL:
        outcomes = {item: run.outcome for item, run in events(built, node).items()}
        assert outcomes.pop("galera/nothing") == "nothing"
        assert set(outcomes.values()) <= {"done", "already", "nothing"}
        assert outcomes["galera/write"] == outcomes["galera/joined"] == "done"


def test_a_second_run_says_what_was_so_already(fakes: Fakes) -> None:
    assert fakes.driver().returncode == 0
    assert fakes.driver().returncode == 0
    first = events(fakes, ALL[0])
    for item in ("install", "write", "set", "start", "cluster"):
        assert first[f"galera/{item}"].outcome == "already"
    assert first["galera/bootstrap"].outcome == "nothing"


def test_what_fails_says_its_status(fakes: Fakes) -> None:
    (fakes.root / "bin/cluster-name").unlink()
    assert fakes.driver().returncode == 1
    run = events(fakes, ALL[0])["galera/capture"]
    assert (run.outcome, run.exit, run.command) == ("failed", 127, "cluster-name")


def test_events_have_no_secret(built: Fakes) -> None:
    for node in ALL:
        (path,) = (built.fake / node / "var/lib/hadocs").glob("*/events")
        assert not any(secret in path.read_text() for secret in built.secrets.values())


@given(lines)
def test_every_printed_line_is_read_back(printed: list[str]) -> None:
    told = "".join(f"10\tx/do\tprinted\t{line}\n" for line in printed)
    run = items(f"3\tx/do\tbegin\t\n{told}12\tx/do\tend\tdone\n")["x/do"]
    assert (run.printed, run.outcome, run.seconds) == (printed, "done", 9)


@given(lines)
def test_a_long_output_keeps_its_ends(printed: list[str]) -> None:
    kept = list(shortened(printed))
    assert len(kept) <= 41
    assert kept[:1] == [line.rstrip() for line in printed[:1]]
    assert kept[-1:] == [line.rstrip() for line in printed[-1:]]


def test_progress_is_shown_as_a_terminal_leaves_it() -> None:
    assert list(shortened(["5%\r50%\r100%"])) == ["100%"]


def test_secrets_are_masked_wherever_they_are() -> None:
    run = ItemRun(0, "done", printed=["key abcdefgh", "abcdefghij"], holds="is abcdefgh")
    kept = node_run("a", run, None, ["abcdefgh", "abcdefghij"])
    assert "abcdefgh" not in kept.printed + kept.holds


def test_a_run_without_an_end_failed() -> None:
    assert node_run("a", items("3\tx/do\tbegin\t\n")["x/do"], None, []).outcome == "failed"


def test_a_difference_names_node_question_and_lines() -> None:
    before, after = {("a", "users"): ("x", "y")}, {("a", "users"): ("x", "z")}
    assert list(differences(before, after)) == ["a: users changed\n    -y\n    +z"]
    assert list(differences(before, before)) == []


def test_a_secret_at_the_end_of_a_long_line_leaves_no_part_of_itself() -> None:
    secret = "s3cret-that-is-long"
    run = ItemRun(0, "done", printed=["x" * 390 + secret])
    assert "s3c" not in node_run("a", run, None, [secret]).printed
