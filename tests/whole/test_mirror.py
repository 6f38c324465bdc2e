"""What docs/mirror.md tells those who keep a copy holds for the dump of a real release."""

import gzip
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.instance import Instance
from registry.project.dumps import Dump
from registry.run.publish import publish_removal
from registry.store import entities, releases
from tests.whole.conftest import now, project

PAGE = Path(__file__).parents[2] / "docs" / "mirror.md"

SetHash = Callable[[Any], str]


@pytest.fixture
def set_hash(tmp_path: Path) -> SetHash:
    """The function that the page prints for its readers."""
    [program] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    path = tmp_path / "mirror.py"
    path.write_text(program, "utf-8")
    found: SetHash = runpy.run_path(str(path))["set_hash"]
    return found


def dumped(registry: Instance) -> list[str]:
    """The lines of a dump of the latest release."""
    project(registry, anew=True)
    folder = registry.home / "dumps"
    present = Dump.present(folder)
    assert present is not None
    with gzip.open(folder / present.file, "rt", encoding="utf-8", newline="\n") as dump:
        return list(dump)


def test_a_dump_with_tombstones_proves_equal_to_its_release(
    demo_registry: Instance, set_hash: SetHash
) -> None:
    publish_removal(demo_registry, "musterkreis", now())
    lines = dumped(demo_registry)
    with demo_registry.store.read() as conn:
        latest = releases.latest(conn)
        gone = next(iter(entities.iterate(conn, kinds=["actor"], states=["gone"])))
    assert latest is not None
    assert any(f"/id/{gone.id}>" in line for line in lines)
    assert set_hash(lines) == latest.set_hash.hex()


def test_a_mirror_that_lacks_one_statement_does_not_prove_equal(
    demo_registry: Instance, set_hash: SetHash
) -> None:
    lines = dumped(demo_registry)
    assert set_hash(lines[1:]) != set_hash(lines)


def test_the_description_of_a_dump_names_the_set_hash_of_its_release(
    demo_registry: Instance,
) -> None:
    dumped(demo_registry)
    described = Dump.present(demo_registry.home / "dumps")
    assert described is not None
    with demo_registry.store.read() as conn:
        release = releases.release(conn, described.release)
    assert release is not None
    assert described.set_hash == release.set_hash.hex()
