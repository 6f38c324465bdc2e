"""The check of a hub's manifest: what it takes, and what it tells a data steward."""

import tomllib
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest

from harvester.formats import FORMATS
from harvester.manifest_map import FIELD_KEYS, RECORD_KEYS
from harvester.source import Limits
from schemas import manifest_settings
from schemas.check import check_manifest
from schemas.manifest import hub_schema
from schemas.manifest_settings import FORMAT_NAMES, SETTINGS

ROOT = Path(__file__).parents[2]
MANIFESTS = sorted([*ROOT.glob("demo/hubs/*/hub.toml"), *ROOT.glob("tests/hubs/**/hub.toml")])

GOOD = tomllib.loads("""
[hub]
id = "musterhub"
name = { de = "Musterhub", en = "Sample hub" }
homepage = "https://musterhub.example/"
contact = "daten@musterhub.example"
priority = 50

[[source]]
id = "actors"
url = "https://musterhub.example/export.json"
licence = "http://dcat-ap.de/def/licenses/cc-by/4.0"
format = "json"
language = "de"
timezone = "Europe/Berlin"
every = "24h"
minimum = 100
ignore = ["internal_*"]
options = { records = "items[]" }
limits = { max_records = 5000, max_document_bytes = 500000 }
follow = { url = { at = "slug", via = ["prefix(https://musterhub.example/)"] }, under = "more" }

[source.map]
kind = "'actor'"
id = "id"
name = "title"
skip = "draft"
alternateName = ["short", { at = "alias", via = ["split"] }]
description = { at = "text", via = ["html_to_text"], lang = "de" }
actorType = { at = "category", table = "types.csv" }
"address.thoroughfare" = "street"
makesOffer = { each = "offers[]", map = { name = "title", "offerKind" = { const = "space" } } }
""")


def changed(path, value):
    """The good manifest with one setting changed, or taken out where the value is None."""
    manifest = deepcopy(GOOD)
    *steps, last = path
    table = manifest
    for step in steps:
        table = table[step]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return manifest


def problems(manifest):
    return {(f.rule, f.path) for f in check_manifest(manifest)}


def test_a_good_manifest_has_no_findings():
    assert problems(GOOD) == set()


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_the_manifests_of_this_repository_are_right(path):
    errors = [
        (f.path, f.fix["en"])
        for f in check_manifest(tomllib.loads(path.read_text("utf-8")))
        if f.severity == "error"
    ]
    assert errors == []


SOURCE = ("source", 0)


@pytest.mark.parametrize(
    ("path", "value", "rule", "where"),
    [
        (("hub",), None, "manifest.required", "hub"),
        (("hub", "id"), "Muster Hub", "manifest.value", "hub.id"),
        (("hub", "id"), None, "manifest.required", "hub.id"),
        (("hub", "name"), {}, "manifest.value", "hub.name"),
        (("hub", "name"), {"Deutsch": "x"}, "manifest.value", "hub.name"),
        (("hub", "name"), {"de": "Muster\u0007hub"}, "manifest.characters", "hub.name.de"),
        (("hub", "publisher"), "Muster \u202e e. V.", "manifest.characters", "hub.publisher"),
        (("hub", "publisher"), "\u200b", "manifest.characters", "hub.publisher"),
        (("hub", "contact"), "a\ufffe@muster.example", "manifest.characters", "hub.contact"),
        ((*SOURCE, "ignore"), ["a\x7f"], "manifest.characters", "source[0].ignore[0]"),
        (("hub", "homepage"), "musterhub.example", "manifest.value", "hub.homepage"),
        (("hub", "contact"), "Frau Muster", "manifest.value", "hub.contact"),
        (("hub", "priority"), 101, "manifest.value", "hub.priority"),
        (("hub", "prority"), 50, "manifest.unknown", "hub.prority"),
        (("sources",), [], "manifest.unknown", "sources"),
        (("source",), [], "manifest.value", "source"),
        ((*SOURCE, "licence"), None, "manifest.required", "source[0].licence"),
        ((*SOURCE, "licence"), "CC BY", "manifest.value", "source[0].licence"),
        ((*SOURCE, "licence"), "unknown", "manifest.licence-unknown", "source[0].licence"),
        (
            (*SOURCE, "licence"),
            "https://a.example/terms",
            "manifest.licence-unlisted",
            "source[0].licence",
        ),
        ((*SOURCE, "url"), "export.json", "manifest.iri", "source[0].iri"),
        ((*SOURCE, "format"), "xlsx", "manifest.value", "source[0].format"),
        ((*SOURCE, "every"), "täglich", "manifest.value", "source[0].every"),
        ((*SOURCE, "every"), "0h", "manifest.value", "source[0].every"),
        ((*SOURCE, "timezone"), "Sachsen/Görlitz", "manifest.value", "source[0].timezone"),
        ((*SOURCE, "language"), "deutsch", "manifest.value", "source[0].language"),
        ((*SOURCE, "minimum"), "100", "manifest.value", "source[0].minimum"),
        ((*SOURCE, "minimum"), None, "manifest.no-minimum", "source[0].minimum"),
        ((*SOURCE, "license"), "x", "manifest.unknown", "source[0].license"),
        ((*SOURCE, "limits", "max_page"), 1, "manifest.unknown", "source[0].limits.max_page"),
        ((*SOURCE, "limits", "max_records"), 0, "manifest.value", "source[0].limits.max_records"),
        ((*SOURCE, "follow", "url"), None, "manifest.required", "source[0].follow.url"),
        ((*SOURCE, "follow", "under"), None, "manifest.required", "source[0].follow.under"),
        ((*SOURCE, "follow", "under"), "a b", "manifest.value", "source[0].follow.under"),
        ((*SOURCE, "follow", "unter"), "a", "manifest.unknown", "source[0].follow.unter"),
        ((*SOURCE, "follow", "url"), 3, "manifest.value", "source[0].follow.url"),
        ((*SOURCE, "follow", "url"), {"as": "x"}, "manifest.unknown", "source[0].follow.url.as"),
        ((*SOURCE, "map"), None, "manifest.mapping", "source[0].map.name"),
        ((*SOURCE, "map", "name"), None, "manifest.mapping", "source[0].map.name"),
        ((*SOURCE, "map", "name"), 3, "manifest.value", "source[0].map.name"),
        ((*SOURCE, "map", "nmae"), "x", "manifest.property", "source[0].map.nmae"),
        ((*SOURCE, "map", "name"), {"as": "x"}, "manifest.unknown", "source[0].map.name.as"),
        ((*SOURCE, "map", "name"), {"via": 1}, "manifest.value", "source[0].map.name.via"),
    ],
)
def test_a_fault_is_told_by_its_rule_and_place(path, value, rule, where):
    assert (rule, where) in problems(changed(path, value))


def test_a_slip_of_the_pen_is_answered_with_the_right_word():
    (found,) = check_manifest(changed(("source", 0, "license"), "x"))
    assert "licence" in found.fix["de"]
    assert "licence" in found.fix["en"]


def test_two_sources_may_not_share_a_key_or_an_address():
    manifest = deepcopy(GOOD)
    manifest["source"].append(deepcopy(manifest["source"][0]))
    assert problems(manifest) == {
        ("manifest.duplicate-source", "source[1].id"),
        ("manifest.duplicate-source", "source[1].iri"),
    }


def test_our_own_format_needs_no_mapping_and_rdf_has_its_subjects_as_ids():
    own = changed((*SOURCE, "map"), None)
    own["source"][0]["format"] = "verbund"
    assert problems(own) == set()
    rdf = changed((*SOURCE, "map", "id"), None)
    rdf["source"][0]["format"] = "rdf"
    assert problems(rdf) == set()


@pytest.mark.parametrize("manifest", [{}, {"hub": 1, "source": 2}, {"source": [1, {"map": 3}]}])
def test_what_is_no_manifest_gives_findings(manifest):
    assert check_manifest(manifest)


def test_a_second_engine_takes_the_good_manifest_and_refuses_a_bad_one():
    engine = jsonschema.Draft202012Validator(hub_schema())
    assert engine.is_valid(GOOD)
    assert not engine.is_valid(changed((*SOURCE, "every"), "täglich"))


def test_the_settings_are_those_that_the_harvester_reads():
    """A setting that one of the two knows alone would be refused, or would never be offered."""
    assert set(FORMAT_NAMES) == set(FORMATS)
    assert set(SETTINGS["field"]) == set(FIELD_KEYS)
    assert set(manifest_settings.RECORD_KEYS) == set(RECORD_KEYS)
    assert set(SETTINGS["limits"]) == set(Limits.__dataclass_fields__)


def test_every_setting_says_what_it_is_for_in_both_languages():
    for table in SETTINGS.values():
        for setting in table.values():
            assert set(setting.about) == set(setting.title) == {"de", "en"}
            assert setting.about["de"] != setting.about["en"]
