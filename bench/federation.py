"""A generated federation of one size with the registries that harvested it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from statistics import median

from bench import generate
from bench.processes import PYTHON, Measured, free_port, run, serving

BASE_IRI = "https://verbund.example"


@dataclass
class Federation:
    """Hubs of so many records below `folder`, and the last registry that read them."""

    folder: Path
    records: int
    port: int = field(default_factory=free_port)
    registry: list[Measured] = field(default_factory=list)  # first harvests
    bare: list[Measured] = field(default_factory=list)
    _ids: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hubs.mkdir(parents=True)
        self.restore()

    @property
    def hubs(self) -> Path:
        """The folder that the hubs' server serves."""
        return self.folder / "hubs"

    @property
    def home(self) -> Path:
        """The registry's data."""
        return self.folder / "home"

    def restore(self) -> None:
        """The hubs as they were before any change."""
        generate.write(self.hubs, self.records)
        generate.manifests(self.hubs, f"http://127.0.0.1:{self.port}")

    @contextmanager
    def site(self, *, validators: bool = True) -> Iterator[None]:
        """The hubs' server while the block runs."""
        arguments = [self.hubs, str(self.port), *([] if validators else ["--no-validators"])]
        with serving([PYTHON, "-m", "bench.hub_site", *arguments], self.port):
            yield

    def environment(self, **settings: str) -> dict[str, str]:
        """The settings of the registry."""
        return {
            "VERBUND_HOME": str(self.home),
            "VERBUND_PRIVATE_HOSTS": f"127.0.0.1:{self.port}",
            "VERBUND_OFFLINE": "true",  # nothing but loopback is asked: no directory's entries
            "VERBUND_BASE_IRI": BASE_IRI,
            **settings,
        }

    def job(self, name: str, *more: object) -> Measured:
        """One process of the registry (registry_side.py)."""
        arguments = [name, self.hubs, str(self.records), *map(str, more)]
        return run(
            [PYTHON, "-m", "bench.registry_side", *arguments], environment=self.environment()
        )

    def verbund(self, *arguments: str) -> Measured:
        """One command of the registry as a person calls it."""
        return run([PYTHON, "-m", "registry", *arguments], environment=self.environment())

    def harvest_first(self) -> None:
        """A new registry's first harvest."""
        rmtree(self.home, ignore_errors=True)
        with self.site():
            self.registry.append(self.job("harvest"))

    def load_bare(self) -> None:
        """The bare script over the same input and the quads that the registry published."""
        target = self.folder / "bare"
        rmtree(target, ignore_errors=True)
        quads = self.quads  # not on the clock
        self.bare.append(run([PYTHON, "-m", "bench.bare", self.hubs, quads, target]))
        rmtree(target)

    def need_harvest(self) -> None:
        """See to it that there is a registry with everything harvested."""
        if not self.registry:
            self.harvest_first()

    @cached_property
    def quads(self) -> Path:
        """What the registry published after its first harvest."""
        path = self.folder / "published.nq"
        self._ids = self.job("quads", path).said["ids"]
        return path

    @property
    def published(self) -> dict[str, list[str]]:
        """Ids of a thousand published entities of each kind."""
        assert self.quads  # noqa: S101 - made with them
        return self._ids

    @property
    def first_s(self) -> float:
        """How long the first harvest takes, as a whole process."""
        return median(measured.wall_s for measured in self.registry)
