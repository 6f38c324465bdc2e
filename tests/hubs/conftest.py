"""All real hubs, read once for all tests of this folder."""

from pathlib import Path

import pytest

from bench.real import prepare
from harvester.fetch import Fetcher, FetchLimits, FetchPolicy
from harvester.manifest import load_manifest
from tests.hubs.harvested import Harvests, harvested


@pytest.fixture(scope="session")
def harvests(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Harvests:
    """Every real source, fetched as the registry does it and read as far as the rules."""
    folders = prepare(tmp_path_factory.mktemp("hubs"), f"{shared_data.resolve().as_uri()}/")
    policy = FetchPolicy(user_agent="verbund-tests/0", file_roots=(shared_data,))
    found: Harvests = {}
    with Fetcher(policy, FetchLimits()) as fetcher:
        for source in (s for folder in folders for s in load_manifest(folder).sources):
            page = fetcher.fetch(source.url, accept="*/*")
            assert page.body is not None
            found[source.id] = harvested(source, page.body)
    return found
