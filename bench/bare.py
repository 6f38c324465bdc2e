"""What the parts alone take: `python -m bench.bare HUBS QUADS FOLDER`.

The same input as the registry's, parsed, validated, put into SQLite, written as N-Quads by the same
template, and indexed; then QUADS, which the registry published, loaded in bulk. No fetching, no
mapping by rules, linking, merging, hashing, releases or provenance.
"""

import csv
import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import orjson
import pyoxigraph
from jsonschema_rs import Draft202012Validator
from tantivy import Document as IndexDocument

from bench.generate import FILES
from registry.project.search.schema import open_index
from schemas.json_schema import kind_schema
from vocab.nquads import to_nquads
from vocab.properties import KINDS, Kind

_BATCH = 1000


def main(hubs: Path, quads: Path, folder: Path) -> int:
    """Do all of it; returns the number of records."""
    folder.mkdir()
    base = sqlite3.connect(folder / "records.sqlite")
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("CREATE TABLE records (id TEXT PRIMARY KEY, kind TEXT, document TEXT)")
    index = open_index(folder / "search")
    writer = index.writer(heap_size=64 << 20, num_threads=1)
    validators = {kind: Draft202012Validator(kind_schema(kind)) for kind in KINDS}
    rows: list[tuple[str, str, bytes]] = []
    count = 0
    with (folder / "records.nq").open("w", encoding="utf-8") as out:
        for document in documents(hubs):
            kind = cast(Kind, document["type"].lower())
            if not validators[kind].is_valid(document):
                raise ValueError(f"the generator wrote something invalid: {document}")
            rows.append((document["id"], kind, orjson.dumps(document)))
            out.writelines(to_nquads(_placed(document), document["id"]))
            writer.add_document(_indexed(document, kind))
            count += 1
            if len(rows) == _BATCH:
                _upsert(base, rows)
    _upsert(base, rows)
    writer.commit()
    store = pyoxigraph.Store(folder / "graph")
    store.bulk_load(path=quads, format=pyoxigraph.RdfFormat.N_QUADS)
    store.flush()
    return count


def documents(hubs: Path) -> Iterator[dict[str, Any]]:
    """The records of all three hubs in one form."""
    with (hubs / "eins" / FILES["eins"]).open("rb") as lines:
        yield from map(orjson.loads, lines)
    with (hubs / "zwei" / FILES["zwei"]).open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter=";"):
            yield _document("https://zwei.example/", row["nr"], row, row["themen"].split("|"))
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in pyoxigraph.parse(path=hubs / "drei" / FILES["drei"]):
        name = triple.predicate.value.rpartition("#")[2]
        said[triple.subject.value][name].append(triple.object.value)
    for subject, values in said.items():
        base, _, number = subject.rpartition("/")
        row = {name: several[0] for name, several in values.items()}
        row["art"] = row["type"].rpartition("#")[2]
        row["traeger"] = row.get("traeger", "").rpartition("/")[2]
        yield _document(f"{base}/", number, row, values["themen"])


def _document(base: str, number: str, row: dict[str, str], topics: list[str]) -> dict[str, Any]:
    address = {
        "type": "Address",
        "thoroughfare": row["strasse"],
        "locatorDesignator": row["haus"],
        "postCode": row["plz"],
        "postName": row["ort"],
        "adminUnitL1": "DE",
    }
    document: dict[str, Any] = {
        "id": base + number,
        "type": row["art"].capitalize(),
        "name": {"de": row["name"]},
        "description": {"de": row["text"]},
        "homepage": row["web"],
        "topic": topics,
    }
    if row["art"] == "actor":
        return document | {"actorType": [row["typ"]], "status": "active", "address": [address]}
    if row["art"] == "project":
        carrier = [base + row["traeger"]]
        return document | {"carriedBy": carrier, "status": "running", "address": [address]}
    place = {"type": "Place", "name": {"de": row["ort"]}, "address": [address]}
    return document | {
        "startDate": row["beginn"],
        "organizer": [base + row["traeger"]],
        "location": [place],
    }


def _placed(node: dict[str, Any]) -> dict[str, Any]:
    """Nested nodes with an id of their own, which the template needs."""
    placed = dict(node)
    for name in ("address", "location"):
        if name in node:
            inner = {**node[name][0], "id": f"{node['id']}/{name}"}
            placed[name] = [_placed(inner)]
    return placed


def _upsert(base: sqlite3.Connection, rows: list[tuple[str, str, bytes]]) -> None:
    with base:
        base.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", rows)
    rows.clear()


def _indexed(document: dict[str, Any], kind: str) -> IndexDocument:
    """As much as the registry's own index holds of a record, its text in lower case only."""
    name = document["name"]["de"].lower()
    where = (document.get("location") or [document])[0]["address"][0]["postName"]
    return IndexDocument(
        id=document["id"],
        kind=kind,
        type=document.get("actorType", []),
        topic=document["topic"],
        place=[where],
        hub=[document["id"].split("/")[2]],
        name=[name],
        text=[document["description"]["de"].lower(), where.lower(), *document["topic"]],
        grams=[name, where.lower(), *document["topic"]],
        name_order=name,
        changed=1,
        summary=orjson.dumps(document).decode(),
    )


if __name__ == "__main__":
    print(json.dumps({"records": main(*map(Path, sys.argv[1:]))}))
