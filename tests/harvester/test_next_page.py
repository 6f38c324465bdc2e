"""A hub's link to its next page leads on within the source, and nowhere else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.errors import SourceError
from harvester.fetch import Fetcher, FetchPolicy
from harvester.next_page import checked_next
from harvester.reading import Walk, walk_pages
from tests.harvester.conftest import MakeSource
from tests.harvester.hub_folders import page_of
from tests.hub_site import Site, serving

MAP = 'format = "json"\n[source.options]\nrecords = "items"\nnext = "next"\n'
MAP += '[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'


def leads(make_source: MakeSource, source_url: str, page_url: str, to: str) -> bool:
    source = replace(make_source(MAP), url=source_url)
    try:
        return checked_next(to, page_of(b"", url=page_url), source) == to
    except SourceError as error:
        assert error.code == "page.elsewhere"
        return False


@pytest.mark.parametrize(
    "to",
    ["https://hub.example/2", "https://HUB.example:443/data?page=2", "https://api.hub.example/x"],
)
def test_the_host_of_the_source_or_of_the_page_is_followed(
    make_source: MakeSource, to: str
) -> None:
    """The page's too, since the source may have been redirected there."""
    assert leads(make_source, "https://hub.example/", "https://api.hub.example/1", to)
    assert leads(
        make_source, "http://hub.example/", "http://hub.example/1", "https://hub.example/2"
    )


@pytest.mark.parametrize(
    "to",
    [
        "http://hub.example/2",
        "https://hub.example:8443/2",
        "https://other.example/2",
        "http://127.0.0.1:9200/_search",
        "file:///etc/passwd",
    ],
)
def test_a_public_hub_leads_neither_inside_nor_into_files(make_source: MakeSource, to: str) -> None:
    assert not leads(make_source, "https://hub.example/", "https://hub.example/1", to)


def test_files_lead_to_files_of_their_folder_alone(make_source: MakeSource) -> None:
    here = "file:///srv/hubs/muster/page1.json"
    for to in ("file:///srv/hubs/muster/page2.json", "file:///srv/hubs/muster/more/3.json"):
        assert leads(make_source, here, here, to)
    for to in (
        "file:///srv/hubs/other/page2.json",
        "file:///srv/hubs/muster/../other/x.json",
        "file:///srv/hubs/muster/%2e%2e/other/x.json",
        "file:///srv/hubs/muster-2/x.json",
        "http://127.0.0.1:1/",
    ):
        assert not leads(make_source, here, here, to)


def test_a_page_of_the_network_does_not_have_files_read(
    make_source: MakeSource, tmp_path: Path
) -> None:
    """Though the file lies below a folder that the operator opened, for another source."""
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"items": [{"id": "1", "name": "Secret"}]}), "utf-8")
    with serving(Site()) as site:
        site.says({"id": "2", "name": "Two"}, next=secret.as_uri())
        source = replace(make_source(MAP), url=site.url())
        policy = FetchPolicy(
            user_agent="test/1",
            private_hosts=frozenset({f"127.0.0.1:{site.port}"}),
            file_roots=(tmp_path,),
        )
        pages = walk_pages(source, Fetcher(policy), {}, Walk())
        assert b"Two" in (next(pages).body or b"")
        with pytest.raises(SourceError, match="next page"):
            next(pages)
