"""A run reads records anew when more is known of places, though the hub has nothing new."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

Thing = Callable[..., dict[str, Any]]
IN_BAUTZEN = "http://dcat-ap.de/def/politicalGeocoding/regionalKey/146250030030"


def test_a_new_file_of_postcodes_places_records_that_have_not_changed(
    registry, site, thing: Thing, tmp_path: Path
) -> None:
    site.validators = True
    site.says(*(thing(n, town="Bernsdorf", code="02994") for n in range(3)))
    registry.add()
    registry.edit_manifest(
        'homepage = "web"',
        'homepage = "web"\n"address.postName" = "town"\n"address.postCode" = "code"',
    )
    registry.harvest()
    assert all("place" not in document for document in registry.live().values())
    assert (iri_of(0), "place.ambiguous") in registry.findings()

    file = tmp_path / "postcodes.csv"
    file.write_text("postcode,key\n02994,14625030\n", "utf-8")
    settings = replace(registry.instance.settings, postcodes_file=file)
    registry.instance = replace(registry.instance, settings=settings)
    assert registry.harvest().counts["changed"] == 3
    assert [document["place"] for document in registry.live().values()] == [[IN_BAUTZEN]] * 3
    assert "place.ambiguous" not in {rule for _, rule in registry.findings()}


def test_a_file_of_postcodes_that_cannot_be_read_fails_the_run_and_changes_nothing(
    registry, site, thing: Thing, tmp_path: Path
) -> None:
    site.says(*(thing(n) for n in range(3)))
    registry.add()
    registry.harvest()
    settings = replace(registry.instance.settings, postcodes_file=tmp_path / "missing.csv")
    registry.instance = replace(registry.instance, settings=settings)
    report = registry.harvest()
    assert report.state == "failed"
    assert len(registry.live()) == 3


def iri_of(number: int) -> str:
    return f"https://musterhub.example/{number}"
