"""One registry: its settings, its store and its address, opened together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harvester.fetch import FetchPolicy
from harvester.gazetteer import Gazetteer, read_gazetteer
from registry.iris import Iris
from registry.settings import Settings
from registry.store import meta
from registry.store.engine import Store, open_store
from registry.store.migrate import Migration, migrate, require_current

BASE_IRI = "base_iri"
USER_AGENT = "Verbund/0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What every command and process of one registry works with."""

    settings: Settings
    store: Store
    iris: Iris

    @property
    def home(self) -> Path:
        """The folder of this instance's data."""
        return self.settings.home

    def fetch_policy(self) -> FetchPolicy:
        """What the operator lets the harvester open."""
        contact = self.settings.user_agent_contact
        return FetchPolicy(
            user_agent=f"{USER_AGENT} (+{contact})" if contact else USER_AGENT,
            private_hosts=frozenset(self.settings.private_hosts),
            file_roots=self.settings.file_roots,
            offline=self.settings.offline,
        )

    def gazetteer(self) -> Gazetteer:
        """What the harvester knows of places, with the operator's postcodes as they are now.

        Raises:
            HarvestError: the file of postcodes cannot be read.
        """
        return read_gazetteer(self.settings.postcodes_file)


def initialise(settings: Settings) -> Migration:
    """Make or migrate the store and set the base IRI once; safe to repeat.

    Raises:
        StoreUnavailable: the database cannot be reached, or is of a newer version or another
        program.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    done = migrate(settings.store_url, settings.home / "backups")
    with _opened(settings) as store, store.write() as conn:
        if meta.value(conn, BASE_IRI) is None:
            meta.put_value(conn, BASE_IRI, settings.base_iri)
    return done


@contextmanager
def open_instance(settings: Settings) -> Iterator[Instance]:
    """The registry of these settings, closed again at the end; `initialise` must have made it.

    Its base IRI is the one set at `init`, whatever the settings say; `verbund rebuild` changes it.

    Raises:
        StoreUnavailable: there is no registry here, or its schema is not this version's.
    """
    require_current(settings.store_url)
    with _opened(settings) as store:
        with store.read() as conn:
            base = meta.value(conn, BASE_IRI, settings.base_iri)
        yield Instance(settings=settings, store=store, iris=Iris(base))


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.store_url)
    try:
        yield store
    finally:
        store.close()
