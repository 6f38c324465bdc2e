"""The pages' texts: complete in both languages, all used, none written into a template."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from registry.merge.rules import RULES
from registry.web import language as words
from registry.web.hub_report import COUNTS
from registry.web.sparql_examples import EXAMPLES

WEB = Path(words.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
UNTRANSLATED = {
    "SPARQL", "JSON", "LD", "XML", "CSV", "TSV", "RDF", "Turtle", "Triples", "N", "DE", "EN",
    "Deutsch", "English", "diese", "Seite", "auf", "this", "page", "in", "id", "actors", "csv",
    "topic", "sparql", "dumps", "latest", "nq", "gz", "vocab", "context", "jsonld", "verbund",
    "places", "und",
}  # fmt: skip
"""Names of languages and formats, and addresses."""


def test_every_text_is_there_in_both_languages() -> None:
    for key, text in words.texts().items():
        assert set(text) == {"de", "en"}, key
        for tag in ("de", "en"):
            forms = text[tag] if isinstance(text[tag], dict) else {"other": text[tag]}
            assert set(forms) in ({"other"}, {"one", "other"}), key
            assert all(form.strip() for form in forms.values()), key


def test_both_languages_fill_in_the_same_values() -> None:
    def values(text: object) -> set[str]:
        forms = text["other"] if isinstance(text, dict) else str(text)
        return set(re.findall(r"{(\w+)}", forms))

    for key, text in words.texts().items():
        assert values(text["de"]) == values(text["en"]), key


def test_one_thing_is_never_told_as_many() -> None:
    """A text that counts German or English nouns has a form for one."""
    many = re.compile(
        r"{n} (?:Einträge|Quellen|Sekunden|Minuten|Stunden|Tage|Zeilen|Befunde|Hinweise|andere"
        r"|entries|sources|seconds|minutes|hours|days|rows|findings|remarks|hits|hub)\b"
    )
    never_one = {"entity.merged_within", "start.weave_knot"}  # shown from two on
    for key, text in words.texts().items():
        for tag in ("de", "en"):
            if isinstance(text[tag], str) and key not in never_one:
                assert not many.search(text[tag]), key


def test_every_text_that_a_template_asks_for_is_there() -> None:
    for template in TEMPLATES:
        for key in re.findall(r"\bt\('([\w.]+)'(?! ~)", template.read_text(encoding="utf-8")):
            assert key in words.texts(), f"{template.name}: {key}"


def test_every_text_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (*TEMPLATES, *sorted(WEB.glob("*.py")))
    )
    begun = set(re.findall(r"'([a-z_]+\.[a-z_]*)' ~", sources))
    begun |= set(re.findall(r'f"([a-z_]+\.[a-z_]*){', sources))
    for key in words.texts():
        used = f"'{key}'" in sources or f'"{key}"' in sources
        assert used or any(key.startswith(start) for start in begun), key


def test_texts_by_name_are_there_for_every_name() -> None:
    wanted = (
        *(f"rules.{rule}{end}" for rule in (*RULES, "first_record") for end in ("", "_why")),
        *(f"hub.count_{name}" for name in COUNTS),
        *(f"sparql.example_{name}" for name in EXAMPLES),
        *(
            f"hub.{part}_{state}"
            for part in ("result", "lead")
            for state in ("running", "published", "unchanged", "held", "failed", "abandoned")
        ),
    )
    assert [key for key in wanted if key not in words.texts()] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_word_stands_in_a_template_itself(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    for pattern in (
        r"<pre.*?</pre>",
        r"{#.*?#}",
        r"{%.*?%}",
        r"{{.*?}}",
        r"<svg.*?</svg>",
        r"<[^>]*>",
        r"&\w+;",
    ):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    found = set(re.findall(r"[A-Za-zÄÖÜäöüß]+", source))
    assert found - UNTRANSLATED == set()


@pytest.mark.parametrize(
    ("header", "query", "language"),
    [
        (None, "", "de"),
        ("en-GB,en;q=0.9", "", "en"),
        ("de;q=0.9,en;q=0.8", "", "de"),
        ("de-DE", "", "de"),
        ("de-AT,en-GB;q=0.7", "", "de"),
        ("en-US,de-DE;q=0.7", "", "en"),
        ("fr,cs;q=0.5", "", "en"),
        ("de", "?lang=en", "en"),
        ("en", "?lang=xx", "en"),
    ],
)
def test_the_language_is_the_reader_s(
    client: FlaskClient, header: str | None, query: str, language: str
) -> None:
    headers = {"Accept-Language": header} if header else {}
    response = client.get(f"/{query}", headers=headers)
    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.vary


def test_a_chosen_language_stays_through_every_link(client: FlaskClient) -> None:
    html = client.get("/actors?q=werkhof&lang=en").text
    links = re.findall(r'href="(/(?:actors|projects|events|hubs|daten|status)[^"]*)"', html)
    switch = "/actors?q=werkhof&amp;lang=de"
    assert switch in links
    assert [link for link in links if "lang=en" not in link and link != switch] == []


def test_values_are_escaped_and_numbers_written_by_language() -> None:
    assert words.text("de", "list.found_for", n=1234, text="<b>") == Markup(
        "1\u202f234 Treffer für »&lt;b&gt;«"
    )
    assert words.text("en", "list.found", n=1) == "1 entry"
    assert words.number(1234567.5, "de") == "1\u202f234\u202f567,5"
    assert words.number(10.0, "en") == "10"
    assert words.percent(0.86, "de") == "86\u202f%"


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        ("2026-09-14", "14. September 2026", "14 September 2026"),
        ({"@value": "2017", "@type": "xsd:gYear"}, "2017", "2017"),
        ({"@value": "2017-05", "@type": "xsd:gYearMonth"}, "Mai 2017", "May 2017"),
        ("2021-10-07T17:00:00+02:00", "7. Oktober 2021, 17:00\u00a0Uhr", "7 October 2021, 17:00"),
        ("irgendwann", "irgendwann", "irgendwann"),
    ],
)
def test_dates_are_written_in_words(value: object, german: str, english: str) -> None:
    assert words.any_date(value, "de") == german
    assert words.any_date(value, "en") == english
