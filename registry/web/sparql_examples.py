"""The queries that the query page offers; a test runs each of them."""

from typing import Final

from registry.web.worked_examples import TOPICS_QUERY

EXAMPLES: Final[dict[str, str]] = {
    "rural": """PREFIX org: <http://www.w3.org/ns/org#>
PREFIX schema: <https://schema.org/>
PREFIX dct: <http://purl.org/dc/terms/>

SELECT ?actor ?name ?topic WHERE {
  ?actor a org:Organization ;
         schema:name ?name ;
         dct:subject ?topic .
}
ORDER BY ?name
LIMIT 50""",
    "who": """PREFIX schema: <https://schema.org/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>

SELECT ?entity ?name ?hub ?licence ?record WHERE {
  GRAPH ?record { ?entity schema:name ?name }
  ?record prov:wasAttributedTo ?hub ;
          dct:license ?licence .
}
ORDER BY ?entity
LIMIT 50""",
    "topics": TOPICS_QUERY,
    "partners": """PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX schema: <https://schema.org/>
PREFIX verbund: <https://w3id.org/verbund/ns#>

SELECT ?project ?name ?carrier WHERE {
  ?project a foaf:Project ;
           schema:name ?name ;
           verbund:carriedBy/schema:name ?carrier .
}
LIMIT 50""",
    "licences": """PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dct: <http://purl.org/dc/terms/>

SELECT ?licence (COUNT(?record) AS ?records) WHERE {
  ?record a dcat:CatalogRecord ;
          dct:license ?licence .
}
GROUP BY ?licence
ORDER BY DESC(?records)""",
}
"""By the key of their title in texts.toml (`sparql.example_…`)."""
