"""The fields of the search index and the way to open it."""

from pathlib import Path
from typing import Final

import tantivy
from tantivy import Filter, Index, Query, SchemaBuilder, Searcher, TextAnalyzerBuilder, Tokenizer

VERSION: Final = "7"
"""Part of the folder's name: other fields or words are another index, made from the release."""

RELEASE_KIND: Final = "_release"
"""The kind of the one document that names the release.

It is written in the same commit as the entities.
"""

FACETS: Final = ("type", "topic", "place", "hub", "flag")
EVENT_FACETS: Final = ("attendance", "language")
"""Those that only lists of events have."""


def facets_of(kind: str | None) -> tuple[str, ...]:
    """The facets of a list of this kind."""
    return (*FACETS, *EVENT_FACETS) if kind == "event" else FACETS


def _build() -> tantivy.Schema:
    schema = SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field(
        "kind", stored=True, fast=True, tokenizer_name="raw", index_option="basic"
    )
    for facet in (*FACETS, *EVENT_FACETS):
        schema.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("place_key", tokenizer_name="raw", index_option="basic")
    schema.add_text_field("postcode", tokenizer_name="raw", index_option="basic")
    schema.add_text_field("outvoted", tokenizer_name="raw", index_option="basic")
    schema.add_text_field("series", tokenizer_name="raw", index_option="basic")
    schema.add_text_field("refers_to", tokenizer_name="raw", index_option="basic")
    schema.add_text_field("name", tokenizer_name="folded")
    schema.add_text_field("text", tokenizer_name="folded", index_option="freq")
    schema.add_text_field("grams", tokenizer_name="trigrams", index_option="basic")
    schema.add_text_field("name_order", fast=True, tokenizer_name="raw", index_option="basic")
    for number in ("start", "end", "changed", "freshness", "fullness"):
        schema.add_integer_field(number, indexed=True, fast=True)
    for number in ("lon", "lat"):
        schema.add_float_field(number, indexed=True, fast=True)
    schema.add_text_field("summary", stored=True, tokenizer_name="raw", index_option="basic")
    return schema.build()


SCHEMA: Final = _build()


def open_index(folder: Path) -> Index:
    """Open or create the index of this schema version below `folder`.

    Tokenizers are not kept on disk.
    """
    path = folder / f"v{VERSION}"
    path.mkdir(parents=True, exist_ok=True)
    index = Index(SCHEMA, path=str(path))
    # Texts come folded from Python (vocab.folding), so that query and index agree; here they are
    # only cut. A word beyond 200 bytes is no word, and tantivy would refuse a term of 64 KiB.
    folded = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(200)).build()
    trigrams = TextAnalyzerBuilder(Tokenizer.ngram(3, 3)).build()
    index.register_tokenizer("folded", folded)
    index.register_tokenizer("trigrams", trigrams)
    return index


def commit_file(folder: Path) -> Path:
    """The file that every commit replaces; its time tells a reader that there is something new."""
    return folder / f"v{VERSION}" / "meta.json"


def release_of(searcher: Searcher) -> int:
    """The release that a searcher sees; 0 while the index is empty."""
    found = searcher.search(Query.term_query(SCHEMA, "kind", RELEASE_KIND), limit=1)
    return int(searcher.doc(found.hits[0][1])["summary"][0]) if found.hits else 0
