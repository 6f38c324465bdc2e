"""The worked examples of the developers' page: what to type, and what that asks of the registry."""

import shlex
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

TOPICS_QUERY: Final = """PREFIX dct: <http://purl.org/dc/terms/>

SELECT ?topic (COUNT(?entity) AS ?entities) WHERE {
  ?entity dct:subject ?topic .
}
GROUP BY ?topic
ORDER BY DESC(?entities) ?topic
LIMIT 5"""

_WHO_QUERY: Final = """PREFIX schema: <https://schema.org/>

SELECT ?record ?name WHERE {
  GRAPH ?record { <%s> schema:name ?name }
}
ORDER BY ?record ?name"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the examples speak of: an entity that is published, and a topic that occurs."""

    entity_id: str
    path: str  # of its page
    etag: str  # of its JSON-LD, quotes included
    topic: str


NO_SAMPLE: Final = Sample(
    entity_id="k7m2q4xw5tbn3fha",
    path="/actors/k7m2q4xw5tbn3fha",
    etag='"4c1d0f-jsonld"',
    topic="rural-areas",
)
"""Stands in while nothing is published; what speaks of it has no result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: the command as it is printed, and the request that it makes."""

    key: str  # of its texts: `worked.{key}`, `worked.{key}_text`
    command: str
    path: str
    method: str = "GET"
    accept: str = ""
    known: str = ""  # the ETag that the client has
    query: str = ""  # of SPARQL, to be opened on the query page
    lines: int = 14  # of the answer that are shown
    lags: bool = False  # asks a copy, which may be a release behind


def examples(base: str, sample: Sample) -> tuple[Example, ...]:
    """The ten examples over this sample; `base` is the registry's address without final slash."""
    thing = f"/id/{sample.entity_id}"
    of_topic = urlencode({"topic": sample.topic}) if sample.topic else ""
    top_three = f"/actors?{of_topic}&size=3" if of_topic else "/actors?size=3"
    who = _WHO_QUERY % f"{base}{thing}"
    return (
        Example(
            key="jsonld",
            command=f'curl -L -H "Accept: application/ld+json" \\\n  {base}{thing}',
            path=thing,
            accept="application/ld+json",
        ),
        Example(
            key="turtle",
            command=f'curl -L -H "Accept: text/turtle" \\\n  {base}{thing}',
            path=thing,
            accept="text/turtle",
            lines=20,  # a dozen of them declare prefixes
        ),
        Example(
            key="conditional",
            command=(
                f"curl -I -H {shlex.quote(f'If-None-Match: {sample.etag}')} \\\n"
                f"  {base}{sample.path}.jsonld"
            ),
            path=f"{sample.path}.jsonld",
            method="HEAD",
            known=sample.etag,
        ),
        Example(
            key="list",
            command=f'curl -H "Accept: application/ld+json" \\\n  "{base}{top_three}"',
            path=top_three,
            accept="application/ld+json",
        ),
        Example(
            key="csv",
            command=f'curl "{base}{_with("/actors.csv", of_topic)}"',
            path=_with("/actors.csv", of_topic),
            lines=4,
        ),
        Example(
            key="geojson",
            # Past ones too: a registry may well have no other.
            command=f'curl "{base}/events.geojson"',
            path="/events.geojson",
            lines=20,  # as far as the first one's name
        ),
        _asking("topics", base, TOPICS_QUERY),
        _asking("who", base, who),
        Example(
            key="dump",
            command=f"curl -fsS {base}/dumps/latest.nq.gz | zcat | head -n 3",
            path="/dumps/latest.nq.gz",
            lines=3,
            lags=True,
        ),
        Example(
            key="mirror",
            command=(
                "curl -fsS --etag-save dump.etag --etag-compare dump.etag \\\n"
                f"  -o latest.nq.gz {base}/dumps/latest.nq.gz\n"
                f"curl -fsS {base}/dumps/"
            ),
            path="/dumps/",
            lags=True,
        ),
    )


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _asking(key: str, base: str, query: str) -> Example:
    return Example(
        key=key,
        command=(
            f'curl -G {base}/sparql -H "Accept: text/csv" \\\n'
            f"  --data-urlencode query={shlex.quote(query)}"
        ),
        path=f"/sparql?query={quote(query)}",
        accept="text/csv",
        query=query,
        lags=True,
    )
