"""Where a value stands in a source object: JMESPath for JSON and CSV, predicate paths for RDF."""

from collections.abc import Callable
from typing import Any, Protocol, cast

import jmespath
from jmespath import exceptions, functions

from harvester.values import Value, leaves

Path = tuple[str, ...]
"""The names on the way to a value in a source object; lists do not show, `*` is any name."""

Paths = frozenset[Path]


class ExpressionError(ValueError):
    """An expression in a manifest cannot be read; the message says where and why."""


class Expression(Protocol):
    """A compiled expression: the source paths that it gives, and those that it only looks at."""

    text: str
    gives: Paths
    looks_at: Paths

    @property
    def constant(self) -> bool:
        """Whether it gives the same for every object."""

    def values(self, data: Any) -> list[Value]:
        """What stands there, flat and without the empty."""

    def objects(self, data: Any) -> list[Any]:
        """The entries of what stands there, each to be mapped by itself."""


class JsonExpression:
    """A JMESPath expression (jmespath.org) with the function `items(object)`.

    `items` gives the members of a keyed object as a list, each with its key as `@key`.
    Raises ExpressionError.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            compiled = jmespath.compile(text)
        except exceptions.JMESPathError as error:
            raise ExpressionError(" ".join(str(error).split()) + _hint(text)) from error
        parsed = cast(dict[str, Any], compiled.parsed)
        self.gives, self.looks_at = paths_read(parsed)
        self._search = _field_getter(parsed) or _searcher(compiled)

    @property
    def constant(self) -> bool:
        return not self.gives and not self.looks_at

    def values(self, data: Any) -> list[Value]:
        found = self._search(data)
        return [] if found is None else [Value(leaf) for leaf in leaves(found)]

    def objects(self, data: Any) -> list[Any]:
        found = self._search(data)
        entries = found if isinstance(found, list) else [found]
        return [entry for entry in entries if entry not in (None, "", [], {})]


def _hint(text: str) -> str:
    """JMESPath takes bare ASCII words only, a trap for column titles."""
    if (text.isascii() and " " not in text) or '"' in text:
        return ""
    return f""" – '"{text}"'?"""


class Constant:
    """The same value for every object."""

    gives: Paths = frozenset()
    looks_at: Paths = frozenset()
    constant = True

    def __init__(self, value: Any) -> None:
        self.text = repr(value)
        self._values = [Value(leaf) for leaf in leaves(value)]

    def values(self, data: Any) -> list[Value]:
        return list(self._values)

    def objects(self, data: Any) -> list[Any]:
        return [value.raw for value in self._values]


class _Functions(functions.Functions):
    @functions.signature({"types": ["object", "null"]})
    def _func_items(self, keyed: dict[str, Any] | None) -> list[dict[str, Any]]:
        return [
            {"@key": key, **entry} if isinstance(entry, dict) else {"@key": key, "@value": entry}
            for key, entry in (keyed or {}).items()
        ]


_OPTIONS = jmespath.Options(custom_functions=_Functions())


def _searcher(compiled: Any) -> Callable[[Any], Any]:
    def search(data: Any) -> Any:
        try:
            return compiled.search(data, options=_OPTIONS)
        except exceptions.JMESPathError:
            # A function met a type that it does not take: nothing is there for this object.
            return None

    return search


def _field_getter(node: dict[str, Any]) -> Callable[[Any], Any] | None:
    """A plain `a.b.c` without the interpreter, which most expressions are."""
    if node["type"] == "field":
        names = [node["value"]]
    elif node["type"] == "subexpression" and all(c["type"] == "field" for c in node["children"]):
        names = [child["value"] for child in node["children"]]
    else:
        return None
    if len(names) == 1:
        (only,) = names
        return lambda data: data.get(only) if isinstance(data, dict) else None

    def get(data: Any) -> Any:
        for name in names:
            if not isinstance(data, dict):
                return None
            data = data.get(name)
        return data

    return get


_ROOT: Paths = frozenset({()})
_ABOUT_STRUCTURE = frozenset({"length", "keys", "type"})
"""Functions that tell of an object's or list's make, not of what it holds."""


def paths_read(parsed: dict[str, Any]) -> tuple[Paths, Paths]:
    """The source paths that a parsed JMESPath expression gives, and those that it only looks at.

    A path is its field names; lists on the way do not show, `*` stands for any name.
    """
    seen: set[Path] = set()
    results = _walk(parsed, _ROOT, seen)
    return results, frozenset(seen)


def _walk(node: dict[str, Any], base: Paths, seen: set[Path]) -> Paths:
    """The paths of a node's result; what is looked at on the way goes into `seen`."""
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        return _below(base, str(node["value"]))
    if kind in ("subexpression", "pipe", "index_expression", "projection", "flatten"):
        for child in children:
            base = _walk(child, base, seen)
        return base
    if kind == "value_projection":
        return _walk(children[1], _below(_walk(children[0], base, seen), "*"), seen)
    if kind == "filter_projection":
        entries = _walk(children[0], base, seen)
        seen |= _walk(children[2], entries, seen)
        return _walk(children[1], entries, seen)
    if kind == "function_expression":
        return _walk_function(node, base, seen)
    if kind in ("current", "identity", "index", "slice"):
        return base
    results = frozenset(path for child in children for path in _walk(child, base, seen))
    if kind in ("or_expression", "and_expression", "key_val_pair", "expref"):
        return results
    seen |= results  # comparisons, negations, selections: their result is another value
    return results if kind == "multi_select_list" else frozenset()


def _walk_function(node: dict[str, Any], base: Paths, seen: set[Path]) -> Paths:
    plain = [child for child in node["children"] if child["type"] != "expref"]
    results = frozenset(path for child in plain for path in _walk(child, base, seen))
    if node["value"] in _ABOUT_STRUCTURE:
        return frozenset()
    if node["value"] in ("items", "values"):
        return _below(results, "*")
    for child in node["children"]:
        if child["type"] == "expref":
            seen |= _walk(child, results, seen)
    return results


def _below(paths: Paths, name: str) -> Paths:
    return frozenset((*path, name) for path in paths)
