"""Empty registries for the release tests; what SQL does differently is the store suite's affair."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest

from registry.store.engine import Store, open_store
from registry.store.migrate import migrate


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "registry.sqlite"
    migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture
def fresh_store(
    empty_registry: Path, tmp_path: Path
) -> Callable[[], AbstractContextManager[Store]]:
    """Opens another empty registry at each call."""
    numbers = count()

    @contextmanager
    def fresh() -> Iterator[Store]:
        path = tmp_path / f"{next(numbers)}.sqlite"
        shutil.copy(empty_registry, path)
        store = open_store(f"sqlite:///{path}")
        try:
            yield store
        finally:
            store.close()
            path.unlink()

    return fresh


@pytest.fixture
def store(fresh_store: Callable[[], AbstractContextManager[Store]]) -> Iterator[Store]:
    with fresh_store() as opened:
        yield opened
