"""Puts the web application together; starts no thread and opens nothing."""

import logging

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from registry.settings import Settings
from registry.web import (
    badge,
    catalog,
    compression,
    downloads,
    embed,
    entities,
    feeds,
    frame,
    health,
    hub_files,
    hub_records,
    hub_runs,
    hubs,
    limits,
    lists,
    metrics,
    near,
    pages,
    problems,
    records,
    search,
    security,
    sparql,
    status,
    vocabulary,
)
from registry.web.front import Front
from registry.web.kept import Shelf
from registry.web.plain_queries import PlainQueries
from registry.web.wiring import Services, attach

_BLUEPRINTS = (
    pages,
    lists,
    feeds,
    search,
    near,
    entities,
    embed,
    records,
    hubs,
    hub_runs,
    hub_files,
    hub_records,
    badge,
    status,
    health,
    metrics,
    vocabulary,
    downloads,
    catalog,
    sparql,
)
_FORM_OVERHEAD = 4  # a query in a form grows by percent encoding, at most threefold


def most_body_bytes(settings: Settings) -> int:
    """The longest request body that is read; a proxy in front must not take less."""
    return settings.sparql_max_query_bytes * _FORM_OVERHEAD + 10_000


def create_app(services: Services) -> Flask:
    """The web application over these services; the caller made them and closes them."""
    app = Flask("registry.web", static_folder=str(frame.STATIC_FOLDER), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = most_body_bytes(services.settings)
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000  # addresses carry the content's hash
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would redirect to whatever host the request names
    attach(app.extensions, services)
    frame.install(app)
    problems.install(app)
    settings = services.settings
    rates = limits.RateLimits(settings) if settings.rate_limits else None
    if rates:
        limits.install(app, rates)
    for module in _BLUEPRINTS:
        app.register_blueprint(module.blueprint)

    protect = security.protection(settings.base_iri, settings.map_tiles)

    @app.after_request
    def finish(response: Response) -> Response:
        return compression.compress(protect(response))

    # Around everything, so that what never reaches a view is counted, too.
    check = rates.check if rates else None
    front = Front(app.wsgi_app, services.in_force, Shelf(), check)
    given = security.given_headers(settings.base_iri, settings.map_tiles)
    plain = PlainQueries(front, services, given, check)
    answer = metrics.install(app.extensions, plain, services)
    if settings.trusted_proxies:
        # The address alone: no answer depends on the host or the scheme that a request names.
        answer = ProxyFix(answer, x_for=settings.trusted_proxies, x_proto=0, x_host=0)
    app.wsgi_app = answer  # type: ignore[method-assign, assignment]
    # Werkzeug's development server logs a line with the client's address for every request.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return app
