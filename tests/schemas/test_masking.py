"""What a report shows of a value: little, printable, and nobody's address or number."""

import pytest

from schemas.masking import mask, shown


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Schreiben Sie an erika.muster@verein.example!", "Schreiben Sie an [mail]!"),
        ("mailto:erika@verein.example", "mailto:[mail]"),
        ("Tel. 0351/1234567, Fax 0351 123 45-68", "Tel. [tel], Fax [tel]"),
        ("Tel.0351 1234567", "Tel.[tel]"),
        ("+49 (0) 351 / 12 34 56", "[tel]"),
        ("0049-351-123456 (abends)", "[tel] (abends)"),
    ],
)
def test_mail_addresses_and_telephone_numbers_are_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2021-10-07T17:00:00+01:00",
        "05.06.2021",
        "05.06.2021 12:00",
        "01069 Dresden",
        "VR 1234 AG Leipzig",
        "https://verein.example/0351234567",
        "POINT(0.5123456 51.0123456)",
        "14625000",
        "@verein",
        "25000.00",
    ],
)
def test_dates_codes_and_web_addresses_stay(text):
    assert mask(text) == text


def test_long_values_are_cut_and_say_so():
    assert shown("x" * 500) == "x" * 79 + "…"


def test_an_address_at_the_cut_is_masked_whole():
    """Cutting first would leave `erika.muster@verein.exam`, which no pattern knows."""
    text = "x" * 60 + " erika.muster@verein.example"
    assert shown(text) == "x" * 60 + " [mail]"


def test_control_and_invisible_characters_are_shown_escaped():
    assert shown("a\x00b\nc\u202ed\u200be\ud800") == r"a\x00b\nc\u202ed\u200be\ud800"


def test_values_that_are_no_strings_appear_as_json():
    assert shown({"de": ["ä", 1, None, True]}) == '{"de": ["ä", 1, null, true]}'
