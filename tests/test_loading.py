"""YAML is read as text, and each value knows where it stands."""

import json
import re
import shutil
import string
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hadocs.loading.catalog import Catalog, load
from hadocs.loading.schema import validated
from hadocs.loading.source import Source, read
from hadocs.problems import Code, HadocsError, Location, did_you_mean
from hadocs.spec.component import ComponentSpec

SAMPLE = Path(__file__).parent / "sample"
MARK = "☃"
COMPONENT = "title: T\nchapter: c\nsummary: s\nroles: r\n"
printable = st.text(st.characters(exclude_categories=["Z", "C"]) | st.just(" "), min_size=1).map(
    lambda text: " ".join(text.split())
)
lines = st.lists(printable.filter(bool), min_size=1, max_size=4).map("\n".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("specs")


def loaded(folder: Path, text: str) -> tuple[Source, Any]:
    (folder / "a.yaml").write_text(text)
    return read(folder, "a.yaml")


# What a person writes, in each style of YAML; *folds* says after which words a line ends.


def plain(text: str, folds: set[int]) -> str:
    assume(not re.search(r": |:$| #|^[-?:,\[\]{}#&*!|>'\"%@`]|^(---|\.\.\.)", text, re.MULTILINE))
    assume(not text.startswith(("=", "<<")))
    return flow(text, folds)


def single(text: str, folds: set[int]) -> str:
    return flow("'" + text.replace("'", "''") + "'", folds)


def double(text: str, folds: set[int]) -> str:
    return json.dumps(text, ensure_ascii=False)


def double_folded(text: str, folds: set[int]) -> str:
    return flow('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"', folds)


def escaped(text: str, folds: set[int]) -> str:
    told = (char if char == MARK else f"\\U{ord(char):08x}" for char in text)
    return f'"{"".join(told)}"'


def literal(text: str, folds: set[int]) -> str:
    return f"|2-\n{textwrap.indent(text, '    ')}"


def folded(text: str, folds: set[int]) -> str:
    return f">-\n    {flow(text, folds)}"


def flow(text: str, folds: set[int]) -> str:
    """Line ends as empty lines; some blanks as line ends."""
    words = text.replace("\n", "\n\n    ").split(" ")
    ends = (
        "\n    " if n in folds and words[n] and words[n + 1] else " " for n in range(len(words) - 1)
    )
    return "".join(word + end for word, end in zip(words, [*ends, ""], strict=True))


STYLES: list[Callable[[str, set[int]], str]] = [
    plain,
    single,
    double,
    double_folded,
    escaped,
    literal,
    folded,
]


@pytest.mark.parametrize("style", STYLES)
@given(text=lines, at=st.integers(0, 200), folds=st.sets(st.integers(0, 12)))
@example(text="1.10", at=0, folds=set())
def test_a_scalar_says_its_text_and_knows_where_it_stands(
    style: Callable[[str, set[int]], str], text: str, at: int, folds: set[int], folder: Path
) -> None:
    assume(MARK not in text)
    at = min(at, len(text))
    text = text[:at] + MARK + text[at:]
    file = f"{COMPONENT}failover:\n  text: {style(text, folds)}\n"
    source, data = loaded(folder, file)
    spec = validated(ComponentSpec, source, data)
    assert spec.failover is not None
    assert spec.failover.text == text
    before = text[: text.index(MARK)]
    column = len(before) - before.rfind("\n") - 1
    place = source.inside(("failover", "text"), before.count("\n"), column)
    assert place == stands(file, MARK)


def stands(file: str, token: str) -> Location:
    before = file[: file.index(token)]
    return Location("a.yaml", before.count("\n") + 1, len(before) - before.rfind("\n"))


@given(text=printable.filter(lambda text: MARK not in text), blank=st.integers(0, 6))
def test_a_block_keeps_the_place_of_its_blanks(text: str, blank: int, folder: Path) -> None:
    file = f"notes: |2 # a header\n\n{' ' * (2 + blank)}{text}\n  {MARK}\n"
    source, data = loaded(folder, file)
    assert data["notes"] == f"\n{' ' * blank}{text}\n{MARK}\n"
    for column in range(blank + 1):
        assert source.inside(("notes",), 1, column) == Location("a.yaml", 3, 3 + column)
    assert source.inside(("notes",), 0) == Location("a.yaml", 2, 1)


@pytest.mark.parametrize("before", ["", "!!str ", "&name ", "&name !!str ", "!!str\n  "])
@pytest.mark.parametrize("scalar", ["a☃", "'a☃'", '"a☃"', "|\n  a☃", ">\n  a☃"])
def test_a_tag_or_anchor_before_a_scalar_moves_nothing(
    before: str, scalar: str, folder: Path
) -> None:
    file = f"notes: {before}{scalar}\n"
    source, _ = loaded(folder, file)
    assert source.inside(("notes",), 0, 1) == stands(file, MARK)


@pytest.mark.parametrize(
    "scalar", ['"one\\vtwo\\Lthree\\n☃"', "'one\u2028two ☃'", "|\n  \x85\x85  ☃"]
)
def test_strange_line_ends_are_met_without_a_crash(scalar: str, folder: Path) -> None:
    file = f"notes: {scalar}\n"
    source, data = loaded(folder, file)
    before, _, _ = data["notes"].partition(MARK)
    column = len(before) - before.rfind("\n") - 1
    found = source.inside(("notes",), before.count("\n"), column)
    if not scalar.startswith("|"):
        assert found.column == stands(file, MARK).column


@pytest.mark.parametrize(
    "word",
    [
        "1.10",
        "0755",
        "0o7",
        "1_000",
        "on",
        "no",
        "yes",
        "true",
        "null",
        "~",
        "22:22",
        "1e3",
        ".inf",
        "0x16",
        "2026-01-02",
        "2025.10",
        "=",
        "-1",
        "+1",
        "1.",
        "NaN",
        "12:30:45",
    ],
)
def test_a_plain_word_is_the_text_that_was_written(word: str, folder: Path) -> None:
    _, data = loaded(folder, f"a: {word}\nb: [{word}]\n{word}: c\n")
    assert data == {"a": word, "b": [word], word: "c"}


tree: st.SearchStrategy[Any] = st.recursive(
    st.none(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(
            st.text(string.ascii_lowercase, min_size=1), inner, min_size=1, max_size=3
        )
    ),
    max_leaves=10,
)


def numbered(tree: Any, count: Iterator[int]) -> Any:
    """The same tree with keys and leaves that stand only once."""
    if isinstance(tree, list):
        return [numbered(item, count) for item in tree]
    if isinstance(tree, dict):
        return {f"k{next(count):03}": numbered(item, count) for item in tree.values()}
    return f"v{next(count):03}"


def places(tree: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield place, tree
    pairs = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, item in pairs:
        yield from places(item, (*place, key))


@given(
    tree=st.dictionaries(st.text("ab", min_size=1), tree, min_size=1),
    flow=st.sampled_from([True, False, None]),
    quote=st.sampled_from([None, "'", '"']),
)
def test_a_value_and_its_key_are_found_where_they_stand(
    tree: Any, flow: bool | None, quote: str | None, folder: Path
) -> None:
    data = numbered(tree, iter(range(1000)))
    file = yaml.safe_dump(data, default_flow_style=flow, default_style=quote, width=30)
    source, found = loaded(folder, file)
    assert found == data
    shown = {None: 0, "'": 1, '"': 1}[quote]
    for place, item in places(data, ()):
        if isinstance(item, str):
            where = stands(file, item)
            assert source.at(place) == Location("a.yaml", where.line, where.column - shown)
        if place and isinstance(place[-1], str):
            where = stands(file, place[-1])
            wanted = Location("a.yaml", where.line, where.column - shown)
            assert source.at(place, key=True) == wanted


def test_a_place_that_is_not_there_is_the_nearest_around_it(folder: Path) -> None:
    source, _ = loaded(folder, "a:\n  b: [c]\n")
    assert str(source.at(("a", "x", "y"))) == "a.yaml:2:3"
    assert str(source.at(("a", "b", 7))) == "a.yaml:2:6"
    assert str(source.inside(("a", "b"), 3)) == "a.yaml:2:6"
    assert str(source.inside(("a", "z"), 3)) == "a.yaml:2:3"


def test_series_are_in_the_order_that_releases_say(catalog: Catalog) -> None:
    assert catalog.series == ("1.0", "2.1", "2.2")
    assert catalog.live_series == ("2.1", "2.2")
    assert catalog.is_before("1.0", "2.1")
    assert not catalog.is_before("2.1", "2.1")


def test_systems_are_the_versions_of_all_distros(catalog: Catalog) -> None:
    assert list(catalog.systems) == ["alpha-1", "alpha-2", "beta-9"]
    assert catalog.systems["beta-9"].version.os_release == "9*"


@given(words=st.lists(st.text("abc", min_size=1), max_size=20), word=st.text("abc"))
def test_a_hint_names_only_words_that_exist(words: list[str], word: str) -> None:
    hint = did_you_mean(word, words)
    named = re.findall(
        r"[abc]+", hint.partition("?")[0].partition("'")[2] or hint.partition(": ")[2]
    )
    assert set(named) <= set(words)
    assert hint or not words or len(set(words)) > 12


@pytest.mark.parametrize("name", ["store.yml", "Store.yaml", "-x.yaml"])
def test_a_file_that_would_be_passed_over_is_a_problem(name: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(SAMPLE, root)
    (root / "components" / name).write_text("title: x\n")
    with pytest.raises(HadocsError) as raised:
        load(root)
    assert [(p.where.path, p.code) for p in raised.value.problems] == [
        (f"components/{name}", Code.UNREADABLE)
    ]
