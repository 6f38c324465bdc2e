"""A source from the text of its manifest."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harvester.manifest import Source, load_manifest

MakeSource = Callable[[str], Source]


@pytest.fixture
def make_source(tmp_path: Path) -> MakeSource:
    """Makes a source from the tables below `[[source]]`."""

    def make(text: str) -> Source:
        head = '[hub]\nid = "muster"\nname = "Muster"\n[[source]]\nid = "all"\n'
        head += 'url = "https://muster.example/data"\nlicence = "unknown"\n'
        (tmp_path / "hub.toml").write_text(head + text, "utf-8")
        (source,) = load_manifest(tmp_path).sources
        return source

    return make
