"""Templates become text whose values stay marked, and that text can be cut and joined."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadocs.plan.shapes import wrongs
from hadocs.plan.template import Absent, TemplateError, Value, rendered
from hadocs.plan.text import Kind, Span, Text, join

NODES = [
    {"name": "one", "address": "10.0.0.1", "id": 1, "roles": ["a", "b"]},
    {"name": "two", "address": "10.0.0.2", "id": 2, "roles": ["b"]},
]
SCOPE = {
    "vip": Value({"name": "VIP", "address": "10.0.0.9", "empty": ""}, "vip", Kind.SITE),
    "node": Value(NODES[1], "node", Kind.NODE),
    "nodes": Value(NODES, "nodes", Kind.SITE),
    "secret": Value({"key": Value("SECRET_KEY", "key", Kind.SECRET)}, "secret"),
    "captured": Value({"uuid": Value("CAPTURED_UUID", "uuid", Kind.CAPTURED)}, "captured"),
    "ports": Value({"sql": "3306"}, "ports"),
    "url": Value(Text("http://VIP:80", (Span(7, 10, Kind.SITE, "vip.name"),))),
}
#: Expression, text, name of the value or none.
SIMPLE = [
    ("vip.name", "VIP", "vip.name"),
    ("node.address", "10.0.0.2", "node.address"),
    ("node.id", "2", "node.id"),
    ("nodes[0].name", "one", "nodes[0].name"),
    ("secret.key", "SECRET_KEY", "key"),
    ("captured.uuid", "CAPTURED_UUID", "uuid"),
    ("vip.name | lower", "vip", "vip.name|lower"),
    ("nodes | length", "2", "nodes|length"),
    ("ports.sql", "3306", None),
    ("'word'", "word", None),
    ("vip.empty", "", None),
]
literal = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{"))
parts = st.lists(literal | st.sampled_from(SIMPLE))


@given(parts=parts)
def test_spans_cover_exactly_the_values(parts: list[Any]) -> None:
    template = "".join(p if isinstance(p, str) else f"{{{{ {p[0]} }}}}" for p in parts)
    text = rendered(template, SCOPE)
    wanted: list[tuple[str, str | None]] = []
    for part in parts:
        shown, name = (part, None) if isinstance(part, str) else part[1:]
        wanted += [(char, name) for char in shown]
    assert str(text) == "".join(char for char, _ in wanted)
    assert [(char, mark[1] if mark else None) for char, mark in marked(text)] == wanted
    assert_in_order(text)


@given(parts=parts)
def test_generic_text_is_the_template_again(parts: list[Any]) -> None:
    template = "".join(p if isinstance(p, str) else f"{{{{ {p[0]} }}}}" for p in parts)
    generic = "".join(
        p if isinstance(p, str) else f"{{{{ {p[2]} }}}}" if p[2] else p[1] for p in parts
    )
    assert rendered(template, SCOPE).generic() == generic


@given(parts=parts)
def test_generic_text_does_not_depend_on_the_values(parts: list[Any]) -> None:
    template = "".join(p if isinstance(p, str) else f"{{{{ {p[0]} }}}}" for p in parts)
    other = {**SCOPE, "vip": Value({"name": "O", "address": "::1", "empty": ""}, "vip", Kind.SITE)}
    assert rendered(template, SCOPE).generic() == rendered(template, other).generic()


def marked(text: Text) -> list[tuple[str, tuple[Kind, str] | None]]:
    """Each character with its mark."""
    marks: list[tuple[Kind, str] | None] = [None] * len(text.text)
    for span in text.spans:
        marks[span.start : span.end] = [(span.kind, span.name)] * (span.end - span.start)
    return list(zip(text.text, marks, strict=True))


def assert_in_order(text: Text) -> None:
    borders = [0, *(at for span in text.spans for at in (span.start, span.end)), len(text.text)]
    assert borders == sorted(borders)
    assert all(span.start < span.end for span in text.spans)
    assert "".join(piece for piece, _ in text.pieces()) == text.text
    assert [span for _, span in text.pieces() if span] == list(text.spans)


spans = st.tuples(
    st.text("ab\n ", max_size=6), st.sampled_from([None, *Kind]), st.sampled_from(["x", "y"])
)
texts = st.lists(spans, max_size=5).map(
    lambda parts: join(
        "",
        [
            Text(text, (Span(0, len(text), kind, name),) if kind and text else ())
            for text, kind, name in parts
        ],
    )
)


@given(text=texts, start=st.none() | st.integers(-9, 9), end=st.none() | st.integers(-9, 9))
def test_a_slice_keeps_the_marks_of_its_characters(
    text: Text, start: int | None, end: int | None
) -> None:
    part = text[start:end]
    assert marked(part) == marked(text)[start:end]
    assert_in_order(part)


@given(separator=st.text("ab, ", max_size=2), parts=st.lists(texts | st.text("cd")))
def test_joined_texts_keep_their_marks(separator: str, parts: list[Text | str]) -> None:
    whole = join(separator, parts)
    wanted: list[Any] = []
    for index, part in enumerate(parts):
        wanted += [(char, None) for char in separator] if index else []
        wanted += marked(part) if isinstance(part, Text) else [(char, None) for char in part]
    assert marked(whole) == wanted
    assert_in_order(whole)


@given(text=texts)
def test_lines_keep_their_marks(text: Text) -> None:
    lines = text.lines()
    assert [str(line) for line in lines] == text.text.removesuffix("\n").split("\n") * bool(text)
    ends = join("\n", lines)
    kept = [(char, mark) for char, mark in marked(text) if char != "\n"]
    assert [(char, mark) for char, mark in marked(ends) if char != "\n"] == kept
    for line in lines:
        assert_in_order(line)


@given(text=texts, other=texts)
def test_texts_and_words_are_added_from_both_sides(text: Text, other: Text) -> None:
    assert marked(text + other) == marked(text) + marked(other)
    assert str("a" + text + "b") == f"a{text.text}b"
    assert bool(text) == bool(text.text)


@pytest.mark.parametrize(
    ("template", "generic", "text"),
    [
        (
            "{% for n in nodes %}{{ n.id }};{% endfor %}",
            "{{ nodes[0].id }};{{ nodes[1].id }};",
            "1;2;",
        ),
        (
            "{% for n in nodes %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}",
            "1,2",
            "1,2",
        ),
        ("{% for r in node.roles %}{{ r }}{% endfor %}", "{{ node.roles[0] }}", "b"),
        (
            "{{ nodes | map(attribute='id') | join('') }}",
            "{{ nodes[0].id }}{{ nodes[1].id }}",
            "12",
        ),
        ("{% if node.id > 1 %}a{% else %}b{% endif %}", "a", "a"),
        ("{% if node.id == 1 %}a{% elif 'b' in node.roles %}b{% else %}c{% endif %}", "b", "b"),
        ("{% if node.id < 1 %}a{% elif node.id >= 3 %}b{% endif %}", "", ""),
        ("{% if 'a' not in node.roles and nodes | length == 2 %}x{% endif %}", "x", "x"),
        ("{% if vip.empty or node.id != '2' %}x{% endif %}", "", ""),
        ("{{ node.id + 1 }}", "3", "3"),
        ("{{ 'a' ~ vip.name ~ 1 }}", "a{{ vip.name }}1", "aVIP1"),
        ("{{ vip.name if node.id <= 2 else vip.address }}", "{{ vip.name }}", "VIP"),
        ("{{ url }}", "http://{{ vip.name }}:80", "http://VIP:80"),
        ("a\n  {% if node.id %}\n  b\n  {% endif %}\nc\n", "a\n  b\nc\n", "a\n  b\nc\n"),
        ("{# nothing #}a", "a", "a"),
    ],
)
def test_the_language(template: str, generic: str, text: str) -> None:
    found = rendered(template, SCOPE)
    assert (found.generic(), str(found)) == (generic, text)
    assert_in_order(found)


@pytest.mark.parametrize(
    "name", ["other", "vip.other", "vip.name.first", "nodes[7].name", "nodes[2]"]
)
def test_a_value_that_is_not_there_is_absent(name: str) -> None:
    with pytest.raises(Absent, match=name.partition(".name")[0].replace("[", r"\[")):
        rendered(f"{{{{ {name} }}}}", SCOPE)


@pytest.mark.parametrize(
    "template",
    [
        "{{ nodes }}",
        "{{ vip }}",
        "{{ vip.name > 1 }}",
        "{{ vip.name + 1 }}",
        "{{ vip.name | upper }}",
        "{% set a = 1 %}",
        "{{ vip.name() }}",
        "{% for a, b in nodes %}{% endfor %}",
        "{{ a",
        "{{ -1 }}",
    ],
)
def test_a_template_without_a_meaning_is_an_error_of_the_template(template: str) -> None:
    with pytest.raises(TemplateError):
        rendered(template, SCOPE)


SHAPE: dict[str, Any] = {
    "vip": {"name": None, "address": None, "empty": None},
    "node": {"name": None, "address": None, "id": None, "roles": [None]},
    "nodes": [{"name": None, "address": None, "id": None, "roles": [None]}],
    "secret": {"key": None},
    "captured": {"uuid": None},
    "ports": {"sql": None},
    "url": None,
}
WORDS = ["vip", "node", "nodes", "secret", "ports", "url", "nothing", "loop", "n"]
ATTRIBUTES = ["", ".name", ".roles", ".id", ".key", ".name.x", "[0]", "[0].name"]
FILTERS = [
    "",
    " | length",
    " | lower",
    " | join(',')",
    " | map(attribute='name') | join",
    " | upper",
]
COMPARED = ["", " in nodes", " in node.roles", " == vip.name"]
expressions = st.builds("".join, st.tuples(*map(st.sampled_from, (WORDS, ATTRIBUTES, FILTERS))))
forms = st.sampled_from(
    [
        "{{{{ {0} }}}}",
        "{{% if {0} %}}{{{{ {1} }}}}{{% endif %}}",
        "{{{{ {0} ~ {1} }}}}",
        "{{% for n in {0} %}}{{{{ {1} }}}}{{% endfor %}}",
        "{{{{ {0} if {1} else {0} }}}}",
    ]
)


@pytest.mark.parametrize("compared", COMPARED)
def test_an_expression_in_which_nothing_is_wrong_has_a_value(compared: str) -> None:
    right = 0
    for words in itertools.product(WORDS, ATTRIBUTES, FILTERS):
        expression = "".join(words) + compared
        template = (
            f"{{{{ {expression} }}}}" if not compared else f"{{% if {expression} %}}{{% endif %}}"
        )
        if not [*wrongs(template, SHAPE)]:
            rendered(template, SCOPE)
            right += 1
    assert right > 3


@given(form=forms, first=expressions, second=expressions)
def test_a_template_in_which_nothing_is_wrong_can_be_rendered(
    form: str, first: str, second: str
) -> None:
    template = form.format(first, second)
    if not [*wrongs(template, SHAPE)]:
        rendered(template, SCOPE)
