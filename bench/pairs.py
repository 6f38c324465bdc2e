"""Pairs of real records to be judged by a person: merged ones, and similar ones that stayed apart.

`python bench/pairs.py draw` prints both with what their hubs say, to be read and judged; nothing of
that may be kept. `python bench/pairs.py check` compares the judged pairs (judged-pairs.csv below
tests/hubs/real: keys, verdict, reason) with the registry of VERBUND_HOME (var/real), counts them by
verdict and names wrong merges; it ends with 1 if there is one.
"""

import csv
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from registry.instance import Instance, open_instance
from registry.link.features import features_of
from registry.settings import load_settings
from registry.store import entities, records
from registry.store.records import StoredRecord
from vocab.properties import KINDS

SEED = 20261122
EACH = 50
JUDGED = Path(__file__).resolve().parents[1] / "tests" / "hubs" / "real" / "judged-pairs.csv"
SIMILAR = 82  # of 100, by token_set_ratio of folded names

Pair = tuple[str, str, str]
"""Two record ids, a < b, and by what they were found."""


def main() -> int:
    """`draw` or `check`."""
    settings = load_settings({"VERBUND_HOME": "var/real", **os.environ})
    with open_instance(settings) as instance:
        if sys.argv[1:] == ["draw"]:
            return draw(instance)
        if sys.argv[1:] == ["check"]:
            return check(instance)
    sys.exit(__doc__)


def draw(instance: Instance) -> int:
    """Print EACH merged and EACH unmerged pairs, spread over the kinds of evidence."""
    rows = everything(instance)
    merged = list(merged_pairs(instance))
    together = {(a, b) for a, b, _ in merged}
    apart = [pair for pair in similar_pairs(rows) if (pair[0], pair[1]) not in together]
    for title, pairs in (("merged", merged), ("apart", apart)):
        for a, b, by in spread(pairs, EACH):
            print(f"\n{title},{a},{b},{by}")
            for row in (rows[a], rows[b]):
                print(f"   {row.source_id} {row.local_id}  {brief(row.document or {})}")
    return 0


def check(instance: Instance) -> int:
    """Count the judged pairs by verdict and present state; say which merges are wrong."""
    rows = everything(instance)
    tally: dict[tuple[str, str], int] = defaultdict(int)
    wrong = 0
    with JUDGED.open(encoding="utf-8", newline="") as file:
        for pair in csv.DictReader(file):
            a, b = rows.get(pair["a"]), rows.get(pair["b"])
            if a is None or b is None:
                tally["gone", pair["verdict"]] += 1
                continue
            state = "merged" if a.entity_id == b.entity_id else "apart"
            tally[state, pair["verdict"]] += 1
            if state == "merged" and pair["verdict"] == "different":
                wrong += 1
                print(f"wrongly merged: {a.source_id} {a.local_id} and {b.source_id} {b.local_id}")
    for (state, verdict), count in sorted(tally.items()):
        print(f"{state:7} judged {verdict:9} {count}")
    return int(wrong > 0)


def everything(instance: Instance) -> dict[str, StoredRecord]:
    """All live records by id."""
    with instance.store.read() as conn:
        return {row.id: row for row in records.stored(conn, list(records.live_ids(conn)))}


def merged_pairs(instance: Instance) -> Iterator[Pair]:
    """Pairs that evidence joined, with its rule; or `through another` record."""
    with instance.store.read() as conn:
        for one in entities.iterate(conn, kinds=KINDS, states=["live"]):
            ids = sorted(record["id"] for record in one.document["records"])
            rules = {(edge["a"], edge["b"]): edge["rule"] for edge in one.document["evidence"]}
            for a, b in combinations(ids, 2):
                yield a, b, rules.get((a, b), "through another")


def similar_pairs(rows: dict[str, StoredRecord]) -> Iterator[Pair]:
    """Pairs of one kind with alike names, one web host or one address."""
    features = {
        id_: features_of(id_, row.source_id, row.local_id, row.kind, row.document or {})
        for id_, row in rows.items()
    }
    found: dict[tuple[str, str], str] = {}
    for by, blocks in (
        ("one host", grouped((f.host, id_) for id_, f in features.items() if f.host)),
        ("one address", grouped((p, id_) for id_, f in features.items() for p in f.places)),
    ):
        for ids in blocks:
            for a, b in combinations(sorted(set(ids)), 2):
                if rows[a].kind == rows[b].kind == "actor" or (
                    rows[a].kind == rows[b].kind and alike(features, a, b)
                ):
                    found.setdefault((a, b), by)
    for kind in KINDS:
        named = [
            (id_, f.names[0].text)
            for id_, f in features.items()
            if rows[id_].kind == kind and f.names
        ]
        names = list(dict.fromkeys(name for _, name in named))
        holders = defaultdict(list)
        for id_, name in named:
            holders[name].append(id_)
        for name in names:
            for other, _, _ in process.extract(
                name, names, scorer=fuzz.token_set_ratio, score_cutoff=SIMILAR, limit=6
            ):
                for a in holders[name]:
                    for b in holders[other]:
                        if a < b and features[a].start == features[b].start:
                            found.setdefault((a, b), "alike names")
    for (a, b), by in sorted(found.items()):
        yield a, b, by


def alike(features: dict[str, Any], a: str, b: str) -> bool:
    """Names that share most words."""
    left, right = features[a].names, features[b].names
    return bool(left and right) and fuzz.token_set_ratio(left[0].text, right[0].text) >= SIMILAR


def grouped(pairs: Iterable[tuple[Any, str]]) -> list[list[str]]:
    """Blocks of at most 12 ids that share a value."""
    blocks: dict[Any, list[str]] = defaultdict(list)
    for value, id_ in pairs:
        blocks[value].append(id_)
    return [ids for ids in blocks.values() if 2 <= len(ids) <= 12]


def spread(pairs: list[Pair], number: int) -> list[Pair]:
    """A seeded sample that takes from every kind of evidence in turn."""
    chance = random.Random(SEED)
    kinds: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs):
        kinds[pair[2]].append(pair)
    for block in kinds.values():
        chance.shuffle(block)
    drawn: list[Pair] = []
    while len(drawn) < number and any(kinds.values()):
        for by in sorted(kinds):
            if kinds[by] and len(drawn) < number:
                drawn.append(kinds[by].pop())
    return drawn


def brief(document: dict[str, Any]) -> str:
    """What a judge needs of a record, in one line."""
    keys = (
        "name",
        "alternateName",
        "startDate",
        "homepage",
        "address",
        "location",
        "sameAs",
        "identifier",
        "carriedBy",
    )
    return "; ".join(f"{key}={document[key]}" for key in keys if key in document)[:600]


if __name__ == "__main__":
    sys.exit(main())
