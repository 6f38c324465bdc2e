"""RDF in all its notations: one source object for each subject of a declared class."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from harvester.errors import SourceError
from harvester.formats.decoding import (
    absolute,
    body_of,
    count,
    encoding_of,
    read_once,
    unreadable,
)
from harvester.formats.encodings import text_encoding
from harvester.formats.options import Option, option
from harvester.formats.rdf_nodes import MOST_NODES, Description, Graph, Writer, followed_by
from harvester.formats.source_object import SourceObject
from schemas.rules import finding
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

_FORMATS: Final = {
    "text/turtle": RdfFormat.TURTLE, "application/x-turtle": RdfFormat.TURTLE,
    "ttl": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML, "rdf": RdfFormat.RDF_XML, "owl": RdfFormat.RDF_XML,
    "application/xml": RdfFormat.RDF_XML, "text/xml": RdfFormat.RDF_XML, "xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD, "application/json": RdfFormat.JSON_LD,
    "jsonld": RdfFormat.JSON_LD, "json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES, "nt": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS, "nq": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG, "trig": RdfFormat.TRIG,
}  # fmt: skip
_LINE_FORMATS: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
_PROLOG: Final = re.compile(rb"(?:\xef\xbb\xbf|\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_XML_ENCODING: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']"
)
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")

_NODES: Final = (NamedNode, BlankNode)
_TERMS: Final = (NamedNode, BlankNode, Literal)


class Rdf:
    """Every subject of one of the `classes` is an object; other classes are reported."""

    name: Final = "rdf"
    accept: Final = (
        "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.9, "
        "application/trig;q=0.8, application/ld+json;q=0.7, */*;q=0.1"
    )
    expressions: Final = "rdf"
    options: Final[Mapping[str, Option]] = {
        "classes": option("names", required=True),
        "ignore_classes": option("names"),
        "media_type": option("text"),
        "encoding": option("encoding"),
    }

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        graph, damaged = read_once(page, source, _read)
        yield from damaged
        classes: frozenset[str] = source.options["classes"]
        writer = Writer(graph, source.prefixes, followed_by(source))
        other: dict[str, int] = {}
        for subject in graph:
            types = writer.types(subject)
            if classes.isdisjoint(types):
                for name in types or [""]:
                    other[name] = other.get(name, 0) + 1
                continue
            data = writer.write(subject)
            position = data.get("@id", "_:blank")
            problem = None
            if writer.cut_short:
                problem = finding("subject.too-large", path=position, limit=MOST_NODES)
            yield SourceObject(data=data, position=position, problem=problem)
        ignored: frozenset[str] = source.options.get("ignore_classes", frozenset())
        for name in sorted(other.keys() - ignored - {""}):
            yield finding("subject.unmapped", path=name, value=other[name], class_iri=name)

    def next_url(self, page: "Page", source: "Source") -> str | None:
        graph, _ = read_once(page, source, _read)
        for description in graph.values():
            for link in description.get(_HYDRA + "next", []):
                if isinstance(link, NamedNode) and (found := absolute(link.value, page)):
                    return found
        return absolute(page.links.get("next"), page)

    def total(self, page: "Page", source: "Source") -> int | None:
        graph, _ = read_once(page, source, _read)
        for description in graph.values():
            for number in description.get(_HYDRA + "totalItems", []):
                if (found := count(number.value)) is not None:
                    return found
        return None


def _read(page: "Page", source: "Source") -> tuple[Graph, list[Finding]]:
    """The statements of a page by subject and predicate, and what could not be read."""
    rdf_format = _format_of(page, source)
    body = body_of(page)
    if rdf_format is RdfFormat.RDF_XML:
        body = _as_utf8_xml(body, page, source)
    else:
        encoding = encoding_of(page, source)
        if encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "ascii", "us-ascii"):
            body = body.decode(encoding, "replace").encode()
    if rdf_format in _LINE_FORMATS:
        return _read_lines(body, rdf_format)
    graph: Graph = {}
    try:
        _gather(graph, body, rdf_format, page.url)
    except SyntaxError as error:
        raise _not_readable(error, source) from error
    return graph, []


def _gather(graph: Graph, body: bytes, rdf_format: RdfFormat, base_iri: str | None) -> None:
    # Lenient: one address with a space must not make the whole page unreadable; addresses are
    # judged one by one when they are mapped.
    last: object = None
    description: Description = {}
    # Attributes, not unpacking, which makes an object of the graph as well.
    for quad in parse(body, format=rdf_format, base_iri=base_iri, lenient=True):
        subject, value = quad.subject, quad.object
        if not isinstance(value, _TERMS):
            continue
        if subject != last:  # what is said of one thing mostly stands together
            if not isinstance(subject, _NODES):
                continue
            description = graph.setdefault(subject, {})
            last = subject
        description.setdefault(quad.predicate.value, []).append(value)


def _read_lines(body: bytes, rdf_format: RdfFormat) -> tuple[Graph, list[Finding]]:
    """N-Triples and N-Quads: a bad line harms no other."""
    graph: Graph = {}
    try:
        _gather(graph, body, rdf_format, None)
        return graph, []
    except SyntaxError:
        graph.clear()
    damaged = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        try:
            _gather(graph, line, rdf_format, None)
        except SyntaxError as error:
            damaged.append(finding("row.bad", path=f"line {number}", row=number, reason=error))
    return graph, damaged


def _not_readable(error: SyntaxError, source: "Source") -> SourceError:
    if "LoadDocumentCallback" in str(error):
        return unreadable(source, "document.remote-context")
    return unreadable(source, "document.bad", reason=" ".join(str(error).split())[:300])


def _format_of(page: "Page", source: "Source") -> RdfFormat:
    """By the manifest, then the response's media type, then the file's name."""
    path = page.url.partition("?")[0].partition("#")[0]
    ending = path.rpartition(".")[2].lower()
    for name in (source.options.get("media_type"), page.media_type, ending):
        if name in _FORMATS:
            return _FORMATS[name]
    raise unreadable(
        source, "document.bad", reason=f"media type {page.media_type}: options.media_type"
    )


def _as_utf8_xml(body: bytes, page: "Page", source: "Source") -> bytes:
    """RDF/XML in UTF-8 and without a document type, which could define entities."""
    declared = _XML_ENCODING.match(body)
    encoding = encoding_of(page, source)
    if declared and not source.options.get("encoding") and encoding == "utf-8":
        name = declared[1].decode()
        encoding = text_encoding(name) or ""
        if not encoding:
            raise unreadable(source, "encoding.bad", encoding=name)
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as error:
            raise unreadable(source, "encoding.bad", encoding=encoding) from error
        body = _XML_DECLARATION.sub("", text.lstrip("\ufeff"), count=1).encode()
    prolog = _PROLOG.match(body)
    if prolog and body[prolog.end() :][:9].upper() == b"<!DOCTYPE":
        reason = "<!DOCTYPE …>: entities are not resolved"
        raise unreadable(source, "document.bad", reason=reason)
    return body
