"""Manifests: all that is wrong is said at once, and the documentation knows every word."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.formats import FORMATS
from harvester.gazetteer import known_places, read_gazetteer
from harvester.manifest import ManifestError, Source, load_manifest, processing_version
from harvester.manifest_map import FIELD_KEYS, RECORD_KEYS
from harvester.transforms import TRANSFORMS
from schemas.manifest_settings import SETTINGS
from tests.harvester.conftest import MakeSource

DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "hub-manifest.md").read_text("utf-8")

GOOD = """
[hub]
id = "muster"
name = { de = "Muster", en = "Sample" }
homepage = "https://muster.example/"
contact = "daten@muster.example"
priority = 70

[[source]]
id = "actors"
url = "data/actors.csv"
iri = "https://muster.example/actors"
licence = "unknown"
format = "csv"
language = "de"
every = "90m"
minimum = 5

[source.limits]
max_pages = 3

[source.map]
kind = "'actor'"
id = "Nr"
name = "Name"
topic = { at = "Thema", table = "topics.csv" }
"""


def write(folder: Path, text: str) -> Path:
    (folder / "hub.toml").write_text(text, "utf-8")
    (folder / "topics.csv").write_text("local,ours\nWohnen,housing\n", "utf-8")
    return folder


def problems_of(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(ManifestError) as error:
        load_manifest(write(folder, text))
    for problem in error.value.problems:
        assert problem.fix["de"] in error.value.de
        assert problem.fix["en"] in error.value.en
    return [(problem.path, problem.rule) for problem in error.value.problems]


def test_everything_is_read(tmp_path: Path) -> None:
    manifest = load_manifest(write(tmp_path, GOOD))
    source = manifest.source("muster/actors")
    assert manifest.hub.name == {"de": "Muster", "en": "Sample"}
    assert manifest.hub.publisher == "Muster"
    assert manifest.hub.priority == 70
    assert source.url == (tmp_path / "data" / "actors.csv").as_uri()
    assert (source.every_s, source.minimum, source.limits.max_pages) == (5400, 5, 3)
    assert source.zone.key == "Europe/Berlin"


def test_advice_does_not_stop_a_manifest(tmp_path: Path) -> None:
    """An unknown licence and a missing minimum are told, no more."""
    manifest = load_manifest(write(tmp_path, GOOD.replace("minimum = 5", "")))
    assert {f.rule for f in manifest.advice} == {
        "manifest.licence-unknown",
        "manifest.no-minimum",
    }


@pytest.mark.parametrize(
    ("wrong", "similar"), [("nam", "name"), ("typ", "actorType"), ("web", "homepage")]
)
def test_a_slip_of_the_pen_is_told_with_what_may_be_meant(
    tmp_path: Path, wrong: str, similar: str
) -> None:
    with pytest.raises(ManifestError) as error:
        load_manifest(write(tmp_path, f'{GOOD}{wrong} = "N"\n'))
    [problem] = error.value.problems
    assert similar in problem.fix["de"]
    assert similar in problem.fix["en"]


@pytest.mark.parametrize("kind", ["@.actor", '"actor"', "actor || 'actor'"])
def test_a_kind_may_be_read_from_a_field_named_like_one(tmp_path: Path, kind: str) -> None:
    load_manifest(write(tmp_path, GOOD.replace("\"'actor'\"", f"'''{kind}'''")))


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        ('id = "muster"', 'id = "Muster Hub"', "hub.id", "manifest.value"),
        ('name = { de = "Muster", en = "Sample" }', "", "hub.name", "manifest.required"),
        ("priority = 70", "priority = 101", "hub.priority", "manifest.value"),
        ("priority = 70", "prioritaet = 70", "hub.prioritaet", "manifest.unknown"),
        ('contact = "daten@muster.example"', 'contact = "ruf an"', "hub.contact", "manifest.value"),
        ('licence = "unknown"', "", "source[0].licence", "manifest.required"),
        ('licence = "unknown"', 'licence = "CC BY"', "source[0].licence", "manifest.value"),
        ('format = "csv"', 'format = "xlsx"', "source[0].format", "manifest.value"),
        ('every = "90m"', 'every = "0m"', "source[0].every", "manifest.value"),
        ('every = "90m"', 'every = "oft"', "source[0].every", "manifest.value"),
        ("data/actors.csv", "../actors.csv", "source[0].url", "manifest.value"),
        ("data/actors.csv", "ftp://muster.example/x", "source[0].url", "manifest.value"),
        ('iri = "https://muster.example/actors"', "", "source[0].iri", "manifest.iri"),
        ("max_pages = 3", "max_page = 3", "source[0].limits.max_page", "manifest.unknown"),
        ("kind = \"'actor'\"", "", "source[0].map.kind", "manifest.mapping"),
        ("kind = \"'actor'\"", 'kind = "actor"', "source[0].map.kind", "manifest.kind-field"),
        ('id = "Nr"', "", "source[0].map.id", "manifest.mapping"),
        ('name = "Name"', 'nam = "Name"\nname = "Name"', "source[0].map.nam", "manifest.property"),
        ('name = "Name"', 'name = "Name Titel"', "source[0].map.name.at", "manifest.expression"),
        (
            'name = "Name"',
            'name = { via = ["strip"] }',
            "source[0].map.name.at",
            "manifest.required",
        ),
        (
            'name = "Name"',
            'name = { at = "N", vai = "x" }',
            "source[0].map.name.vai",
            "manifest.unknown",
        ),
        (
            'name = "Name"',
            'name = { at = "N", via = ["stripp"] }',
            "source[0].map.name.via",
            "manifest.transform",
        ),
        (
            'name = "Name"',
            'name = { at = "N", via = ["split"] }',
            "source[0].map.name.via",
            "manifest.expression",
        ),
        (
            'name = "Name"',
            'name = { at = "N", via = ["strip(x)"] }',
            "source[0].map.name.via",
            "manifest.expression",
        ),
        (
            'name = "Name"',
            'name = { at = "N", via = ["extract(()"] }',
            "source[0].map.name.via",
            "manifest.expression",
        ),
        (
            'name = "Name"',
            'name = "Name"\n"name.x" = "y"',
            "source[0].map.name",
            "manifest.property",
        ),
        (
            'name = "Name"',
            'name = "Name"\n"address.zip" = "y"',
            "source[0].map.address.zip",
            "manifest.property",
        ),
        ('name = "Name"', "name = 3", "source[0].map.name", "manifest.value"),
        ('"topics.csv"', '"fehlt.csv"', "source[0].map.topic.table", "manifest.table"),
        ('"topics.csv"', '"../../etc/passwd"', "source[0].map.topic.table", "manifest.table"),
        ('"topics.csv"', '{ Wohnen = "hausing" }', "source[0].map.topic", "manifest.table"),
        (
            "[source.map]",
            '[source.options]\ndelimiter = ";;"\n[source.map]',
            "source[0].options.delimiter",
            "manifest.value",
        ),
        (
            "[source.map]",
            '[source.options]\nclasses = ["x"]\n[source.map]',
            "source[0].options.classes",
            "manifest.unknown",
        ),
        (
            "[source.map]",
            '[source.options]\nencoding = "ebcdik"\n[source.map]',
            "source[0].options.encoding",
            "manifest.value",
        ),
        (
            'language = "de"',
            'timezone = "Europe/Musterstadt"',
            "source[0].timezone",
            "manifest.value",
        ),
    ],
    ids=lambda value: None,
)
def test_each_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, path: str, rule: str
) -> None:
    assert old in GOOD
    assert problems_of(tmp_path, GOOD.replace(old, new, 1)) == [(path, rule)]


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("priority = 70", "priority = -1")
        .replace('"90m"', '"x"')
        .replace('"Nr"', '"a b"')
    )
    assert len(problems_of(tmp_path, text)) == 3


def test_no_toml_and_no_sources(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "[hub") == [("", "manifest.bad")]
    assert ("source", "manifest.required") in problems_of(tmp_path, GOOD.partition("[[source]]")[0])
    with pytest.raises(ManifestError):
        load_manifest(tmp_path / "missing")


def test_two_sources_need_two_names(tmp_path: Path) -> None:
    text = GOOD + "[[source]]" + GOOD.partition("[[source]]")[2]
    assert problems_of(tmp_path, text) == [
        ("source[1].id", "manifest.duplicate-source"),
        ("source[1].iri", "manifest.duplicate-source"),
    ]


def test_rdf_needs_its_prefixes_and_classes(make_source: MakeSource) -> None:
    with pytest.raises(ManifestError) as error:
        make_source('format = "rdf"\n[source.map]\nkind = "\'actor\'"\nname = "ld:label"\n')
    assert {(p.path, p.rule) for p in error.value.problems} == {
        ("source[0].options.classes", "manifest.required"),
        ("source[0].map.name.at", "manifest.expression"),
    }


def version_of(folder: Path, text: str) -> str:
    (source,) = load_manifest(write(folder, text)).sources
    return processing_version(source)


def test_the_processing_version_follows_what_decides_on_records(tmp_path: Path) -> None:
    """Mapping, tables, language and licence change it; timetable and limits do not."""
    before = version_of(tmp_path, GOOD)
    assert version_of(tmp_path, GOOD) == before
    for old, new in (
        ("90m", "12h"),
        ("minimum = 5", "minimum = 6"),
        ("max_pages = 3", "max_pages = 4"),
    ):
        assert version_of(tmp_path, GOOD.replace(old, new)) == before
    changed = {
        version_of(tmp_path, GOOD.replace(old, new))
        for old, new in (
            ('"Name"', '"Titel"'),
            ('language = "de"', 'language = "en"'),
            ('"unknown"', '"http://dcat-ap.de/def/licenses/cc-zero"'),
        )
    }
    write(tmp_path, GOOD)
    (tmp_path / "topics.csv").write_text("local,ours\nWohnen,care\n", "utf-8")
    changed.add(processing_version(load_manifest(tmp_path).sources[0]))
    assert len(changed | {before}) == 5


def test_the_processing_version_follows_what_is_known_of_places(
    make_source: MakeSource, tmp_path: Path
) -> None:
    source = make_source('format = "verbund"\n')
    before = processing_version(source)
    assert processing_version(source, known_places()) == before
    assert processing_version(source, replace(known_places(), version="newer")) != before
    versions = set()
    for line in ("01067,14612000\n", "01069,14612000\n"):
        file = tmp_path / "postcodes.csv"
        file.write_text(line, "utf-8")
        versions.add(processing_version(source, read_gazetteer(file)))
    assert len(versions | {before}) == 3


def test_every_word_of_a_manifest_is_documented() -> None:
    words = {key for settings in SETTINGS.values() for key in settings}
    words |= {*FIELD_KEYS, *RECORD_KEYS, *FORMATS, *TRANSFORMS}
    words |= {name for source_format in FORMATS.values() for name in source_format.options}
    said = set(re.findall(r"`([a-z_]+)[`(]", DOCUMENTATION))
    assert sorted(words - said) == []


def test_the_documentation_names_no_transform_that_is_not_there() -> None:
    table = DOCUMENTATION.partition("## Transforms")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([a-z_]+)", row)} == TRANSFORMS.keys()


def examples() -> list[str]:
    blocks = re.findall(r"```toml\n(.*?)```", DOCUMENTATION, re.DOTALL)
    return [block for block in blocks if "[[source]]" in block]


def test_there_is_an_example_for_every_format() -> None:
    named = {name for block in examples() for name in re.findall(r'^format = "(\w+)"', block, re.M)}
    assert named == FORMATS.keys()


@pytest.mark.parametrize("number", range(5))
def test_the_examples_load(tmp_path: Path, number: int) -> None:
    text = examples()[number]
    head = "" if "[hub]" in text else '[hub]\nid = "musterhub"\nname = "Musterhub"\n\n'
    (source,) = load_manifest(write(tmp_path, head + text)).sources
    assert isinstance(source, Source)


def test_the_example_of_a_mapping_loads(make_source: MakeSource) -> None:
    block = DOCUMENTATION.partition("## Mapping")[2].partition("```toml\n")[2].partition("```")[0]
    block = block.replace('table = "types.csv"', 'table = { a = "network" }')
    block = block.replace('name = { at = "title_en"', 'legalName = { at = "title_en"')
    source = make_source(f'format = "json"\n[source.map]\nkind = "\'actor\'"\nid = "id"\n{block}')
    assert source.map is not None
    assert {"name", "address", "carriedBy", "identifier"} <= source.map.fields.keys()


@pytest.mark.parametrize("key", ["person", "where", "skip", "contact_person", "modified", "page"])
def test_what_speaks_of_the_record_is_one_field(tmp_path: Path, key: str) -> None:
    """The second of several would never be read."""
    several = f'name = "Name"\n{key} = [{{ at = "A", via = ["strip"] }}, {{ at = "B" }}]'
    found = problems_of(tmp_path, GOOD.replace('name = "Name"', several))
    assert found == [(f"source[0].map.{key}", "manifest.value")]
    one = several.replace('[{ at = "A", via = ["strip"] }, { at = "B" }]', '["A", "B"]')
    assert load_manifest(write(tmp_path, GOOD.replace('name = "Name"', one)))


def test_pages_that_are_parsed_whole_may_decode_to_less(make_source: MakeSource) -> None:
    """They take several times their size as memory; the manifest has the last word."""
    way = '[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'
    by_lines = make_source(f'format = "jsonl"\n{way}')
    whole = make_source(f'format = "json"\n{way}')
    said = make_source(f'format = "json"\n{way}[source.limits]\nmax_decoded_bytes = 300000000\n')
    assert by_lines.limits.max_decoded_bytes == 500 * 2**20
    assert whole.limits.max_decoded_bytes == 100 * 2**20
    assert said.limits.max_decoded_bytes == 300_000_000


@pytest.mark.parametrize(
    ("code", "de"),
    [
        ("ageing", "»ageing« gibt es in topics nicht; gemeint »age«?"),
        ("qqqq", "»qqqq« gibt es in topics nicht; die Codes stehen unter /vocab: topics"),
    ],
)
def test_a_code_that_does_not_exist_is_told_with_what_may_be_meant(
    make_source: MakeSource, code: str, de: str
) -> None:
    way = '[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'
    way += f'topic = {{ at = "t", table = {{ x = "{code}" }} }}\n'
    with pytest.raises(ManifestError) as raised:
        make_source(f'format = "json"\n{way}')
    (problem,) = raised.value.problems
    assert de in problem.fix["de"]
