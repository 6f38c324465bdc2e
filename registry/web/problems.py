"""Errors as application/problem+json (RFC 9457), for browsers as a page."""

import logging
from contextlib import suppress
from typing import Final

import orjson
from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException, InternalServerError

from registry.errors import BadRequest, Busy, NotFound, RegistryError
from registry.web.frame import language, page
from registry.web.negotiation import wants_page
from registry.web.wiring import services

log = logging.getLogger(__name__)


class MethodNotAllowed(RegistryError):
    """The address exists, the method does not; the Allow header names those that do."""

    status = 405
    title = {"de": "Methode nicht erlaubt", "en": "Method not allowed"}  # noqa: RUF012
    code = "method_not_allowed"


class TooLarge(RegistryError):
    """The request's body is larger than we read."""

    status = 413
    title = {"de": "Anfrage zu groß", "en": "Content too large"}  # noqa: RUF012
    code = "too_large"


_DROPPED_AT_ONCE: Final = 64 << 10
_MOST_DROPPED: Final = 8 << 20

_INTERNAL: Final = RegistryError(
    "Das hätte nicht passieren dürfen. Der Fehler ist vermerkt; "
    "versuchen Sie es später noch einmal.",
    "This should not have happened. The error has been logged; please try again later.",
)


def problem(error: RegistryError) -> Response:
    """The answer to one error in the language and form of the request."""
    if wants_page(request):
        response = page("problem.html", status=error.status, error=error, document=_document(error))
    else:
        response = Response(
            orjson.dumps(_document(error), option=orjson.OPT_INDENT_2),
            status=error.status,
            content_type="application/problem+json",
        )
        response.vary.update(("Accept", "Accept-Language"))
    response.headers.update(error.headers)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Makes every error of the application a problem document or page."""

    @app.before_request
    def nameable() -> None:
        # No id has it in it, and PostgreSQL would refuse to look for one.
        if "\0" in request.path:
            abort(404)

    @app.errorhandler(RegistryError)
    def known(error: RegistryError) -> Response:
        if error.status >= 500:
            log.warning("%s %r answered %s: %s", request.method, request.path, error.status, error)
        return problem(error)

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        if error.code == TooLarge.status:
            _let_finish()
        response = problem(_translated(error))
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
        return response

    @app.errorhandler(InternalServerError)
    def unexpected(error: InternalServerError) -> Response:
        return problem(_INTERNAL)


def _let_finish() -> None:
    """Read what is refused and drop it, within bounds.

    A connection that is closed while its client still sends is reset, and the client may never see
    why (RFC 9112, 9.6).
    """
    with suppress(Busy, OSError), services().slots.held():
        for _ in range(_MOST_DROPPED // _DROPPED_AT_ONCE):
            if not request.environ["wsgi.input"].read(_DROPPED_AT_ONCE):
                return


def _document(error: RegistryError) -> dict[str, object]:
    tag = language()
    return {
        "type": f"{services().settings.base_iri}/daten#problem-{error.code.replace('_', '-')}",
        "title": error.title[tag],
        "status": error.status,
        "detail": error.de if tag == "de" else error.en,
        "instance": request.path,
    }


def _translated(error: HTTPException) -> RegistryError:
    if error.code == 404:
        return NotFound(
            f"Unter {request.path[:120]} wurde nie etwas veröffentlicht. "
            "Vielleicht fehlt ein Zeichen oder eines ist vertauscht.",
            f"Nothing was ever published at {request.path[:120]}. "
            "Perhaps a character is missing or two are swapped.",
        )
    if error.code == 405:
        return MethodNotAllowed(
            f"{request.method} gibt es hier nicht. Der Kopf Allow nennt, was es gibt.",
            f"{request.method} is not offered here. The Allow header names what is.",
        )
    if error.code == 413:
        return TooLarge(
            "Der Inhalt der Anfrage ist zu groß. Kürzen Sie ihn.",
            "The request's content is too large. Shorten it.",
        )
    if error.code is not None and 400 <= error.code < 500:
        return BadRequest(
            "Diese Anfrage ist nicht zu verstehen. Prüfen Sie Adresse und Parameter.",
            "This request cannot be understood. Check its address and parameters.",
        )
    return _INTERNAL
