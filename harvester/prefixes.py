"""Prefixed names of a source's RDF: short keys in mappings, reports and raw forms."""

from collections.abc import Mapping
from typing import Final

from vocab.terms import PREFIXES

COMMON: Final[Mapping[str, str]] = PREFIXES | {
    "cc": "http://creativecommons.org/ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "schemahttp": "http://schema.org/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}
"""What a manifest may use without declaring it; it may bind a prefix anew."""


class Prefixes:
    """Turns IRIs into prefixed names and back; the longest namespace wins."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self._by_prefix = {**COMMON, **own}
        # A namespace that the manifest names takes the manifest's prefix, not the common one.
        names = {iri: prefix for prefix, iri in COMMON.items() if prefix not in own}
        names.update({iri: prefix for prefix, iri in own.items()})
        self._by_length = sorted(names.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._short: dict[str, str] = {}

    def expand(self, name: str) -> str:
        """The IRI of `ld:hasAddress` or `<http://…>`; KeyError for an undeclared prefix."""
        if name.startswith("<") and name.endswith(">"):
            return name[1:-1]
        prefix, colon, local = name.partition(":")
        if not colon:
            raise KeyError(name)
        if local.startswith("//"):
            return name
        return self._by_prefix[prefix] + local

    def compact(self, iri: str) -> str:
        """The prefixed name of an IRI, or the IRI where no namespace fits."""
        short = self._short.get(iri)
        if short is None:
            short = self._compact(iri)
            if len(self._short) < 10_000:  # a hostile page may invent predicates without end
                self._short[iri] = short
        return short

    def _compact(self, iri: str) -> str:
        for namespace, prefix in self._by_length:
            local = iri[len(namespace) :]
            if iri.startswith(namespace) and local and not set("/#?") & set(local):
                return f"{prefix}:{local}"
        return iri
