"""The SPARQL endpoint (SPARQL 1.1 Protocol) and its page for browsers."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic
from typing import Any, Final

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from registry.errors import BadRequest, Busy, RegistryError
from registry.sparql.answers import QueryAnswer
from registry.sparql.errors import ResultTooLarge
from registry.sparql.forms import QueryForm
from registry.web.asking import SENT_AT_ONCE, Asked, answer_to, asked_by, headers, wanted_type
from registry.web.columns import in_order
from registry.web.frame import STATIC_FOLDER, language, page
from registry.web.negotiation import wants_page
from registry.web.plain_queries import outcome_of
from registry.web.reading import latest_release
from registry.web.sparql_examples import EXAMPLES
from registry.web.wiring import services
from vocab.terms import PREFIXES

blueprint = Blueprint("sparql", __name__)

_SHOWN_ROWS: Final = 200
_SHOWN_BYTES: Final = 200_000
_DECLARATIONS: Final = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())
_MOST_FOR_PAGE: Final = 4 << 20  # bytes of an answer; parsed, it takes six times as much memory


class UnsupportedBody(RegistryError):
    """A query was posted in a type that the protocol does not know (RFC 9110, 15.5.16)."""

    status = 415
    title = {"de": "Inhaltstyp nicht unterstützt", "en": "Unsupported media type"}  # noqa: RUF012
    code = "unsupported_body"


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answers a query; without one, a browser gets the page and a program a hint."""
    outcome = outcome_of(request.environ)
    if outcome:
        return _sent(outcome)
    asked = _asked()
    browser = wants_page(request)
    if asked.text == "" and browser:
        example = EXAMPLES.get(request.args.get("example", ""))
        return _result_page(replace(asked, text=example)) if example else _form_page(asked)
    if asked.text == "":
        raise BadRequest(
            "Es fehlt die Abfrage: als Parameter »query« oder als Inhalt vom Typ "
            "application/sparql-query.",
            "The query is missing: give it as the parameter “query” or as content of the type "
            "application/sparql-query.",
            code="query_missing",
        )
    if browser and asked.form in ("", "html"):
        return _result_page(asked)
    accept = request.headers.get("Accept")
    return _sent(_answer(asked, lambda form: wanted_type(form, asked, accept)))


def _sent(answer: QueryAnswer) -> Response:
    return Response(_body(answer), headers=headers(answer))


def _asked() -> Asked:
    if request.method != "POST":
        return _read()
    with services().slots.held():
        return _read()


def _read() -> Asked:
    if request.method == "POST" and request.mimetype == "application/sparql-query":
        try:
            text = request.get_data(cache=False).decode()
        except UnicodeDecodeError:
            raise BadRequest(
                "Die Abfrage ist kein gültiges UTF-8.", "The query is not valid UTF-8."
            ) from None
        values: MultiDict[str, str] = request.args
    elif request.method == "POST":
        if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise UnsupportedBody(
                "Senden Sie application/sparql-query oder application/x-www-form-urlencoded.",
                "Send application/sparql-query or application/x-www-form-urlencoded.",
            )
        values = request.form
        text = values.get("query", "")
    else:
        values = request.args
        text = values.get("query", "")
    return asked_by(text, values)


def _answer(asked: Asked, choose: Callable[[QueryForm], str]) -> QueryAnswer:
    return answer_to(asked, services().settings, services().queries(), choose)


def _body(answer: QueryAnswer) -> bytes | Iterable[bytes]:
    """The answer; one that takes its time to be sent holds a slot meanwhile."""
    if answer.size <= SENT_AT_ONCE:
        return answer.whole()
    try:
        return services().slots.streamed(answer)
    except Busy:
        answer.close()
        raise


def _form_page(asked: Asked, **result: Any) -> Response:
    settings = services().settings
    example = request.args.get("example", "")
    shown = asked.text or next(iter(EXAMPLES.values()))
    if "release" not in result:
        latest = latest_release()
        result["release"] = latest.number if latest else None
    return page(
        "sparql.html",
        section="data",
        query=shown,
        examples=list(EXAMPLES),
        chosen_example=example,
        prefixes=_DECLARATIONS,
        has_editor=(STATIC_FOLDER / "editor" / "editor.js").is_file(),
        seconds=settings.sparql_deadline_s,
        megabytes=settings.sparql_max_result_mb,
        **result,
    )


def _result_page(asked: Asked) -> Response:
    began = monotonic()
    try:
        answer = _answer(asked, _page_type)
        with_whole = _for_page(answer)
    except RegistryError as error:
        words = error.de if language() == "de" else error.en
        return _form_page(
            asked, status=error.status, problem=words, problem_title=error.title[language()]
        )
    shown: dict[str, Any] = {
        "release": answer.release,
        "answered": answer.release,
        "took_ms": round((monotonic() - began) * 1000),
    }
    if answer.media_type == "text/turtle":
        text = with_whole.decode()
        return _form_page(
            asked,
            graph=text[:_SHOWN_BYTES],
            cut=len(text) > _SHOWN_BYTES,
            saves=("ttl", "nt", "rdf", "jsonld"),
            **shown,
        )
    body = orjson.loads(with_whole)
    if "boolean" in body:
        return _form_page(asked, boolean=body["boolean"], saves=("json", "xml"), **shown)
    bindings = body["results"]["bindings"]
    return _form_page(
        asked,
        columns=in_order(asked.text, body["head"]["vars"]),
        rows=bindings[:_SHOWN_ROWS],
        tagged=any("xml:lang" in value for row in bindings[:_SHOWN_ROWS] for value in row.values()),
        total=len(bindings),
        shown_rows=_SHOWN_ROWS,
        saves=("csv", "json", "xml", "tsv"),
        **shown,
    )


def _for_page(answer: QueryAnswer) -> bytes:
    """All of an answer, if a page can show it. Raises ResultTooLarge."""
    if answer.size > _MOST_FOR_PAGE:
        answer.close()
        raise ResultTooLarge(
            "Für eine Seite ist die Antwort zu groß: mit LIMIT eingrenzen, oder oben bei "
            "»Als« eine Datei wählen.",
            "The answer is too large for a page: give the query a LIMIT, or choose a file "
            "above at “As”.",
        )
    return answer.whole()


def _page_type(form: QueryForm) -> str:
    graph = form in (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)
    return "text/turtle" if graph else "application/sparql-results+json"
