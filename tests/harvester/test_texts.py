"""Texts from hubs become plain."""

import pytest

from harvester.languages import read_language
from harvester.legal_forms import legal_form
from harvester.texts import (
    decode_entities,
    has_markup,
    html_to_text,
    shorten,
    tidy,
)
from vocab.strings import without_controls


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("Kunst &amp; Natur", "Kunst & Natur"),
        ("Kunst &amp;amp; Natur", "Kunst & Natur"),
        ("M&uuml;ller &#8211; &#x201E;Haus&quot;", 'Müller – „Haus"'),
        ("?a=1&copy=2 & mehr", "?a=1&copy=2 & mehr"),
        ("&unknown; AT&T", "&unknown; AT&T"),
    ],
)
def test_entities(given: str, plain: str) -> None:
    assert decode_entities(given) == plain


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("<p>Eins</p><p>Zwei<br/>Drei</p>", "Eins\n\nZwei\nDrei"),
        ("<script>alert('x')</script>Text<style>p{}</style>", "Text"),
        ("<img src=x onerror=alert(1)>Bild", "Bild"),
        ("Fett <b>und</b> kursiv, 3 < 4", "Fett und kursiv, 3 < 4"),
        ("<scr<script>ipt>alert(1)</script>", "ipt>alert(1)"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("offen <b>ohne Ende", "offen ohne Ende"),
    ],
)
def test_markup(given: str, plain: str) -> None:
    """Scripts vanish whole, paragraphs stay apart."""
    assert has_markup(given)
    result = html_to_text(given)
    assert "<script" not in result
    assert [line for line in result.split("\n") if line] == [
        line for line in plain.split("\n") if line
    ]


def test_a_lone_angle_bracket_is_no_markup() -> None:
    assert not has_markup("5 < 7 und <3")


def test_white_space_and_length() -> None:
    assert tidy("  a \t b\r\n\r\n\r\n c  ") == "a b\n\nc"
    assert shorten("kurz", 10) == "kurz"
    assert shorten("Wort " * 50, 100).endswith("Wort…")
    assert len(shorten("x" * 500, 100)) == 100


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("de", "de"),
        ("de_DE", "de"),
        ("DE-at", "de"),
        ("GER", "de"),
        ("Deutsch", "de"),
        ("hsb", "hsb"),
        ("http://publications.europa.eu/resource/authority/language/ENG", "en"),
        ("zh-Hant", "zh-hant"),
        ("EN-t-de-t0-DeepL", "en-t-de-t0-deepl"),
        ("de_AT", "de"),
        ("Sorbisch", None),
        ("", None),
        ("überall", None),
        ("x" * 300, None),
    ],
)
def test_languages(given: str, tag: str | None) -> None:
    assert read_language(given) == tag


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Naturschutz Musterau e. V.", "ev"),
        ("Haus Muster e.v.", "ev"),
        ("AG Animationsfilm e.V.", "ev"),
        ("Förderverein der Muster gGmbH e.V.", "ev"),
        ("ANMUSTER gGmbH", "ggmbh"),
        ("gemeinnützige Gesellschaft mit beschränkter Haftung", "ggmbh"),
        ("Muster GmbH", "gmbh"),
        ("Muster Einkauf GmbH & Co. oHG", "commercial-partnership"),
        ("Muster UG (haftungsbeschränkt)", "ug"),
        ("Muster gUG", "gug"),
        ("Wohnen Muster eG", "eg"),
        ("Muster GbR", "gbr"),
        ("Muster AG", "ag"),
        ("AG Muster", None),
        ("Stiftung Bürger für Muster", None),
        ("Muster-Stiftung bürgerlichen Rechts", "foundation"),
        ("Evangelische Kirche", None),
        ("Eglantine", None),
    ],
)
def test_legal_forms(name: str, form: str | None) -> None:
    """The last form in a name counts, and a mere `Stiftung` is none."""
    assert legal_form(name) == form


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("Verein \u202egpj.exe", "Verein gpj.exe"),
        ("V\u200be\u2060r\ufeffein\U000e0041", "Verein"),
        ("می\u200cروم", "می\u200cروم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("\u200d \u200b", ""),
    ],
)
def test_what_turns_letters_round_or_cannot_be_seen_goes(given: str, plain: str) -> None:
    """Joiners stay where a script or an emoji needs them."""
    assert without_controls(given) == plain
