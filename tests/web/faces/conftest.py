"""All pages, as the application answers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from tests.web.conftest import Registry
from tests.web.faces.pages import Face, Site
from tests.web.faces.world import applications, filled

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True, slots=True)
class World:
    """The applications by site, and the names that the paths of the faces use."""

    apps: "dict[Site, WSGIApplication]"
    names: dict[str, str]

    def path(self, face: Face) -> str:
        """The face's address within its site."""
        return face.path.format(**self.names)

    def html(self, face: Face, tag: str) -> str:
        """The face's HTML in one language."""
        headers = {"Accept": ACCEPT, "Accept-Language": tag}
        response = Client(self.apps[face.site]).get(self.path(face), headers=headers)
        assert (response.status_code, response.mimetype) == (face.status, "text/html")
        return response.text


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Registries in every state; tests only read them."""
    folder = tmp_path_factory.mktemp("faces")
    full, names = filled(folder / "full")
    empty = Registry(folder / "empty")
    yield World(apps=applications(full, empty, folder), names=names)
    full.close()
    empty.close()
