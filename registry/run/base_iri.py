"""Moving a registry to another base IRI: every published resource is hashed anew."""

from dataclasses import replace
from datetime import datetime

from registry.instance import BASE_IRI, Instance
from registry.iris import Iris
from registry.release.writer import rehash
from registry.store import meta


def move_base(instance: Instance, base_iri: str, now: datetime) -> Instance:
    """The instance under another base IRI, in a new release; unchanged where it is the same one."""
    wanted = Iris(base_iri)
    if wanted == instance.iris:
        return instance
    with instance.store.flip() as conn:
        meta.put_value(conn, BASE_IRI, wanted.base)
        rehash(conn, wanted, now)
    return replace(instance, iris=wanted)
