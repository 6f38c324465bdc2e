"""One value on its way from a source object into a document."""

from typing import Any, NamedTuple


class Value(NamedTuple):
    """What stands in the source (a scalar or nested Fields), and the language it claims."""

    raw: Any
    lang: str | None = None


class Fields(dict[str, list[Value]]):
    """Values by property name, not yet read by range; a nested node is a Value whose raw is Fields.

    A class of its own, so that no object from a hub is taken for it.
    """


def leaves(found: Any) -> list[Any]:
    """What an expression found as a flat list, without null, empty strings, lists and objects."""
    if isinstance(found, str):
        text = found.strip()
        return [text] if text else []
    if isinstance(found, list):
        return [leaf for entry in found for leaf in leaves(entry)]
    return [] if found is None or found == {} else [found]
