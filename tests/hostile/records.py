"""Hostile records: what a hub says of one thing, and what has to come of it.

One list for the test and for the table in `docs/`. `expected` is `stored` or `refused`, or how the
run failed where the page as a whole cannot be read; behind it the rules of the findings.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

JSON: Final = "application/json"
TURTLE: Final = "text/turtle"
JSONLD: Final = "application/ld+json"
CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True)
class HostileRecord:
    """`page` is what the hub answers; RDF, CSV and plain JSON go through a mapping."""

    name: str
    expected: str
    page: bytes
    media_type: str = JSON
    mapped: bool = False


def document(**values: Any) -> bytes:
    """A page of one document of our own shape."""
    actor = {"type": "Actor", "id": "1", "name": {"de": "Verein"}} | values
    return json.dumps([actor]).encode()


def _said(name: str, expected: str, /, **values: Any) -> HostileRecord:
    return HostileRecord(name, expected, document(**values))


def _raw(name: str, expected: str, text: str | bytes) -> HostileRecord:
    """A page of our own shape, byte for byte; `…` stands for type and id."""
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return HostileRecord(name, expected, body.replace("…".encode(), b'"type":"Actor","id":"1"'))


def _turtle(name: str, expected: str, text: str) -> HostileRecord:
    head = "@prefix s: <https://schema.org/> .\n"
    return HostileRecord(name, expected, (head + text).encode(), TURTLE, mapped=True)


def _jsonld(name: str, expected: str, text: str) -> HostileRecord:
    return HostileRecord(name, expected, text.encode(), JSONLD, mapped=True)


_SCRIPTS: Final = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript&colon;alert(1)",
    "javascript:%61lert(1)", "javascript://a.example/%0aalert(1)", "//javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)", "blob:https://a.example/1", "file:///etc/passwd", "view-source:http://a.example",
    "about:blank", "feed:javascript:alert(1)", "http://javascript:alert(1)@a.example/",
)  # fmt: skip

_BREAKING: Final = {
    ">": "https://a.example/>", '"': 'https://a.example/"onload=alert(1)', "a space": "https://a.example/ b",
    "a line break": "https://a.example/\n<urn:evil> <urn:p> 1 .", "a backslash": "https://a.example/\\",
    "\\u003E": "https://a.example/\\u003E <urn:p> 1 . <", "{}": "https://a.example/{x}", "`": "https://a.example/`",
    "'": "https://a.example/'onload='x", "|^": "https://a.example/|^", "NUL": "https://a.example/\0",
    "a BOM": "\ufeffhttps://a.example/", "a bidi control": "https://a.example/\u202egpj.exe",
    "half a percent": "https://a.example/%zz", "10,000 characters": "https://a.example/" + "a" * 10_000,
    "a host of one label": "https://intranet/", "a private address": "http://192.168.0.1/",
    "a port of 99999": "https://a.example:99999/", "brackets": "https://[a.example/",
    "a lookalike host": "https://аpple.example/",
}  # fmt: skip

_TEXTS: Final = {
    "script": "<script>alert(1)</script>Verein", "an image with onerror": "<img src=x onerror=alert(1)>Verein",
    "svg with onload": "<svg/onload=alert(1)>Verein", "a comment that hides": "<!--><script>alert(1)--></script>Verein",
    "entities of a script": "&lt;script&gt;alert(1)&lt;/script&gt;Verein",
    "entities of entities": "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;Verein",
    "the end of a title": "</title><script>alert(1)</script>Verein",
    "the end of an attribute": "Verein\" onmouseover=\"alert(1)", "the end of a textarea": "</textarea><script>alert(1)</script>Verein",
    "an unclosed tag": "Verein <a href=\"javascript:alert(1)", "a template": "{{ 7*7 }}{% import os %}${7*7}Verein",
    "a format string": "%s%n{0.__class__}%(x)sVerein", "SQL quotes": "Verein'); DROP TABLE records; --",
    "SPARQL": "Verein\" } ; DROP ALL ; SELECT * { ?s ?p \"", "Turtle": 'Verein" . <urn:evil> <urn:p> "',
    "Turtle's long quotes": 'Verein""" . <urn:evil> <urn:p> """', "a backslash at the end": "Verein\\",
    "JSON": 'Verein","evil":"', "XML": "]]><evil/>Verein", "a line break and a log line": "Verein\r\n2026-11-22 root: accepted",
    "terminal escapes": "\x1b[2J\x1b]0;evil\x07Verein", "NUL": "Ver\0ein", "C1 controls": "Ver\x85\x9bein",
    "a right-to-left override": "Verein \u202eexe.txt", "bidi isolates left open": "Verein \u2066\u2067\u2068",
    "zero-width characters": "V\u200be\u200cr\u200de\u2060i\ufeffn", "only zero-width characters": "\u200b\u200b\u2060",
    "only spaces": " \t\u00a0\u3000", "a tag sequence": "Verein\U000e0041\U000e0042", "private use": "Verein\ue000\U000f0000",
    "noncharacters": "Verein\ufffe\U0001ffff", "1,000 combining marks": "Vere" + "\u0301" * 1_000 + "in",
    "line and paragraph separators": "Ver\u2028e\u2029in", "soft hyphens": "Ver\u00adein",
}  # fmt: skip

_FORMULAS: Final = (
    '=HYPERLINK("https://evil.example/";"x")', "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff201", "\u200b=1+1", "\ufeff=1+1",
    '"=1+1', "';=1+1", "a\n=1+1", "\x00=1+1", "\u202e=1+1",
)  # fmt: skip


def _shown(text: str) -> str:
    """A text as its case is named: nothing in it that a reader does not see."""
    return "".join(c if c.isascii() and c.isprintable() else f"U+{ord(c):04X} " for c in text)[:60]


def _addresses() -> list[HostileRecord]:
    unsafe = "stored: value.bad-iri"
    return [
        *(_said(f"homepage {_shown(iri)}", unsafe, homepage=iri) for iri in _SCRIPTS),
        *(_said(f"homepage with {what}", "stored", homepage=iri) for what, iri in _BREAKING.items()),
        *(_said(f"id with {what}", "stored", id=iri) for what, iri in _BREAKING.items()),
        *(_said(f"sameAs {_shown(iri)}", unsafe, sameAs=[iri]) for iri in _SCRIPTS[:4]),
        _said("id javascript:alert(1)", "stored", id="javascript:alert(1)"),
        _said("page of the record javascript:", "stored: value.bad-iri", page="javascript:alert(1)"),
        _said("logo data:", "stored", image="data:image/svg+xml,<svg onload=alert(1)>"),
        _said("topic that is an IRI with >", "stored: category.unmapped", topic=["https://a.example/> <urn:p> <urn:o"]),
        _said("topic javascript:", "stored: category.unmapped", topic=["javascript:alert(1)"]),
        _said("e-mail with a header", "stored",
              contactPoint=[{"type": "ContactPoint", "email": "info@a.example?bcc=x@y.example\r\nBcc: z"}]),
        _said("e-mail javascript:", "stored: value.form",
              contactPoint=[{"type": "ContactPoint", "email": "javascript:alert(1)"}]),
        _said("telephone with a script", "stored: value.form, value.html-removed",
              contactPoint=[{"type": "ContactPoint", "telephone": "+49\"><script>alert(1)</script>"}]),
        _said("geometry with quotes", "stored: coordinates.bad",
              geometry={"type": "Geometry", "asWKT": "POINT(1 2)\"^^<urn:x> . <urn:evil> <urn:p> \""}),
        _said("geometry without end", "stored: coordinates.bad",
              geometry={"type": "Geometry", "asWKT": "POLYGON((" + "1 2," * 50_000 + "1 2))"}),
        _said("date with quotes", "stored: value.bad-date", foundingDate='2020" . <urn:evil> <urn:p> "'),
        _said("date of change in the year 2200", "stored: modified.ahead", modified="2200-12-31"),
        _said("language tag with a space and quotes", "stored: value.bad-language", name={'de" . <urn:x> <urn:p> "': "Verein"}),
        _said("language tag of 10,000 letters", "stored: value.bad-language", name={"a" * 10_000: "Verein"}),
    ]  # fmt: skip


def _texts() -> list[HostileRecord]:
    return [
        *(_said(f"name with {what}", "stored", name={"de": text}) for what, text in _TEXTS.items()),
        *(_said(f"description with {what}", "stored", description={"de": text})
          for what, text in list(_TEXTS.items())[:10]),
        *(_said(f"name {_shown(text)}", "stored", name={"de": text}) for text in _FORMULAS),
        *(_said(f"town {_shown(text)}", "stored",
                address=[{"type": "Address", "postName": text, "postCode": "=1+1"}]) for text in _FORMULAS[:5]),
        _said("id =1+1", "stored", id="=1+1"),
        _said("name of 10 MB", "stored: value.too-long", name={"de": "a" * 10_000_000}),
        _said("description of 10 MB", "stored: value.too-long", description={"de": "Wort " * 2_000_000}),
        _said("10 MB of markup", "stored: value.html-removed", description={"de": "<b>" * 3_000_000 + "x"}),
        _said("10 MB of ampersands", "stored: value.entities-decoded, value.too-long", description={"de": "&amp;" * 2_000_000}),
    ]  # fmt: skip


def _shapes() -> list[HostileRecord]:
    deep = '{"a":' * 60 + "1" + "}" * 60
    return [
        _raw("duplicate keys, the second hostile", "refused: name.required, value.html-removed", '[{…,"name":{"de":"Verein"},"name":{"de":"<script>"}}]'),
        _raw("NaN", "failed format.document.bad", '[{…,"name":{"de":"Verein"},"x":NaN}]'),
        _raw("Infinity", "failed format.document.bad", '[{…,"name":{"de":"Verein"},"x":-Infinity}]'),
        _raw("a number of 5,000 digits", "stored", '[{…,"name":{"de":"Verein"},"x":' + "9" * 5_000 + "}]"),
        _raw("1e999999", "stored", '[{…,"name":{"de":"Verein"},"x":1e999999}]'),
        _raw("a number as a name", "stored", '[{…,"name":{"de":1e400}}]'),
        _raw("a lone surrogate, escaped", "stored", '[{…,"name":{"de":"Verein \\ud800"}}]'),
        _raw("a lone surrogate in a key", "stored", '[{…,"name":{"de":"Verein"},"\\udfff":1}]'),
        _raw("a lone surrogate, raw", "failed format.encoding.bad", '[{…,"name":{"de":"Verein \ud800"}}]'),
        _raw("NUL, escaped", "stored: value.control-removed", '[{…,"name":{"de":"Ver\\u0000ein"}}]'),
        _raw("NUL in a key", "stored", '[{…,"name":{"de":"Verein"},"\\u0000":1}]'),
        _raw("overlong UTF-8", "failed format.encoding.bad", b'[{"type":"Actor","id":"1","name":{"de":"Verein \xc0\xbc"}}]'),
        _raw("60 levels", "stored", '[{…,"name":{"de":"Verein"},"x":' + deep + "}]"),
        _raw("60 levels in a name", "refused: name.required, value.form", '[{…,"name":' + deep + "}]"),
        _raw("100,000 levels", "failed format.document.bad", "[" * 100_000),
        _raw("100,000 fields", "stored", '[{…,"name":{"de":"Verein"},'
             + ",".join(f'"f{n}":1' for n in range(100_000)) + "}]"),
        _raw("100,000 topics", "stored: category.unmapped, record.more-findings", '[{…,"name":{"de":"Verein"},"topic":['
             + ",".join(f'"t{n}"' for n in range(100_000)) + "]}]"),
        _raw("100,000 homepages", "refused: list.too-many", '[{…,"name":{"de":"Verein"},"sameAs":['
             + ",".join(f'"https://a.example/{n}"' for n in range(100_000)) + "]}]"),
        _raw("10,000 addresses", "stored", '[{…,"name":{"de":"Verein"},"address":['
             + ",".join('{"type":"Address","postName":"Ort"}' for n in range(10_000)) + "]}]"),
        _raw("10,000 languages", "stored: record.more-findings, value.bad-language", '[{…,"name":{'
             + ",".join(f'"a{n}":"Verein"' for n in range(10_000)) + "}}]"),
        _raw("prototype names as keys", "stored", '[{…,"name":{"de":"Verein"},"__proto__":{"x":1},"constructor":1,"toString":2,"__class__":3}]'),
        _raw("prototype names as values", "stored: category.unmapped, value.bad-language, value.extra", '[{…,"name":{"__proto__":"x","constructor":"y","de":"Verein"},"topic":["__proto__"]}]'),
        _raw("@context in the record that redefines name", "refused: document.remote-context", '{"@context":{"name":"urn:evil"},…,"name":{"de":"Verein"}}'),
        _raw("@context in one record of a list", "refused: document.remote-context", '[{"@context":{"name":"urn:evil"},…,"name":{"de":"Verein"}}]'),
        _raw("@context in a value", "stored: value.form", '[{…,"name":{"@context":{"de":"urn:evil"},"de":"Verein"}}]'),
        _raw("@base in a context", "refused: document.remote-context", '{"@context":{"@base":"https://verbund.example/id/"},…,"name":{"de":"Verein"}}'),
        _raw("@type beside type", "stored", '[{…,"@type":"Person","name":{"de":"Verein"}}]'),
        _raw("a type that is a list with a person", "refused: actor.person", '[{"type":["Actor","Person"],"id":"1","name":{"de":"Verein"}}]'),
        _raw("a type that does not exist", "refused: record.kind.unknown", '[{"type":"Wurm","id":"1","name":{"de":"Verein"}}]'),
        _raw("a type that is an object", "refused: record.kind.unknown", '[{"type":{"a":1},"id":"1","name":{"de":"Verein"}}]'),
        _raw("@id beside id", "stored", '[{…,"@id":"https://verbund.example/id/abc","name":{"de":"Verein"}}]'),
        _raw("@value and @type in a text", "stored", '[{…,"name":{"@value":"Verein","@type":"urn:evil> <urn:p> <urn:o","@language":"de"}}]'),
        _raw("@included with another node", "stored", '[{…,"name":{"de":"Verein"},"@included":[{"id":"urn:evil","name":"x"}]}]'),
        _raw("@reverse", "stored", '[{…,"name":{"de":"Verein"},"@reverse":{"knows":{"id":"urn:evil"}}}]'),
        _raw("@graph in a record", "stored", '[{…,"name":{"de":"Verein"},"@graph":[{"id":"urn:evil"}]}]'),
        _raw("a record of another registry's address", "refused: record.foreign-id", '[{"type":"Actor","id":"https://verbund.example/id/abc","name":{"de":"Verein"}}]'),
        _raw("an id that is an object", "refused: record.id.missing", '[{"type":"Actor","id":{"a":1},"name":{"de":"Verein"}}]'),
        _raw("an id of 10 MB", "refused: record.id.missing", '[{"type":"Actor","id":"' + "a" * 10_000_000 + '","name":{"de":"Verein"}}]'),
        _raw("an id of a path", "stored", '[{"type":"Actor","id":"../../../etc/passwd","name":{"de":"Verein"}}]'),
        _raw("carried by itself", "stored: reference.self", '[{"type":"Project","id":"1","name":{"de":"Verein"},"carriedBy":["1"]}]'),
        _raw("two that carry each other", "stored", '[{"type":"Project","id":"1","name":{"de":"Verein"},"carriedBy":["2"]},{"type":"Project","id":"2","name":{"de":"Verein"},"carriedBy":["1"]}]'),
    ]  # fmt: skip


def _rdf() -> list[HostileRecord]:
    circle = " . ".join(f"_:b{n} s:member _:b{m}" for n in range(12) for m in range(12) if n != m)
    return [
        _turtle("Turtle: cyclic nodes", "stored", '<urn:a> a s:Organization ; s:name "Verein" ; s:member <urn:a>, <urn:b> . <urn:b> s:member <urn:a> .'),
        _turtle("Turtle: twelve blank nodes that all name each other", "refused: subject.too-large", f'<urn:a> a s:Organization ; s:name "Verein" ; s:member _:b0 . {circle} .'),
        _turtle("Turtle: 5,000 blank nodes below one", "refused: subject.too-large", '<urn:a> a s:Organization ; s:name "Verein" ; s:address ' + ", ".join("[ s:name 'x' ]" for _ in range(5_000)) + " ."),
        _turtle("Turtle: an escape of > in an IRI", "stored", '<urn:a\\u003E> a s:Organization ; s:name "Verein" .'),
        _turtle("Turtle: a quote and a line break in a text", "stored", '<urn:a> a s:Organization ; s:name "Verein\\"\\n<urn:evil>" .'),
        _turtle("Turtle: a datatype that breaks out", "stored", '<urn:a> a s:Organization ; s:name "Verein"^^<urn:x\\u003E> .'),
        _turtle("Turtle: @base of this registry", "refused: record.foreign-id", '@base <https://verbund.example/id/> . <abc> a s:Organization ; s:name "Verein" .'),
        _turtle("Turtle: a class named like ours with a script", "stored", '<urn:a> a s:Organization, <javascript:alert(1)> ; s:name "Verein" .'),
        _turtle("Turtle: homepage javascript:", "stored: value.bad-iri", '<urn:a> a s:Organization ; s:name "Verein" ; s:url <javascript:alert(1)> .'),
        _jsonld("JSON-LD: a context that redefines schema:name", "stored: value.bad-iri", '{"@context":{"s":"https://schema.org/","name":"s:url","url":"s:name"},"@id":"urn:a","@type":"s:Organization","name":"javascript:alert(1)","url":"Verein"}'),
        _jsonld("JSON-LD: @base of this registry", "refused: record.foreign-id", '{"@context":{"@base":"https://verbund.example/id/","s":"https://schema.org/"},"@id":"abc","@type":"s:Organization","s:name":"Verein"}'),
        _jsonld("JSON-LD: @type that breaks out", "stored", '{"@context":{"s":"https://schema.org/"},"@id":"urn:a","@type":["s:Organization","urn:x> <urn:p> <urn:o"],"s:name":"Verein"}'),
        _jsonld("JSON-LD: a context without end", "failed format.document.bad", '{"@context":{"a":{"@id":"b:c","@context":{"a":null}},"b":"a:","s":"https://schema.org/"},"@id":"urn:a","@type":"s:Organization","s:name":"Verein"}'),
        HostileRecord("CSV: a formula in every cell", "stored: value.bad-iri", b'id,name,web\n"=1+1","=cmd|\' /C calc\'!A0","=1+1"\n', CSV, mapped=True),
        HostileRecord("CSV: a cell of 5 MB", "refused: row.bad", b'id,name,web\n1,"' + b"a" * 5_000_000 + b'",x\n', CSV, mapped=True),
    ]  # fmt: skip


_OTHERWISE: Final = {
    "homepage with a BOM": "stored: value.bad-iri",
    "homepage with half a percent": "refused: iri.form",
    "homepage with 10,000 characters": "stored: value.bad-iri",
    "homepage with a host of one label": "stored: value.bad-iri",
    "homepage with a private address": "stored: value.bad-iri",
    "homepage with a port of 99999": "stored: value.bad-iri",
    "homepage with brackets": "stored: value.bad-iri",
    "id with a space": "refused: id.form",
    "id with a line break": "refused: record.id.missing",
    "id with \\u003E": "refused: id.form",
    "id with NUL": "refused: record.id.missing",
    "id with a BOM": "refused: record.id.missing",
    "id with a bidi control": "refused: record.id.missing",
    "id with 10,000 characters": "refused: record.id.missing",
    "name with script": "stored: value.html-removed",
    "name with an image with onerror": "stored: value.html-removed",
    "name with svg with onload": "refused: name.required, value.html-removed",
    "name with a comment that hides": "stored: value.html-removed",
    "name with entities of a script": "stored: value.entities-decoded, value.html-removed",
    "name with entities of entities": "stored: value.entities-decoded, value.html-removed",
    "name with the end of a title": "stored: value.html-removed",
    "name with the end of a textarea": "stored: value.html-removed",
    "name with an unclosed tag": "stored: value.html-removed",
    "name with terminal escapes": "stored: value.control-removed",
    "name with NUL": "stored: value.control-removed",
    "name with C1 controls": "stored: value.control-removed",
    "name with a right-to-left override": "stored: value.control-removed",
    "name with bidi isolates left open": "stored: value.control-removed",
    "name with zero-width characters": "stored: value.control-removed",
    "name with only zero-width characters": "refused: name.required, value.control-removed",
    "name with only spaces": "refused: name.required",
    "name with a tag sequence": "stored: value.control-removed",
    "name with private use": "stored: value.control-removed",
    "name with noncharacters": "stored: value.control-removed",
    "name with 1,000 combining marks": "stored: value.too-long",
    "name with soft hyphens": "stored: value.control-removed",
    "description with script": "stored: value.html-removed",
    "description with an image with onerror": "stored: value.html-removed",
    "description with svg with onload": "stored: value.html-removed",
    "description with a comment that hides": "stored: value.html-removed",
    "description with entities of a script": "stored: value.entities-decoded, value.html-removed",
    "description with entities of entities": "stored: value.entities-decoded, value.html-removed",
    "description with the end of a title": "stored: value.html-removed",
    "description with the end of a textarea": "stored: value.html-removed",
    "description with an unclosed tag": "stored: value.html-removed",
    "name U+200B =1+1": "stored: value.control-removed",
    "name U+FEFF =1+1": "stored: value.control-removed",
    "name U+0000 =1+1": "stored: value.control-removed",
    "name U+202E =1+1": "stored: value.control-removed",
    'town =HYPERLINK("https://evil.example/";"x")': "stored: postcode.bad",
    "town =cmd|' /C calc'!A0": "stored: postcode.bad",
    "town +1+1": "stored: postcode.bad",
    "town -1+1": "stored: postcode.bad",
    "town @SUM(1)": "stored: postcode.bad",
}
"""Of the cases that are made in a row, those that end otherwise than the others of their row."""

HOSTILE_RECORDS: Final[tuple[HostileRecord, ...]] = tuple(
    replace(case, expected=_OTHERWISE.get(case.name, case.expected))
    for case in (*_addresses(), *_texts(), *_shapes(), *_rdf())
)
