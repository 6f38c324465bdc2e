"""SHACL shapes of the published RDF, made from the property table.

They judge merged entities in the default graph. A breach of form is a violation; a mandatory
property that is missing is a warning and a recommended one an info.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from schemas import patterns
from schemas.complete import PLACING
from schemas.expected import Words, expected
from schemas.json_schema import FOREIGN_SCHEMES, NEEDED
from schemas.limits import LONGEST_IRI, longest
from vocab.concepts import scheme
from vocab.properties import ENTITY_TYPES, KINDS, NODE_TYPES, Property, Range, properties_of
from vocab.terms import PREFIXES, SCHEMES_BASE

SHAPES: Final = SCHEMES_BASE + "shapes#"
"""Namespace of the shapes: `Actor`, and `Actor-homepage` for one property."""

_PREFIXES_USED: Final = (
    "adms", "dct", "foaf", "geo", "locn", "org", "rdf", "rov", "schema", "sh", "skos", "verbund",
    "xsd",
)  # fmt: skip

_LITERALS: Final[dict[Range, dict[str, str]]] = {
    Range.DATE: {
        "xsd:date": patterns.DATE,
        "xsd:gYearMonth": patterns.MONTH,
        "xsd:gYear": patterns.YEAR,
    },
    Range.DATETIME: {"xsd:dateTime": patterns.DATETIME, "xsd:date": patterns.DATE},
    Range.BOOLEAN: {"xsd:boolean": "^(true|false)$"},
    Range.DECIMAL: {"xsd:decimal": patterns.DECIMAL},
    Range.WKT: {"geo:wktLiteral": patterns.POINT},
}
"""Datatypes of a range with their patterns, as validators let a wrong xsd:gYear pass."""


def shapes_turtle() -> str:
    """All shapes as one Turtle file, the same bytes each time."""
    head = [f"@prefix {p}: <{PREFIXES[p]}> ." for p in _PREFIXES_USED]
    head.append(f"@prefix shape: <{SHAPES}> .")
    blocks = [b for kind in KINDS for b in _entity_shapes(ENTITY_TYPES[kind].type, kind)]
    blocks += [b for node in NODE_TYPES for b in _node_shapes(node)]
    return "\n".join(head) + "\n\n" + "\n\n".join(blocks) + "\n"


def _entity_shapes(name: str, kind: str) -> list[str]:
    target = f"sh:targetClass {ENTITY_TYPES[kind].iri}"  # type: ignore[index]
    ways = [properties_of(kind)[prop].iri for prop in PLACING]
    located = [f"[ sh:path {iri} ; sh:minCount 1 ]" for iri in ways]
    if "location" in properties_of(kind):
        located += [
            "[ sh:path ( schema:location locn:address ) ; sh:minCount 1 ]",
            "[ sh:path ( schema:location rdf:type ) ; sh:hasValue schema:VirtualLocation ]",
        ]
    nowhere: Words = {
        "de": "Weder Ort noch Anschrift ist angegeben.",
        "en": "Neither place nor address is given.",
    }
    return [
        *_owner_shapes(name, kind, [target, "sh:nodeKind sh:IRI"]),
        _block(
            f"{name}-located",
            "sh:NodeShape",
            [target, f"sh:or ( {' '.join(located)} )", "sh:severity sh:Warning", _message(nowhere)],
        ),
    ]


def _node_shapes(node: str) -> list[str]:
    constraints = ["sh:nodeKind sh:IRI"]
    # An Agent is judged where it is referred to, as publishers are foaf:Agent too.
    if node != "Agent":
        constraints.insert(0, f"sh:targetClass {NODE_TYPES[node]}")
    if node not in NEEDED:
        ways = dict.fromkeys(prop.iri for prop in properties_of(node).values())
        says = " ".join(f"[ sh:path {iri} ; sh:minCount 1 ]" for iri in ways)
        constraints.append(f"sh:or ( {says} )")
    return _owner_shapes(node, node, constraints)


def _owner_shapes(name: str, owner: str, constraints: Sequence[str]) -> list[str]:
    """The shape of a kind or node type, followed by those of its properties."""
    shapes: dict[str, str] = {}
    for prop in properties_of(owner).values():
        shape = f"{name}-{prop.name}"
        needed = prop.name in NEEDED.get(owner, ("name",) if owner in KINDS else ())
        shapes[shape] = _value_shape(shape, prop, needed)
        level = prop.level_for(owner)
        if level != "O" and not needed and prop.name not in PLACING:
            shapes[f"{shape}-missing"] = _missing_shape(f"{shape}-missing", prop, level)
    listed = ", ".join(f"shape:{shape}" for shape in shapes)
    return [_block(name, "sh:NodeShape", [*constraints, f"sh:property {listed}"]), *shapes.values()]


def _value_shape(shape: str, prop: Property, needed: bool) -> str:
    lines = [f"sh:path {prop.iri}", f"sh:name {_texts({'de': prop.de, 'en': prop.en})}"]
    if needed:
        lines.append("sh:minCount 1")
    if prop.range is Range.TEXT:
        lines += [] if prop.many else ["sh:uniqueLang true"]
    elif not prop.many:
        lines.append("sh:maxCount 1")
    words, once = expected(prop), _once(prop)
    message: Words = {
        "de": f"»{prop.de}«: erwartet wird {words['de']}{once['de']}.",
        "en": f"“{prop.en}”: expected is {words['en']}{once['en']}.",
    }
    return _block(shape, "sh:PropertyShape", [*lines, *_of_range(prop), _message(message)])


def _once(prop: Property) -> Words:
    if prop.many:
        return {"de": "", "en": ""}
    if prop.range is Range.TEXT:
        return {"de": ", je Sprache nur einer", "en": ", one in each language"}
    return {"de": ", und zwar nur einmal", "en": ", and only once"}


def _missing_shape(shape: str, prop: Property, level: str) -> str:
    message: Words = {"de": f"»{prop.de}« fehlt.", "en": f"“{prop.en}” is missing."}
    severity = {"M": "sh:Warning", "R": "sh:Info"}[level]
    return _block(
        shape,
        "sh:PropertyShape",
        [f"sh:path {prop.iri}", "sh:minCount 1", f"sh:severity {severity}", _message(message)],
    )


def _of_range(prop: Property) -> list[str]:
    """The constraints that every value of a property meets."""
    if prop.range is Range.TEXT:
        return ["sh:datatype rdf:langString", *_string(patterns.NO_CONTROLS, longest(prop))]
    if prop.range is Range.STRING:
        form = patterns.string_pattern(prop.name)
        return ["sh:datatype xsd:string", *_string(form, longest(prop))]
    if prop.range is Range.IRI:
        return [_WEB_ADDRESS]
    if prop.range is Range.REFERENCE:
        unnamed = "[ sh:not [ sh:class foaf:Agent ] ]"
        return [_WEB_ADDRESS, f"sh:or ( {unnamed} [ sh:node shape:Agent ] )"]
    if prop.range is Range.NODE:
        return [
            "sh:nodeKind sh:IRI",
            *_either(f"sh:class {NODE_TYPES[node]}" for node in prop.nodes),
        ]
    if prop.range is Range.CONCEPT:
        return _concepts(prop)
    return _either(
        f"sh:datatype {datatype} ; {_pattern(pattern)}"
        for datatype, pattern in _LITERALS[prop.range].items()
    )


def _concepts(prop: Property) -> list[str]:
    concepts = scheme(str(prop.scheme)).concepts.values()
    ours = "sh:in ( " + " ".join(f"<{concept.iri}>" for concept in concepts) + " )"
    if prop.scheme not in FOREIGN_SCHEMES:
        return [ours]
    foreign = f"{_WEB_ADDRESS} ; sh:not [ {_pattern(patterns.OWN_NAMESPACE)} ]"
    return _either((ours, foreign))


def _string(pattern: str, most: int) -> list[str]:
    return ["sh:minLength 1", f"sh:maxLength {most}", _pattern(pattern)]


def _either(alternatives: Iterable[str]) -> list[str]:
    """One alternative stands by itself, several below sh:or."""
    constraints = list(alternatives)
    if len(constraints) == 1:
        return constraints
    return ["sh:or ( " + " ".join(f"[ {c} ]" for c in constraints) + " )"]


def _pattern(pattern: str) -> str:
    return f"sh:pattern {_quoted(patterns.for_shacl(pattern))}"


def _message(words: Words) -> str:
    return f"sh:message {_texts(words)}"


def _texts(words: Words) -> str:
    return ", ".join(f"{_quoted(text)}@{language}" for language, text in words.items())


def _quoted(text: str) -> str:
    """A Turtle string; what cannot be printed is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'


def _block(shape: str, of_class: str, lines: Sequence[str]) -> str:
    return " ;\n    ".join([f"shape:{shape} a {of_class}", *lines]) + " ."


_WEB_ADDRESS: Final = (
    f"sh:nodeKind sh:IRI ; sh:maxLength {LONGEST_IRI} ; {_pattern(patterns.IRI_IN_RDF)}"
)
