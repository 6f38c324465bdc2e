"""The objects of each wider hub, counted by readers that share nothing with ours."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDERS = ("afeefa", "chemnitz", "coops-uk", "freifunk", "leipziger-ecken", "susy", "transformap")
FREE = {"freifunk": "cc-zero", "susy": "ccpdm/1.0", "transformap": "cc-zero"}
"""Hubs whose publisher says so: two by CC0, one by the words "Public Domain" in the file."""

NO_PERSONS: dict[str, set[str]] = {
    "leipzigdata/orte": {"http://leipzig-data.de/Data/Ort/PaulGerhardtKirche"},
    "chemnitz/schulen": {"1927fc4c-31c0-4075-a6df-095b8f835f72"},
    "coops-uk/organisations": {"R012685"},
    "susy/initiatives": {"4a429c6bcd8f88167b04c98bbe126685", "4a429c6bcd8f88167b04c98bbe158d1b"},
    "transformap/greenmap": {"48167"},
}
"""Looked at one by one: a church, a school, a club, two charities and a restaurant."""


def features(data: Path, file: str) -> list[dict[str, Any]]:
    return [dict(one) for one in json.loads((data / "hubs" / file).read_bytes())["features"]]


def chemnitz(data: Path, name: str) -> list[dict[str, Any]]:
    found = features(data, f"chemnitz-opendata-geojson/{name}.geojson")
    return [{**one["properties"], "at": one["geometry"]["coordinates"]} for one in found]


def carriers(data: Path, name: str) -> dict[str, list[dict[str, Any]]]:
    """The places of each carrier, by its name with single spaces."""
    found: dict[str, list[dict[str, Any]]] = {}
    for place in chemnitz(data, name):
        found.setdefault(re.sub(r"\s+", " ", place["TRAEGER"]).strip(), []).append(place)
    return found


def rows(data: Path, file: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (data / "hubs" / file).open(encoding="utf-8", newline="") as stream:
        found = csv.DictReader(stream, delimiter=delimiter)
        return [row for row in found if any((cell or "").strip() for cell in row.values())]


def ecken(data: Path, kind: str, day: str = "2021-08-20") -> set[str]:
    file = data / f"hubs/leipziger-ecken-rdfxml/LeipzigerEcken.{day}.rdf"
    found = re.findall(rf'<le:{kind} rdf:about="([^"]+)"', file.read_text("utf-8"))
    assert len(found) == len(set(found))
    return set(found)


def turtle_subjects(data: Path, file: str, *classes: str) -> set[str]:
    """Subjects of a class in Turtle that begins each subject's description at a line's start."""
    text = (data / f"hubs/leipzigdata-rdf/{file}.ttl").read_text("utf-8")
    found = set()
    for block in re.split(r"\n(?=\S)", text):
        said = re.search(r"(?:^|\s)a ([^;.]+?)\s*[;.](?:\s|$)", block)
        if said and set(re.split(r"\s*,\s*", said[1])) & set(classes):
            found.add(block.split()[0])
    return found


COUNTS: dict[str, Callable[[Path], int]] = {
    "leipzigdata/stadtverwaltung": lambda data: len(
        turtle_subjects(
            data,
            "Stadtverwaltung",
            "org:Organization",
            "org:OrganizationalUnit",
            "ld:Verein",
            "ld:Unternehmen",
        )
    ),
    "leipzigdata/seniorenbueros": lambda data: len(
        turtle_subjects(data, "Seniorenbueros", "ld:SeniorenBuero")
    ),
    "leipzigdata/hochschulen": lambda data: len(
        turtle_subjects(
            data,
            "Hochschulen",
            "org:Organization",
            "org:OrganizationalUnit",
            "ld:Fakultaet",
            "ld:Institut",
            "ld:Klinik",
            "ld:ZentraleEinrichtung",
        )
    ),
    "leipzigdata/orte": lambda data: len(turtle_subjects(data, "Orte", "ld:Ort")),
    "leipzigdata/behoerdenwegweiser": lambda data: len(
        turtle_subjects(data, "Behoerdenwegweiser", "org:OrganizationalUnit")
    ),
    "leipziger-ecken/akteure": lambda data: len(ecken(data, "Akteur")),
    "leipziger-ecken/veranstaltungen": lambda data: len(ecken(data, "Event")),
    "chemnitz/kitas": lambda data: len(carriers(data, "Kindertageseinrichtungen")),
    "chemnitz/schulsozialarbeit": lambda data: len(carriers(data, "Schulsozialarbeit")),
    "chemnitz/jugendberufshilfen": lambda data: len(carriers(data, "Jugendberufshilfen")),
    "chemnitz/schulen": lambda data: len(chemnitz(data, "Schulen")),
    "susy/initiatives": lambda data: len(features(data, "susy-ssedas/susy-data.geojson")),
    "coops-uk/organisations": lambda data: len(
        rows(data, "coops-uk-2017/open_data_organisations.csv")
    ),
    "transformap/inkota": lambda data: len(features(data, "transformap-import/inkota.geojson")),
    "transformap/inkota-round2": lambda data: len(
        features(data, "transformap-import/inkota-round2.geojson")
    ),
    "transformap/eeti": lambda data: len(rows(data, "transformap-import/1_eeti.csv", "\t")),
    "transformap/wandelwoche": lambda data: len(
        rows(data, "transformap-import/wandelwoche-ganz.csv", "\t")
    ),
    "transformap/greenmap": lambda data: len(
        features(data, "transformap-import/greenmap-muenchen-edited.geojson")
    ),
    "afeefa/actors": lambda data: len(
        json.loads((data / "hubs/afeefa-leipzig-drupal/afeefa-leipzig.json").read_bytes())["actors"]
    ),
    "freifunk/communities": lambda data: len(
        json.loads((data / "hubs/freifunk-directory/directory.json").read_bytes())
    ),
}
