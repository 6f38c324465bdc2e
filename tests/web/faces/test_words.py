"""Every page speaks the reader's language, in words, months and dates, and marks what does not."""

import re

import pytest
from bs4 import BeautifulSoup

from registry.web.language import LANGUAGES, Language
from tests.web.faces.conftest import World
from tests.web.faces.pages import FACES, Face

OTHER: dict[Language, Language] = {"de": "en", "en": "de"}
TELLING: dict[Language, str] = {
    "de": "und der das dem nicht ist sind mit für von werden wird wurde eine einen einem zu nach "
    "oder auf auch keine kein sich gibt hier aus bei wer wie noch nur über alle "
    "januar februar märz mai juni juli oktober dezember uhr",
    "en": "the and of is are with for this that from to or be been has have its it what who which "
    "there every january february march june july october december",
}
"""Words that a text of some length can hardly do without, and that the other language lacks."""
SHOWN = ("aria-label", "alt", "placeholder", "title")
LONG_NUMBER = re.compile(r"(?<![\w-])[1-9]\d{4,}(?![\w-])")  # postcodes of Saxony begin with 0
ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}")


def shown(html: str, tag: Language) -> list[str]:
    """What a page says in its own language: texts and the attributes that are read out.

    Code, and what is marked as of another language, is left out. Names in labels of the map stay
    what they are: an attribute cannot say its language.
    """
    page = BeautifulSoup(html, "html.parser")
    for part in page.select(f"script, pre, code, textarea, .id, .map a, [lang]:not([lang={tag}])"):
        part.decompose()
    attributes = [node[name] for name in SHOWN for node in page.select(f"[{name}]")]
    return [*page.stripped_strings, *attributes]


def words(text: str) -> set[str]:
    """The words of a text; (und) is the tag of texts without a language."""
    return set(re.findall(r"\w+", text.lower().replace("(und)", "")))


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("face", FACES, ids=str)
def test_no_word_is_of_the_other_language(world: World, face: Face, tag: Language) -> None:
    said = shown(world.html(face, tag), tag)
    assert said
    foreign = words(TELLING[OTHER[tag]])
    assert [text for text in said if foreign & words(text)] == []


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("face", [face for face in FACES if "sparql?" not in face.path], ids=str)
def test_no_date_or_number_is_written_as_programs_do(
    world: World, face: Face, tag: Language
) -> None:
    said = shown(world.html(face, tag), tag)
    assert [text for text in said if ISO_DATE.search(text) or LONG_NUMBER.search(text)] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_dates_and_large_numbers_are_shown(world: World, tag: Language) -> None:
    """Otherwise the test above could not fail."""
    said = " ".join(shown(world.html(Face("/hubs/karte"), tag), tag))
    assert {"12\u202f345", "45\u202f678"} <= set(re.findall(r"\d+\u202f\d+", said))
    assert {"de": "22. November 2026", "en": "22 November 2026"}[tag] in said


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_words_that_tell_a_language_are_found_in_it(world: World, tag: Language) -> None:
    """Otherwise the test above could not fail."""
    said = " ".join(text for face in FACES for text in shown(world.html(face, tag), tag))
    telling = words(TELLING[tag])
    assert len(telling & words(said)) > len(telling) / 2
