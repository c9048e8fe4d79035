"""A timeline is a picture in web pages, and words everywhere."""

import re
from xml.etree import ElementTree

import pytest


def picture(page):
    (found,) = re.findall(r'<figure class="hadocs-timeline">(<svg[\s\S]*?</svg>)', page)
    return ElementTree.fromstring(found)


def test_a_web_page_draws_what_was_missing_to_scale(build):
    drawn = picture(build("html").html("guide/galera"))
    missing = [bar for bar in drawn if bar.get("class") == "missing"]
    zero = next(line for line in drawn if line.get("class") == "zero")
    (well, _) = (bar for bar in drawn if bar.get("class") == "well")
    second = float(well.get("width")) / 32
    assert float(missing[0].get("x")) == pytest.approx(float(zero.get("x1")) + 0.1 * second, abs=1)
    assert float(missing[0].get("width")) == pytest.approx(9.5 * second, abs=1)
    assert float(missing[1].get("width")) > 1
    assert len(missing) == 2


def test_who_does_not_see_the_picture_is_told(build):
    drawn = picture(build("html").html("guide/galera"))
    assert drawn.get("role") == "img"
    assert "Run 1: no answer from 0.1 s to 9.6 s; 1 at 9.5 s" in drawn.get("aria-label")
    assert drawn.get("aria-label").endswith("1: Others <wait>. 2: Power on.")


def test_what_was_done_is_marked_and_no_number_hides_another(build):
    drawn = picture(build("html").html("guide/galera"))
    lines = [
        float(part.get("x1")) for part in drawn if part.get("class") == "mark" and part.get("x1")
    ]
    numbers = [part for part in drawn if part.get("class") == "mark" and part.text]
    second = float(next(bar for bar in drawn if bar.get("class") == "well").get("width")) / 32
    assert lines[1] - lines[0] == pytest.approx(0.1 * second, abs=0.2)
    assert [part.text for part in numbers] == ["1", "2"]
    assert float(numbers[1].get("x")) - float(numbers[0].get("x")) >= 8
    assert numbers[0][0].text == "9.5 s: Others <wait>"


def test_a_picture_has_no_colour_of_its_own(build):
    drawn = picture(build("html").html("guide/galera"))
    assert not [part for part in drawn.iter() if set(part.keys()) & {"fill", "stroke", "style"}]


@pytest.mark.parametrize(
    ("builder", "page"),
    [
        ("text", "guide/galera.txt"),
        ("man", "guide.1"),
        ("latex", "guide.tex"),
        ("epub", "guide/galera.xhtml"),
    ],
)
def test_other_formats_say_it_in_words(build, builder, page):
    told = (build(builder).out / page).read_text()
    assert "answered all the time" in told
    assert "Power on" in told
    assert "<svg" not in told
