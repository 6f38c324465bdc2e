"""Files for programs: dumps with checksums, JSON-LD context, JSON Schemas, SHACL shapes."""

import re
from collections.abc import Iterable
from importlib import resources
from typing import Final, cast

import orjson
from flask import Blueprint, Response, request, send_file

from registry.errors import NotFound
from registry.project.dumps import NAME, Dump
from registry.web.frame import with_release
from registry.web.wiring import services

blueprint = Blueprint("downloads", __name__)

_SCHEMA: Final = re.compile(r"[a-z]+")


@blueprint.get("/dumps/")
def dump_description() -> Response:
    """What the present dump is: release, size, checksum."""

    dump = _present()
    body = {
        "url": f"{services().settings.base_iri}/dumps/{NAME}",
        "mediaType": "application/n-quads",
        "compression": "gzip",
        "release": dump.release,
        "made": dump.made_at,
        "sha256": dump.sha256,
        "bytes": dump.size,
        "quads": dump.quads,
        "setHash": dump.set_hash,
    }
    response = Response(orjson.dumps(body), content_type="application/json")
    return _asked_again(response, dump)


@blueprint.get(f"/dumps/{NAME}")
def dump() -> Response:
    """Every quad of the release that the Release header names, gzipped; ranges are answered."""
    present = _present()
    try:
        response = _file(present)
    except FileNotFoundError:  # another one has just taken its place
        present = _present()
        response = _file(present)
    response.headers["Cache-Control"] = "no-cache"
    if request.method == "GET" and response.status_code in (200, 206):
        response.response = services().slots.streamed(cast(Iterable[bytes], response.response))
    return with_release(response, present.release)


@blueprint.get(f"/dumps/{NAME}.sha256")
def dump_checksum() -> Response:
    """The dump's checksum as `sha256sum --check` reads it."""
    present = _present()
    response = Response(f"{present.sha256}  {NAME}\n", content_type="text/plain; charset=utf-8")
    return _asked_again(response, present)


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context of all documents."""
    return _packaged("vocab", "context.jsonld", "application/ld+json")


@blueprint.get("/schemas/<name>.schema.json")
def schema(name: str) -> Response:
    """The JSON Schema of one kind of document."""
    if not _SCHEMA.fullmatch(name):
        raise _no_file(name)
    return _packaged("schemas", f"{name}.schema.json", "application/schema+json")


@blueprint.get("/shapes/shapes.ttl")
def shapes() -> Response:
    """The SHACL shapes of the published RDF."""
    return _packaged("schemas", "shapes.ttl", "text/turtle; charset=utf-8")


def _file(dump: Dump) -> Response:
    return send_file(
        services().settings.home / "dumps" / dump.file,
        mimetype="application/gzip",
        as_attachment=True,
        download_name=NAME,
        conditional=True,
        etag=dump.sha256,
    )


def _asked_again(response: Response, dump: Dump) -> Response:
    """A description of the dump: whoever keeps it has to ask whether it is still the present one.

    Otherwise a kept checksum would not fit a fresh dump.
    """
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    with_release(response, dump.release)
    return cast(Response, response.make_conditional(request))


def _packaged(package: str, name: str, content_type: str) -> Response:
    source = resources.files(package) / name
    if not source.is_file():
        raise _no_file(name)
    response = Response(source.read_bytes(), content_type=content_type)
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=3600"
    return cast(Response, response.make_conditional(request))


def _present() -> Dump:
    present = Dump.present(services().settings.home / "dumps")
    if present is None:
        raise NotFound(
            "Der erste Dump ist noch nicht geschrieben; versuchen Sie es in einigen Minuten.",
            "The first dump has not been written yet; try again in a few minutes.",
            code="no_dump",
        )
    return present


def _no_file(name: str) -> NotFound:
    return NotFound(
        f"Eine Datei zu »{name[:40]}« gibt es hier nicht; /vocab nennt alle.",
        f"There is no file for “{name[:40]}” here; /vocab lists them all.",
    )
