"""What one hub says of one thing: the page and the RDF forms of one record."""

from typing import Any, Final, cast

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import Gone, NotFound
from registry.iris import Iris
from registry.publish.description import describe_record
from registry.publish.forms import WRITERS
from registry.web.entities import RDF_FORMS, content_type, finished
from registry.web.frame import language, page, parse_time
from registry.web.negotiation import HTML, choose_form
from registry.web.reading import Read, page_path, read_record
from registry.web.reporting import reports
from registry.web.strands import facts, voices
from registry.web.wiring import services
from vocab.properties import Kind

blueprint = Blueprint("records", __name__)

FORMS: Final = (HTML, *RDF_FORMS)


@blueprint.get("/records/<record_id>")
@blueprint.get("/records/<record_id>.<any(html, jsonld, ttl, nt, rdf):ending>")
def show(record_id: str, ending: str | None = None) -> AnyResponse:
    """One record in the form that is asked for; 410 once its hub removed it."""
    found = read_record(record_id)
    if found is None:
        raise NotFound(
            f"Ein Datensatz {record_id[:60]} wurde nie veröffentlicht.",
            f"No record {record_id[:60]} was ever published.",
        )
    read, record, removed_at = found
    if record is None:
        on = f"{removed_at:%Y-%m-%d}" if removed_at else ""
        raise Gone(
            f"Die Quelle führt diesen Datensatz nicht mehr (seit {on}). "
            f"Sein Eintrag: /id/{read.resource.id}",
            f"The source does not list this record any more (since {on}). "
            f"Its entry: /id/{read.resource.id}",
        )
    form = choose_form(request, FORMS, ending)
    if form is HTML:
        response = _page(read, dict(record))
    else:
        iris = Iris(services().settings.base_iri)
        description = describe_record(read.resource.id, dict(record), iris)
        content = WRITERS[form.ending](description, iris.base)
        response = Response(content, content_type=content_type(form))
    return finished(response, read.resource, form, f"/records/{record_id}", FORMS)


def _page(read: Read, record: dict[str, Any]) -> Response:
    kind = cast(Kind, read.resource.kind)
    alone = {"merged": record["document"], "records": [record], "decisions": []}
    (voice,) = voices(alone, read.hub_names)
    iris = Iris(services().settings.base_iri)
    return page(
        "record.html",
        release=read.resource.release,
        section="hubs",
        voice=voice,
        name=record["document"]["name"],
        entity_name=read.resource.document["merged"]["name"],
        entity_path=page_path(kind, read.resource.id),
        facts=facts(kind, alone, [voice], read.names, language()),
        generated=parse_time(record["generated"]),
        path=f"/records/{record['id']}",
        iri=iris.record(record["id"]),
        forms=FORMS[1:],
        reports=reports(iris.record(record["id"]), read, [voice]),
    )
