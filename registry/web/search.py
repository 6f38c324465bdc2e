"""One search over all kinds, for the search box of every page."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from registry.project.search import ListQuery
from registry.web.frame import href, language, page
from registry.web.list_query import read_words
from registry.web.rows import Row, row
from registry.web.wiring import services
from vocab.properties import ENTITY_TYPES, KINDS

blueprint = Blueprint("search", __name__)

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind: how many, the best of them, and the list of them all."""

    kind: str
    folder: str
    total: int
    rows: list[Row]
    address: str


@blueprint.get("/search")
def show() -> AnyResponse:
    """The best hits of each kind; where only one kind has any, its list (303)."""
    text = read_words(request.args)
    if not text:
        return redirect(href("/actors"), code=303)
    have = services()
    found: list[Found] = []
    release = 0
    for kind in KINDS:
        best = ListQuery(kind=kind, text=text, size=_SHOWN, now=have.now())
        result = have.search.search(best, facets=False)
        release = result.release
        folder = ENTITY_TYPES[kind].path
        rows = [row(hit, language()) for hit in result.hits]
        if rows:
            found.append(Found(kind, folder, result.total, rows, href(f"/{folder}", q=text)))
    if len(found) == 1:
        response = redirect(found[0].address, code=303)
        response.vary.add("Accept-Language")
        return response
    return page(
        "search.html",
        release=release or None,
        query_text=text,
        total=sum(one.total for one in found),
        found=found,
    )
