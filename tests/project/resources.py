"""Published resources, small, as the N-Quads that a graph is given."""

BASE = "https://register.example"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
NAME = "https://schema.org/name"
ADDRESS = "http://www.w3.org/ns/locn#address"
TOPIC = "http://xmlns.com/foaf/0.1/primaryTopic"
RECORD = "http://www.w3.org/ns/dcat#record"
ABOUT = "https://w3id.org/verbund/ns#about"
DERIVED = "http://www.w3.org/ns/prov#wasDerivedFrom"


def triple(subject: str, predicate: str, value: str, graph: str = "") -> str:
    """One line; a value with a colon is an IRI."""
    written = f"<{value}>" if ":" in value else f'"{value}"'
    return f"<{subject}> <{predicate}> {written}{f' <{graph}>' if graph else ''} .\n"


def entity_iri(name: str) -> str:
    return f"{BASE}/id/{name}"


def entity(name: str, value: str, records: tuple[str, ...] = ("r1",)) -> str:
    """Everything published for an entity: nested nodes, a decision, catalog records, graphs."""
    subject = entity_iri(name)
    lines = [
        triple(subject, NAME, value),
        triple(subject, ADDRESS, f"{subject}#address-1"),
        triple(f"{subject}#address-1", NAME, value),
        triple(f"{subject}#address-1", ADDRESS, f"{subject}#point-1"),
        triple(f"{subject}#point-1", NAME, value),
        triple(f"{subject}#decision-name", ABOUT, subject),
        triple(f"{subject}#decision-name", NAME, value),
    ]
    for record in records:
        graph = f"{BASE}/records/{name}-{record}"
        lines += [
            triple(f"{BASE}/hubs/h", RECORD, graph),
            triple(graph, TOPIC, subject),
            triple(graph, ADDRESS, f"{graph}#check-1"),
            triple(f"{graph}#check-1", NAME, value),
            triple(f"{subject}#address-1", DERIVED, f"{graph}#address-1"),
            triple(subject, NAME, value, graph),
            triple(subject, ADDRESS, f"{graph}#address-1", graph),
            triple(f"{graph}#address-1", NAME, value, graph),
        ]
    return "".join(lines)


def hub(title: str) -> str:
    return triple(f"{BASE}/hubs/h", NAME, title) + triple(f"{BASE}/hubs/h#publisher", NAME, title)


def lines(*parts: str) -> list[str]:
    return sorted({line for part in parts for line in part.splitlines(keepends=True)})
