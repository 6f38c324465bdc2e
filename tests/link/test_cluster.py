"""Guarded clustering: the partition depends on records, evidence and judgements alone."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry.link.cluster import MOST_RECORDS, Judgement, Traits, cluster
from registry.link.evidence import WEIGHTS, Edge
from registry.link.names import read_name

IDS = [f"r{n}" for n in range(8)]
pairs = (
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda p: p[0] != p[1]).map(sorted)
)
edges = st.builds(
    lambda pair, rule: Edge(a=pair[0], b=pair[1], rule=rule, detail="x"),
    pairs,
    st.sampled_from(sorted(WEIGHTS)),
)
judgements = st.builds(
    lambda pair, verdict: Judgement(a=pair[0], b=pair[1], verdict=verdict),
    pairs,
    st.sampled_from(["same", "different", "unsure"]),
)
NUMBERS = [{}, {"ror": frozenset("1")}, {"ror": frozenset("2")}, {"vr": frozenset("7")}]
NAMES = [(), (read_name("Werkhof"),), (read_name("Werkhof Süd"),), (read_name("Nähstube"),)]
traits = st.builds(
    Traits,
    identifiers=st.sampled_from(NUMBERS),
    names=st.sampled_from(NAMES),
    removed=st.booleans(),
)
records = st.fixed_dictionaries(dict.fromkeys(IDS, traits))


def traits_of(**numbers: str | None) -> dict[str, Traits]:
    """Records by id with their ROR numbers, None for none."""
    return {
        id_: Traits(identifiers={"ror": frozenset((ror,))} if ror else {})
        for id_, ror in numbers.items()
    }


def edge(a: str, b: str, rule: str = "name_and_host") -> Edge:
    return Edge(a=a, b=b, rule=rule, detail="x")


def groups(records: dict, *args: list) -> set[frozenset[str]]:
    return set(cluster(records, *args).clusters)


@given(records, st.lists(edges), st.lists(judgements), st.randoms(use_true_random=False))
def test_order_does_not_matter(
    records: dict, edges: list, judgements: list, shuffler: random.Random
) -> None:
    expected = cluster(records, edges, judgements)
    items = list(records.items())
    for shuffled in (items, edges, judgements):
        shuffler.shuffle(shuffled)
    assert cluster(dict(items), edges * 2, judgements) == expected


@given(records, st.lists(edges), st.lists(judgements))
def test_every_record_has_one_place_and_no_cluster_breaks_the_guard(
    records: dict, edges: list, judgements: list
) -> None:
    result = cluster(records, edges, judgements)
    assert sorted(member for group in result.clusters for member in group) == sorted(records)
    for group in result.clusters:
        assert not any(j.verdict == "different" and {j.a, j.b} <= group for j in judgements)
        assert (
            len(
                {
                    number
                    for member in group
                    for number in records[member].identifiers.get("ror", ())
                }
            )
            <= 1
        )


@given(records, st.lists(edges), st.lists(judgements))
def test_no_two_records_meet_without_a_chain_of_evidence(
    records: dict, edges: list, judgements: list
) -> None:
    links = [{e.a, e.b} for e in edges] + [{j.a, j.b} for j in judgements if j.verdict == "same"]
    for group in cluster(records, edges, judgements).clusters:
        reached = {min(group)}
        while grown := [
            link for link in links if link & reached and link <= group and not link <= reached
        ]:
            reached |= set().union(*grown)
        assert reached == group


@given(records, st.lists(edges), st.lists(judgements))
def test_a_component_may_be_clustered_apart(records: dict, edges: list, judgements: list) -> None:
    left = {id_: records[id_] for id_ in IDS[:4]}
    right = {id_: records[id_] for id_ in IDS[4:]}
    inside = [e for e in edges if (e.a in left) == (e.b in left)]
    words = [j for j in judgements if (j.a in left) == (j.b in left)]
    together = cluster(records, inside, words)
    apart = cluster(left, inside, words).clusters + cluster(right, inside, words).clusters
    assert set(together.clusters) == set(apart)


def test_the_stronger_evidence_wins_where_both_cannot_hold() -> None:
    records = traits_of(a="1", b=None, c="2")
    evidence = [edge("a", "b", "name_and_host"), edge("b", "c", "registered_id")]
    result = cluster(records, evidence, [])
    assert set(result.clusters) == {frozenset("a"), frozenset("bc")}
    assert [(r.a, r.b, r.reason) for r in result.refused] == [("a", "b", "registered_id")]


def test_a_negative_judgement_holds_through_a_third_record() -> None:
    apart = [Judgement(a="a", b="c", verdict="different")]
    assert groups(traits_of(a=None, b=None, c=None), [edge("a", "b"), edge("b", "c")], apart) == {
        frozenset("ab"),
        frozenset("c"),
    }


def test_a_person_may_join_what_evidence_does_not() -> None:
    assert groups(traits_of(a=None, b=None), [], [Judgement(a="a", b="b", verdict="same")]) == {
        frozenset("ab")
    }


def named(*names: str, removed: bool = False) -> Traits:
    return Traits(names=tuple(read_name(name) for name in names), removed=removed)


def test_one_record_of_many_names_does_not_make_one_thing_of_many() -> None:
    others = {f"r{n}": named(f"Verein {name}") for n, name in enumerate(("Nord", "Ost", "Süd"))}
    bridge = named("Brücke", "Verein Nord", "Verein Ost", "Verein Süd")
    links = [edge("a", other, "same_as") for other in others]
    result = cluster({"a": bridge, **others}, links, [])
    assert set(result.clusters) == {frozenset(("a", "r0")), frozenset(("r1",)), frozenset(("r2",))}
    assert {refusal.reason for refusal in result.refused} == {"names"}


def test_a_removed_record_holds_no_others_together() -> None:
    links = [edge("a", "b"), edge("b", "c")]
    together = {"a": named("Werkhof"), "b": named("Werkhof"), "c": named("Werkhof")}
    assert groups(together, links, []) == {frozenset("abc")}
    together["b"] = named("Werkhof", removed=True)
    assert groups(together, links, []) == {frozenset("ab"), frozenset("c")}


def test_no_chain_grows_without_end() -> None:
    ids = [f"r{n:05}" for n in range(5 * MOST_RECORDS)]
    links = [edge(a, b, "same_as") for a, b in pairwise(ids)]
    result = cluster({id_: named("Werkhof") for id_ in ids}, links, [])
    assert max(len(group) for group in result.clusters) <= MOST_RECORDS
    assert {refusal.reason for refusal in result.refused} == {"too_many"}
