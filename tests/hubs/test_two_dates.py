"""A real hub that gave everything a new IRI within ten days does not lose what it published."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.real import MANIFESTS
from registry.instance import initialise, open_instance
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import load_settings
from registry.store import records
from tests.hubs.recounts import ecken

pytestmark = pytest.mark.slow
SOURCES = ["leipziger-ecken/akteure", "leipziger-ecken/veranstaltungen"]


def now() -> datetime:
    return datetime.now(UTC)


def test_the_second_date_is_held_and_the_first_stays_published(
    shared_data: Path, tmp_path: Path
) -> None:
    export = tmp_path / "export.rdf"
    folder = tmp_path / "leipziger-ecken"
    shutil.copytree(MANIFESTS / "leipziger-ecken", folder)
    text = (folder / "hub.toml").read_text("utf-8")
    address = "file:///shared-data/hubs/leipziger-ecken-rdfxml/LeipzigerEcken.2021-08-20.rdf"
    assert address in text
    (folder / "hub.toml").write_text(text.replace(address, export.as_uri()), "utf-8")
    settings = load_settings({"VERBUND_HOME": str(tmp_path / "home")})
    settings = replace(settings, file_roots=(tmp_path,))
    initialise(settings)
    states = []
    with open_instance(settings) as instance:
        add_hub(instance, folder, now())
        for day in ("2021-08-10", "2021-08-20"):
            name = f"LeipzigerEcken.{day}.rdf"
            shutil.copyfile(shared_data / "hubs/leipziger-ecken-rdfxml" / name, export)
            states.append([report.state for report in harvest(instance, SOURCES, now)])
        with instance.store.read() as conn:
            live = {source: counts["live"] for source, counts in records.counts(conn).items()}
    assert states == [["published", "published"], ["held", "held"]]
    older = [len(ecken(shared_data, kind, "2021-08-10")) for kind in ("Akteur", "Event")]
    # One of the actors is a natural person.
    assert [live[source] for source in SOURCES] == [older[0] - 1, older[1]]
