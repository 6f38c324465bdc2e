"""What a CSV file does not say of itself is told from its text, and told to the hub."""

import pytest

from harvester.formats import FORMATS, SourceObject
from harvester.formats.dialect import guess_delimiter, guess_encoding
from tests.harvester.conftest import MakeSource
from tests.harvester.hub_folders import page_of
from vocab.types import Finding

CSV = 'format = "csv"\n[source.map]\nkind = "\'actor\'"\nid = "Nr"\nname = "Name"\n'
GERMAN = "1;Bürgerverein Mühlau;Größnerstraße 5\n2;Äußere Weberstraße 3\n3;Café Überfluß\n"
TEXTS = {
    "German": (GERMAN, ("cp1252", "cp850", "mac-roman")),
    "two words": ("Nr;Name\n1;Fahrradküche\n2;Nähstübchen\n", ("cp1252", "cp850")),
    "marks": ("1;Café Möhre – „Grün“ · 3 €\n", ("cp1252",)),
    "Polish": ("1;Łużyckie Świętego Jana\n2;Żółta Gęś, ulica Kościuszki\n", ("cp1250",)),
    "Czech": ("1;Spolek přátel žluťoučkého koně\n2;Řemeslná dílna Děčín\n", ("cp1250",)),
    "Sorbian": ("1;Serbska šula Worklecy\n2;Łužica, Budyšin, źěło\n", ("cp1250",)),
    "French": ("1;Société à responsabilité limitée\n2;Crèche François\n", ("cp1252", "cp850")),
    "Russian": ("1;Общество друзей Лейпцига\n2;Школа искусств\n", ("cp1251",)),
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(text, encoding) for text, encodings in TEXTS.values() for encoding in encodings],
)
def test_the_text_comes_out_as_it_went_in(text: str, encoding: str) -> None:
    body = text.encode(encoding)
    assert body.decode(guess_encoding(body)) == text


@pytest.mark.parametrize("text", ["", "Nr,Name\n", *(text for text, _ in TEXTS.values())])
def test_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    assert guess_encoding(text.encode()) == "utf-8"
    assert guess_encoding((text * 40_000).encode()) == "utf-8"  # letters lie across its pieces


def test_a_damaged_letter_does_not_make_utf_8_another_encoding() -> None:
    assert guess_encoding("Bürger, Müller, Möhre".encode() + b"\nM\xfcller") == "utf-8"


def test_bytes_of_no_text_still_have_an_encoding() -> None:
    body = bytes(range(256)) * 4_000
    body.decode(guess_encoding(body), "replace")


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [
        ("Nr,Name\n1,A\n", ","),
        ("Nr;Name\n1;Wohnen, Bauen\n2;Essen, Trinken\n", ";"),
        ("Nr\tName\n1\tWohnen, Bauen; mehr\n", "\t"),
        ("Nr|Name|Ort\n1|A, B|C\n", "|"),
        ('Nr;Name;Ort\n1;"Eins; zwei\nund, drei";B\n', ";"),
        ("Nr;Breite;Länge\n1;51,5;14,6\n2;51,25;14,5\n", ";"),
        ("Name\nA\nB\n", ","),
        ("", ","),
        ('"', ","),
        ("A;B;C,D\n1;2;3\n4;5;6\n", ";"),
    ],
)
def test_the_delimiter_is_what_splits_all_rows_alike(head: str, delimiter: str) -> None:
    assert guess_delimiter(head, quote='"', skip_rows=0) == delimiter


def test_rows_before_the_titles_do_not_count() -> None:
    head = "Liste, Stand heute, ohne Gewähr\n\nNr;Name\n1;A\n"
    assert guess_delimiter(head, quote='"', skip_rows=2) == ";"


def test_a_guessed_encoding_is_told_once(make_source: MakeSource) -> None:
    body = GERMAN.encode("cp1252")
    found = list(FORMATS["csv"].objects(page_of(b"Nr;Name;Ort\n" + body), make_source(CSV)))
    assert [f.rule for f in found if isinstance(f, Finding)] == ["encoding.guessed"]
    objects = [one.data for one in found if isinstance(one, SourceObject)]
    assert objects[0] == {"Nr": "1", "Name": "Bürgerverein Mühlau", "Ort": "Größnerstraße 5"}


def test_a_declared_encoding_is_believed(make_source: MakeSource) -> None:
    body = "Nr,Name\n1,Müller\n".encode("cp850")
    for page in (page_of(body, charset="cp850"),):
        (one,) = FORMATS["csv"].objects(page, make_source(CSV))
        assert isinstance(one, SourceObject)
        assert one.data["Name"] == "Müller"


def test_a_file_in_utf_16_is_split_like_any_other(make_source: MakeSource) -> None:
    (one,) = FORMATS["csv"].objects(
        page_of("Nr;Name\n1;Müller\n".encode("utf-16")), make_source(CSV)
    )
    assert isinstance(one, SourceObject)
    assert one.data == {"Nr": "1", "Name": "Müller"}
