"""A made-up federation of any size, the same for the same number: three hubs as NDJSON, CSV and Turtle.

`python bench/generate.py FOLDER RECORDS` writes `eins/daten.ndjson`, `zwei/daten.csv`, `drei/daten.ttl` and a hub.toml for
each. About seven of ten records are actors, two projects, one events; each has about 15 triples. Of every ten, one is the
same thing as a record of another hub under another spelling. With CHANGED as third argument so many records
of the first hub have another description.
"""

import csv
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SEED = 4711
HUBS = ("eins", "zwei", "drei")
_KINDS = (
    "Werkstatt",
    "Bürgerverein",
    "Nachbarschaftstreff",
    "Tauschring",
    "Begegnungscafé",
    "Lesekreis",
    "Fahrradküche",
    "Gemeinschaftsgarten",
    "Mütterzentrum",
    "Reparaturtreff",
    "Jugendhaus",
    "Dorfladen",
    "Pflegelotsen",
    "Lernort",
    "Nähstube",
    "Theatergruppe",
)
_FIRST = ("Am", "Alte", "Neue", "Grüne", "Bunte", "Offene", "Kleine", "Große", "Stille", "Helle")
_PLACES = (
    "Lindenhöhe",
    "Mühlgraben",
    "Rosental",
    "Eichwiese",
    "Kirschberg",
    "Weidenufer",
    "Sonnenhang",
    "Birkenhain",
    "Steinbruch",
    "Fährhaus",
    "Kranichsee",
    "Ziegelei",
    "Bahnhof",
    "Wasserturm",
    "Schloßgarten",
    "Neißebogen",
)
_FORMS = (" e. V.", " gGmbH", "", " eG", "", " e. V.", "")
_OTHER_FORMS = {
    " e. V.": " eingetragener Verein",
    " gGmbH": " gemeinnützige GmbH",
    " eG": " eG",
    "": "",
}
_STREETS = (
    "Musterstraße",
    "Beispielweg",
    "Ringstraße",
    "Am Anger",
    "Schulgasse",
    "Gartenstraße",
    "Bergstraße",
    "Uferweg",
)
_TOWNS = (
    ("04109", "Leipzig"),
    ("01067", "Dresden"),
    ("09111", "Chemnitz"),
    ("02826", "Görlitz"),
    ("08056", "Zwickau"),
    ("02943", "Weißwasser"),
    ("08523", "Plauen"),
    ("02625", "Bautzen"),
)
_TOPICS = (
    "digitalisation",
    "structural-change",
    "climate-change",
    "demographic-change",
    "rural-areas",
    "care",
    "inclusion",
    "mobility",
    "housing",
    "education",
    "work",
    "health",
    "democracy",
)
_TYPES = (
    "social-enterprise",
    "welfare-organisation",
    "civil-society-initiative",
    "science",
    "network",
)
_WORDS = (
    "Menschen",
    "gemeinsam",
    "Nachbarschaft",
    "reparieren",
    "lernen",
    "Garten",
    "Familien",
    "Angebot",
    "offen",
    "Viertel",
    "Jugendliche",
    "Alltag",
    "begleiten",
    "Werkzeug",
    "kochen",
    "zuhören",
    "beraten",
    "vernetzen",
    "Dorf",
    "Stadtteil",
)


@dataclass(frozen=True, slots=True)
class Thing:
    """One generated record."""

    number: int
    kind: str
    stem: str
    form: str
    text: str
    street: str
    house: int
    postcode: str
    town: str
    topics: tuple[str, str]
    type: str
    host: str
    start: str

    @property
    def name(self) -> str:
        """The name with its legal form."""
        return self.stem + (self.form if self.kind == "actor" else "")


def things(hub: int, records: int, changed: int = 0) -> Iterator[Thing]:
    """What one hub says; every tenth thing is one of the hub before it, spelt otherwise."""
    own = records // len(HUBS) + (hub < records % len(HUBS))
    for number in range(own):
        thing = _thing(hub, number)
        if number % 10 == 9:
            thing = _respelt(_thing((hub - 1) % len(HUBS), number - 1), number)
        if hub == 0 and number < changed:
            thing = replace(thing, text=thing.text + " Neu in diesem Monat.")
        yield thing


def _thing(hub: int, number: int) -> Thing:
    chance = random.Random(SEED * 1_000_003 + number * len(HUBS) + hub)
    kind = (
        "actor"
        if number % 10 < 7 or number % 10 == 8
        else "project"
        if number % 10 == 7
        else "event"
    )
    if number % 10 == 9:
        kind = "actor"
    kind = "event" if number % 20 == 5 else "project" if number % 20 in (3, 7, 13, 17) else "actor"
    stem = f"{chance.choice(_FIRST)} {chance.choice(_KINDS)} {chance.choice(_PLACES)} {number}"
    postcode, town = chance.choice(_TOWNS)
    return Thing(
        number=number,
        kind=kind,
        stem=stem,
        form=chance.choice(_FORMS),
        text=" ".join(chance.choices(_WORDS, k=18)) + ".",
        street=chance.choice(_STREETS),
        house=chance.randint(1, 150),
        postcode=postcode,
        town=town,
        topics=tuple(chance.sample(_TOPICS, 2)),  # type: ignore[arg-type]
        type=chance.choice(_TYPES),
        host=f"hub{hub}-{number}.example",
        start=f"2027-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T{chance.randint(8, 19):02}:00:00+01:00",
    )


def _respelt(thing: Thing, number: int) -> Thing:
    """The same thing as another hub would write it."""
    stem = thing.stem.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return replace(
        thing,
        number=number,
        stem=stem if number % 20 == 9 else stem.upper(),
        form=_OTHER_FORMS[thing.form],
        street=thing.street.replace("straße", "str."),
        text=thing.text + " Nach eigener Angabe.",
    )


def _document(thing: Thing, hub: str) -> dict[str, Any]:
    base = f"https://{hub}.example/"
    address = {
        "type": "Address",
        "thoroughfare": thing.street,
        "locatorDesignator": str(thing.house),
        "postCode": thing.postcode,
        "postName": thing.town,
        "adminUnitL1": "DE",
    }
    document: dict[str, Any] = {
        "id": f"{base}{thing.number}",
        "type": thing.kind.capitalize(),
        "name": {"de": thing.name},
        "description": {"de": thing.text},
        "homepage": f"https://www.{thing.host}/",
        "topic": list(thing.topics),
    }
    if thing.kind == "actor":
        document |= {"actorType": [thing.type], "status": "active", "address": [address]}
    elif thing.kind == "project":
        document |= {
            "carriedBy": [f"{base}{thing.number - 1}"],
            "status": "running",
            "stage": "pilot",
            "address": [address],
        }
    else:
        document |= {
            "startDate": thing.start,
            "organizer": [f"{base}{thing.number - 1}"],
            "location": [{"type": "Place", "name": {"de": thing.town}, "address": [address]}],
        }
    return document


_COLUMNS = (
    "nr",
    "art",
    "name",
    "text",
    "web",
    "themen",
    "typ",
    "strasse",
    "haus",
    "plz",
    "ort",
    "traeger",
    "beginn",
)


def _row(thing: Thing) -> list[str]:
    carrier = str(thing.number - 1) if thing.kind != "actor" else ""
    start = thing.start if thing.kind == "event" else ""
    return [
        str(thing.number),
        thing.kind,
        thing.name,
        thing.text,
        f"https://{thing.host}/",
        "|".join(thing.topics),
        thing.type,
        thing.street,
        str(thing.house),
        thing.postcode,
        thing.town,
        carrier,
        start,
    ]


def _turtle(thing: Thing) -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [
        f"<https://drei.example/{thing.number}> a m:{thing.kind}",
        f"m:name {quoted(thing.name)}@de",
        f"m:text {quoted(thing.text)}@de",
        f"m:web <http://www.{thing.host}/>",
        f"m:thema {', '.join(quoted(topic) for topic in thing.topics)}",
        f"m:typ {quoted(thing.type)}",
        f"m:strasse {quoted(thing.street)} ; m:haus {quoted(str(thing.house))} ; m:plz {quoted(thing.postcode)} ; m:ort {quoted(thing.town)}",
    ]
    if thing.kind != "actor":
        lines.append(f"m:traeger <https://drei.example/{thing.number - 1}>")
    if thing.kind == "event":
        lines.append(f"m:beginn {quoted(thing.start)}")
    return " ; ".join(lines) + " .\n"


def write(folder: Path, records: int, changed: int = 0) -> None:
    """Write the three hubs' data."""
    for hub in HUBS:
        (folder / hub).mkdir(parents=True, exist_ok=True)
    with (folder / "eins" / "daten.ndjson").open("w", encoding="utf-8") as out:
        for thing in things(0, records, changed):
            out.write(json.dumps(_document(thing, "eins"), ensure_ascii=False) + "\n")
    with (folder / "zwei" / "daten.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, delimiter=";")
        table.writerow(_COLUMNS)
        table.writerows(_row(thing) for thing in things(1, records))
    with (folder / "drei" / "daten.ttl").open("w", encoding="utf-8") as out:
        out.write("@prefix m: <https://drei.example/modell#> .\n")
        out.writelines(_turtle(thing) for thing in things(2, records))


_ADDRESS = """
"address.thoroughfare" = "{p}strasse"
"address.locatorDesignator" = "{p}haus"
"address.postCode" = "{p}plz"
"address.postName" = "{p}ort"
"address.adminUnitL1" = {{ const = "DE" }}
"""

_HEAD = """
[hub]
id = "{hub}"
name = {{ de = "Messhub {hub}" }}
contact = "daten@{hub}.example"
homepage = "https://{hub}.example/"
[[source]]
id = "daten"
iri = "https://{hub}.example/daten"
url = "{url}"
licence = "http://dcat-ap.de/def/licenses/cc-zero"
every = "1h"
language = "de"
limits = {{ max_page_bytes = 1000000000, max_decoded_bytes = 2000000000, max_records = 1000000 }}
"""


def manifests(folder: Path, address: str) -> list[Path]:
    """Write the three hub.toml for a server at `address` that serves `folder`; returns their folders."""
    own = _HEAD.format(hub="eins", url=f"{address}/eins/daten.ndjson") + 'format = "verbund"\n'
    table = (
        _HEAD.format(hub="zwei", url=f"{address}/zwei/daten.csv")
        + 'format = "csv"\n[source.options]\ndelimiter = ";"\n[source.map]\nkind = "art"\nid = "nr"\nname = "name"\ndescription = "text"\nhomepage = "web"\n'
        + 'topic = { at = "themen", via = ["split(|)"] }\nactorType = "typ"\ncarriedBy = "traeger"\norganizer = "traeger"\nstartDate = "beginn"\n'
        + 'status = { at = "art", table = { actor = "active", project = "running", event = "" } }\n'
        + _ADDRESS.format(p="")
    )
    turtle = (
        _HEAD.format(hub="drei", url=f"{address}/drei/daten.ttl")
        + 'format = "rdf"\n[source.options]\nclasses = ["m:actor", "m:project", "m:event"]\nprefixes = { m = "https://drei.example/modell#" }\n[source.map]\n'
        + 'kind = { at = "@type", table = { "m:actor" = "actor", "m:project" = "project", "m:event" = "event" } }\nname = "m:name"\ndescription = "m:text"\nhomepage = "m:web"\n'
        + 'topic = "m:thema"\nactorType = "m:typ"\ncarriedBy = "m:traeger"\norganizer = "m:traeger"\nstartDate = "m:beginn"\n'
        + _ADDRESS.format(p="m:")
    )
    for hub, text in (("eins", own), ("zwei", table), ("drei", turtle)):
        (folder / hub / "hub.toml").write_text(text, "utf-8")
    return [folder / hub for hub in HUBS]


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
