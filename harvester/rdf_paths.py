"""Predicate paths: `ld:hasAddress/ld:street` in the description of one RDF subject."""

import re
from typing import Any, Final

from harvester.expressions import ExpressionError, Paths
from harvester.prefixes import Prefixes
from harvester.values import Value

_STEP: Final = re.compile(r"\^?(?:<[^<>\s]+>|[^/<>\s]+)")
_OWN_WORDS: Final = ("@", "@id", "@type", "@value", "@language")


class RdfExpression:
    """A predicate path, `@id`, `@type`, `@value`, `@language`, `@` (the node), or a 'constant'.

    Steps are prefixed names or `<IRI>`s joined by `/`, with `^` in front to go from what is linked
    to what links there. A link used as a value is its IRI. Raises ExpressionError.
    """

    def __init__(self, text: str, prefixes: Prefixes) -> None:
        self.text = text
        self._literal: str | None = None
        self._steps: tuple[str, ...] = ()
        stripped = text.strip()
        if len(stripped) >= 2 and stripped[0] == stripped[-1] == "'":
            self._literal = stripped[1:-1]
        else:
            self._steps = tuple(_step(step, prefixes) for step in _split(stripped))
        self.looks_at: Paths = frozenset()
        # `@id` and its like stay in the path: the link itself is looked at, nothing behind it.
        steps = tuple(step for step in self._steps if step != "@")
        self.gives: Paths = frozenset({steps}) if self._literal is None else frozenset()

    @property
    def constant(self) -> bool:
        return self._literal is not None

    def values(self, data: Any) -> list[Value]:
        if self._literal is not None:
            return [Value(self._literal)]
        values: list[Value] = []
        for node in self._walk(data):
            values += _as_values(node)
        return values

    def objects(self, data: Any) -> list[Any]:
        return self._walk(data)

    def _walk(self, data: Any) -> list[Any]:
        found = [data]
        for step in self._steps:
            if step == "@":
                continue
            if len(found) == 1:
                found = _entries(found[0], step)
            else:
                found = [entry for node in found for entry in _entries(node, step)]
        return found


def _split(text: str) -> list[str]:
    steps: list[str] = _STEP.findall(text)
    if not steps or "/".join(steps) != text:
        raise ExpressionError(f"{text!r} is no predicate path such as ld:hasAddress/ld:street")
    return steps


def _step(step: str, prefixes: Prefixes) -> str:
    if step in _OWN_WORDS:
        return step
    if step.startswith(("@", "^@", "^^")):
        raise ExpressionError(f"{step} is not known here; possible are {', '.join(_OWN_WORDS)}")
    if step.startswith("^"):
        return "^" + _step(step[1:], prefixes)
    try:
        return prefixes.compact(prefixes.expand(step))
    except KeyError as error:
        raise ExpressionError(
            f"the prefix of {step} is not declared: add it to options.prefixes"
        ) from error


def _entries(node: Any, step: str) -> list[Any]:
    if not isinstance(node, dict):
        return []
    found = node.get(step, [])
    return found if isinstance(found, list) else [found]


def _as_values(node: Any) -> list[Value]:
    if not isinstance(node, dict):
        return [Value(node)]
    if "@value" in node:
        text = str(node["@value"]).strip()
        return [Value(text, node.get("@language"))] if text else []
    return [Value(node["@id"])] if "@id" in node else []
