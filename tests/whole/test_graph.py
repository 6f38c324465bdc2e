"""What the graph of the demo federation tells, and that rebuilding tells the same."""

from datetime import timedelta
from pathlib import Path

import pyoxigraph
import pytest

from registry.instance import Instance, open_instance
from registry.project.dumps import Dump
from registry.project.projector import Projector
from registry.project.search import ListQuery, SearchIndex
from registry.project.snapshots import SNAPSHOTS, newest_snapshot
from registry.run.base_iri import move_base
from registry.run.publish import relink
from registry.settings import Settings
from registry.store import entities, releases
from tests.whole.conftest import BASE, now, project

PREFIXES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX schema: <https://schema.org/>
PREFIX verbund: <https://w3id.org/verbund/ns#>
"""

# One query for every value of the merged graph: a value stands word for word in a record's graph,
# or it leads to (or stands in) a nested node, which says from which record's node it was derived.
WHO_SAYS = (
    PREFIXES
    + """
SELECT DISTINCT ?s ?p ?o ?record ?hub ?run ?licence {
  { GRAPH ?record { ?s ?p ?o } }
  UNION { ?o prov:wasDerivedFrom ?said . ?s ?p ?o . GRAPH ?record { ?s ?p ?said } }
  UNION { ?s prov:wasDerivedFrom ?told . ?s ?p ?o . GRAPH ?record { ?told ?p ?o } }
  UNION { ?s prov:wasDerivedFrom ?told . ?o prov:wasDerivedFrom ?said . ?s ?p ?o .
          GRAPH ?record { ?told ?p ?said } }
  ?record prov:wasAttributedTo ?hub ; prov:wasGeneratedBy ?run ; dct:license ?licence .
}"""
)

# What the registry itself says of its entities: where a node comes from and why a value won.
OUR_OWN = ("http://www.w3.org/ns/prov#wasDerivedFrom",)


def graph(instance: Instance) -> pyoxigraph.Store:
    folder = instance.home / "graph"
    return pyoxigraph.Store.read_only(str(folder / SNAPSHOTS / newest_snapshot(folder)))


def quads(instance: Instance) -> list[str]:
    return sorted(str(quad) for quad in graph(instance))


def test_one_query_tells_of_every_value_which_record_hub_run_and_licence(
    demo_registry: Instance,
) -> None:
    store = graph(demo_registry)
    told = {
        (row["s"], row["p"], row["o"])
        for row in store.query(WHO_SAYS)
        if all(row[name] is not None for name in ("record", "hub", "run", "licence"))
    }
    default = list(store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()))
    values = [
        quad
        for quad in default
        if quad.subject.value.startswith(f"{BASE}/id/")
        and "#decision-" not in quad.subject.value
        and quad.predicate.value not in OUR_OWN
    ]
    assert len(values) > 300
    assert [str(q) for q in values if (q.subject, q.predicate, q.object) not in told] == []


def test_hub_and_run_of_a_value_are_described(demo_registry: Instance) -> None:
    store = graph(demo_registry)
    undescribed = store.query(
        PREFIXES
        + """SELECT ?record { ?record prov:wasGeneratedBy ?run ; prov:wasAttributedTo ?hub .
             FILTER NOT EXISTS { ?run prov:endedAtTime ?at ; prov:wasAssociatedWith ?hub .
                                 ?hub dct:title ?title } }"""
    )
    assert list(undescribed) == []


def test_a_lost_value_can_be_asked_for_with_the_rule_by_which_it_lost(
    demo_registry: Instance,
) -> None:
    rows = list(
        graph(demo_registry).query(
            PREFIXES
            + """SELECT ?won ?lost ?rule ?record {
              ?decision verbund:about ?entity ; verbund:onProperty ?p ; verbund:rule ?rule ;
                        verbund:lostBy ?record .
              ?entity ?p ?won . GRAPH ?record { ?entity ?p ?lost }
              FILTER(LANG(?won) = LANG(?lost) && ?won != ?lost)
              FILTER(?p = schema:name) }"""
        )
    )
    assert rows
    assert {row["rule"].value for row in rows} <= {"trusted", "newest", "most_complete"}


def test_rebuilding_gives_the_same_graph_and_lists(demo_registry: Instance) -> None:
    query = ListQuery(kind=None, now=now(), size=1000)
    before = quads(demo_registry)
    listed = [
        (hit.id, hit.summary)
        for hit in SearchIndex(demo_registry.home / "search").search(query).hits
    ]
    project(demo_registry, anew=True)
    assert quads(demo_registry) == before
    assert [
        (hit.id, hit.summary)
        for hit in SearchIndex(demo_registry.home / "search").search(query).hits
    ] == listed
    assert Dump.present(demo_registry.home / "dumps").quads == len(before)


def test_following_release_by_release_gives_what_rebuilding_gives(
    demo_registry: Instance, tmp_path: Path
) -> None:
    from registry.run.publish import publish_removal

    publish_removal(demo_registry, "mitmach-boerse", now())
    project(demo_registry)
    followed = quads(demo_registry)
    assert followed
    assert not any("mitmach-boerse.example/akteure" in quad for quad in followed)
    project(demo_registry, anew=True)
    assert quads(demo_registry) == followed


def test_relinking_makes_the_same_entities(demo_registry: Instance) -> None:
    with demo_registry.store.read() as conn:
        before = dict(entities.hashes(conn))
    assert relink(demo_registry, now()) is None
    with demo_registry.store.read() as conn:
        assert dict(entities.hashes(conn)) == before


def test_another_base_iri_leaves_the_old_one_nowhere(demo_settings: Settings) -> None:
    other = "https://anderswo.example/verbund"
    with open_instance(demo_settings) as instance:
        with instance.store.read() as conn:
            old_hash = releases.latest(conn).set_hash
        instance = move_base(instance, other, now())
        project(instance, anew=True)
        with instance.store.read() as conn:
            latest = releases.latest(conn)
        assert (latest.base_iri, latest.number) == (other, 2)
        assert latest.set_hash != old_hash
        found = quads(instance)
        assert not any(BASE in quad for quad in found)
        assert any(f"{other}/id/" in quad for quad in found)
        Projector(instance.store, instance.home, instance.iris).close()
    with open_instance(demo_settings) as instance:
        assert instance.iris.base == other
    for path in (demo_settings.home / "dumps").iterdir():
        assert BASE.encode() not in path.read_bytes()


@pytest.mark.parametrize("every", [timedelta(0), timedelta(days=1)])
def test_a_dump_is_renewed_only_when_it_is_old_enough(
    demo_registry: Instance, every: timedelta
) -> None:
    from registry.run.publish import publish_removal

    projector = Projector(demo_registry.store, demo_registry.home, demo_registry.iris)
    try:
        assert projector.dump(at_most_every=every).release == 1
        publish_removal(demo_registry, "musterkreis", now())
        assert projector.dump(at_most_every=every).release == (1 if every else 2)
    finally:
        projector.close()
