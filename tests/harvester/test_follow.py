"""Asking for many documents: a few at a time, of a host one at a time, and not without an end."""

import threading
import time
from collections import Counter

import pytest

from harvester.errors import SourceError
from harvester.fetch import FetchPolicy, Validators
from harvester.fetch.problems import MESSAGES, problem
from harvester.follow import Answer, Document, Follower, Lead, Unread
from harvester.follow.reasons import REASONS, reason_of
from harvester.follow.rounds import AT_ONCE, ask_all
from tests.harvester.conftest import MakeSource

FOLLOWED = """format = "json"
[source.follow]
url = "link"
under = "more"
[source.map]
kind = "'actor'"
id = "id"
name = "name"
"""
READ = Document(content={}, sha256="0", validators=Validators())


def leads(hosts: int, each: int) -> list[Lead]:
    return [
        Lead(key=f"{host}/{number}", url="", host=str(host))
        for number in range(each)
        for host in range(hosts)
    ]


@pytest.mark.parametrize("hosts", [1, 3, 20])
def test_a_few_are_asked_at_once_and_one_of_each_host(hosts: int) -> None:
    lock, now, most = threading.Lock(), Counter[str](), Counter[str]()

    def ask(lead: Lead) -> Answer:
        with lock:
            now[lead.host] += 1
            most[lead.host] = max(most[lead.host], now[lead.host])
            most["in all"] = max(most["in all"], now.total())
        time.sleep(0.01)
        with lock:
            now[lead.host] -= 1
        return READ

    given = leads(hosts, 5)
    answered = [lead for lead, _ in ask_all(given, ask, lambda: True)]
    assert sorted(lead.key for lead in answered) == sorted(lead.key for lead in given)
    for host in range(hosts):
        assert [a for a in answered if a.host == str(host)] == [
            g for g in given if g.host == str(host)
        ]
        assert most[str(host)] == 1
    assert 1 <= most["in all"] <= min(hosts, AT_ONCE)
    assert hosts == 1 or most["in all"] > 1


def test_what_is_over_is_over_at_once_though_a_server_does_not_answer() -> None:
    released = threading.Event()

    def ask(lead: Lead) -> Answer:
        released.wait(30)
        return READ

    started = time.monotonic()
    given = leads(4, 3)
    try:
        answers = list(ask_all(given, ask, lambda: time.monotonic() - started < 1))
        assert time.monotonic() - started < 10
    finally:
        released.set()
    assert sorted(lead.key for lead, _ in answers) == sorted(lead.key for lead in given)
    assert {answer for _, answer in answers} == {None}


def test_a_server_that_answers_in_between_is_asked_on() -> None:
    """Three failures one after the other end it, not three in all."""
    silent = Unread(reason=REASONS["fetch.timeout"], unanswered=True)
    given = leads(1, 12)
    asked: list[str] = []

    def ask(lead: Lead) -> Answer:
        asked.append(lead.key)
        return READ if lead.key in ("0/2", "0/5") else silent

    assert len(list(ask_all(given, ask, lambda: True))) == 12
    assert asked == [f"0/{number}" for number in range(9)]


def test_a_fault_of_ours_is_not_swallowed() -> None:
    def ask(lead: Lead) -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(ask_all(leads(1, 1), ask, lambda: True))


@pytest.mark.parametrize("code", MESSAGES)
def test_every_failure_of_a_fetch_has_words_for_the_keeper_of_the_document(code: str) -> None:
    """Those of the fetch itself speak of the manifest, of which a member knows nothing."""
    reason = reason_of(SourceError(code, de="", en="", status=418))
    assert reason["de"] != reason["en"]
    assert all("418" in text and "anifest" not in text for text in reason.values())


def test_there_are_no_words_for_failures_that_do_not_happen() -> None:
    assert REASONS.keys() == MESSAGES.keys()
    assert "418" not in reason_of(problem("fetch.dns", authority="x", reason="y"))["en"]


def test_a_directory_on_the_internet_does_not_lead_to_what_is_open_inside(
    make_source: MakeSource,
) -> None:
    """The operator opened it for another hub; one that lies there itself may lead there."""
    policy = FetchPolicy(
        user_agent="test/1", private_hosts=frozenset({"127.0.0.1:9", "10.0.0.1:80"})
    )
    public = Follower(make_source(FOLLOWED), policy, own_base="https://verbund.example")
    assert public.refusal("http://127.0.0.1:9/p", "https://muster.example/data") is not None
    assert public.refusal("http://10.0.0.1/p", "http://10.0.0.1/data") is not None
    assert public.refusal("https://a.example/p", "https://muster.example/data") is None


def test_this_registry_is_told_by_its_host_and_path(make_source: MakeSource) -> None:
    policy = FetchPolicy(user_agent="test/1")
    follower = Follower(make_source(FOLLOWED), policy, own_base="https://muster.example/verbund")
    page = "https://muster.example/data"
    for ours in ("https://muster.example/verbund", "http://MUSTER.example/verbund/actors?q=1"):
        assert follower.refusal(ours, page) is not None, ours
    for other in ("https://muster.example/verbund-2/p", "https://muster.example:8443/verbund/p"):
        assert follower.refusal(other, page) is None, other


def test_offline_only_what_the_operator_opened_is_in_reach(make_source: MakeSource) -> None:
    policy = FetchPolicy(
        user_agent="test/1", private_hosts=frozenset({"127.0.0.1:9"}), offline=True
    )
    follower = Follower(make_source(FOLLOWED), policy, own_base="https://verbund.example")
    assert follower.is_out_of_reach("https://muster.example/p")
    assert not follower.is_out_of_reach("http://127.0.0.1:9/p")
    assert not follower.is_out_of_reach("file:///srv/p.json")
