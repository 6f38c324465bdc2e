"""What the figures were measured on."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PARTS: Final = (
    *("pyoxigraph", "oxigraph", "tantivy", "orjson", "jsonschema-rs", "SQLAlchemy", "Flask"),
    "granian",
)


def machine() -> list[str]:
    """Processor, memory, system, and how busy it was with other things at the end."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return [
        f"{_processor()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, {platform.platform()}",
        f"load averages at the end (own work included): {load}",
    ]


def versions() -> str:
    """Versions of Python, the libraries and the tools that were measured."""
    parts = [f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in _PARTS)]
    parts += [_tool("wrk", "-v"), _tool("nginx", "-v")]
    return ", ".join(filter(None, parts))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _tool(name: str, option: str) -> str:
    if shutil.which(name) is None:
        return ""
    said = subprocess.run([name, option], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).replace("/", " ").split()
    number = next((word for word in words if word[:1].isdigit()), "?")
    return f"{name} {number}"
