"""From a place that somebody names, or a postcode, to the list of the actors there."""

from collections import Counter
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from harvester.place_values import read_place
from registry.project.search import ListQuery
from registry.web.frame import href
from registry.web.place_choices import listed
from registry.web.wiring import services
from vocab.places import codes_of, places

blueprint = Blueprint("near", __name__)

_LONGEST: Final = 100
_LOOKED_AT: Final = 200  # entries of one postcode
_SHARE: Final = 0.1  # of them that a municipality has at least; fewer are slips of a hub


@blueprint.get("/near")
def show() -> AnyResponse:
    """303 to the actors of the place that `where` names; to those with these words otherwise."""
    where = " ".join(request.args.get("where", "").replace("\0", " ").split())[:_LONGEST]
    found = _of_postcode(where) if where.isdigit() else _of_name(where)
    words = where if where and not found else None
    response = redirect(href("/actors", place=found, q=words), code=303)
    response.vary.add("Accept-Language")
    return response


def _of_name(name: str) -> list[str]:
    """The codes of all places of Saxony, and the country, of that name; else a town elsewhere."""
    read = read_place(name)
    if read.iri:
        return [listed(code) for code in codes_of(read.iri)[:1]]
    if read.several:
        return sorted(map(listed, read.several))
    town = ListQuery(kind="actor", places=(name,), now=services().now())
    return [name] if name and services().search.count(town) else []


def _of_postcode(postcode: str) -> list[str]:
    """The municipalities in which the registry's own entries have that postcode."""
    have = services()
    query = ListQuery(kind=None, postcode=postcode, size=_LOOKED_AT, now=have.now())
    hits = have.search.search(query, facets=False).hits
    counts = Counter(
        listed(hit.summary["where"]) for hit in hits if hit.summary["where"] in places()
    )
    return sorted(code for code, count in counts.items() if count >= _SHARE * counts.total())
