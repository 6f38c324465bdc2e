"""RDF in all its notations: one source object for each subject of a declared class."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from harvester.accounting import without_words
from harvester.errors import SourceError
from harvester.expressions import Path
from harvester.fields import paths_of
from harvester.formats.decoding import (
    DEEPEST,
    absolute,
    body_of,
    count,
    encoding_of,
    read_once,
    unreadable,
)
from harvester.formats.encodings import text_encoding
from harvester.formats.options import Option, option
from harvester.formats.source_object import SourceObject
from harvester.prefixes import Prefixes
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
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_STRING: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")
_HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
_DEEPEST_NODE: Final = 5
"""Blank nodes in blank nodes that are followed; addresses and opening hours need two or three."""

MOST_NODES: Final = 2_000
"""Nodes below one subject. A few blank nodes that name each other make a tree without end."""

_PROLOG: Final = re.compile(rb"(?:\xef\xbb\xbf|\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_XML_ENCODING: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']"
)
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")

Term = NamedNode | BlankNode | Literal
_NODES: Final = (NamedNode, BlankNode)
_TERMS: Final = (NamedNode, BlankNode, Literal)
Description = dict[str, list[Term]]


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
        writer = _Writer(graph, source.prefixes, _followed(source))
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


Graph = dict[NamedNode | BlankNode, Description]


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


@dataclass
class _Trie:
    """Which links the mapping follows, by prefixed predicate."""

    below: dict[str, "_Trie"] = field(default_factory=dict)


_NOTHING: Final = _Trie()


def _followed(source: "Source") -> _Trie:
    root = _Trie()
    mapping = source.map
    if mapping is None:
        return root
    paths: set[Path] = set(paths_of(mapping.fields))
    for way in mapping.of_record():
        paths |= way.reads()
    for path in paths:
        node = root
        for step in without_words(path):
            node = node.below.setdefault(step, _Trie())
    return root


class _Writer:
    """Writes the description of a subject as JSON, in an order of its own."""

    def __init__(self, graph: Graph, prefixes: Prefixes, followed: _Trie) -> None:
        self._graph = graph
        self._prefixes = prefixes
        self._followed = followed
        self._nodes = 0

    @property
    def cut_short(self) -> bool:
        """Whether more hung below the subject that was written last than may."""
        return self._nodes > MOST_NODES

    def types(self, subject: NamedNode | BlankNode) -> list[str]:
        values = self._graph.get(subject, {}).get(_RDF_TYPE, [])
        names = {self._prefixes.compact(v.value) for v in values if isinstance(v, NamedNode)}
        return sorted(names) if len(names) > 1 else list(names)

    def write(self, subject: NamedNode | BlankNode) -> dict[str, Any]:
        self._nodes = 0
        return self._node(subject, self._followed, (subject,), whole=True)

    def _node(
        self, subject: NamedNode | BlankNode, followed: _Trie, way: tuple[Any, ...], *, whole: bool
    ) -> dict[str, Any]:
        """`whole`: with all predicates; else those that the mapping follows a link for."""
        node: dict[str, Any] = {} if isinstance(subject, BlankNode) else {"@id": subject.value}
        types = self.types(subject)
        if types and (whole or isinstance(subject, BlankNode)):
            node["@type"] = types
        compact, write, links = self._prefixes.compact, self._value, followed.below
        for predicate, terms in self._graph.get(subject, {}).items():
            name = compact(predicate)
            if predicate == _RDF_TYPE or not (whole or name in links):
                continue
            below = links.get(name, _NOTHING)
            if len(terms) == 1:
                node[name] = [write(terms[0], below, way)]
            else:
                values = {str(v): v for v in [write(term, below, way) for term in terms]}
                node[name] = [values[written] for written in sorted(values)]
        return node

    def _value(self, term: Term, followed: _Trie, way: tuple[Any, ...]) -> dict[str, Any]:
        if isinstance(term, Literal):
            value: dict[str, Any] = {"@value": term.value}
            if term.language:
                value["@language"] = term.language.lower()
            elif term.datatype != _XSD_STRING:
                value["@type"] = self._prefixes.compact(term.datatype.value)
            return value
        if isinstance(term, BlankNode):
            if term in way or len(way) > _DEEPEST_NODE or not self._has_room():
                return {}
            return self._node(term, followed, (*way, term), whole=True)
        # A link is followed only where the mapping says so, for what it reads there.
        if followed.below and term not in way and len(way) <= DEEPEST and self._has_room():
            return self._node(term, followed, (*way, term), whole=False)
        return {"@id": term.value}

    def _has_room(self) -> bool:
        """Counts one more node below the subject; False once there are too many."""
        self._nodes += 1
        return self._nodes <= MOST_NODES
