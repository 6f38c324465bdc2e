"""Every problem is told in both languages, and only fetch talks to the network."""

import re
from pathlib import Path
from string import Formatter

import pytest

import harvester
from harvester.fetch.problems import MESSAGES, problem

HARVESTER = Path(harvester.__file__).parent
FETCH = HARVESTER / "fetch"


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_tell_the_same_details(code):
    message = MESSAGES[code]
    assert fields(message.de) == fields(message.en) != set()
    assert message.de != message.en


def test_the_catalogue_holds_exactly_the_problems_that_are_raised():
    sources = [p.read_text() for p in FETCH.glob("*.py") if p.name != "problems.py"]
    raised = set(re.findall(r'"(fetch\.[a-z_]+)"', "\n".join(sources)))
    assert raised == set(MESSAGES)


def test_a_hostile_detail_is_shown_harmlessly():
    told = problem("fetch.scheme", url="x:\x1b[2J\n{0.__class__}\u202e" + "y" * 10_000)
    assert told.en.isprintable()
    assert "{0.__class__}" in told.en
    assert len(told.en) < 1000


def test_only_fetch_opens_a_url():
    opens = re.compile(
        r"^\s*(?:from|import)\s+(requests|urllib3|urllib\.request|http\.client|socket|httpx)\b",
        re.MULTILINE,
    )
    others = [p for p in HARVESTER.rglob("*.py") if FETCH not in p.parents]
    assert others
    assert [p.name for p in others if opens.search(p.read_text())] == []
    assert any(opens.search(p.read_text()) for p in FETCH.glob("*.py"))
