"""Plain JSON of one entity, for those who want no RDF: labels beside codes, and the sources."""

from typing import Any

from registry.iris import Iris
from registry.publish.quads import Resource, placed_entity
from vocab.concepts import label
from vocab.properties import Property, Range, properties_of
from vocab.terms import concept_iri
from vocab.types import Document


def entity_json(kind: str, entity_id: str, resource: Resource, iris: Iris) -> Document:
    """The merged values by property name; a code is {code, iri, label}, a text a language map.

    `sources` names the records with hub, licence and dates; `decisions` what lost, and why.
    """
    subject = iris.entity(entity_id)
    placed = placed_entity(resource, subject, iris)
    body: Document = {"id": subject, "kind": kind}
    for name, prop in properties_of(kind).items():
        if name in placed:
            body[name] = _readable(prop, placed[name])
    body["sources"] = [
        {
            "record": iris.record(record["id"]),
            "hub": iris.hub(record["hub"]),
            "identifier": record["local_id"],
            "licence": record["licence"],
            "modified": record.get("modified"),
            "page": record.get("page"),
        }
        for record in resource["records"]
    ]
    body["decisions"] = [
        {
            **decision,
            "won_by": [iris.record(record_id) for record_id in decision["won_by"]],
            "lost": [
                {"record": iris.record(claim["record_id"]), "value": claim["value"]}
                for claim in decision["lost"]
            ],
        }
        for decision in resource["decisions"]
    ]
    body["completeness"] = resource["completeness"]
    return body


def _readable(prop: Property, value: Any) -> Any:
    if isinstance(value, list):
        return [_readable(prop, one) for one in value]
    if prop.range is Range.CONCEPT and prop.scheme and isinstance(value, str):
        return {
            "code": value,
            "iri": concept_iri(prop.scheme, value),
            "label": {tag: label(prop.scheme, value, tag) for tag in ("de", "en")},
        }
    if isinstance(value, dict) and prop.range is Range.NODE:
        known = properties_of(value["type"])
        return {
            key: _readable(known[key], part) if key in known else part
            for key, part in value.items()
        }
    return value
