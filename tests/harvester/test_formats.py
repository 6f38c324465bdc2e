"""Every format reads what it can, reports what it cannot, and refuses what is not safe."""

import json
import re

import pytest

from harvester.errors import SourceError
from harvester.formats import FORMATS, SourceObject
from harvester.formats.csv_ import unique_titles
from harvester.manifest import ManifestError, Source
from schemas.manifest_settings import FORMAT_NAMES, SETTINGS
from tests.harvester.conftest import MakeSource
from tests.harvester.hub_folders import page_of
from vocab.types import Finding

OWN = 'format = "verbund"\n'
CSV = 'format = "csv"\n[source.map]\nkind = "\'actor\'"\nid = "Nr"\nname = "Name"\n'
LINES = 'format = "jsonl"\n[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'
RDF = """format = "rdf"
[source.options]
classes = ["ex:Club"]
prefixes = { ex = "https://muster.example/m#" }
[source.map]
kind = "'actor'"
name = "rdfs:label"
"address.thoroughfare" = "ex:address/ex:street"
"""


def json_source(options: str = "") -> str:
    head = f'format = "json"\n[source.options]\n{options}\n'
    return head + '[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'


def read(source: Source, body: str | bytes, **page: object) -> tuple[list[dict], list[str]]:
    """The data of the objects on a page, and the rules of the findings."""
    data = body.encode() if isinstance(body, str) else body
    found = list(FORMATS[source.format].objects(page_of(data, **page), source))  # type: ignore[arg-type]
    objects = [f for f in found if isinstance(f, SourceObject)]
    problems = [o.problem.rule for o in objects if o.problem]
    return [o.data for o in objects], problems + [
        f.rule for f in found if not isinstance(f, SourceObject)
    ]


def test_the_table_is_keyed_by_the_formats_names_and_manifests_may_name_them() -> None:
    assert {name: source_format.name for name, source_format in FORMATS.items()} == {
        name: name for name in FORMAT_NAMES
    }


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_manifest_schema_tells_every_format(lang: str) -> None:
    told = SETTINGS["source"]["format"].about[lang]
    assert set(FORMATS) <= set(re.findall(r"\w+", told))


@pytest.mark.parametrize(
    "body",
    [
        '{"id": "1", "type": "Actor"}',
        '[{"id": "1", "type": "Actor"}]',
        '{"@graph": [{"id": "1", "type": "Actor"}]}',
        '{"items": [{"id": "1", "type": "Actor"}]}',
        '{"hydra:member": [{"id": "1", "type": "Actor"}]}',
    ],
)
def test_our_documents_come_alone_or_in_lists(make_source: MakeSource, body: str) -> None:
    assert read(make_source(OWN), body) == ([{"id": "1", "type": "Actor"}], [])


def test_our_documents_come_on_lines(make_source: MakeSource) -> None:
    """Told by media type, by name, or by looking."""
    source, body = make_source(OWN), '{"id": "1"}\n\n{"id": "2"}\nno json\n'
    for page in (
        {"media_type": "application/x-ndjson"},
        {"url": "https://muster.example/a.ndjson?x"},
        {},
    ):
        assert read(source, body, **page) == ([{"id": "1"}, {"id": "2"}], ["row.bad"])


@pytest.mark.parametrize(
    ("body", "links", "url"),
    [
        ({"items": [], "next": "?page=2"}, {}, "https://muster.example/data?page=2"),
        (
            {"@graph": [], "hydra:view": {"hydra:next": {"@id": "/p2"}}},
            {},
            "https://muster.example/p2",
        ),
        (
            {"member": [], "view": {"next": "https://other.example/2#x"}},
            {},
            "https://other.example/2",
        ),
        ({"items": []}, {"next": "https://muster.example/3"}, "https://muster.example/3"),
        ({"items": [], "next": "javascript:x"}, {}, None),
        ({"items": [], "next": None}, {}, None),
        ({"id": "1", "next": "/not-a-list"}, {}, None),
    ],
    ids=lambda value: None,
)
def test_our_next_page(
    make_source: MakeSource, body: dict, links: dict[str, str], url: str | None
) -> None:
    page = page_of(json.dumps(body).encode(), url="https://muster.example/data", links=links)
    assert FORMATS["verbund"].next_url(page, make_source(OWN)) == url


@pytest.mark.parametrize(
    "context",
    [
        "https://schema.org/",
        {"name": "https://schema.org/name"},
        ["https://x.example/context.jsonld", {}],
    ],
    ids=repr,
)
def test_a_foreign_context_sends_to_the_format_rdf(
    make_source: MakeSource, context: object
) -> None:
    body = json.dumps({"@context": context, "@graph": [{"id": "1"}]})
    with pytest.raises(SourceError) as error:
        read(make_source(OWN), body)
    assert error.value.code == "format.document.remote-context"


@pytest.mark.parametrize("name", ["verbund", "json"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"a": NaN}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 70 + b"1" + b"}" * 70,
        b'\xff{"a": 1}',
    ],
    ids=["cut", "empty", "nan", "very-deep", "deep", "not-utf8"],
)
def test_an_unreadable_document_stops_the_page(
    make_source: MakeSource, name: str, body: bytes
) -> None:
    source = make_source(OWN if name == "verbund" else json_source())
    with pytest.raises(SourceError) as error:
        read(source, body)
    assert error.value.de
    assert error.value.en


def test_brackets_in_strings_are_not_depth(make_source: MakeSource) -> None:
    body = json.dumps([{"id": "1", "name": '[{"\\' * 500}])
    assert len(read(make_source(json_source()), body)[0]) == 1


def test_json_records_are_picked_step_by_step(make_source: MakeSource) -> None:
    source = make_source(
        json_source('records = ["items(@)", "list"]\nnext = "meta.next"\ntotal = "meta.n"')
    )
    body = {
        "A": {"title": "a", "more": [1], "list": [{"id": "1"}]},
        "meta": {"n": "7", "next": "/2"},
    }
    objects, problems = read(source, json.dumps(body))
    assert objects == [{"id": "1", "@parent": {"@key": "A", "title": "a"}}]
    assert problems == []
    page = page_of(json.dumps(body).encode(), url="https://muster.example/1")
    assert FORMATS["json"].next_url(page, source) == "https://muster.example/2"
    assert FORMATS["json"].total(page, source) == 7


def test_json_in_other_encodings(make_source: MakeSource) -> None:
    body = '[{"id": "ä"}]'
    assert read(make_source(json_source()), body.encode("utf-16"))[0] == [{"id": "ä"}]
    assert read(make_source(json_source()), b"\xef\xbb\xbf" + body.encode())[0] == [{"id": "ä"}]
    assert read(make_source(json_source()), body.encode("latin-1"), charset="iso-8859-1")[0] == [
        {"id": "ä"}
    ]
    assert read(make_source(json_source('encoding = "cp1252"')), body.encode("cp1252"))[0] == [
        {"id": "ä"}
    ]


def test_a_bad_line_harms_no_other(make_source: MakeSource) -> None:
    body = (
        b'{"id": "1"}\n{"id": \n\xff\xfe\n[]\n\r\n{"id": "2"}\r\n'
        + b'{"a":' * 80
        + b"1"
        + b"}" * 80
    )
    assert read(make_source(LINES), body) == (
        [{"id": "1"}, {"id": "2"}],
        ["row.bad", "encoding.bad", "row.bad", "row.bad"],
    )


def test_csv_rows_that_do_not_fit_keep_their_id(make_source: MakeSource) -> None:
    """Too many and too few cells are findings; trailing empty cells are not."""
    body = "Nr,Name,Ort\n1,A,B\n2,A,B,C\n3,A\n4,A,B,,\n"
    objects, problems = read(make_source(CSV), body)
    assert [o["Nr"] for o in objects] == ["1", "2", "3", "4"]
    assert problems == ["row.bad", "row.bad"]


def test_csv_rows_have_the_numbers_that_a_spreadsheet_shows(make_source: MakeSource) -> None:
    """The titles are row 1, an empty row counts, a line break within a cell does not."""
    body = 'Nr,Name\n1,"A\nB"\n\n2,C,D\n3,"E"x\n'
    found = list(FORMATS["csv"].objects(page_of(body.encode()), make_source(CSV)))
    assert [o.position for o in found if isinstance(o, SourceObject)] == ["row 2", "row 4"]
    assert [f.path for f in found if isinstance(f, Finding)] == ["row 5"]


def test_csv_with_undecodable_bytes_damages_one_row(make_source: MakeSource) -> None:
    body = b"Nr,Name\n1,A\n2,M\xfcller\n3,C\n"
    objects, problems = read(make_source(CSV), body, charset="utf-8")
    assert [o["Nr"] for o in objects] == ["1", "2", "3"]
    assert problems == ["encoding.bad"]


def test_csv_with_quotes_line_breaks_and_bom(make_source: MakeSource) -> None:
    body = '\ufeffNr,Name\r\n1,"Eins, ""zwei""\r\ndrei"\r\n'
    assert read(make_source(CSV), body) == ([{"Nr": "1", "Name": 'Eins, "zwei"\r\ndrei'}], [])


def test_csv_whose_quote_never_closes_says_so(make_source: MakeSource) -> None:
    assert read(make_source(CSV), 'Nr,Name\n1,A\n2,"B\n3,C\n') == (
        [{"Nr": "1", "Name": "A"}],
        ["row.bad"],
    )


def test_csv_without_a_row_of_titles_is_unreadable(make_source: MakeSource) -> None:
    with pytest.raises(SourceError):
        read(make_source(CSV), "")


def test_tsv_with_titles_from_the_manifest(make_source: MakeSource) -> None:
    options = '[source.options]\ndelimiter = "\\t"\ntitles = ["Nr", "Name"]\n[source.map]'
    source = make_source(CSV.replace("[source.map]", options))
    assert read(source, "1\tA\n") == ([{"Nr": "1", "Name": "A"}], [])


def test_titles_are_made_unique() -> None:
    assert unique_titles(["A", " A ", "", "B", "A", ""]) == ["A", "A#2", "#3", "B", "A#3", "#6"]


TURTLE = """
@prefix ex: <https://muster.example/m#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://muster.example/1> a ex:Club ; rdfs:label "Eins"@DE, "One"@en ;
  ex:address <https://muster.example/a>, [ ex:street "Gasse" ] ;
  ex:friend <https://muster.example/2> .
<https://muster.example/a> ex:street "Weg" ; ex:owner "Erika" .
<https://muster.example/2> a ex:Club ; ex:friend <https://muster.example/1> .
<https://muster.example/3> a ex:Shop .
"""
ONE = {
    "@id": "https://muster.example/1",
    "@type": ["ex:Club"],
    "rdfs:label": [{"@value": "Eins", "@language": "de"}, {"@value": "One", "@language": "en"}],
    "ex:address": [
        {"@id": "https://muster.example/a", "ex:street": [{"@value": "Weg"}]},
        {"ex:street": [{"@value": "Gasse"}]},
    ],
    "ex:friend": [{"@id": "https://muster.example/2"}],
}


def test_rdf_follows_the_links_that_are_mapped_and_no_others(make_source: MakeSource) -> None:
    """Of a linked node only what is read is taken along; blank nodes come whole."""
    objects, problems = read(make_source(RDF), TURTLE, media_type="text/turtle")
    assert objects[0] == ONE
    assert objects[1]["ex:friend"] == [{"@id": "https://muster.example/1"}]
    assert problems == ["subject.unmapped"]


def test_rdf_follows_links_backwards_where_the_mapping_says_so(make_source: MakeSource) -> None:
    """And takes no more from there than what is asked for: it may be a person's description."""
    body = """
    @prefix ex: <https://muster.example/m#> .
    <https://muster.example/1> a ex:Club .
    <https://muster.example/p1> ex:leads <https://muster.example/1> ;
      ex:basedAt <https://muster.example/s> ; ex:name "Erika Muster" .
    <https://muster.example/p2> ex:leads <https://muster.example/1>, <https://muster.example/2> .
    <https://muster.example/s> ex:street "Gasse 2" ; ex:tram "4" .
    """
    source = make_source(RDF.replace("ex:address/ex:street", "^ex:leads/ex:basedAt/ex:street"))
    objects, problems = read(source, body, media_type="text/turtle")
    assert problems == []
    site = {"@id": "https://muster.example/s", "ex:street": [{"@value": "Gasse 2"}]}
    assert objects == [
        {
            "@id": "https://muster.example/1",
            "@type": ["ex:Club"],
            "^ex:leads": [
                {"@id": "https://muster.example/p1", "ex:basedAt": [site]},
                {"@id": "https://muster.example/p2"},
            ],
        }
    ]


def test_rdf_does_not_walk_through_all_that_link_to_one_thing(make_source: MakeSource) -> None:
    links = "".join(
        f"<https://muster.example/p{n}> ex:leads <https://muster.example/1> .\n"
        for n in range(5000)
    )
    body = "@prefix ex: <https://muster.example/m#> .\n<https://muster.example/1> a ex:Club .\n"
    source = make_source(RDF.replace("ex:address/ex:street", "^ex:leads/ex:street"))
    objects, _ = read(source, body + links, media_type="text/turtle")
    assert len(objects[0]["^ex:leads"]) <= 2000


@pytest.mark.parametrize("path", ["^@id", "^^ex:leads", "^", "^no:leads"])
def test_what_cannot_be_gone_backwards_is_refused(make_source: MakeSource, path: str) -> None:
    with pytest.raises(ManifestError):
        make_source(RDF.replace("ex:address/ex:street", path))


def test_rdf_in_any_notation_and_order_is_the_same(make_source: MakeSource) -> None:
    from pyoxigraph import RdfFormat, parse, serialize

    source = make_source(RDF)
    quads = list(parse(TURTLE, format=RdfFormat.TURTLE))
    for rdf_format, media_type in (
        (RdfFormat.N_TRIPLES, "application/n-triples"),
        (RdfFormat.RDF_XML, "application/rdf+xml"),
        (RdfFormat.JSON_LD, "application/ld+json"),
        (RdfFormat.TRIG, "application/trig"),
    ):
        triples = [q.triple for q in reversed(quads)]
        body = serialize(triples, format=rdf_format)
        assert body is not None
        objects, _ = read(source, body, media_type=media_type)
        assert ONE in objects


@pytest.mark.parametrize(
    ("url", "media_type", "body"),
    [
        ("https://muster.example/data.ttl", None, TURTLE),
        ("https://muster.example/data?x", "text/turtle", TURTLE),
    ],
    ids=["name", "media-type"],
)
def test_rdf_notation_by_media_type_or_name(
    make_source: MakeSource, url: str, media_type: str | None, body: str
) -> None:
    assert len(read(make_source(RDF), body, url=url, media_type=media_type)[0]) == 2


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", "<https://muster.example/1> a ex:Club ."),
        ("text/turtle", TURTLE + "<https://muster.example/x> a "),
        ("application/rdf+xml", '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>'),
        ("application/rdf+xml", '<!-- x --> <!doctype r SYSTEM "http://evil.example/x.dtd"><r/>'),
        ("application/rdf+xml", "<rdf:RDF"),
        (
            "application/ld+json",
            '{"@context": "https://schema.org/", "@id": "https://muster.example/1"}',
        ),
        ("text/html", "<html></html>"),
    ],
    ids=["prefix", "cut", "entity", "dtd", "xml", "remote-context", "html"],
)
def test_rdf_that_cannot_be_read_whole_is_refused(
    make_source: MakeSource, media_type: str, body: str
) -> None:
    with pytest.raises(SourceError) as error:
        read(make_source(RDF), body, media_type=media_type)
    assert error.value.code.startswith("format.document.")


def test_a_bad_line_of_n_triples_harms_no_other(make_source: MakeSource) -> None:
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://muster.example/m#Club> ."
    body = f"<https://muster.example/1> {a}\nnonsense\n<https://muster.example/2> {a}\n"
    objects, problems = read(make_source(RDF), body, media_type="application/n-triples")
    assert [o["@id"] for o in objects] == ["https://muster.example/1", "https://muster.example/2"]
    assert problems == ["row.bad"]


def test_rdf_xml_in_latin_1(make_source: MakeSource) -> None:
    body = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:ex="https://muster.example/m#">'
        '<ex:Club rdf:about="https://muster.example/1"><rdfs:label>Müller</rdfs:label></ex:Club></rdf:RDF>'
    ).encode("latin-1")
    objects, _ = read(make_source(RDF), body, media_type="application/rdf+xml")
    assert objects[0]["rdfs:label"] == [{"@value": "Müller"}]


def test_blank_nodes_in_a_circle_end(make_source: MakeSource) -> None:
    body = (
        TURTLE + "<https://muster.example/9> a ex:Club ; ex:x _:a . _:a ex:x _:b . _:b ex:x _:a ."
    )
    objects, _ = read(make_source(RDF), body, media_type="text/turtle")
    assert any(o["@id"].endswith("/9") for o in objects)


def test_blank_nodes_that_all_name_each_other_are_cut_off(make_source: MakeSource) -> None:
    """Written as a tree, these twelve would be a hundred thousand."""
    names = [f"_:b{n}" for n in range(12)]
    clique = " ".join(f"{name} ex:x {', '.join(n for n in names if n != name)} ." for name in names)
    body = f"{TURTLE} <https://muster.example/9> a ex:Club ; ex:x {', '.join(names)} . {clique}"
    found = FORMATS["rdf"].objects(
        page_of(body.encode(), media_type="text/turtle"), make_source(RDF)
    )
    problems = {o.position: o.problem for o in found if isinstance(o, SourceObject)}
    assert problems["https://muster.example/1"] is None
    problem = problems["https://muster.example/9"]
    assert problem is not None
    assert (problem.rule, problem.severity) == ("subject.too-large", "error")


def test_rdf_pages_by_hydra(make_source: MakeSource) -> None:
    body = TURTLE + (
        "<?page=1> <http://www.w3.org/ns/hydra/core#next> <?page=2> ; "
        '<http://www.w3.org/ns/hydra/core#totalItems> "12" .'
    )
    page = page_of(body.encode(), url="https://muster.example/data", media_type="text/turtle")
    source = make_source(RDF)
    assert FORMATS["rdf"].next_url(page, source) == "https://muster.example/data?page=2"
    assert FORMATS["rdf"].total(page, source) == 12
