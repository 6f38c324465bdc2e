"""Hostile queries: what is sent to `/sparql`, and what has to come of it.

One list for the test, the measurement (`bench/hostile.py`) and the table in `docs/`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from tests.hostile.server import BASE

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request to `/sparql`."""

    method: str = "GET"
    parameters: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HostileQuery:
    """`expected`: the status, and the code of the problem where it is one.

    `make` gets the URL of a listener that nobody may knock at.
    """

    name: str
    expected: str
    make: Callable[[str], Request]


def get(query: str, **parameters: str) -> Request:
    """A query as a parameter, with further parameters beside it."""
    return Request(parameters=urlencode({"query": query, **parameters}))


def post(body: str, content_type: str = QUERY, parameters: str = "") -> Request:
    """A query, or what is none, as content."""
    return Request(
        method="POST",
        parameters=parameters,
        body=body.encode("utf-8", "surrogatepass"),
        headers={"Content-Type": content_type},
    )


def _asked(name: str, expected: str, query: str) -> HostileQuery:
    """A query by GET; `URL` in it stands for the listener's."""
    return HostileQuery(name, expected, lambda url: get(query.replace("URL", url)))


def _posted(name: str, expected: str, query: str) -> HostileQuery:
    return HostileQuery(name, expected, lambda url: post(query.replace("URL", url)))


def _doubled(times: int) -> str:
    steps = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) {{ BIND('x' AS ?x0) {steps} }}"


def _without_end() -> list[HostileQuery]:
    triples = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(12))
    optional = " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(12))
    path = "(<urn:a>|!<urn:a>|^!<urn:a>)"
    return [
        _asked("cross product, counted", "504 deadline", ENDLESS),
        _asked("cross product, sorted", "422 out_of_memory or 504 deadline",
               f"SELECT * {{ {triples} }} ORDER BY ?c11 ?a0"),
        _asked("cross product, distinct", "422 result_too_large or 422 out_of_memory or 504 deadline",
               f"SELECT DISTINCT * {{ {triples} }}"),
        _asked("cross product, grouped by all", "422 out_of_memory or 504 deadline",
               "SELECT ?a ?d ?g (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
               " GROUP BY ?a ?b ?c ?d ?e ?f ?g ?h ?i"),
        _asked("cross product, streamed as it comes", "422 result_too_large or 504 deadline",
               "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
        _asked("cross product, an OFFSET of a quintillion", "504 deadline",
               "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
               " OFFSET 999999999999999999 LIMIT 1"),
        _asked("cross product of subqueries", "504 deadline",
               "SELECT (COUNT(*) AS ?n) { {SELECT * {?a ?b ?c}} {SELECT * {?d ?e ?f}}"
               " {SELECT * {?g ?h ?i}} {SELECT * {?j ?k ?l}} }"),
        _asked("cross product of twelve OPTIONALs", "422 result_too_large or 422 out_of_memory or 504 deadline",
               f"SELECT * {{ ?s a ?t {optional} }}"),
        _asked("cross product constructed", "422 result_too_large or 422 out_of_memory or 504 deadline",
               "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
        _asked("cross product negated", "504 deadline",
               "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?x ?y ?z"
               " FILTER NOT EXISTS { ?p ?q ?r . ?s ?t ?u FILTER(?q = ?a && ?t = ?d) } }"),
        _asked("paths without end, both ends unbound", "200 or 504 deadline or 422 out_of_memory",
               f"SELECT (COUNT(*) AS ?n) {{ ?a {path}* ?b . ?b {path}* ?c . ?c {path}+ ?d }}"),
        _asked("paths of paths", "200 or 504 deadline or 422 out_of_memory",
               f"SELECT (COUNT(*) AS ?n) {{ ?a ((({path}*)+)*)+/({path}+)*/({path}*)* ?b }}"),
        _asked("path of nothing, zero length over all", "200 or 504 deadline",
               "SELECT (COUNT(*) AS ?n) { ?a <urn:a>* ?b . ?c <urn:b>* ?d . ?e <urn:c>? ?f }"),
        _asked("describe everything", "200",
               "DESCRIBE * { ?s ?p ?o }"),
    ]  # fmt: skip


def _of_memory() -> list[HostileQuery]:
    replaces = "'a'"
    for _ in range(12):
        replaces = f"REPLACE({replaces}, '(.)', '$1$1$1$1$1$1$1$1')"
    return [
        _asked("CONCAT doubling, 30 times", "422 out_of_memory or 504 deadline", _doubled(30)),
        _asked("CONCAT doubling, 64 times", "422 out_of_memory or 504 deadline", _doubled(64)),
        _asked("REPLACE that grows eightfold, twelve times", "422 out_of_memory or 504 deadline",
               f"SELECT (STRLEN({replaces}) AS ?n) {{}}"),
        _asked("GROUP_CONCAT over a cross product", "422 out_of_memory or 504 deadline",
               "SELECT (STRLEN(GROUP_CONCAT(?c; SEPARATOR='xxxxxxxxxxxxxxxx')) AS ?n)"
               " { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
        _asked("ENCODE_FOR_URI of what doubles", "422 out_of_memory or 504 deadline",
               _doubled(29).replace("STRLEN(?x29)", "STRLEN(ENCODE_FOR_URI(?x29))")
               .replace("'x'", "'ß'")),
        _posted("VALUES of 4,000 rows, joined with itself thrice", "422 out_of_memory or 504 deadline",
                "SELECT (COUNT(*) AS ?n) {" + "".join(
                    f"VALUES ?v{m} {{ {' '.join(str(n) for n in range(4000))} }}"
                    for m in range(3)) + "}"),
        _posted("VALUES beyond the length of a query", "400 too_long",
                "SELECT * { VALUES ?v {" + " ".join(f"'{n}'" for n in range(20_000)) + "} }"),
        _posted("an IRI of 60,000 characters", "200",
                "ASK { <urn:" + "a" * 60_000 + "> ?p ?o }"),
        _posted("an IRI of 200,000 characters", "400 too_long",
                "ASK { <urn:" + "a" * 200_000 + "> ?p ?o }"),
        _posted("a body of 2 MB", "413 too_large", "ASK { ?s ?p '" + "a" * 2_000_000 + "' }"),
    ]  # fmt: skip


def _of_shape() -> list[HostileQuery]:
    def deep(begin: str, open_: str, end: str, close: str, times: int) -> str:
        return begin + open_ * times + end + close * times

    return [
        _posted("20,000 parentheses", "400 nesting",
                deep("ASK { FILTER(", "(", "1", ")", 20_000) + ") }"),
        _posted("20,000 braces", "400 nesting", deep("ASK ", "{", "", "}", 20_000)),
        _posted("20,000 open braces, none closed", "400 nesting", "ASK " + "{" * 20_000),
        _posted("6,000 square brackets", "400 nesting",
                deep("ASK { ?s ?p ", "[<urn:p> ", "1", "]", 6_000) + "}"),
        _posted("20,000 !", "400 nesting", "ASK { FILTER(" + "!" * 20_000 + "true) }"),
        _posted("20,000 minus signs", "400 nesting", "ASK { FILTER(" + "- " * 20_000 + "1 = 1) }"),
        _posted("20,000 ^ in a path", "400 nesting", "ASK { ?s " + "^" * 20_000 + "<urn:p> ?o }"),
        _posted("40 braces, the most permitted", "200", deep("ASK ", "{", "", "}", 40)),
        _posted("38 parentheses, each with !", "200 or 504 deadline",
                deep("ASK { FILTER(", "!(", "true", ")", 38) + ") }"),
        _posted("OPTIONAL in OPTIONAL, 39 deep", "200 or 504 deadline",
                deep("ASK {", "OPTIONAL { ?a ?b ?c ", "", "}", 39) + "}"),
        _posted("EXISTS in EXISTS, 38 deep", "200 or 504 deadline or 422 too_complex",
                deep("ASK {", "FILTER EXISTS { ?a ?b ?c ", "", "}", 38) + "}"),
        _posted("a chain of 10,000 +", "200 or 422 too_complex or 504 deadline",
                "ASK { FILTER(1" + "+1" * 10_000 + " = 0) }"),
        _posted("a chain of 9,000 ||", "200 or 422 too_complex or 504 deadline",
                "ASK { FILTER(?x" + "||?x" * 9_000 + ") }"),
        _posted("a chain of 6,000 UNION", "200 or 422 too_complex or 504 deadline",
                "ASK { {}" + " UNION {}" * 6_000 + " }"),
        _posted("a path of 9,000 steps", "200 or 422 too_complex or 504 deadline",
                "ASK { ?s <urn:a>" + "/<a:>" * 9_000 + " ?o }"),
        _posted("a path of 9,000 choices", "200 or 422 too_complex or 504 deadline or 400 syntax",
                "ASK { ?s <urn:a>" + "|<a:>" * 9_000 + " ?o }"),
        _posted("6,900 FILTERs", "200 or 422 too_complex or 504 deadline",
                "ASK { ?s ?p ?o " + "FILTER(1)" * 6_900 + " }"),
        _posted("3,000 OPTIONALs side by side", "200 or 422 too_complex or 504 deadline",
                "ASK { " + "OPTIONAL{?a ?b ?c}" * 3_000 + " }"),
        _posted("2,600 different triple patterns", "200 or 422 too_complex or 504 deadline",
                "ASK { " + " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(2_600)) + " }"),
        _posted("3,000 prefixes", "200",
                "".join(f"PREFIX p{n}: <urn:> " for n in range(3_000)) + "ASK {}"),
        _posted("8,000 variables selected", "200 or 422 too_complex or 504 deadline",
                "SELECT " + " ".join(f"?v{n}" for n in range(8_000)) + " {} "),
        _posted("60,000 dots that could be a name", "400 syntax", "ASK { " + "a." * 30_000 + " }"),
        _posted("12,000 signs <", "400 syntax", "ASK { FILTER(" + "?a < " * 12_000 + "1) }"),
        _posted("60,001 quotes", "400 unclosed_string", "ASK { " + "'" * 60_001 + " }"),
        _posted("30,000 comments", "200", "ASK {" + "#\n" * 30_000 + "}"),
    ]  # fmt: skip


def _of_regex() -> list[HostileQuery]:
    thing = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o "
    return [
        _asked("regex that others backtrack on", "200",
               f"{thing} FILTER(REGEX(CONCAT(STR(?o), 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!'), '^(a+)+$')) }}"),
        _asked("regex with a bomb of repetitions", "200 or 422 out_of_memory or 504 deadline",
               f"{thing} FILTER(REGEX(STR(?o), '(((((a{{100}}){{100}}){{100}}){{100}}){{100}})')) }}"),
        _asked("regex made anew for each of many rows", "200 or 504 deadline",
               "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c"
               " FILTER(REGEX(STR(?o), CONCAT(STR(?c), '.{1,200}\\\\w{1,200}'))) }"),
        _posted("regex of 52,000 characters", "200 or 422 out_of_memory or 504 deadline",
                thing + "FILTER(REGEX(STR(?o), '" + "(a|b|\\\\p{L})?" * 4_000 + "')) }"),
        _asked("REPLACE by a regex of nothing", "200",
               f"{thing} FILTER(STRLEN(REPLACE(STR(?o), '', 'xxxxxxxx')) < 0) }}"),
    ]  # fmt: skip


def _of_network() -> list[HostileQuery]:
    plain = {
        "SERVICE": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SERVICE SILENT": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "sErViCe in mixed case": "SELECT * { sErViCe <URL> { ?s ?p ?o } }",
        "\\u0053ERVICE": "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
        "every letter of SERVICE escaped": "SELECT * { "
        + "".join(f"\\U{ord(letter):08X}" for letter in "SERVICE") + " <URL> { ?s ?p ?o } }",
        "SERVICE with comments in between": "SELECT * { SERVICE # {}\n # <x>\n <URL> # \n { ?s ?p ?o } }",
        "SERVICE without spaces": "SELECT*{SERVICE<URL>{?s?p?o}}",
        "SERVICEex:a{}": "PREFIX ex: <URL> SELECT * { SERVICEex:a{} }",
        "SERVICE:a{}": "PREFIX : <URL> SELECT * { SERVICE:a{} }",
        "SERVICE ?variable": "SELECT * { VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o } }",
        "SERVICE ?variable that is bound by BIND": "SELECT * { BIND(IRI('URL') AS ?u) SERVICE SILENT ?u { ?s ?p ?o } }",
        "SERVICE in a subquery": "SELECT * { { SELECT * { { SELECT * { SERVICE <URL> {} } } } } }",
        "SERVICE in FILTER EXISTS": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
        "SERVICE in OPTIONAL, GRAPH and MINUS": "SELECT * { OPTIONAL { GRAPH ?g { ?s ?p ?o MINUS { SERVICE <URL> {} } } } }",
        "SERVICE after a string that seems open": "SELECT * { ?s ?p '''a' ''' SERVICE <URL> {} # '''\n }",
        "SERVICE in a CONSTRUCT": "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
        "SERVICE in a DESCRIBE": "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
        "SERVICE in LATERAL": "SELECT * { ?s ?p ?o LATERAL { SERVICE <URL> { ?s ?p ?o } } }",
    }  # fmt: skip
    glued = {
        "SERVICESILENT<…>": "SELECT * { SERVICESILENT<URL>{} }",
        "trueSERVICE<…>": "SELECT * { ?s ?p trueSERVICE<URL>{} }",
        "fullwidth SERVICE": "SELECT * { \uff33\uff25\uff32\uff36\uff29\uff23\uff25 <URL> {} }",
        "SERVICE with a zero-width space": "SELECT * { SER\u200bVICE <URL> {} }",
        "SERVİCE with a dotted İ": "SELECT * { SERV\u0130CE <URL> {} }",
        "SERVıCE with a dotless ı": "SELECT * { SERV\u0131CE <URL> {} }",
    }
    loads = {
        "LOAD": "LOAD <URL>",
        "LOAD SILENT INTO GRAPH": "LOAD SILENT <URL> INTO GRAPH <urn:x>",
        "lOaD": "lOaD <URL>",
        "\\u004cOAD": "\\u004cOAD <URL>",
        "LOAD behind comments": "# ASK {}\n#\nLOAD # \n <URL>",
        "LOAD behind a prologue": "BASE <urn:x> PREFIX a: <urn:a> LOAD <URL>",
        "LOAD without a space": "LOAD<URL>",
        "LOAD behind a query": "ASK {} ; LOAD <URL>",
        "LOAD of a file": "LOAD <file:///etc/passwd>",
        "LOAD in a group": "SELECT * { LOAD <URL> }",
        "LOADex:a": "PREFIX ex: <URL> LOADex:a",
    }
    graphs = {
        "FROM a remote graph": "SELECT * FROM <URL> { ?s ?p ?o }",
        "FROM NAMED a remote graph": "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
        "FROM a file": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "FROM NAMED a file": "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        "FROM a prefixed remote graph": "PREFIX x: <URL> SELECT * FROM x:a { ?s ?p ?o }",
        "FROM a graph relative to a remote base": "BASE <URL> SELECT * FROM <a> { ?s ?p ?o }",
        "FROM a host that begins like ours": f"SELECT * FROM <{BASE}.evil.example/> {{ ?s ?p ?o }}",
        "FROM our base with .. in it": f"SELECT * FROM <{BASE}@evil.example/> {{ ?s ?p ?o }}",
        "FROM with an escaped IRI": "SELECT * FROM <\\u0066ile:///etc/passwd> { ?s ?p ?o }",
        "FROMex:a": "PREFIX ex: <URL> SELECT * FROMex:a { ?s ?p ?o }",
    }  # fmt: skip
    harmless = {
        "GRAPH with a remote name, which is only a name": "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
        "SERVICE in a string, a comment and an IRI": "SELECT * { ?s ?p 'SERVICE <URL> {}' , <URL/SERVICE> } # SERVICE <URL> {}",
    }
    return [
        *(_asked(name, "400 service", query) for name, query in plain.items()),
        *(_asked(name, "400 unknown_word or 400 character", query) for name, query in glued.items()),
        *(_asked(name, "400 update", query) for name, query in list(loads.items())[:-1]),
        *(_asked(name, "400 no_form", query) for name, query in list(loads.items())[-1:]),
        *(_asked(name, "400 from", query) for name, query in graphs.items()),
        *(_asked(name, "200", query) for name, query in harmless.items()),
        HostileQuery("default-graph-uri that is remote", "400 from",
                     lambda url: get("ASK {}", **{"default-graph-uri": url})),
        HostileQuery("named-graph-uri that is remote", "400 from",
                     lambda url: get("ASK {}", **{"named-graph-uri": url})),
        HostileQuery("default-graph-uri that is a file", "400 from",
                     lambda url: get("ASK {}", **{"default-graph-uri": "file:///etc/passwd"})),
        HostileQuery("default-graph-uri that is empty", "400 from",
                     lambda url: get("ASK {}", **{"default-graph-uri": ""})),
        HostileQuery("default-graph-uri that is no IRI", "400 syntax",
                     lambda url: get("ASK {}", **{"default-graph-uri": f"{BASE}/ <>\"{{}}\n"})),
        HostileQuery("default-graph-uri in a posted form", "400 from",
                     lambda url: post(urlencode({"query": "ASK {}", "default-graph-uri": url}), FORM)),
        HostileQuery("default-graph-uri beside posted content", "400 from",
                     lambda url: post("ASK {}", QUERY, urlencode({"default-graph-uri": url}))),
        HostileQuery("1,000 default-graph-uris of ours", "200", lambda url: Request(
            parameters=urlencode([("query", "ASK { ?s ?p ?o }")]
                                 + [("default-graph-uri", f"{BASE}/records/{n}") for n in range(1000)]))),
    ]  # fmt: skip


def _of_updates() -> list[HostileQuery]:
    drop = "DROP ALL"
    insert = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"
    return [
        _asked("INSERT DATA as a query", "400 update", insert),
        _posted("DELETE WHERE as a query", "400 update", "DELETE WHERE { ?s ?p ?o }"),
        _posted("an update behind a query", "400 update", f"ASK {{}} ;\n{drop}"),
        HostileQuery("update= by GET", "400 query_missing",
                     lambda url: Request(parameters=urlencode({"update": drop}))),
        HostileQuery("update= by POST", "400 query_missing",
                     lambda url: post(urlencode({"update": drop}), FORM)),
        HostileQuery("application/sparql-update", "415 unsupported_body",
                     lambda url: post(drop, UPDATE)),
        HostileQuery("application/sparql-update with a query beside it", "415 unsupported_body",
                     lambda url: post(drop, UPDATE, urlencode({"query": "ASK {}"}))),
        HostileQuery("PUT of a graph", "405 method_not_allowed",
                     lambda url: Request(method="PUT", body=b"<urn:a> <urn:b> <urn:c> .",
                                         headers={"Content-Type": "text/turtle"})),
        HostileQuery("DELETE of the endpoint", "405 method_not_allowed",
                     lambda url: Request(method="DELETE")),
        HostileQuery("PATCH with an update", "405 method_not_allowed",
                     lambda url: Request(method="PATCH", body=drop.encode(),
                                         headers={"Content-Type": UPDATE})),
        HostileQuery("X-HTTP-Method-Override", "200",
                     lambda url: Request(parameters=urlencode({"query": "ASK {}"}),
                                         headers={"X-HTTP-Method-Override": "DELETE"})),
    ]  # fmt: skip


def _of_bytes() -> list[HostileQuery]:
    return [
        HostileQuery("content that is no UTF-8", "400 bad_request", lambda url: Request(
            method="POST", body=b"ASK { ?s ?p '\xff\xfe' }", headers={"Content-Type": QUERY})),
        HostileQuery("half a character (surrogate)", "400 bad_request",
                     lambda url: post("ASK { ?s ?p '\ud800' }")),
        HostileQuery("a parameter that is no UTF-8", "200",
                     lambda url: Request(parameters="query=ASK%7B%7D%20%23%FF%FE")),
        _asked("NUL", "400 character", "ASK { ?s ?p ?o } \x00"),
        _asked("an escape that is no character", "400 escape", "ASK { ?s ?p '\\uD800' }"),
        _asked("an escape of a backslash", "400 escape", "ASK { ?s ?p '\\u005Cu0041' }"),
        _asked("a triple term", "400 triple_terms", "ASK { << ?s ?p ?o >> ?q ?r }"),
        HostileQuery("content in gzip", "400 bad_request", lambda url: Request(
            method="POST", body=b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", headers={
                "Content-Type": QUERY, "Content-Encoding": "gzip"})),
        HostileQuery("a format that breaks a header", "406 not_acceptable",
                     lambda url: get("ASK {}", format="text/csv\r\nX-Evil: 1")),
        HostileQuery("an Accept of 4,000 wishes", "406 not_acceptable",
                     lambda url: Request(parameters=urlencode({"query": "ASK {}"}), headers={
                         "Accept": ",".join(f"a/b{n};q=0.{n % 9}" for n in range(4_000))})),
        HostileQuery("an address of 200,000 characters", "414",
                     lambda url: get("ASK { ?s ?p '" + "a" * 200_000 + "' }")),
        HostileQuery("an empty query", "400 query_missing", lambda url: get("")),
        HostileQuery("only a comment", "400 no_form", lambda url: get("# ASK {}")),
        HostileQuery("a form with 20,000 fields", "400 query_missing or 413 too_large",
                     lambda url: post("&".join(f"f{n}=" for n in range(20_000)), FORM)),
        HostileQuery("a multipart form of 3,000 parts", "400 query_missing or 413 too_large",
                     lambda url: post("".join(
                         f"--b\r\nContent-Disposition: form-data; name=f{n}\r\n\r\n\r\n"
                         for n in range(3_000)) + "--b--\r\n", "multipart/form-data; boundary=b")),
    ]  # fmt: skip


HOSTILE_QUERIES: Final[tuple[HostileQuery, ...]] = (
    *_without_end(),
    *_of_memory(),
    *_of_shape(),
    *_of_regex(),
    *_of_network(),
    *_of_updates(),
    *_of_bytes(),
)
