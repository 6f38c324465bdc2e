"""A machine that lacks a component says so; CI does not accept it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import pytest

def test_reads_real_hubs(shared_data):
    assert shared_data.is_dir()

def test_asks_by_name(need):
    assert need("shared_data").is_dir()

def test_needs_nothing():
    pass
"""
SKIPPING_MODULE = "import pytest\npytest.skip('no such library', allow_module_level=True)\n"


@pytest.fixture
def run_pytest(tmp_path: Path):
    """Runs pytest over a copy of our conftest.py, on a machine with the given shared data."""
    own = Path(__file__).with_name("conftest.py").read_text()
    (tmp_path / "conftest.py").write_text(own)
    (tmp_path / "test_module.py").write_text(MODULE)

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        names = ("VERBUND_NO_OMISSIONS", "VERBUND_SHARED_DATA", "PYTEST_ADDOPTS")
        clean = {name: value for name, value in os.environ.items() if name not in names}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(tmp_path)],
            cwd=tmp_path,
            env=clean | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_an_absent_component_is_left_out_and_reported(run_pytest, tmp_path: Path) -> None:
    done = run_pytest(VERBUND_SHARED_DATA=str(tmp_path / "absent"))
    assert done.returncode == 0, done.stdout
    assert "1 passed, 2 skipped" in done.stdout
    assert "left out on this machine" in done.stdout
    assert "2 in test_module.py: no shared_data (data of real hubs" in done.stdout


def test_a_present_component_is_used(run_pytest, tmp_path: Path) -> None:
    done = run_pytest("--no-omissions", VERBUND_SHARED_DATA=str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    assert "left out" not in done.stdout


@pytest.mark.parametrize(
    ("options", "environment"),
    [(["--no-omissions"], {}), ([], {"VERBUND_NO_OMISSIONS": "1"})],
    ids=["option", "environment"],
)
def test_no_omissions_turns_what_is_left_out_into_failures(
    run_pytest, tmp_path: Path, options: list[str], environment: dict[str, str]
) -> None:
    absent = str(tmp_path / "absent")
    done = run_pytest(*options, VERBUND_SHARED_DATA=absent, **environment)
    assert done.returncode == 1, done.stdout
    assert "no shared_data" in done.stdout
    assert " skipped" not in done.stdout


def test_no_omissions_covers_modules_that_skip_themselves(run_pytest, tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text(SKIPPING_MODULE)
    done = run_pytest("--no-omissions")
    assert done.returncode != 0, done.stdout
    assert "no such library" in done.stdout
