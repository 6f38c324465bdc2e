"""What one seeks beside what another offers."""

from typing import Any

from registry.project.search import Hit
from registry.web.exchange import pairs


def hit(name: str, *, seeks: list[str] = (), offers: list[str] = (), topics: Any = ()) -> Hit:  # type: ignore[assignment]
    def nodes(kinds: Any) -> list[dict[str, Any]]:
        return [{"name": {"de": f"{kind} von {name}"}, "offerKind": kind} for kind in kinds]

    summary = {"seeks": nodes(seeks), "offers": nodes(offers), "topics": list(topics)}
    return Hit(id=name, kind="actor", summary=summary)


def names(found: Any) -> list[tuple[str, str]]:
    return [(pair.sought.entity_id, pair.offered.entity_id) for pair in found]


def test_a_need_meets_an_offer_of_its_kind() -> None:
    found = pairs([hit("a", seeks=["space"])], [hit("b", offers=["advice", "space"])], limit=3)
    assert names(found) == [("a", "b")]
    assert found[0].offered.name == {"de": "space von b"}


def test_nobody_meets_themselves() -> None:
    both = hit("a", seeks=["space"], offers=["space"])
    assert pairs([both], [both], limit=3) == []


def test_common_topics_decide_among_offers() -> None:
    seeker = hit("a", seeks=["space"], topics=["care"])
    offers = [hit("b", offers=["space"]), hit("c", offers=["space"], topics=["care"])]
    assert names(pairs([seeker], offers, limit=3)) == [("a", "c")]


def test_what_has_no_topic_in_common_is_not_joined() -> None:
    seeker = hit("a", seeks=["advice"], topics=["housing"])
    assert pairs([seeker], [hit("b", offers=["advice"], topics=["care"])], limit=3) == []


def test_an_offer_is_shown_once() -> None:
    seekers = [hit("a", seeks=["space"]), hit("b", seeks=["space"])]
    assert names(pairs(seekers, [hit("c", offers=["space"])], limit=3)) == [("a", "c")]
