"""Transforms: each does what the documentation says of it."""

from zoneinfo import ZoneInfo

import pytest

from harvester.notes import Notes
from harvester.transforms import TRANSFORMS, TransformError, compile_transform
from harvester.values import Value

CASES = [
    ("strip", [" a "], ["a"], []),
    ("lower", ["ÄB"], ["äb"], []),
    ("upper", ["äb"], ["ÄB"], []),
    ("one_line", ["a\n  b"], ["a b"], []),
    ("decode", ["&amp;uuml;"], ["ü"], []),
    ("html_to_text", ["<p>a</p>", "&lt;b&gt;c&lt;/b&gt;", "<p></p>"], ["a", "c"], []),
    ("unquote", ["M%C3%BCller"], ["Müller"], []),
    ("camel_words", ["NeueMusterStrasse", "Am_Markt"], ["Neue Muster Strasse", "Am Markt"], []),
    ("last_segment", ["https://x.example/a/b", "x#c", "d/"], ["b", "c", "d"], []),
    ("prefix(https://x.example/)", [12], ["https://x.example/12"], []),
    ("suffix( e. V.)", ["A"], ["A e. V."], []),
    ("replace(a=>b)", ["aca"], ["bcb"], []),
    (r"extract(/(\d{5})\.)", ["http://x/04103.Ort", "nichts"], ["04103"], []),
    (r"extract(\d+)", ["a12b"], ["12"], []),
    ("date_as(%d/%m/%Y)", ["11/8/1863", "1863-08-11"], ["1863-08-11"], ["value.bad-date"]),
    ("person_name", ["Anna Muster", "Musterverein"], ["Anna Muster"], []),
    ("keep(^a)", ["ab", "ba"], ["ab"], []),
    ("drop(^a)", ["ab", "ba"], ["ba"], []),
    ("split(;)", ["a; b;;c"], ["a", "b", "c"], []),
    ("join( – )", ["a", "b"], ["a – b"], []),
    ("join(,)", [], [], []),
    ("first", ["a", "b"], ["a"], []),
    ("last", ["a", "b"], ["b"], []),
    ("rest", ["a", "b", "c"], ["b", "c"], []),
    ("longest", ["a", "ccc", "bb"], ["ccc"], []),
    ("shortest", ["bb", "a", "ccc"], ["a"], []),
    ("unique", ["a", "b", "a", {"x": 1}, {"x": 1}], ["a", "b", {"x": 1}], []),
    (
        "date",
        ["24.12.2021", "2021-10-07T23:30:00-05:00", "x"],
        ["2021-12-24", "2021-10-07"],
        ["value.bad-date"],
    ),
    (
        "url",
        ["x.example", "javascript:x"],
        ["https://x.example"],
        ["value.scheme-added", "value.bad-iri"],
    ),
    ("country", ["Polen", "Atlantis"], ["PL"], ["country.unknown"]),
    ("postcode", [4157, "?"], ["04157"], ["postcode.mended", "postcode.bad"]),
    ("street_name", ["Weg 2a", "Am Markt"], ["Weg", "Am Markt"], []),
    ("house_number", ["Weg 2a", "Am Markt"], ["2a"], []),
    ("wkt", ["Point(12.40 51)", "x"], ["POINT(12.4 51)"], ["coordinates.bad"]),
    ("point", [12.5, "51,5"], ["POINT(12.5 51.5)"], []),
    ("point", [12.5], [], ["coordinates.bad"]),
    ("point", [], [], []),
    ("legal_form", ["Muster gGmbH", "Haus"], ["ggmbh"], []),
    (
        "address",
        ["Weg 2, 04999 Ort"],
        [
            {
                "fullAddress": [Value("Weg 2, 04999 Ort")],
                "thoroughfare": [Value("Weg")],
                "locatorDesignator": [Value("2")],
                "postCode": [Value("04999")],
                "postName": [Value("Ort")],
            }
        ],
        [],
    ),
    (
        "address",
        ["Weg 2, 4999 Ort", "Weg 2, 4999 Ort, Österreich"],
        [
            {
                "fullAddress": [Value(f"Weg 2, 4999 Ort{end}")],
                **country,
                "thoroughfare": [Value("Weg")],
                "locatorDesignator": [Value("2")],
                "postCode": [Value(code)],
                "postName": [Value("Ort")],
            }
            for end, code, country in (
                ("", "04999", {}),
                (", Österreich", "4999", {"adminUnitL1": [Value("AT")]}),
            )
        ],
        ["postcode.mended"],
    ),
    ("lower", [{"x": 1}], [], ["value.form"]),
]


@pytest.mark.parametrize(("text", "given", "expected", "rules"), CASES, ids=range(len(CASES)))
def test_transforms(text: str, given: list, expected: list, rules: list[str]) -> None:
    notes = Notes(language=None, zone=ZoneInfo("Europe/Berlin"))
    results = compile_transform(text)([Value(raw, "de") for raw in given], notes)
    assert [value.raw for value in results] == expected
    assert [finding.rule for finding in notes.findings] == rules


def test_the_language_of_a_text_stays_with_it() -> None:
    notes = Notes(language=None, zone=ZoneInfo("Europe/Berlin"))
    results = compile_transform("split(;)")([Value("a;b", "hsb")], notes)
    assert results == [Value("a", "hsb"), Value("b", "hsb")]


def test_every_transform_has_a_case() -> None:
    assert {text.partition("(")[0] for text, *_ in CASES} == TRANSFORMS.keys()


@pytest.mark.parametrize(
    "text",
    [
        "nix",
        "strip(x)",
        "split",
        "split()",
        "replace(a)",
        "extract([)",
        "first(",
        "",
        "date_as(%Q)",
    ],
)
def test_a_wrong_transform_says_so(text: str) -> None:
    with pytest.raises(TransformError):
        compile_transform(text)


def test_a_pattern_sees_a_bounded_piece_of_a_value() -> None:
    """No hub can keep a pattern of ours busy with an endless text."""
    notes = Notes(language=None, zone=ZoneInfo("Europe/Berlin"))
    assert compile_transform("keep(z$)")([Value("a" * 5000 + "z")], notes) == []
