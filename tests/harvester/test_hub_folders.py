"""Every folder of tests/hubs maps to what a person wrote down for it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harvester.formats import SourceObject
from harvester.manifest import Manifest, load_manifest
from harvester.mapping import Mapper
from tests.harvester.hub_folders import Read, read_source
from vocab.documents import canonical

HUBS = sorted(path.parent for path in Path(__file__).parents[1].glob("hubs/*/hub.toml"))


@pytest.fixture(params=HUBS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return load_manifest(folder)


@pytest.fixture
def read(manifest: Manifest) -> Read:
    (source,) = manifest.sources
    return read_source(source)


@pytest.fixture
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text("utf-8"))


def test_documents_are_those_agreed_on(read: Read, expected: dict[str, Any]) -> None:
    """Each record maps to its document; null stands for a rejected one."""
    agreed = {
        key: canonical({"id": key, **document}) if document else None
        for key, document in expected["records"].items()
    }
    assert {m.local_id: m.document for m in read.mapped if m.local_id} == agreed


def test_findings_are_those_agreed_on(read: Read, expected: dict[str, Any]) -> None:
    """Nothing odd passes in silence, and nothing else is reported."""
    found = [
        [mapped.local_id or source_object.position, finding.rule]
        for source_object, mapped in zip(read.objects, read.mapped, strict=True)
        for finding in mapped.findings
    ]
    found += [[finding.path, finding.rule] for finding in read.of_format]
    assert sorted(found) == sorted(expected["findings"])


def test_fields_that_nobody_reads_are_counted(read: Read, expected: dict[str, Any]) -> None:
    """What is neither mapped nor ignored shows with its count."""
    unread = Counter(path for mapped in read.mapped for path in mapped.unread)
    assert unread == expected["unread"]


def test_run_figures(read: Read, expected: dict[str, Any]) -> None:
    """Pages, totals, skipped objects, the hub's own dates and pages."""
    assert sum(m.skipped for m in read.mapped) == expected.get("skipped", 0)
    assert read.pages == expected.get("page_count", 1)
    assert read.total == expected.get("total")
    modified = {m.local_id: m.modified_at for m in read.mapped if m.modified_at}
    assert modified == expected.get("modified", {})
    assert {m.local_id: m.page_url for m in read.mapped if m.page_url} == expected.get("pages", {})


def test_raw_form_holds_no_personal_contact(read: Read, expected: dict[str, Any]) -> None:
    """What was dropped reaches neither documents, raw forms nor findings."""
    stored = json.dumps(
        [
            [m.raw, m.document, [[f.value, f.path, dict(f.fix)] for f in m.findings]]
            for m in read.mapped
        ],
        ensure_ascii=False,
    )
    assert [word for word in expected.get("gone_from_raw", []) if word in stored] == []


def test_raw_form_maps_to_the_same_document(manifest: Manifest, read: Read) -> None:
    """Records can be mapped again from what is stored, without asking the hub."""
    mapper = Mapper(manifest.sources[0])
    for source_object, mapped in zip(read.objects, read.mapped, strict=True):
        if mapped.raw is None or source_object.problem is not None:
            continue
        again = mapper.map(SourceObject(data=mapped.raw, position=source_object.position))
        assert again.document == mapped.document
        assert again.raw == mapped.raw
