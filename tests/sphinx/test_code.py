import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from hadocs.plan.text import Kind, Span, Text
from hadocs.sphinx.code import command_starts, highlighted

BASH = get_lexer_by_name("bash", stripnl=False, ensurenl=False)
INI = get_lexer_by_name("ini", stripnl=False, ensurenl=False)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("true", [0]),
        ("one\ntwo", [0, 1]),
        ("one \\\n  more\ntwo", [0, 2]),
        ("cat <<EOF\nfor x\nEOF\ntwo", [0, 3]),
        ("cat <<-'END' > f\n a\n\tEND\ntwo", [0, 3]),
        ("echo 'a\nb'\ntwo", [0, 2]),
        ("# why\none\n\ntwo", [1, 3]),
        ("for x in 1 2; do\n  echo $x\ndone", [0]),
        ("read x <<< y\ntwo", [0, 1]),
    ],
)
def test_a_prompt_stands_before_each_command_and_nowhere_else(text, lines):
    offsets = [sum(len(line) + 1 for line in text.split("\n")[:number]) for number in lines]
    assert command_starts(text) == tuple(offsets)


def shown(code: Text, prompt: str = "", lexer=BASH) -> str:
    return highlighted(code, lexer, prompt)


def without_tags(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def test_a_value_is_marked_inside_a_word_that_is_highlighted():
    code = Text("ip='a10.0.0.1b'", (Span(5, 13, Kind.SITE, "vip.address"),))
    assert (
        'data-name="vip.address" title="a value of your site"><span class="s1">10.0.0.1'
        in shown(code)
    )


@st.composite
def marked_texts(draw):
    text = draw(st.text(alphabet="ab01 ='\"$<>&#\\\n[]{}", max_size=60))
    cuts = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=6))))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return Text(text, tuple(Span(a, b, Kind.SITE, "a < b") for a, b in pairs))


@given(marked_texts(), st.sampled_from([BASH, INI]))
def test_markup_never_changes_the_text_and_always_nests(code, lexer):
    markup = shown(code, lexer=lexer)
    assert without_tags(markup) == code.text
    depth = 0
    for closing in re.findall(r"<(/?)span", markup):
        depth += -1 if closing else 1
        assert depth in (0, 1, 2)
    assert depth == 0
    values = re.findall(r'class="value site"', markup)
    assert len(values) == len(code.spans)


def test_the_prompt_is_shown_but_not_copied(build):
    page = build("html").html("guide/galera")
    copied = [html.unescape(text) for text in re.findall(r'data-copy="([^"]*)"', page)]
    assert ("galera_new_cluster\nmariadb -h 10.0.0.10 <<EOF\nSHOW STATUS;\nEOF\nsync") in copied
    assert not any("root@" in text for text in copied)
    assert 'class="hadocs-prompt" aria-hidden="true">root@controller1 # <' in page


def test_output_is_not_for_copying(build):
    assert re.search(r'hadocs-code-output notranslate"><div', build("html").html("guide/galera"))


def test_an_unknown_language_is_told_at_the_code(build, project, monkeypatch):
    import fake_guide

    def steps(stem, title):
        where = fake_guide.Location(f"components/{stem}.yaml", 7, 3)
        return (fake_guide.b.Code(Text("x"), "nonsense", "command", where=where),)

    monkeypatch.setattr(fake_guide, "steps", steps)
    (project / "content" / "index.rst").write_text("Home\n====\n\n.. hadocs-chapters::\n")
    (project / "content" / "prose" / "failover.rst").unlink()
    for name in ("galera", "time"):
        (project / "components" / f"{name}.yaml").unlink()
    assert build("html").warnings.startswith("components/haproxy.yaml:7: WARNING: Pygments lexer")
