"""A made-up federation of any size, the same for the same number, as NDJSON, CSV and Turtle hubs.

`python bench/generate.py FOLDER RECORDS [CHANGES]` writes the hubs' data below FOLDER, the first
hub's after so many changes. Of twenty records fifteen are actors, four projects and one an event,
each with about 15 triples; two of the actors are the same thing as one of another hub under another
spelling.
"""

import csv
import json
import string
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final

SEED: Final = 4711
HUBS: Final = ("eins", "zwei", "drei")
FILES: Final = {"eins": "daten.ndjson", "zwei": "daten.csv", "drei": "daten.ttl"}
_MANIFESTS: Final = Path(__file__).parent / "manifests"
_ADDRESS: Final = "http://hub.example"  # in the manifests; stands for the server's own

WORDS: Final = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
_FORMS: Final = {
    " e. V.": " eingetragener Verein",
    " gGmbH": " gemeinnützige GmbH",
    " eG": " eG",
    "": "",
}
_SIGNS: Final = string.digits + string.ascii_uppercase
_SPELT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One generated record, in none of the hubs' forms yet."""

    number: int
    kind: str
    name: str
    form: str
    text: str
    street: str
    house: int
    post_code: str
    town: str
    topics: list[str]
    type: str
    host: str
    start: str


def things(hub: str, records: int, changes: int = 0) -> Iterator[Thing]:
    """What one hub says in a federation of so many records, after so many changes.

    The changes go round: after 60 changes to 50 records the first ten have been changed twice.
    """
    place = HUBS.index(hub)
    own = records // len(HUBS) + (place < records % len(HUBS))
    for number in range(own):
        thing = _thing(place, number)
        if number % 10 == 9:
            thing = _respelt(_thing((place - 1) % len(HUBS), number - 1), number)
        # So often has a change come round to this record.
        edition = (changes - number + own - 1) // own
        yield replace(thing, text=f"{thing.text} Stand {edition}.") if edition > 0 else thing


def write(folder: Path, records: int) -> None:
    """Write all three hubs."""
    for hub in HUBS:
        (folder / hub).mkdir(parents=True, exist_ok=True)
        write_hub(folder, hub, records)


def write_hub(folder: Path, hub: str, records: int, changes: int = 0) -> None:
    """Write one hub's data as it is after so many changes; it comes in place of what was there."""
    path = folder / hub / FILES[hub]
    fresh = path.with_name(f".{path.name}")
    with fresh.open("w", encoding="utf-8", newline="") as out:
        said = things(hub, records, changes)
        if hub == "eins":
            out.writelines(json.dumps(document(thing), ensure_ascii=False) + "\n" for thing in said)
        elif hub == "zwei":
            table = csv.DictWriter(out, list(row(next(things(hub, len(HUBS))))), delimiter=";")
            table.writeheader()
            table.writerows(map(row, said))
        else:
            out.write("@prefix m: <https://drei.example/modell#> .\n")
            out.writelines(map(_turtle, said))
    fresh.replace(path)


def manifests(folder: Path, address: str) -> list[Path]:
    """Put each hub's hub.toml beside its data, for a server at `address`; returns their folders."""
    for hub in HUBS:
        text = (_MANIFESTS / f"{hub}.toml").read_text("utf-8").replace(_ADDRESS, address)
        (folder / hub / "hub.toml").write_text(text, "utf-8")
    return [folder / hub for hub in HUBS]


def document(thing: Thing) -> dict[str, Any]:
    """The thing as the registry's own form has it."""
    base = "https://eins.example/"
    address = {
        "type": "Address",
        "thoroughfare": thing.street,
        "locatorDesignator": str(thing.house),
        "postCode": thing.post_code,
        "postName": thing.town,
        "adminUnitL1": "DE",
    }
    said: dict[str, Any] = {
        "id": f"{base}{thing.number}",
        "type": thing.kind.capitalize(),
        "name": {"de": thing.name + thing.form},
        "description": {"de": thing.text},
        "homepage": f"https://www.{thing.host}/",
        "topic": thing.topics,
    }
    before = [f"{base}{thing.number - 1}"]
    if thing.kind == "actor":
        return said | {"actorType": [thing.type], "status": "active", "address": [address]}
    if thing.kind == "project":
        return said | {"carriedBy": before, "status": "running", "address": [address]}
    place = {"type": "Place", "name": {"de": thing.town}, "address": [address]}
    return said | {"startDate": thing.start, "organizer": before, "location": [place]}


def row(thing: Thing) -> dict[str, str]:
    """The thing as a row of a table."""
    return {
        "nr": str(thing.number),
        "art": thing.kind,
        "name": thing.name + thing.form,
        "text": thing.text,
        "web": f"https://{thing.host}/",
        "themen": "|".join(thing.topics),
        "typ": thing.type,
        "strasse": thing.street,
        "haus": str(thing.house),
        "plz": thing.post_code,
        "ort": thing.town,
        "traeger": str(thing.number - 1) if thing.kind != "actor" else "",
        "beginn": thing.start if thing.kind == "event" else "",
    }


def _turtle(thing: Thing) -> str:
    said = row(thing)
    said |= {"web": f"<http://www.{thing.host}/>", "themen": ", ".join(map(_quoted, thing.topics))}
    if said["traeger"]:
        said["traeger"] = f"<https://drei.example/{said['traeger']}>"
    terms = [
        f"m:{name} {value if name in ('web', 'themen', 'traeger') else _quoted(value)}"
        for name, value in said.items()
        if value and name not in ("nr", "art")
    ]
    return f"<https://drei.example/{thing.number}> a m:{thing.kind} ; {' ; '.join(terms)} .\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _thing(place: int, number: int) -> Thing:
    chance = Random(SEED * 1_000_003 + number * len(HUBS) + place)
    kind = {5: "event", 3: "project", 7: "project", 13: "project", 17: "project"}.get(number % 20)
    post_code, _, town = chance.choice(WORDS["towns"]).partition(" ")
    name = " ".join(chance.choice(WORDS[part]) for part in ("first", "what", "where"))
    return Thing(
        number=number,
        kind=kind or "actor",
        name=f"{name} {_sign(number)}",
        form=chance.choice(list(_FORMS)) if kind is None else "",
        text=" ".join(chance.choices(WORDS["words"], k=18)) + ".",
        street=chance.choice(WORDS["streets"]),
        house=chance.randint(1, 150),
        post_code=post_code,
        town=town,
        topics=chance.sample(WORDS["topics"], 2),
        type=chance.choice(WORDS["types"]),
        host=f"hub{place}-{number}.example",
        start=f"2027-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T18:00:00+01:00",
    )


def _sign(number: int) -> str:
    """What tells two equal names apart; with five digits every name would have to be looked at
    closely for a telephone number, and real names have none."""
    sign = ""
    while number or not sign:
        number, digit = divmod(number, 36)
        sign = _SIGNS[digit] + sign
    return sign


def _respelt(thing: Thing, number: int) -> Thing:
    """The same thing as another hub would write it."""
    name = thing.name.translate(_SPELT) if number % 20 == 9 else thing.name.upper()
    return replace(
        thing,
        number=number,
        name=name,
        form=_FORMS[thing.form],
        street=thing.street.replace("straße", "str."),
        text=f"{thing.text} Nach eigener Angabe.",
    )


if __name__ == "__main__":
    _folder, _records, *_changes = sys.argv[1:]
    write(Path(_folder), int(_records))
    for _change in _changes:
        write_hub(Path(_folder), HUBS[0], int(_records), int(_change))
