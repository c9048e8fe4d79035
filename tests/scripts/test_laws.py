"""Text on its way into a script comes out of bash as it was, whatever it is."""

from __future__ import annotations

import subprocess
from importlib.resources import files

from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_plan import HOSTILE, captured, secret, value

from hadocs.plan.text import Kind, Text, join
from hadocs.renderers.scripts.values import fed, placed
from hadocs.shell import here, quoted, word

#: A file in a script: any text but NUL, which no shell can hold.
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_LINES = st.lists(
    st.sampled_from(["END", "END_2", "END_3", "", "$x", "`id`", "\\", "'", '"', "@{", "@@{", "é"])
).map("\n".join)
_ANY = st.one_of(_TEXTS, _LINES)

#: The part of lib.sh that reads texts, without the rest.
_TAKE = """
set -euo pipefail
stop() { exit 9; }
DRY_RUN='' ITEM=x STATE=/nonexistent
"""


def _bash(script: str) -> bytes:
    return subprocess.run(["bash"], input=script.encode(), capture_output=True, check=True).stdout


def _values() -> str:
    text = files("hadocs.renderers.scripts").joinpath("values.sh").read_text(encoding="utf-8")
    return _TAKE + text


@settings(max_examples=60, deadline=None)
@given(_ANY)
@example("END\nEND_2\n$(id)")
@example("")
def test_a_here_document_gives_back_its_content(text: str) -> None:
    said = str(here(Text("cat"), Text(text)))
    ended = text if text.endswith("\n") or not text else text + "\n"
    assert _bash(said) == ended.encode()


@settings(max_examples=60, deadline=None)
@given(_ANY)
@example("no newline\nEND")
def test_a_written_file_is_its_text(text: str) -> None:
    lines = "\n".join(fed("take file got", Text(text)))
    assert _bash(f'{_values()}\n{lines}\nprintf %s "$got"\n') == text.encode()


@settings(max_examples=60, deadline=None)
@given(st.lists(_ANY, min_size=1, max_size=3), _TEXTS.filter(lambda text: text.strip()))
@example(["@", "{secret.rabbit}", "@{secret.rabbit}@@{"], "@{secret.galera}")
def test_values_stand_in_their_places_and_nowhere_else(pieces: list[str], given: str) -> None:
    lines = "\n".join(fed("take file got", _between(pieces)))
    told = f"VALUES[secret.rabbit]={word(given)}\nVALUES[secret.galera]=wrong\n"
    got = _bash(f'{_values()}\n{told}{lines}\nprintf %s "$got"\n')
    assert got == given.join(pieces).encode()


def _between(pieces: list[str]) -> Text:
    parts: list[Text | str] = [pieces[0]]
    for piece in pieces[1:]:
        parts += [secret("rabbit"), piece]
    return join("", parts)


@settings(max_examples=60, deadline=None)
@given(_TEXTS)
@example(HOSTILE)
def test_a_quoted_word_survives_bash(text: str) -> None:
    for one in (text, value(text, Kind.SITE, "x") if text else Text("")):
        assert _bash(f"printf %s {word(one)}") == text.encode()


@settings(max_examples=60, deadline=None)
@given(_TEXTS.filter(bool))
@example(HOSTILE)
def test_a_value_of_the_site_is_one_word_of_a_command(text: str) -> None:
    command = "printf '<%s>' " + value(text, Kind.SITE, "site.title") + " next"
    assert _bash(str(quoted(command))) == f"<{text}><next>".encode()


def test_quoting_keeps_the_marks() -> None:
    text = quoted("a " + value("b c", Kind.SITE, "x") + " " + secret("rabbit"))
    assert str(text) == "a 'b c' SECRET_RABBIT"
    assert text.generic() == "a {{ x }} {{ rabbit }}"


def test_places_are_told_from_text_that_looks_like_one() -> None:
    assert placed("a" + captured("x")).text == "a@{captured.x}"
    assert placed("@{secret.y}" + captured("x")).text == "@{secret.y}@@{captured.x}"
    assert placed(Text("@{secret.y}")).mark == ""
