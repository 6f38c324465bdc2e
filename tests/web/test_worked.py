"""The worked examples of the developers' page: what stands there runs and gives what is shown."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from registry.app import create_app
from registry.errors import Busy
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits
from registry.web.worked import Result, Results
from registry.web.worked_examples import NO_SAMPLE, Example, examples
from tests.web.conftest import ATLAS, BOERSE, Registry

KEYS = (
    "jsonld",
    "turtle",
    "conditional",
    "list",
    "csv",
    "geojson",
    "topics",
    "who",
    "dump",
    "mirror",
)
GERMAN = {"Accept": "text/html", "Accept-Language": "de"}


def sections(client: FlaskClient, *, until: Callable[[int], bool]) -> dict[str, Tag]:
    """The examples of the page by key, once as many as `until` says have an answer."""
    deadline = time.monotonic() + 60
    while True:
        page = BeautifulSoup(client.get("/daten", headers=GERMAN).text, "html.parser")
        found = {
            title["id"].removeprefix("ex-"): title.find_parent("section")
            for title in page.select("h3[id^=ex-]")
        }
        if until(len(page.select("pre.answer"))):
            return found
        assert time.monotonic() < deadline, "no answers came"
        time.sleep(0.1)


def command(section: Tag) -> str:
    return section.select_one(".code pre").text


def answer(section: Tag) -> str:
    return section.select_one("pre.answer").text


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a registry that is published at the address where it really answers."""
    server = make_server("127.0.0.1", 0, lambda environ, start: [], threaded=True)
    registry = Registry(
        tmp_path_factory.mktemp("live"), VERBUND_BASE_IRI=f"http://127.0.0.1:{server.server_port}"
    )
    registry.add_hub("atlas", {"de": "Sozialatlas"}, priority=60)
    registry.add_hub("boerse", {"de": "Mitmach-Börse"})
    registry.say("atlas", ATLAS)
    registry.say("boerse", BOERSE)
    registry.projector.dump(at_most_every=timedelta(0))
    app = registry.app()
    server.app = app
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app.test_client()
    server.shutdown()
    thread.join()
    server.server_close()
    registry.close()


@pytest.fixture(scope="module")
def shown(live: FlaskClient) -> dict[str, Tag]:
    """The ten examples with their answers."""
    return sections(live, until=lambda answers: answers == len(KEYS))


def test_there_are_ten_examples_each_with_an_answer(shown: dict[str, Tag]) -> None:
    assert tuple(shown) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_printed_command_prints_what_stands_below_it(
    shown: dict[str, Tag], tmp_path: Path, key: str
) -> None:
    ran = subprocess.run(
        ["bash", "-euc", command(shown[key])],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    printed = "".join(ran.stdout.split()).lower()
    lines = [line.removesuffix(" …") for line in answer(shown[key]).splitlines() if line != "…"]
    assert [line for line in lines if "".join(line.split()).lower() not in printed] == []
    assert "".join(lines).strip()


def test_the_answers_are_of_what_this_registry_holds(shown: dict[str, Tag]) -> None:
    """Told from the documents that the two hubs gave."""
    assert "Werkhof Neißebogen e. V." in answer(shown["jsonld"])
    assert answer(shown["conditional"]).startswith("HTTP/1.1 304")
    assert {line.split(",")[1] for line in answer(shown["who"]).splitlines()[1:]} == {
        "Werkhof Neißebogen e. V.",
        "WERKHOF NEISSEBOGEN E.V.",
    }
    assert "topics/rural-areas,3" in answer(shown["topics"])
    assert '"kind": "event"' in answer(shown["geojson"])


def test_the_map_s_example_has_events_though_none_are_to_come(registry: Registry) -> None:
    """Its command and answer are those of a registry with a past event only."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    past = {"type": "Event", "name": {"de": "Gewesen"}, "startDate": "2020-05-01T10:00:00+02:00"}
    registry.say("atlas", {"haus": {"type": "Actor", "name": {"de": "Haus"}}, "fest": past})
    registry.projector.dump(at_most_every=timedelta(0))
    found = sections(registry.app().test_client(), until=lambda answers: answers == len(KEYS))
    assert "Gewesen" in answer(found["geojson"])


def test_the_ways_begin_alike(live: FlaskClient) -> None:
    capitals = []
    for language in ("de", "en"):
        text = live.get(f"/daten?lang={language}", headers=GERMAN).text
        heads = BeautifulSoup(text, "html.parser").select("[aria-labelledby=wege] tbody th")
        assert len(heads) == 6
        capitals += [head.text for head in heads if head.text[0].isupper()]
    assert capitals == ["Fragen über alles stellen"]  # a noun


def test_an_answer_names_the_release_that_it_is_from(shown: dict[str, Tag]) -> None:
    assert [key for key in KEYS if "Release 2" not in shown[key].text] == []


def test_the_conditional_command_has_the_etag_that_is_in_force(
    live: FlaskClient, shown: dict[str, Tag]
) -> None:
    """Without it the same address answers 200."""
    response = live.get(urlsplit(command(shown["conditional"]).split()[-1]).path)
    assert response.status_code == 200
    assert response.headers["ETag"] in command(shown["conditional"])


def test_a_query_opens_on_the_query_page(live: FlaskClient, shown: dict[str, Tag]) -> None:
    for key in ("topics", "who"):
        page = live.get(shown[key].select_one("p a")["href"], headers=GERMAN).text
        assert BeautifulSoup(page, "html.parser").select("#result tbody tr")


def test_without_query_workers_the_page_stands_and_the_others_have_answers(
    registry: Registry,
) -> None:
    class NoneFree(QueryPool):
        def query(self, *args: object, **named: object) -> object:
            raise Busy("Alle beschäftigt.", "All busy.")

    pool = NoneFree(registry.settings.home / "graph", PoolLimits(workers=1))
    app = create_app(replace(registry.services(), queries=lambda: pool))
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", ATLAS)
    registry.projector.dump(at_most_every=timedelta(0))
    found = sections(app.test_client(), until=lambda answers: answers >= len(KEYS) - 2)
    lacking = {key for key, one in found.items() if one.select_one("pre.answer") is None}
    assert lacking == {"topics", "who"}
    assert "curl" in command(found["topics"])


def test_before_the_first_release_the_commands_stand_alone(registry: Registry) -> None:
    found = sections(registry.app().test_client(), until=lambda answers: answers == 0)
    assert tuple(found) == KEYS


def test_an_example_that_never_ends_does_not_hold_up_the_page() -> None:
    over = threading.Event()
    asked: list[str] = []

    def ask(one: Example) -> Result | None:
        asked.append(one.key)
        if len(asked) > 1:
            over.wait(60)
        return Result(text=one.key, cut=False, release=7)

    results = Results()
    ten = examples("https://verbund.example", NO_SAMPLE)
    first = results.of(ten, ask, 7)
    again = results.of(ten, ask, 7)
    assert set(first) <= {"jsonld"}
    assert set(again) == {"jsonld"}
    assert asked == ["jsonld", "turtle"]  # one thread, however many pages wait
    over.set()
    while len(results.of(ten, ask, 7)) < len(ten):
        time.sleep(0.01)
    assert len(asked) == len(ten)


def test_a_new_release_gets_answers_of_its_own(registry: Registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"mobil": ATLAS["mobil"]})
    client = registry.app().test_client()
    before = sections(client, until=lambda answers: answers >= len(KEYS) - 2)  # no dump yet
    assert "Dorfmobil" in answer(before["jsonld"])
    renamed = {**ATLAS["mobil"], "name": {"de": "Dorfbus Beispieltal"}}
    registry.say("atlas", {"mobil": renamed})
    after = sections(client, until=lambda answers: answers >= len(KEYS) - 2)  # no dump yet
    assert "Dorfbus" in answer(after["jsonld"])
    assert "Release 2" in after["topics"].text


def test_a_long_answer_is_shortened_to_lines_that_fit(shown: dict[str, Tag]) -> None:
    for key in KEYS:
        lines = answer(shown[key]).splitlines()
        assert len(lines) <= 22, key
        assert max(map(len, lines)) <= 162, key
    described = answer(shown["mirror"])
    assert json.loads(described.partition('"setHash"')[0].rstrip(", \n") + "}")["quads"] > 0
